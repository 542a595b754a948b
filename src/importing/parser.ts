import type { Catalogue } from '../domain/catalogue/catalogue.js';
import type { Observation } from '../domain/observation.js';
import type { RefusalCode } from './refusals.js';

/** Day and month order of dates that do not begin with a four-digit year. */
export type DateOrder = 'YMD' | 'DMY' | 'MDY';

/** What a parser may know besides the text. */
export interface ParseContext {
  /** Machine the text is about, for formats that do not name it (`--host`, `--host-from-filename`). */
  readonly host: string | undefined;
  /** IANA zone of local times; without it local times are kept as raw text, not guessed. */
  readonly timeZone: string | undefined;
  readonly dateOrder: DateOrder | undefined;
  readonly catalogue: Catalogue;
  /** Keyed fingerprint of a whole product key (any case, with dashes). */
  readonly fingerprint: (productKey: string) => string;
}

/** One record of the input, understood. */
export interface UnderstoodRecord {
  readonly kind: 'understood';
  /** 1-based number of the record in the file. */
  readonly record: number;
  /**
   * What makes it the same record in another export: channel, computer, record id and time where there are such,
   * else a hash of the record and the machine it is about (`recordIdentity.ts`). Holds no product key.
   */
  readonly identity: string;
  /** When it happened (`Instant`), where the record says so unambiguously; else the time of the import is taken. */
  readonly occurredAt: string | undefined;
  /** The record's own time as it was written, where it could not be read without guessing zone or order. */
  readonly occurredAtRaw?: string | undefined;
  /** In the record's order. A record that is understood and of no interest to the ledger has none. */
  readonly observations: readonly Observation[];
}

/** One record that could not be taken, and why. */
export interface RefusedRecord {
  readonly kind: 'refused';
  readonly record: number;
  /** Stable code, upper snake case: one of `REFUSALS` for what cannot be read, or the ledger's own for what it does not take. */
  readonly code: string;
  /** A sentence for the person who reads the report: what is wrong and what to do. Holds no product key. */
  readonly reason: string;
}

/** A record that a parser refuses. */
export interface UnreadableRecord extends RefusedRecord {
  readonly code: RefusalCode;
}

export type ParsedRecord = UnderstoodRecord | UnreadableRecord;

/** A parser at work on one file. Text arrives in chunks of any size, cut anywhere. Never throws, whatever the text. */
export interface RecordParser {
  write(text: string): void;
  /** Ends the last record; a record cut off by the end of the file is refused as `TRUNCATED`. */
  end(): void;
}

/** One input format: pure, streaming, constant memory. */
export interface InputFormat {
  /** Kebab case, as `--format` takes it. */
  readonly name: string;
  /** Increased whenever the same input would give other observations. Kept with each event. */
  readonly version: number;
  /** One line for people: what the file is and what makes it. */
  readonly title: string;
  /** Whether records can only be understood with `context.host`. */
  readonly needsHost: boolean;
  /** How sure it is, 0 to 100, that text beginning like this (up to SNIFF_CHARACTERS) is of this format. 0: no. */
  recognises(beginning: string): number;
  open(context: ParseContext, emit: (record: ParsedRecord) => void): RecordParser;
}

/** How much of a file's beginning is looked at to recognise its format. */
export const SNIFF_CHARACTERS = 65_536;
/** Longest record taken, in characters; a longer one is refused and passed over. */
export const RECORD_CHARACTERS_MAX = 1_048_576;
