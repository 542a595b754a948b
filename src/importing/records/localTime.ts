import type { DateOrder } from '../parser.js';
import { keptText } from './keptText.js';

/** What is known of the times in a file besides their text. */
export interface TimeRules {
  /** IANA zone of times without an offset; undefined: such times are not understood. */
  readonly timeZone: string | undefined;
  /** Order of dates that do not begin with a four-digit year. */
  readonly dateOrder: DateOrder | undefined;
}

/**
 * `Instant` text (ISO 8601, UTC, milliseconds, fractions cut off) of a time as exports print it; undefined where the text is no time,
 * out of range, one of the dates of 1601 by which Windows says "none", or cannot be understood without guessing: a local time without
 * a zone, `4/10/2018` without an order, an hour that summer time repeats or leaves out.
 */
export function instantOf(text: string, rules: TimeRules): string | undefined {
  if (text.length > TIME_CHARACTERS_MAX) return undefined;
  const iso = ISO_TIME.exec(text);
  if (iso !== null) return instantOfIso(iso, rules);
  const trimmed = text.trim();
  const dmtf = DMTF_TIME.exec(trimmed);
  if (dmtf !== null) return instantOfDmtf(dmtf);
  const json = JSON_TIME.exec(trimmed);
  if (json !== null) return instantOfMilliseconds(Number(json[1]));
  const written = writtenTimeOf(trimmed, rules.dateOrder);
  return written === undefined ? undefined : instantOfLocal(written, rules.timeZone);
}

/** The same for a text that is UTC by definition, such as the client's time in KMS events. */
export function utcInstantOf(text: string, dateOrder?: DateOrder): string | undefined {
  return instantOf(text, { timeZone: 'UTC', dateOrder });
}

/**
 * Whether a text is one of the dates by which Windows says "none": the beginning of its time, 1601, which is the last day of 1600
 * west of Greenwich.
 */
export function isNoDate(text: string): boolean {
  return NO_DATE.test(text.trim());
}

const NO_DATE = /^(?:16010101|\/Date\(-116444\d{8}\)\/|1601[-/.]\s?0?1[-/.]\s?0?1(?!\d)|0?1[-/.]0?1[-/.]1601(?!\d)|1600[-/.]12[-/.]31(?!\d)|(?:12[-/.]31|31[-/.]12)[-/.]1600(?!\d))/;

/** A wall-clock time; its parts are in range. */
interface WrittenTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MINUTES_OF_DAY = 1440;
const TWO_DIGITS: readonly string[] = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'));
/** Windows counts from 1601; what it prints of that year means "none". */
const YEAR_MIN = 1602;
const YEAR_MAX = 9999;

/** Longest text that may be a time: a field of a megabyte of blanks must not keep the patterns below busy. */
const TIME_CHARACTERS_MAX = 100;

