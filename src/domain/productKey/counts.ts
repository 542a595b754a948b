import type { ActivationReversed } from './activationEvents.js';
import type { ProductKeyEvent } from './events.js';

/** The classes of which each activation of a key is in exactly one (DOMAIN, counts). */
export const ACTIVATION_CLASSES = ['opening', 'confirmed', 'reserved', 'observed', 'uncertain'] as const;
export type ActivationClass = (typeof ACTIVATION_CLASSES)[number];
export type ClassCounts = Readonly<Record<ActivationClass, number>>;

export const NO_COUNTS: ClassCounts = { opening: 0, confirmed: 0, reserved: 0, observed: 0, uncertain: 0 };

/** Largest count taken of anything: far above every limit Microsoft sets, far below what integers hold. */
export const COUNT_MAX = 1_000_000_000;

export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= COUNT_MAX;
}

/** Activations of the key that were spent: the sum of the classes. */
export function usedOf({ opening, confirmed, reserved, observed, uncertain }: ClassCounts): number {
  return opening + confirmed + reserved + observed + uncertain;
}

/** What one event changes in the counts of its key. Every count the ledger shows is a sum of these. */
export function classChange(event: ProductKeyEvent): Partial<ClassCounts> {
  switch (event.type) {
    case 'ProductKeyRegistered': {
      const { opening } = event.data;
      return opening === undefined ? {} : { opening: opening.count - opening.alreadyObserved };
    }
    case 'ActivationGranted':
      return { reserved: 1 };
    case 'ActivationConfirmed': {
      const { confirmedBy, countsAs } = event.data;
      return { ...(confirmedBy === 'LATE' ? {} : { reserved: -1 }), [CLASS_OF[countsAs]]: 1 };
    }
    case 'ActivationFailed':
    case 'ActivationReleased':
      return { reserved: -1 };
    case 'ActivationObserved': {
      const { countsAs } = event.data;
      if (countsAs === 'ALREADY_COUNTED') return {};
      return countsAs === 'MOVED_FROM_OPENING' ? { opening: -1, observed: 1 } : { [CLASS_OF[countsAs]]: 1 };
    }
    case 'ActivationReversed': {
      const { countedAs } = event.data;
      return countedAs === 'MOVED_FROM_OPENING' ? { opening: 1, observed: -1 } : { [CLASS_OF[countedAs]]: -1 };
    }
    case 'ActivationConsumptionResolved': {
      const { consumed, activation } = event.data;
      return { uncertain: -1, ...(consumed && { [activation === undefined ? 'observed' : 'confirmed']: 1 }) };
    }
    case 'KmsHostConfigured':
    case 'KmsHostReactivated':
    case 'ActivationObjectCreated':
      return { confirmed: 1 };
    default:
      return {};
  }
}

export function addedTo(counts: ClassCounts, change: Partial<ClassCounts>): ClassCounts {
  const next: Record<ActivationClass, number> = { ...counts };
  for (const each of ACTIVATION_CLASSES) next[each] += change[each] ?? 0;
  return next;
}

const CLASS_OF: Readonly<Record<Exclude<ActivationReversed['data']['countedAs'], 'MOVED_FROM_OPENING'>, ActivationClass>> = {
  CONFIRMED: 'confirmed',
  OBSERVED: 'observed',
  UNCERTAIN: 'uncertain',
};
