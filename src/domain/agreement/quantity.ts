/** Most licences taken of one entitlement: far above what is sold, far below what integers hold. */
export const QUANTITY_MAX = 1_000_000_000;

/** Whether so many licences can have been bought; 0 after a return of all. */
export function isQuantity(quantity: unknown): quantity is number {
  return typeof quantity === 'number' && Number.isSafeInteger(quantity) && quantity >= 0 && quantity <= QUANTITY_MAX;
}
