/** The limit of a key: revised by Microsoft, or raised by a grant (B-1; life of a limit increase). */
import { accept, refuse, type Decision, type DecisionContext } from '../decision.js';
import type { InstantText } from '../event.js';
import type { RuleBook } from '../rules/ruleBook.js';
import type { LimitKind } from '../vocabulary.js';
import type { LimitCommand } from './commands.js';
import { COUNT_MAX, isCount } from './counts.js';
import type { ProductKeyEvent } from './events.js';
import { kindOfIncrease } from './evolveLimit.js';
import type { ProductKeyState } from './state.js';

type Command<Kind extends LimitCommand['kind']> = Extract<LimitCommand, { kind: Kind }>;

/** Longest case number taken, in characters. */
const CASE_NUMBER_LENGTH_MAX = 100;

/** Microsoft has set another limit; it may be lower than what is used. */
export function reviseLimit(state: ProductKeyState, command: Command<'reviseLimit'>, context: DecisionContext): Decision<ProductKeyEvent> {
  const { limitKind: kind, limit, initiative } = command;
  const mismatch = kindMismatch(state, kind);
  if (mismatch !== undefined) return mismatch;
  if (!isCount(limit)) return refuse('LIMIT_OUT_OF_RANGE', { count: limit, max: COUNT_MAX });
  const previous = limitSet(state, kind);
  if (previous === limit) return accept();
  return accept({ type: 'LimitRevised', schemaVersion: 1, occurredAt: context.now, data: { kind, limit, previous, initiative } });
}

export function requestLimitIncrease(state: ProductKeyState, command: Command<'requestLimitIncrease'>, context: DecisionContext): Decision<ProductKeyEvent> {
  const { increase, limitKind: kind, quantity, figures, justificationGenerated } = command;
  const mismatch = kindMismatch(state, kind);
  if (mismatch !== undefined) return mismatch;
  if (!isCount(quantity) || quantity === 0) return refuse('QUANTITY_OUT_OF_RANGE', { quantity, max: COUNT_MAX });
  const open = state.increases[kind];
  if (open !== undefined) return refuse('INCREASE_OPEN', { increase: open.increase });
  const data = { increase, kind, quantity, figures, justificationGenerated };
  return accept({ type: 'LimitIncreaseRequested', schemaVersion: 1, occurredAt: context.now, data });
}

export function submitLimitIncrease(state: ProductKeyState, command: Command<'submitLimitIncrease'>, context: DecisionContext): Decision<ProductKeyEvent> {
  const { increase } = command;
  const kind = kindOfIncrease(state, increase);
  if (kind === undefined) return refuse('INCREASE_NOT_OPEN', { increase });
  if (state.increases[kind]?.is === 'SUBMITTED') return refuse('INCREASE_SUBMITTED_ALREADY', { increase });
  const caseNumber = command.caseNumber.trim();
  if (caseNumber === '' || caseNumber.length > CASE_NUMBER_LENGTH_MAX) return refuse('CASE_NUMBER_NEEDED', { max: CASE_NUMBER_LENGTH_MAX });
  return accept({ type: 'LimitIncreaseSubmitted', schemaVersion: 1, occurredAt: context.now, data: { increase, caseNumber } });
}

/** The quantity and the limit that results from it must agree with the limit there is; where that is unknown, the one given holds. */
export function grantLimitIncrease(
  state: ProductKeyState,
  command: Command<'grantLimitIncrease'>,
  context: DecisionContext,
  rules: RuleBook,
): Decision<ProductKeyEvent> {
  const { increase, quantity, limit } = command;
  const kind = kindOfIncrease(state, increase);
  if (kind === undefined) return refuse('INCREASE_NOT_OPEN', { increase });
  if (state.increases[kind]?.is !== 'SUBMITTED') return refuse('INCREASE_NOT_SUBMITTED', { increase });
  if (!isCount(quantity) || quantity === 0) return refuse('QUANTITY_OUT_OF_RANGE', { quantity, max: COUNT_MAX });
  if (!isCount(limit)) return refuse('LIMIT_OUT_OF_RANGE', { count: limit, max: COUNT_MAX });
  const current = limitInForce(state, kind, context.now, rules);
  if (current === undefined ? limit < quantity : limit !== current + quantity) {
    return refuse('GRANT_DISAGREES', { quantity, limit, current: current ?? '?' });
  }
  return accept({ type: 'LimitIncreaseGranted', schemaVersion: 1, occurredAt: context.now, data: { increase, kind, quantity, limit } });
}

export function refuseLimitIncrease(state: ProductKeyState, { increase }: Command<'refuseLimitIncrease'>, context: DecisionContext): Decision<ProductKeyEvent> {
  const kind = kindOfIncrease(state, increase);
  if (kind === undefined) return refuse('INCREASE_NOT_OPEN', { increase });
  if (state.increases[kind]?.is !== 'SUBMITTED') return refuse('INCREASE_NOT_SUBMITTED', { increase });
  return accept({ type: 'LimitIncreaseRefused', schemaVersion: 1, occurredAt: context.now, data: { increase } });
}

export function withdrawLimitIncrease(state: ProductKeyState, { increase }: Command<'withdrawLimitIncrease'>, context: DecisionContext): Decision<ProductKeyEvent> {
  if (kindOfIncrease(state, increase) === undefined) return refuse('INCREASE_NOT_OPEN', { increase });
  return accept({ type: 'LimitIncreaseWithdrawn', schemaVersion: 1, occurredAt: context.now, data: { increase } });
}

/** The limit as it stands: one that was set for the key, else the figure of K-4. A MAK has no other than its own. */
export function limitInForce(state: ProductKeyState, kind: LimitKind, now: InstantText, rules: RuleBook): number | undefined {
  const set = limitSet(state, kind);
  if (set !== undefined || kind === 'MAK_ACTIVATIONS') return set;
  return rules.figure(kind === 'KMS_HOST_SLOTS' ? 'KMS_HOST_SLOTS' : 'KMS_HOST_ACTIVATIONS', now);
}

function limitSet(state: ProductKeyState, kind: LimitKind): number | undefined {
  return kind === 'MAK_ACTIVATIONS' ? state.allowed : state.limits[kind];
}

function kindMismatch(state: ProductKeyState, kind: LimitKind): Decision<ProductKeyEvent> | undefined {
  if (state.lastFive === undefined) return refuse('KEY_UNKNOWN');
  const needed = kind === 'MAK_ACTIVATIONS' ? 'MAK' : 'KMS_HOST';
  return state.kind === needed ? undefined : refuse('LIMIT_OF_ANOTHER_KIND', { limit: kind, kind: state.kind });
}
