/** What slmgr and ospp output have in common: records of one machine, which the text itself does not name. */
import type { KeyMention, Observation } from '../../domain/observation.js';
import type { LicenseStatus, ProductKeyKind } from '../../domain/vocabulary.js';
import type { ParsedRecord, ParseContext, UnreadableRecord } from '../parser.js';
import { contentIdentity } from '../recordIdentity.js';
import type { RefusalCode } from '../refusals.js';
import { keptHostName } from './keptText.js';

/** `Label: value`, at the first colon of either width that is followed by a blank, the end, or, for want of such, anything. */
export function labelledLine(line: string): { readonly label: string; readonly value: string } | undefined {
  const match = LABELLED_LINE.exec(line.trim());
  return match === null ? undefined : { label: (match[1] ?? '').trim().toLowerCase(), value: (match[2] ?? '').trim() };
}

const LABELLED_LINE = /^([^:：]{1,120})[:：](.*)$/s;

/** Emits the observations of one record under the machine the caller has named, or the refusal that none is. */
export function recordOfHost(
  format: string,
  record: number,
  context: ParseContext,
  content: string,
  observe: (rawName: string) => readonly Observation[],
): ParsedRecord {
  const host = keptHostName(context.host);
  if (host === undefined) {
    return refused(record, 'MISSING_HOST', `The output of ${format} does not name its machine: give the name with --host or --host-from-filename.`);
  }
  return { kind: 'understood', record, identity: contentIdentity(format, host, content), occurredAt: undefined, observations: observe(host) };
}

/** A record's fields and key as one text, the same whatever order and noise they were printed in. Holds no whole key if the fields do not. */
export function contentOf(fields: ReadonlyMap<string, string>, key: KeyMention | undefined): string {
  const lines = [...fields].map(([name, value]) => `${name}=${value}`).sort((left, right) => (left < right ? -1 : 1));
  return [...lines, `key=${key?.lastFive ?? ''}|${key?.fingerprint ?? ''}`].join('\n');
}

export function refused(record: number, code: RefusalCode, reason: string): UnreadableRecord {
  return { kind: 'refused', record, code, reason };
}

/** Kinds of keys whose activation has no end. */
const PERMANENT_KINDS: ReadonlySet<ProductKeyKind> = new Set(['MAK', 'OEM', 'RETAIL', 'KMS_HOST']);

/** Both scripts print an end for every state that has one: licensed without it is for good, where the key is of a kind that may be. */
export function isPermanent(status: LicenseStatus, minutes: number | undefined, keyKind: ProductKeyKind): true | undefined {
  return status === 'LICENSED' && minutes === undefined && PERMANENT_KINDS.has(keyKind) ? true : undefined;
}

/** Minutes in a day. */
const DAY_MINUTES = 1440;

/** Minutes of a text like `259174 minute(s) (179 day(s))`, whatever its language: a number and, in brackets, the days it makes. */
export function minutesBesideDays(text: string): number | undefined {
  const match = /(?<!\d)(\d{1,9})(?!\d)[^\d()（）]{0,40}(?:\([^\d()]{1,10}\)[^\d()]{0,10})?[(（]\s*(\d{1,6})(?!\d)/.exec(text);
  if (match === null) return undefined;
  const minutes = Number(match[1]);
  return Math.abs(minutes / DAY_MINUTES - Number(match[2])) <= 1 ? minutes : undefined;
}