const ISO_TIME = /^\s*(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?\s*(Z|[+-]\d\d:?\d\d)?\s*$/;

function instantOfIso(match: RegExpExecArray, rules: TimeRules): string | undefined {
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '00', fraction = '', offset] = match;
  const written = inRange({
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    millisecond: Number(fraction.slice(0, 3).padEnd(3, '0')),
  });
  if (written === undefined) return undefined;
  if (offset === undefined) return instantOfLocal(written, rules.timeZone);
  // The usual text of event logs: already UTC, so its own digits are the answer, without a Date.
  if (offset === 'Z') return `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(-2));
  if (hours > 23 || minutes > 59) return undefined;
  return instantAtOffset(written, (hours * 60 + minutes) * (offset.startsWith('-') ? -1 : 1));
}

/** DMTF, as WMI prints it: `20171130101112.000000+060`, the offset in minutes. */
const DMTF_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\.(\d{6})([+-]\d{3})$/;

function instantOfDmtf(match: RegExpExecArray): string | undefined {
  const [, year, month, day, hour, minute, second, fraction = '', offset] = match;
  const written = inRange({
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    millisecond: Number(fraction.slice(0, 3)),
  });
  return written === undefined ? undefined : instantAtOffset(written, Number(offset));
}

/** ConvertTo-Json of Windows PowerShell: milliseconds since 1970, UTC. */
const JSON_TIME = /^\/Date\((-?\d{1,15})\)\/$/;

function instantOfMilliseconds(milliseconds: number): string | undefined {
  const at = new Date(milliseconds);
  const year = at.getUTCFullYear();
  return year >= YEAR_MIN && year <= YEAR_MAX ? at.toISOString() : undefined;
}

const WRITTEN_TIME =
  /^(\d{1,4})([/.-])\s?(\d{1,2})\2\s?(\d{1,4})\.?,?\s+(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:\s*([AP])\.?M\.?)?$/i;

function writtenTimeOf(text: string, order: DateOrder | undefined): WrittenTime | undefined {
  const match = WRITTEN_TIME.exec(text);
  if (match === null) return undefined;
  const [, first = '', , second = '', third = '', hourText, minute, secondText = '0', fraction = '', half] = match;
  const date = dateOf(first, second, third, order);
  const hour = hourOf(Number(hourText), half);
  if (date === undefined || hour === undefined) return undefined;
  return inRange({
    ...date,
    hour,
    minute: Number(minute),
    second: Number(secondText),
    millisecond: Number(fraction.slice(0, 3).padEnd(3, '0')),
  });
}

function dateOf(first: string, second: string, third: string, order: DateOrder | undefined): Pick<WrittenTime, 'year' | 'month' | 'day'> | undefined {
  if (first.length === 4) return third.length > 2 ? undefined : { year: Number(first), month: Number(second), day: Number(third) };
  if (first.length > 2 || third.length !== 4) return undefined;
  const year = Number(third);
  const left = Number(first);
  const right = Number(second);
  if (order === 'DMY' || (order !== 'MDY' && left > 12)) return { year, month: right, day: left };
  if (order === 'MDY' || right > 12 || left === right) return { year, month: left, day: right };
  return undefined;
}

function hourOf(hour: number, half: string | undefined): number | undefined {
  if (half === undefined) return hour;
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (half.toUpperCase() === 'P' ? 12 : 0);
}

const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function inRange(time: WrittenTime): WrittenTime | undefined {
  const { year, month, day, hour, minute, second } = time;
  if (year < YEAR_MIN || year > YEAR_MAX || hour > 23 || minute > 59 || second > 59) return undefined;
  const isLeapDay = month === 2 && day === 29 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return (day >= 1 && day <= (DAYS_OF_MONTH[month - 1] ?? 0)) || isLeapDay ? time : undefined;
}

function instantAtOffset(time: WrittenTime, offsetMinutes: number): string | undefined {
  const minuteOfDay = time.hour * 60 + time.minute - offsetMinutes;
  // Within the same day no calendar is needed, and a Date costs ten times as much as these digits.
  if (minuteOfDay >= 0 && minuteOfDay < MINUTES_OF_DAY && Number.isInteger(minuteOfDay)) {
    const hour = Math.floor(minuteOfDay / 60);
    const date = `${time.year}-${twoDigits(time.month)}-${twoDigits(time.day)}`;
    return `${date}T${twoDigits(hour)}:${twoDigits(minuteOfDay - hour * 60)}:${twoDigits(time.second)}.${threeDigits(time.millisecond)}Z`;
  }
  const at = new Date(wallClockMs(time) - offsetMinutes * MINUTE_MS);
  return at.getUTCFullYear() > YEAR_MAX ? undefined : at.toISOString();
}

function twoDigits(value: number): string {
  return TWO_DIGITS[value] ?? '';
}

function threeDigits(value: number): string {
  return value === 0 ? '000' : String(value).padStart(3, '0');
}

function instantOfLocal(time: WrittenTime, timeZone: string | undefined): string | undefined {
  if (timeZone === undefined) return undefined;
  if (timeZone === 'UTC') return instantAtOffset(time, 0);
  const wallClock = wallClockMs(time);
  const offset = offsetOfWallClock(wallClock, timeZone);
  return offset === undefined ? undefined : instantAtOffset(time, offset / MINUTE_MS);
}

/** The wall clock read as if it were UTC. */
function wallClockMs(time: WrittenTime): number {
  return Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second, time.millisecond);
}

/** Offset of the zone, in milliseconds, when its clocks show this; undefined where they never do, or twice. */
function offsetOfWallClock(wallClock: number, timeZone: string): number | undefined {
  const clock = zoneClock(timeZone);
  if (clock === undefined) return undefined;
  // Clocks change at whole quarter hours, so one answer serves a quarter hour.
  const quarter = Math.floor(wallClock / QUARTER_MS) * QUARTER_MS;
  if (clock.known.has(quarter)) return clock.known.get(quarter);
  const candidates = new Set([offsetAt(clock, quarter - DAY_MS), offsetAt(clock, quarter + DAY_MS)]);
  const fitting = [...candidates].filter((offset) => offsetAt(clock, quarter - offset) === offset);
  const answer = fitting.length === 1 ? fitting[0] : undefined;
  if (clock.known.size >= KNOWN_QUARTERS_MAX) clock.known.clear();
  clock.known.set(quarter, answer);
  return answer;
}

const QUARTER_MS = 15 * MINUTE_MS;
/** Answers remembered per zone: Intl takes microseconds, and records of an export lie close together. */
const KNOWN_QUARTERS_MAX = 4096;
const ZONES_MAX = 16;

interface ZoneClock {
  readonly format: Intl.DateTimeFormat;
  readonly known: Map<number, number | undefined>;
}

const zoneClocks = new Map<string, ZoneClock | undefined>();

function zoneClock(timeZone: string): ZoneClock | undefined {
  if (!zoneClocks.has(timeZone)) {
    if (zoneClocks.size >= ZONES_MAX) zoneClocks.clear();
    zoneClocks.set(timeZone, openZoneClock(timeZone));
  }
  return zoneClocks.get(timeZone);
}

function openZoneClock(timeZone: string): ZoneClock | undefined {
  try {
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    return { format, known: new Map() };
  } catch {
    // Intl throws for a zone it does not know: its times are then not understood.
    return undefined;
  }
}

function offsetAt(clock: ZoneClock, at: number): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of clock.format.formatToParts(at)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - at;
}

/** A time to be kept as it was written, because it could not be read without guessing; undefined where it was read or says "none". */
export function unreadTime(text: string | undefined, instant: string | undefined): string | undefined {
  return text === undefined || instant !== undefined || isNoDate(text) ? undefined : keptText(text);
}
