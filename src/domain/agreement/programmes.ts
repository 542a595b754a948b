/** What follows from the programme of an agreement alone. */
import type { PriceLevel, Programme } from '../vocabulary.js';
import type { AgreementRegistered } from './events.js';

/** Programmes that set prices by level and volume (B-3; Select Plus is priced as Select is). */
const PROGRAMMES_WITH_PRICE_LEVEL: ReadonlySet<Programme> = new Set([
  'ENTERPRISE_AGREEMENT',
  'SELECT',
  'SELECT_PLUS',
  'CAMPUS',
  'SCHOOL',
  'SPLA',
]);

/** Programmes whose keys are given by telephone only (P-2). */
const PROGRAMMES_CALL_ONLY: ReadonlySet<Programme> = new Set(['ISV_ROYALTY', 'HVMS']);

/** Where the keys of such an agreement are had (P-2). */
export function keysFromOf(programme: Programme): AgreementRegistered['data']['keysFrom'] {
  return PROGRAMMES_CALL_ONLY.has(programme) ? 'CALL_ONLY' : 'PORTAL';
}

/** Whether the programme knows that level; no level fits every programme, since it need not be known (B-3). */
export function priceLevelFits(programme: Programme, level: PriceLevel | undefined): boolean {
  return level === undefined || PROGRAMMES_WITH_PRICE_LEVEL.has(programme);
}
