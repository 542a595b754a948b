/** One agreement: a licence ID of a customer, what was bought under it, and its end. */
import { isCalendarDate, type CalendarDate } from '../calendarDate.js';
import { judgeCorrection } from '../correction.js';
import { accept, refuse, type Decision, type DecisionContext } from '../decision.js';
import type { AgreementCommand } from './commands.js';
import { AGREEMENT_CORRECTIONS } from './corrections.js';
import type { AgreementEvent } from './events.js';
import { keysFromOf } from '../rules/productKeyRules.js';
import { priceLevelFits } from './programmes.js';
import { isQuantity, QUANTITY_MAX } from './quantity.js';

export interface AgreementState {
  /** The licence ID; absent until the agreement is registered. */
  readonly licenceId?: string | undefined;
  readonly startsOn?: CalendarDate | undefined;
  readonly endedOn?: CalendarDate | undefined;
  readonly entitlements: Readonly<Record<string, RecordedEntitlement>>;
}

/** As it was recorded and amended; corrections do not change what commands are judged by. */
interface RecordedEntitlement {
  readonly quantity: number;
  readonly from: CalendarDate;
  readonly until?: CalendarDate | undefined;
}

type Command<Kind extends AgreementCommand['kind']> = Extract<AgreementCommand, { kind: Kind }>;
type Answer = Decision<AgreementEvent>;

/** Entitlements of one agreement: its state is copied with each of them. */
export const ENTITLEMENTS_MAX = 5_000;
/** The day is already tomorrow in the easternmost time zone this long before it is in UTC. */
const EASTERNMOST_OFFSET_MS = 14 * 3_600_000;

export const agreementDecider = {
  name: 'agreement',
  version: 1,
  initial: { entitlements: {} } as AgreementState,
  decide,
  evolve,
};

function decide(state: AgreementState, command: AgreementCommand, context: DecisionContext): Answer {
  if (command.kind === 'registerAgreement') return register(state, command, context);
  const { licenceId, endedOn } = state;
  if (licenceId === undefined) return refuse('AGREEMENT_UNKNOWN');
  if (command.kind === 'recordCorrection') return judgeCorrection(command, AGREEMENT_CORRECTIONS, context);
  if (endedOn !== undefined) return refuse('AGREEMENT_HAS_ENDED', { licenceId, endedOn });
  switch (command.kind) {
    case 'recordEntitlement':
      return recordEntitlement(state, command, context);
    case 'amendEntitlement':
      return amendEntitlement(state, command, context);
    case 'endAgreement':
      return end(state, command, context);
  }
}

function register(state: AgreementState, command: Command<'registerAgreement'>, context: DecisionContext): Answer {
  const { licenceId, programme, priceLevel, organisation, startsOn, endsOn } = command;
  if (state.licenceId !== undefined) return refuse('AGREEMENT_ALREADY_REGISTERED', { licenceId: state.licenceId });
  if (licenceId.trim() === '') return refuse('LICENCE_ID_MISSING');
  if (!priceLevelFits(programme, priceLevel)) return refuse('PRICE_LEVEL_WITHOUT_PROGRAMME', { programme }, ['B-3']);
  const unreadable = [startsOn, endsOn].find((date) => date !== undefined && !isCalendarDate(date));
  if (unreadable !== undefined) return refuse('AGREEMENT_DATE_UNREADABLE', { date: unreadable });
  if (startsOn !== undefined && endsOn !== undefined && endsOn < startsOn) return refuse('AGREEMENT_ENDS_BEFORE_START', { from: startsOn, until: endsOn });
  const data = { licenceId, programme, priceLevel, organisation, startsOn, endsOn, keysFrom: keysFromOf(programme) };
  return accept({ type: 'AgreementRegistered', schemaVersion: 1, occurredAt: context.now, data });
}

