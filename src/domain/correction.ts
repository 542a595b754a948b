import { accept, refuse, type Decision, type DecisionContext } from './decision.js';
import type { Fact } from './event.js';

/**
 * What an earlier event of this stream said was wrong: from here on the value given here counts in what is shown; the original stays
 * as it was recorded. Counts of activations are never corrected so (`ActivationReversed` is for them).
 */
export type CorrectionRecorded = Fact<
  'CorrectionRecorded',
  {
    /** Id of the event that is corrected. */
    readonly event: string;
    /** Its type. */
    readonly eventType: string;
    /** The field of its data. */
    readonly field: string;
    /** What it said; absent where the field was. */
    readonly was?: string | number | boolean | undefined;
    /** What holds instead; absent: nothing is known. */
    readonly value?: string | number | boolean | undefined;
  }
>;

export interface RecordCorrection {
  readonly kind: 'recordCorrection';
  readonly event: string;
  readonly eventType: string;
  readonly field: string;
  readonly was?: string | number | boolean | undefined;
  readonly value?: string | number | boolean | undefined;
}

/** For each event type of a stream the fields that may be corrected, and whether a value fits. */
export type Corrections = Readonly<Record<string, Readonly<Record<string, (value: unknown) => boolean>>>>;

/** Longest text that a field is corrected to, in characters. */
const CORRECTED_TEXT_CHARACTERS_MAX = 1_000;

/**
 * The correction, if that field of that event may be corrected so; also back to what the event said, which another correction may have
 * replaced. That the event is on the stream and said `was` is its caller's to know.
 */
export function judgeCorrection(command: RecordCorrection, corrections: Corrections, context: DecisionContext): Decision<CorrectionRecorded> {
  const { kind: _kind, ...data } = command;
  const { eventType, field } = data;
  const fields = Object.hasOwn(corrections, eventType) ? corrections[eventType] : undefined;
  const fits = fields !== undefined && Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (fits === undefined) return refuse('FIELD_NOT_CORRECTABLE', { eventType, field });
  if (!fits(data.value)) return refuse('CORRECTED_VALUE_UNFIT', { eventType, field });
  return accept({ type: 'CorrectionRecorded', schemaVersion: 1, occurredAt: context.now, data });
}

/** A text that says something. */
export function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '' && value.length <= CORRECTED_TEXT_CHARACTERS_MAX;
}

export function isOneOf(words: readonly string[]): (value: unknown) => boolean {
  return (value) => typeof value === 'string' && words.includes(value);
}

/** Also lets a field become unknown. */
export function optional(fits: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => value === undefined || fits(value);
}
