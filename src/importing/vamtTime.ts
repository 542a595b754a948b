import type { ParseContext } from './parser.js';

/**
 * `Instant` text of a time as SQL Server prints it (`2026-03-01 08:15:00.123`), with `T` and an offset of `Z` as well; undefined where it
 * cannot be placed. VAMT does not say whether its times are UTC, so without a zone none is.
 */
export function instantOf(text: string, rules: Pick<ParseContext, 'timeZone' | 'dateOrder'>): string | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,7}))?(Z?)$/.exec(text.trim());
  if (match === null || isNoDate(text)) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', z] = match;
  if (z !== 'Z' && rules.timeZone !== 'UTC') return undefined;
  const instant = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
  const at = Date.parse(instant);
  // Date.parse takes the 31st of every month; the way back tells.
  return Number.isNaN(at) || new Date(at).toISOString() !== instant ? undefined : instant;
}

/** Whether a text is one of the dates by which Windows says "none": 1601, the beginning of its time. */
export function isNoDate(text: string): boolean {
  return text.trim().startsWith('1601');
}