function recordEntitlement({ entitlements }: AgreementState, command: Command<'recordEntitlement'>, context: DecisionContext): Answer {
  const { kind: _kind, ...data } = command;
  const { entitlement, product, quantity, from, until } = data;
  if (Object.hasOwn(entitlements, entitlement)) return refuse('ENTITLEMENT_ALREADY_RECORDED', { entitlement });
  if (Object.keys(entitlements).length >= ENTITLEMENTS_MAX) return refuse('ENTITLEMENTS_TOO_MANY', { max: ENTITLEMENTS_MAX });
  if (product.trim() === '') return refuse('ENTITLEMENT_PRODUCT_MISSING');
  const refusal = refusalOfTerms({ quantity, from, until });
  return refusal ?? accept({ type: 'EntitlementRecorded', schemaVersion: 1, occurredAt: context.now, data });
}

function amendEntitlement({ entitlements }: AgreementState, command: Command<'amendEntitlement'>, context: DecisionContext): Answer {
  const { entitlement, quantity, until } = command;
  const known = Object.hasOwn(entitlements, entitlement) ? entitlements[entitlement] : undefined;
  if (known === undefined) return refuse('ENTITLEMENT_UNKNOWN', { entitlement });
  if (quantity === undefined && until === undefined) return refuse('AMENDMENT_EMPTY');
  const amended = { quantity: quantity ?? known.quantity, from: known.from, until: until ?? known.until };
  const refusal = refusalOfTerms(amended);
  if (refusal !== undefined) return refusal;
  if (amended.quantity === known.quantity && amended.until === known.until) return accept();
  return accept({ type: 'EntitlementAmended', schemaVersion: 1, occurredAt: context.now, data: { entitlement, quantity, until } });
}

function refusalOfTerms({ quantity, from, until }: RecordedEntitlement): Answer | undefined {
  if (!isQuantity(quantity)) return refuse('LICENCES_OUT_OF_RANGE', { quantity, max: QUANTITY_MAX });
  const unreadable = [from, until].find((date) => date !== undefined && !isCalendarDate(date));
  if (unreadable !== undefined) return refuse('ENTITLEMENT_DATE_UNREADABLE', { date: unreadable });
  return until !== undefined && until < from ? refuse('ENTITLEMENT_ENDS_BEFORE_START', { from, until }) : undefined;
}

function end({ startsOn }: AgreementState, { endedOn }: Command<'endAgreement'>, context: DecisionContext): Answer {
  if (!isCalendarDate(endedOn)) return refuse('END_DATE_UNREADABLE', { date: endedOn });
  if (startsOn !== undefined && endedOn < startsOn) return refuse('END_BEFORE_START', { from: startsOn, endedOn });
  const today = new Date(Date.parse(context.now) + EASTERNMOST_OFFSET_MS).toISOString().slice(0, endedOn.length);
  if (endedOn > today) return refuse('END_IN_THE_FUTURE', { endedOn });
  return accept({ type: 'AgreementEnded', schemaVersion: 1, occurredAt: context.now, data: { endedOn } });
}

function evolve(state: AgreementState, event: AgreementEvent): AgreementState {
  switch (event.type) {
    case 'AgreementRegistered':
      return { ...state, licenceId: event.data.licenceId, startsOn: event.data.startsOn };
    case 'EntitlementRecorded': {
      const { entitlement, quantity, from, until } = event.data;
      return { ...state, entitlements: { ...state.entitlements, [entitlement]: { quantity, from, until } } };
    }
    case 'EntitlementAmended': {
      const { entitlement, quantity, until } = event.data;
      const known = state.entitlements[entitlement];
      if (known === undefined) return state;
      const amended = { ...known, quantity: quantity ?? known.quantity, until: until ?? known.until };
      return { ...state, entitlements: { ...state.entitlements, [entitlement]: amended } };
    }
    case 'AgreementEnded':
      return { ...state, endedOn: event.data.endedOn };
    case 'CorrectionRecorded':
      return state;
  }
}
