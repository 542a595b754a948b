/** What follows from the programme of an agreement alone. */
import type { PriceLevel, Programme } from '../vocabulary.js';

/** Programmes that set prices by level and volume (B-3; Select Plus is priced as Select is). */
const PROGRAMMES_WITH_PRICE_LEVEL: ReadonlySet<Programme> = new Set([
  'ENTERPRISE_AGREEMENT',
  'SELECT',
  'SELECT_PLUS',
  'CAMPUS',
  'SCHOOL',
  'SPLA',
]);

/** Whether the programme knows that level; no level fits every programme, since it need not be known (B-3). */
export function priceLevelFits(programme: Programme, level: PriceLevel | undefined): boolean {
  return level === undefined || PROGRAMMES_WITH_PRICE_LEVEL.has(programme);
}
