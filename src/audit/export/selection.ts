import type { ExportFilter } from '../../domain/ledger/events.js';
import type { StoredEvent } from '../../kernel/envelope.js';

/** What of the log is exported: a range of sequences, both ends included, and conditions on the events in it. */
export interface ExportRange {
  readonly from: number;
  readonly to: number;
  /** Undefined: every event of the range. */
  readonly filter: ExportFilter | undefined;
}

/** The filter without empty conditions; undefined where none is left. Lists are sorted, so that the same filter reads the same. */
export function soundFilter(filter: ExportFilter): ExportFilter | undefined {
  const list = (values: readonly string[] | undefined): readonly string[] | undefined => (values === undefined || values.length === 0 ? undefined : [...new Set(values)].toSorted());
  const conditions = {
    recordedFrom: filter.recordedFrom,
    recordedTo: filter.recordedTo,
    hosts: list(filter.hosts),
    keys: list(filter.keys),
    agreements: list(filter.agreements),
    types: list(filter.types),
  };
  const given = Object.entries(conditions).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

/**
 * Whether an event passes. Canonical texts are not parsed for it: their members stand in a known order, and no quotation mark inside a
 * value stands without a backslash before it.
 */
export function openFilter(filter: ExportFilter | undefined): (event: StoredEvent) => boolean {
  if (filter === undefined) return () => true;
  const { recordedFrom, recordedTo, types } = filter;
  const streams = [filter.hosts, filter.keys, filter.agreements].filter((wanted) => wanted !== undefined);
  const quoted = streams.map((wanted) => wanted.map((stream) => JSON.stringify(stream)));
  const typeEnds = types?.map((type) => `,"type":${JSON.stringify(type)}}`);
  return ({ text }) => {
    if (typeEnds !== undefined && !typeEnds.some((end) => text.endsWith(end))) return false;
    // Its own stream is a member of the text too.
    if (!quoted.every((wanted) => wanted.some((stream) => text.includes(stream)))) return false;
    if (recordedFrom === undefined && recordedTo === undefined) return true;
    const recordedAt = recordedAtOf(text);
    return (recordedFrom === undefined || recordedAt >= recordedFrom) && (recordedTo === undefined || recordedAt < recordedTo);
  };
}

const RECORDED_AT = '"recordedAt":"';
const INSTANT_CHARACTERS = 24;

/** When an event was recorded; behind `data` no other member has this name. */
export function recordedAtOf(text: string): string {
  const at = text.lastIndexOf(RECORDED_AT) + RECORDED_AT.length;
  return text.slice(at, at + INSTANT_CHARACTERS);
}

/** The event's type: the last member of the canonical text. */
export function typeOf(text: string): string {
  return text.slice(text.lastIndexOf('"', text.length - 3) + 1, -2);
}
