import type { CorrectionRecorded } from '../correction.js';
import type { Fact } from '../event.js';
import type { ExportFormat } from '../vocabulary.js';

/** The first event of every ledger. */
export type LedgerOpened = Fact<
  'LedgerOpened',
  {
    /** The ledger's id, a UUID; vault and read model carry it too. */
    readonly ledgerId: string;
  }
>;

/** An import begins; the events it brings name it as their correlation. */
export type ImportStarted = Fact<
  'ImportStarted',
  {
    /** The import's id: that of its command. */
    readonly importId: string;
    /** Name of the input format. */
    readonly format: string;
    /** Version of its parser. */
    readonly parserVersion: number;
    /** File name, without its folder. */
    readonly sourceName?: string | undefined;
    /** SHA-256 of the whole source, hexadecimal. */
    readonly sourceSha256: string;
    /** Size of the source in bytes. */
    readonly sourceBytes: number;
    /** Machine the source is about, where it was given. */
    readonly host?: string | undefined;
    /** IANA zone of local times, where it was given. */
    readonly timeZone?: string | undefined;
    /** Order of day and month, where it was given. */
    readonly dateOrder?: string | undefined;
  }
>;

/** An import has ended, with the account of its records. */
export type ImportFinished = Fact<
  'ImportFinished',
  {
    /** The import that ended. */
    readonly importId: string;
    /** How it ended. */
    readonly outcome: 'COMPLETED' | 'CANCELLED' | 'FAILED';
    /** Records read: understood and refused. */
    readonly recordsRead: number;
    /** Events appended by this import (without ImportStarted and ImportFinished). */
    readonly eventsAppended: number;
    /** Records whose events were in the ledger already. */
    readonly recordsAlreadyKnown: number;
    /** Records understood that say nothing new or nothing of interest. */
    readonly recordsWithoutNews: number;
    /** Records whose own time could not be read without guessing zone or order; it is kept as it was written (`source.occurredAtRaw`). */
    readonly recordsTimeUnclear: number;
    /** Records refused. */
    readonly recordsRefused: number;
    /** The first refusals, at most REFUSALS_KEPT_MAX; `recordsRefused` counts all. */
    readonly refusals: readonly { readonly record: number; readonly code: string; readonly reason: string }[];
  }
>;

/** An organisation that holds agreements. All stand on this one stream, so that a cycle of parents can be refused. */
export type OrganisationRegistered = Fact<
  'OrganisationRegistered',
  {
    /** Id of the organisation. */
    readonly organisation: string;
    /** Its name. */
    readonly name: string;
    /** Id of the organisation it belongs to; absent: none. */
    readonly parent?: string | undefined;
  }
>;

/** An organisation belongs to another one now, or to none. */
export type OrganisationMoved = Fact<
  'OrganisationMoved',
  {
    /** Id of the organisation. */
    readonly organisation: string;
    /** Id of the organisation it belongs to; absent: none. */
    readonly parent?: string | undefined;
  }
>;

/** Other rules or figures are in force from here on. */
export type RulesetActivated = Fact<
  'RulesetActivated',
  {
    /** Digest of the rules and figures in force (SHA-256, hexadecimal); decisions name it. */
    readonly digest: string;
    /** Ids of the rules that the configuration replaces, ends or adds. */
    readonly configuredRules: readonly string[];
    /** Figures that the configuration sets. */
    readonly configuredFigures: readonly string[];
  }
>;

/**
 * Something was exported: who did is the event's actor, why its reason. Recorded when the export is complete and before anybody is given it.
 */
export type ExportCompleted = Fact<
  'ExportCompleted',
  {
    /** The export's id: that of its command. */
    readonly exportId: string;
    /** What it was written as. */
    readonly format: ExportFormat;
    /** First sequence of the range. */
    readonly fromSequence: number;
    /** Last sequence of the range: what was recorded up to it was known. */
    readonly toSequence: number;
    /** Conditions on the events of the range; absent: all of them. */
    readonly filter?: ExportFilter | undefined;
    /** Events exported. */
    readonly events: number;
    /** Size of the auditor's checkpoint that it goes on from. */
    readonly since?: number | undefined;
    /** SHA-256, hexadecimal: of the manifest of a bundle, of the file for other formats, of the list of files (`<SHA-256>  <name>`, one a line, by name) where they are several. */
    readonly digest: string;
  }
>;

/** The name and the sealed texts of a person or program were erased. That it happened is kept, and not who it was. */
export type SubjectForgotten = Fact<
  'SubjectForgotten',
  {
    /** The opaque id, of which nothing leads to a name any more. */
    readonly subject: string;
  }
>;

/** Checkpoints of the log are signed with another key from here on. Those before it stay valid for what they have signed. */
export type SigningKeyIntroduced = Fact<
  'SigningKeyIntroduced',
  {
    /** Ed25519 public key (RFC 8032), base64. */
    readonly publicKey: string;
    /** The same as auditors are given it (c2sp.org/signed-note): name, key id and public key. */
    readonly verifierKey: string;
    /** Name of the log in its checkpoints. */
    readonly origin: string;
    /** Verifier key of the one before it. */
    readonly replaces: string;
  }
>;

export type LedgerEvent =
  | LedgerOpened
  | ImportStarted
  | ImportFinished
  | OrganisationRegistered
  | OrganisationMoved
  | RulesetActivated
  | SigningKeyIntroduced
  | ExportCompleted
  | SubjectForgotten
  | CorrectionRecorded;

/** Conditions that all hold of the events of a filtered export; of several values of one, any. */
export interface ExportFilter {
  /** Recorded at this time or later. */
  readonly recordedFrom?: string | undefined;
  /** Recorded before this time. */
  readonly recordedTo?: string | undefined;
  /** Streams of hosts: events on them, or naming them. */
  readonly hosts?: readonly string[] | undefined;
  /** Streams of product keys, likewise. */
  readonly keys?: readonly string[] | undefined;
  /** Streams of agreements, likewise. */
  readonly agreements?: readonly string[] | undefined;
  /** Event types. */
  readonly types?: readonly string[] | undefined;
}
