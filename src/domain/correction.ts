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
