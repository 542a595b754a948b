import { createPrivateKey, createPublicKey, hash, sign, verify } from 'node:crypto';
import { fromBase64, toBase64 } from './base64.js';

/** A key that signs notes, as others know it. Signed notes: https://c2sp.org/signed-note. */
export interface VerifierKey {
  readonly name: string;
  /** First four bytes of SHA-256(name ‖ LF ‖ type ‖ public key), as an unsigned integer. */
  readonly keyId: number;
  /** Ed25519 public key, 32 bytes (RFC 8032). */
  readonly publicKey: Uint8Array;
}

/** A key that signs notes, as its owner knows it. */
export interface SignerKey extends VerifierKey {
  /** Ed25519 private key, 32 bytes (RFC 8032). */
  readonly seed: Uint8Array;
}

export interface NoteSignature {
  readonly name: string;
  readonly keyId: number;
  readonly signature: Uint8Array;
}

export interface SignedNote {
  /** What is signed: ends in a newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export type NoteVerdict =
  /** At least one of the known keys has signed, and none of their signatures is wrong. */
  | { readonly kind: 'verified'; readonly text: string; readonly by: readonly VerifierKey[] }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'noKnownKey' }
  | { readonly kind: 'badSignature'; readonly by: VerifierKey };

/** Longest note that is read, in UTF-16 code units. */
export const NOTE_LENGTH_MAX = 1_000_000;
/** Most signatures of a note that is read; the specification asks for at least 16. */
export const NOTE_SIGNATURES_MAX = 100;

const ED25519_TYPE = 0x01;
const PUBLIC_KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const KEY_ID_BYTES = 4;
/** An Ed25519 private key in PKCS #8 (RFC 8410), up to the key itself. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SIGNATURE_LINE = /^— ([^ ]+) ([A-Za-z0-9+/=]+)$/;
const CONTROL_CHARACTER = /[\u0000-\u0009\u000b-\u001f]/;

/** Whether a key may have this name: not empty, no space of any kind, no plus, no control character. */
export function isKeyName(name: string): boolean {
  return name !== '' && name.isWellFormed() && !/[\s\u0085+]/u.test(name) && !CONTROL_CHARACTER.test(name);
}

/** Throws RangeError for a name or a key that cannot be. */
export function verifierKeyOf(name: string, publicKey: Uint8Array): VerifierKey {
  if (!isKeyName(name)) throw new RangeError(`"${name}" is not a name of a key: it is empty, or has a space or a plus in it`);
  if (publicKey.length !== PUBLIC_KEY_BYTES) throw new RangeError(`An Ed25519 public key has ${PUBLIC_KEY_BYTES} bytes`);
  return { name, keyId: keyIdOf(name, publicKey), publicKey };
}

/** The signer of a name with the private key of 32 bytes. Throws RangeError for a name or a key that cannot be. */
export function signerKeyOf(name: string, seed: Uint8Array): SignerKey {
  if (seed.length !== PUBLIC_KEY_BYTES) throw new RangeError(`An Ed25519 private key has ${PUBLIC_KEY_BYTES} bytes`);
  const { x } = createPublicKey(privateKeyOf(seed)).export({ format: 'jwk' });
  return { ...verifierKeyOf(name, Buffer.from(x ?? '', 'base64url')), seed };
}

/** `name+hex(key id)+base64(type ‖ public key)`: what an auditor is given. */
export function verifierKeyText({ name, keyId, publicKey }: VerifierKey): string {
  return `${name}+${keyId.toString(16).padStart(2 * KEY_ID_BYTES, '0')}+${toBase64(Buffer.concat([Buffer.of(ED25519_TYPE), publicKey]))}`;
}

/** Undefined for a text that is not the verifier key of an Ed25519 key, or whose key id is not that of the key. */
export function parseVerifierKey(text: string): VerifierKey | undefined {
  const [, name, keyId, encoded] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text) ?? [];
  if (name === undefined || keyId === undefined || encoded === undefined || !isKeyName(name)) return undefined;
  const bytes = fromBase64(encoded);
  if (bytes?.length !== 1 + PUBLIC_KEY_BYTES || bytes[0] !== ED25519_TYPE) return undefined;
  const key = verifierKeyOf(name, bytes.subarray(1));
  return key.keyId === Number.parseInt(keyId, 16) ? key : undefined;
}

/** Signs a text, which must end in a newline and have no other control character. Throws RangeError otherwise, and for no signer. */
export function signNote(text: string, signers: readonly SignerKey[]): string {
  if (!text.endsWith('\n') || CONTROL_CHARACTER.test(text) || !text.isWellFormed()) throw new RangeError('The text of a note ends in a newline and has no other control character');
  if (signers.length === 0) throw new RangeError('A note has at least one signature');
  const lines = signers.map((signer) => {
    const signature = sign(null, Buffer.from(text), privateKeyOf(signer.seed));
    return `— ${signer.name} ${toBase64(Buffer.concat([keyIdBytes(signer.keyId), signature]))}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/** The parts of a note, unverified; undefined for what is not a signed note. */
export function parseNote(note: string): SignedNote | undefined {
  if (note.length > NOTE_LENGTH_MAX || CONTROL_CHARACTER.test(note) || !note.isWellFormed()) return undefined;
  const blank = note.lastIndexOf('\n\n');
  if (blank === -1 || !note.endsWith('\n')) return undefined;
  const lines = note.slice(blank + 2, -1).split('\n');
  if (lines.length > NOTE_SIGNATURES_MAX) return undefined;
  const signatures = lines.map(parseSignature).filter((signature) => signature !== undefined);
  return signatures.length === lines.length ? { text: note.slice(0, blank + 1), signatures } : undefined;
}

/** Signatures of unknown keys are ignored; a wrong one of a known key condemns the note. */
export function verifyNote(note: string, known: readonly VerifierKey[]): NoteVerdict {
  const parsed = parseNote(note);
  if (parsed === undefined) return { kind: 'malformed' };
  const text = Buffer.from(parsed.text);
  const by: VerifierKey[] = [];
  for (const { name, keyId, signature } of parsed.signatures) {
    const key = known.find((candidate) => candidate.name === name && candidate.keyId === keyId);
    if (key === undefined) continue;
    if (!isSignatureOf(key, text, signature)) return { kind: 'badSignature', by: key };
    if (!by.includes(key)) by.push(key);
  }
  return by.length === 0 ? { kind: 'noKnownKey' } : { kind: 'verified', text: parsed.text, by };
}

function parseSignature(line: string): NoteSignature | undefined {
  const [, name, encoded] = SIGNATURE_LINE.exec(line) ?? [];
  if (name === undefined || encoded === undefined || !isKeyName(name)) return undefined;
  const bytes = fromBase64(encoded);
  if (bytes === undefined || bytes.length <= KEY_ID_BYTES) return undefined;
  return { name, keyId: bytes.readUInt32BE(0), signature: bytes.subarray(KEY_ID_BYTES) };
}

function isSignatureOf(key: VerifierKey, text: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES) return false;
  return verify(null, text, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key.publicKey).toString('base64url') }, format: 'jwk' }), signature);
}

function privateKeyOf(seed: Uint8Array): ReturnType<typeof createPrivateKey> {
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
}

function keyIdOf(name: string, publicKey: Uint8Array): number {
  const input = Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(ED25519_TYPE), publicKey]);
  return hash('sha256', input, 'buffer').readUInt32BE(0);
}

function keyIdBytes(keyId: number): Buffer {
  const bytes = Buffer.alloc(KEY_ID_BYTES);
  bytes.writeUInt32BE(keyId);
  return bytes;
}
