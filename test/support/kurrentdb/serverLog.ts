/** What a node of KurrentDB keeps: one log of all streams, and how it judges an append. In memory. */

/** An event as the log holds it. */
export interface Recorded extends Proposed {
  readonly stream: string;
  readonly revision: number;
  /** Offset in the log, in bytes: unique, rising, with gaps. */
  readonly position: bigint;
}

export interface Proposed {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export type Expected = 'any' | 'none' | 'exists' | number;

export type Judged =
  /** Written, or found written already: the client cannot tell. */
  | { readonly kind: 'success'; readonly revision: number; readonly position: bigint }
  | { readonly kind: 'wrongExpectedVersion'; readonly current: number | undefined; readonly expected: Expected }
  | { readonly kind: 'tooLarge'; readonly most: number };

export interface ServerLog {
  /** All events in log order, those of the server itself among them. */
  readonly all: readonly Recorded[];
  stream(name: string): readonly Recorded[];
  append(stream: string, expected: Expected, events: readonly Proposed[]): Judged;
  /** Takes an event away, as scavenging does. */
  scavenge(stream: string, revision: number): void;
  /** How many appends wrote something. */
  writes(): number;
  /** Index of the first event at or after a position. */
  indexOf(position: bigint): number;
  /** Called after each append that wrote; returns what ends it. */
  onAppended(listener: () => void): () => void;
}

/** The server's default (`MaxAppendSize`). */
export const MAX_APPEND_SIZE = 1_048_576;

/** After so many appends the server writes something of its own. */
const APPENDS_BETWEEN_SYSTEM_EVENTS = 3;
/** What a record takes beside its data. */
const RECORD_OVERHEAD_BYTES = 87;

export function openServerLog(maxAppendSize = MAX_APPEND_SIZE): ServerLog {
  const all: Recorded[] = [];
  const streams = new Map<string, Recorded[]>();
  const listeners = new Set<() => void>();
  let end = 0n;
  let writes = 0;

  const write = (stream: string, events: readonly Proposed[]): Recorded => {
    const written = streams.get(stream) ?? [];
    streams.set(stream, written);
    let last = (written.at(-1)?.revision ?? -1) + 1;
    for (const event of events) {
      const recorded = { ...event, stream, revision: last, position: end };
      last += 1;
      end += BigInt(RECORD_OVERHEAD_BYTES + stream.length + event.data.length + event.metadata.length);
      all.push(recorded);
      written.push(recorded);
    }
    return written.at(-1) as Recorded;
  };

  const writeSystemEvent = (): void => {
    const data = new TextEncoder().encode('{}');
    write('$stats-127.0.0.1:2113', [{ id: '00000000-0000-4000-8000-000000000000', type: '$statsCollected', contentType: 'application/json', data, metadata: new Uint8Array() }]);
  };
  writeSystemEvent();

  return {
    all,
    stream: (name) => streams.get(name) ?? [],

    append(stream, expected, events) {
      if (sizeOf(events) > maxAppendSize) return { kind: 'tooLarge', most: maxAppendSize };
      const written = streams.get(stream) ?? [];
      const current = written.at(-1)?.revision;
      const before = judge(expected, current, written, events);
      if (before === 'refused') return { kind: 'wrongExpectedVersion', current, expected };
      if (before !== 'write') return { kind: 'success', revision: before.revision, position: before.position };
      const last = write(stream, events);
      writes += 1;
      if (writes % APPENDS_BETWEEN_SYSTEM_EVENTS === 0) writeSystemEvent();
      for (const listener of listeners) listener();
      return { kind: 'success', revision: last.revision, position: last.position };
    },

    scavenge(stream, revision) {
      const isIt = (event: Recorded): boolean => event.stream === stream && event.revision === revision;
      for (const list of [all, streams.get(stream) ?? []]) {
        const index = list.findIndex(isIt);
        if (index !== -1) list.splice(index, 1);
      }
    },

    writes: () => writes,

    indexOf(position) {
      let [low, high] = [0, all.length];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((all[middle] as Recorded).position < position) low = middle + 1;
        else high = middle;
      }
      return low;
    },

    onAppended(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/**
 * Idempotence as the server has it: an exact expectation that the stream has passed is met when the same ids stand where these would go.
 * Ids are not looked at when the expectation is the stream's end: then they are written, again if need be. Of the loose ones it only
 * recognises what it keeps in memory, which is not relied upon and not modelled.
 */
function judge(expected: Expected, current: number | undefined, written: readonly Recorded[], events: readonly Proposed[]): 'write' | 'refused' | Recorded {
  if (expected === 'any') return 'write';
  if (expected === 'exists') return current === undefined ? 'refused' : 'write';
  const first = expected === 'none' ? 0 : expected + 1;
  if (first === (current ?? -1) + 1) return 'write';
  const same = written.filter(({ revision }) => revision >= first).slice(0, events.length);
  const isRepeated = same.length === events.length && same.every(({ id, revision }, index) => id === events[index]?.id && revision === first + index);
  return isRepeated ? (same.at(-1) as Recorded) : 'refused';
}

/** As server 23.10 counts. */
function sizeOf(events: readonly Proposed[]): number {
  return events.reduce((sum, { data, metadata, type }) => sum + data.length + metadata.length + 2 * type.length, 0);
}
