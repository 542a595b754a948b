import type { SealedText } from '../kernel/envelope.js';
import type { EventId, Instant, StreamId, SubjectId } from '../kernel/identifiers.js';

/** Whoever holds an access token. */
export interface TokenOwner {
  readonly tokenId: string;
  readonly name: string;
  readonly subject: SubjectId;
}

export interface TokenListing {
  readonly tokenId: string;
  readonly name: string;
  readonly createdAt: Instant;
  readonly revokedAt: Instant | undefined;
}

/** Where a sealed text stands: authenticated with it, so that it cannot be moved to another event or field. */
export interface SealedPlace {
  readonly event: EventId;
  /** `reason`, or the path inside data: `data.note`. */
  readonly field: string;
}

/** Which activation a confirmation id belongs to. */
export interface ConfirmationIdPlace {
  readonly productKey: StreamId;
  /** Id of the activation. */
  readonly activation: string;
}

/** What is kept beside a confirmation id, so that it is found again for a machine and offered while its hardware is the same (B-4). */
export interface ConfirmationIdOrigin extends ConfirmationIdPlace {
  readonly host?: StreamId | undefined;
  /** What the hardware was identified by when it was activated. */
  readonly hardware?: string | undefined;
}

export interface KeptConfirmationId extends ConfirmationIdOrigin {
  /** 48 digits. A secret of its machine: never logged, never in an event. */
  readonly confirmationId: string;
  readonly keptAt: Instant;
}

/** One thing that a vault holds; a new kind of secret is a new kind of entry. */
export type VaultEntry =
  | { readonly kind: 'fingerprintKey'; readonly key: Uint8Array }
  | { readonly kind: 'ledger'; readonly ledgerId: string }
  | ({ readonly kind: 'signingKey' } & NumberedSigningKey)
  | { readonly kind: 'subject'; readonly subject: SubjectId; readonly name: string; readonly dataKey: Uint8Array }
  | ({ readonly kind: 'token' } & VaultToken)
  /** `number` counts them from the first. */
  | ({ readonly kind: 'signingKey'; readonly number: number } & SigningKey)
  | ({ readonly kind: 'confirmationId' } & KeptConfirmationId);

export interface VaultToken {
  readonly tokenId: string;
  /** SHA-256 of the secret. */
  readonly hash: Uint8Array;
  readonly subject: SubjectId;
  readonly createdAt: Instant;
  readonly revokedAt: Instant | undefined;
}

/** Digits of a confirmation id, without separators. */
export const CONFIRMATION_ID_DIGITS = 48;

/** Bytes of a signing key's seed (Ed25519, RFC 8032). */
export const SIGNING_SEED_BYTES = 32;

/** A key that signs the checkpoints of the log. */
export interface SigningKey {
  /** Ed25519 private key, 32 bytes (RFC 8032). Never logged, never in an event. */
  readonly seed: Uint8Array;
  readonly madeAt: Instant;
}

/** `number`: 1, 2, 3, … in the order they were made. */
export interface NumberedSigningKey extends SigningKey {
  readonly number: number;
}

/** Shown instead of a name or text whose subject was forgotten. */
export const REDACTED = 'redacted';

/**
 * What is secret or may have to be erased: fingerprint key, signing keys, token hashes, names and data keys of people, confirmation ids.
 * Not derived from the log: backup and migration carry it.
 */
export interface Vault {
  /** Id of the ledger this vault belongs to; undefined until the ledger is opened. */
  ledgerId(): Promise<string | undefined>;
  bindLedger(ledgerId: string): Promise<void>;

  /** Key for product-key fingerprints (32 bytes): HMAC-SHA-256 over the normalised key (`fingerprint.ts`). */
  fingerprintKey(): Promise<Uint8Array>;

  /** The keys that sign checkpoints: the current one first, then those before it. The first is made when it is first asked for. */
  signingKeys(): Promise<readonly SigningKey[]>;
  /** Makes a new current key; those before it stay, for what they have signed. Answers with all of them, like `signingKeys`. */
  rotateSigningKey(): Promise<readonly SigningKey[]>;

  /** The subject of a name, made on first sight; a forgotten name gets a new subject. */
  subjectFor(name: string): Promise<SubjectId>;
  /** The subject of a name, if there is one. */
  findSubject(name: string): Promise<SubjectId | undefined>;
  /** The name, or `REDACTED` for a subject that was forgotten or is unknown. */
  nameOf(subject: SubjectId): Promise<string>;
  /** Removes name and data key of a subject for good (and its tokens): its sealed texts can never be read again. False if unknown. */
  forgetSubject(subject: SubjectId): Promise<boolean>;
  seal(subject: SubjectId, text: string, place: SealedPlace): Promise<SealedText>;
  /** The text, or `REDACTED` when the subject was forgotten. Rejects with `VaultError` code SEAL_BROKEN when the text was tampered with or moved. */
  unseal(sealed: SealedText, place: SealedPlace): Promise<string>;

  /**
   * Keeps the confirmation id of a proxy activation, encrypted; the same activation's earlier one is replaced.
   * Rejects with `VaultError` code CONFIRMATION_ID_MALFORMED unless it is 48 digits; the message does not repeat it.
   */
  keepConfirmationId(origin: ConfirmationIdOrigin, confirmationId: string): Promise<void>;
  findConfirmationId(place: ConfirmationIdPlace): Promise<KeptConfirmationId | undefined>;
  /** Those kept for a machine, newest first; of one key where it is given. */
  confirmationIdsOf(host: StreamId, productKey?: StreamId): Promise<readonly KeptConfirmationId[]>;
  /** Erases it for good. False if none is kept. */
  forgetConfirmationId(place: ConfirmationIdPlace): Promise<boolean>;

  /** Makes a token; the secret is returned once and only its SHA-256 is kept. */
  createToken(name: string): Promise<{ readonly tokenId: string; readonly secret: string }>;
  /** The owner of a valid token; undefined for a wrong or revoked one. */
  authenticate(secret: string): Promise<TokenOwner | undefined>;
  listTokens(): Promise<readonly TokenListing[]>;
  revokeToken(tokenId: string): Promise<boolean>;

  /** All that the vault holds, in the clear, for another vault (`copyVault.ts`): whoever has it has every secret. Nothing else may write meanwhile. */
  exportEntries(): AsyncIterable<VaultEntry>;
  /**
   * Puts entries of another vault beside what is there, and in place of what has the same id. The ids stay what they were.
   * `copyVault` looks first whether that may be done.
   */
  importEntries(entries: readonly VaultEntry[]): Promise<void>;

  close(): Promise<void>;
}

/** The vault could not do what was asked; `retryable` says whether the same call may succeed later. */
export class VaultError extends Error {
  readonly code: string;
  readonly retryable: boolean;

  constructor(code: string, message: string, options: { cause?: unknown; retryable?: boolean } = {}) {
    super(message, options);
    this.name = 'VaultError';
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}
