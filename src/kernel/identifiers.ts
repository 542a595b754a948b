declare const brand: unique symbol;

/** A primitive that cannot be mixed up with another of the same shape. */
export type Brand<Primitive, Name extends string> = Primitive & { readonly [brand]: Name };

/** UUID text, lower case. Derived from the command id (`eventIds.ts`), so that a retried append is the same event. */
export type EventId = Brand<string, 'EventId'>;
/** `ledger`, or `<category>-<id>`: `host-…`, `productKey-…`, `agreement-…`. */
export type StreamId = Brand<string, 'StreamId'>;
/** 0-based number of an event in its stream. */
export type Revision = Brand<number, 'Revision'>;
/** The store's own order: unique, increasing, otherwise opaque. Never shown to users. */
export type Position = Brand<bigint, 'Position'>;
/** 1, 2, 3, … in log order without gaps: the number the API, exports and auditors use. 0 stands before the first event. */
export type Sequence = Brand<number, 'Sequence'>;
/** UUID text of a command; the same id twice is the same command. */
export type CommandId = Brand<string, 'CommandId'>;
/** An opaque id of a person or program; its name is a row of the vault and can be forgotten. */
export type SubjectId = Brand<string, 'SubjectId'>;
/** ISO 8601, UTC, milliseconds: `2026-11-22T13:00:00.000Z`. Text order is time order. */
export type Instant = Brand<string, 'Instant'>;

/** A place in the log: where to go on reading. The two parts always belong together. */
export interface Bookmark {
  readonly position: Position;
  readonly sequence: Sequence;
}

/** Before the first event. */
export const START: Bookmark = { position: 0n as Position, sequence: 0 as Sequence };

/** The one stream of the ledger itself: opening, imports, organisations, rule sets. */
export const LEDGER_STREAM = 'ledger' as StreamId;

/** The part of a stream's id before the first dash: `host`, `productKey`, `agreement`, `ledger`. */
export function streamCategory(stream: StreamId): string {
  const dash = stream.indexOf('-');
  return dash === -1 ? stream : stream.slice(0, dash);
}
