/** What the writing process prints about each append that was acknowledged to it, one JSON object a line. */
export interface Acknowledgement {
  readonly stream: string;
  /** Revision of the first event. */
  readonly first: number;
  readonly ids: readonly string[];
}

/** How the writing process is to behave; handed over as JSON in its only argument. */
export interface WriterOptions {
  readonly path: string;
  readonly seed: number;
  /** 12 hexadecimal digits that no other run on the same file has. */
  readonly idPrefix: string;
  /** Appends under way at the same time, each on streams of its own. */
  readonly writers: number;
  /** Appends of each writer; `null` to go on until killed. */
  readonly appends: number | null;
  readonly synchronous: 'FULL' | 'OFF';
}

/** Streams of each writer: they go on from run to run. */
export const STREAMS_PER_WRITER = 5;
/** Most events in one append of the writing process. */
export const BATCH_EVENTS_MAX = 20;
