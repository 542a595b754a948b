/** Events and commands of a synthetic key, its hosts and its rules. */
import type { ProductKeyCommand } from '../../src/domain/productKey/commands.js';
import { productKeyDeciderWith } from '../../src/domain/productKey/decider.js';
import type { ProductKeyEvent } from '../../src/domain/productKey/events.js';
import type { FigureId } from '../../src/domain/rules/figures.js';
import type { Judgement } from '../../src/domain/rules/judgement.js';
import type { RuleBook, RuleInputs } from '../../src/domain/rules/ruleBook.js';
import { NOW, specification } from '../support/givenWhenThen.js';
import { givenRules, RULESET, type AskedRule } from '../support/ruleBook.js';

export const HOST = 'host-000000000000000000000000000000aa';
export const OTHER = 'host-000000000000000000000000000000bb';
export const ONE = '0199a000-0000-7000-8000-000000000001';
export const TWO = '0199a000-0000-7000-8000-000000000002';
export const EARLIER = '2026-05-30T12:00:00.000Z';
export const YESTERDAY = '2026-05-31T12:00:00.000Z';
/** 72 hours, the period of a reservation, after the time a spec decides at. */
export const EXPIRES = '2026-06-04T12:00:00.000Z';
export const EVIDENCE = 'e'.repeat(64);

const FIGURES: Readonly<Partial<Record<FigureId, number>>> = { RESERVATION_PERIOD: 72, KMS_HOST_SLOTS: 6, KMS_HOST_ACTIVATIONS: 10 };

type Type = ProductKeyEvent['type'];
type DataOf<Name extends Type> = Extract<ProductKeyEvent, { type: Name }>['data'];

export function event<Name extends Type>(type: Name, data: DataOf<Name>, occurredAt = NOW): ProductKeyEvent {
  return { type, schemaVersion: 1, occurredAt, data } as ProductKeyEvent;
}

/** Figures of K-4 and of reservations, and B-1 and K-4 as they are; every other rule says what it is given to say, or is satisfied. */
export function rulesOf(answers: Readonly<Record<string, readonly Judgement[]>> = {}, asked: AskedRule[] = []): RuleBook {
  const given = givenRules(answers, asked);
  return {
    ...given,
    judge: (rule, inputs, on) => {
      const judgements = given.judge(rule, inputs, on);
      if (answers[rule] !== undefined) return judgements;
      if (rule === 'B-1') return [limitJudgement(inputs as RuleInputs['B-1'])];
      return rule === 'K-4' ? [slotJudgement(inputs as RuleInputs['K-4'])] : judgements;
    },
    figure: (id) => FIGURES[id] ?? 0,
  };
}

function limitJudgement({ allowed, used, overage }: RuleInputs['B-1']): Judgement {
  const outcome = allowed === undefined ? 'NOT_DETERMINED' : used < allowed ? 'SATISFIED' : 'VIOLATED';
  return { rule: 'B-1', effect: overage, outcome, inputs: { allowed, used, overage } };
}

function slotJudgement(inputs: RuleInputs['K-4']): Judgement {
  const holds = inputs.slotsTaken <= inputs.slots && inputs.activations <= inputs.activationsAllowed;
  return { rule: 'K-4', effect: 'REFUSE', outcome: holds ? 'SATISFIED' : 'VIOLATED', inputs: { ...inputs } };
}

/** `given(events, command)` under the rules as they are; `givenUnder(rules)` under others. */
export const given = specification(productKeyDeciderWith(rulesOf()));

export function givenUnder(answers: Readonly<Record<string, readonly Judgement[]>>, asked?: AskedRule[]) {
  return specification(productKeyDeciderWith(rulesOf(answers, asked)));
}

/** What the rules say of a request on a key with this limit and so much used, all else being well. */
export function ruled(used: number, allowed: number | undefined, more: readonly Judgement[] = []) {
  const says = (rule: string, effect: Judgement['effect']): Judgement => ({ rule, effect, outcome: 'SATISFIED', inputs: {} });
  const limit = limitJudgement({ allowed, used, overage: 'REFUSE' });
  return { ruleset: RULESET, judgements: [limit, ...more, says('B-6', 'REFUSE'), says('R-1', 'WARN')] };
}

export function registered(data: Partial<DataOf<'ProductKeyRegistered'>> = {}, occurredAt = EARLIER): ProductKeyEvent {
  return event('ProductKeyRegistered', { lastFive: 'AAAAA', kind: 'MAK', product: 'Windows 7', allowed: 50, ...data }, occurredAt);
}

export function request(more: Partial<Extract<ProductKeyCommand, { kind: 'requestActivation' }>> = {}) {
  const command = { kind: 'requestActivation', activation: ONE, host: HOST, product: 'Windows 7', method: 'MAK_INDEPENDENT', purpose: 'PRODUCTION', acceptedWarnings: [] } as const;
  return { ...command, ...more } as ProductKeyCommand;
}

export function requested(more: Partial<DataOf<'ActivationRequested'>> = {}, occurredAt = NOW): ProductKeyEvent {
  return event('ActivationRequested', { activation: ONE, host: HOST, product: 'Windows 7', method: 'MAK_INDEPENDENT', purpose: 'PRODUCTION', ...more }, occurredAt);
}

/** A request of yesterday that was granted. */
export function reserved(more: Partial<DataOf<'ActivationRequested'>> & { readonly expiresAt?: string } = {}): ProductKeyEvent[] {
  const { expiresAt = EXPIRES, ...data } = more;
  return [requested(data, YESTERDAY), event('ActivationGranted', { activation: data.activation ?? ONE, expiresAt, decision: ruled(0, 50) }, YESTERDAY)];
}

/** One whose time was over an hour ago. */
export const EXPIRED = '2026-06-01T11:00:00.000Z';

export function lapsed(activation = ONE, occurredAt = EXPIRED): ProductKeyEvent {
  return event('ActivationReleased', { activation, cause: 'LAPSED' }, occurredAt);
}

export function confirmed(more: Partial<DataOf<'ActivationConfirmed'>> = {}, occurredAt = NOW): ProductKeyEvent {
  return event('ActivationConfirmed', { activation: ONE, host: HOST, consumption: 'CONSUMED', confirmedBy: 'REQUESTER', countsAs: 'CONFIRMED', ...more }, occurredAt);
}

export function seen(more: Partial<DataOf<'ActivationObserved'>> = {}, occurredAt = NOW): ProductKeyEvent {
  return event('ActivationObserved', { host: HOST, installation: 1, method: 'MAK_INDEPENDENT', evidence: 'SLMGR', countsAs: 'OBSERVED', ...more }, occurredAt);
}

export function lost(occurredAt: string, installation = 1): ProductKeyEvent {
  return event('ActivationLossObserved', { host: HOST, installation, evidence: 'SLMGR' }, occurredAt);
}

export function observe(occurredAt = NOW, installation = 1, host = HOST): ProductKeyCommand {
  const key = { lastFive: 'AAAAA', keyKind: 'MAK' as const, evidence: 'SLMGR' as const };
  return { kind: 'observeActivation', key, host, installation, method: 'MAK_INDEPENDENT', occurredAt };
}

export function report(remaining: number, occurredAt = NOW): ProductKeyCommand {
  return { kind: 'observeKey', lastFive: 'AAAAA', keyKind: 'MAK', evidence: 'VAMT_DATABASE', remaining, occurredAt };
}

export function reported(remaining: number, occurredAt = NOW): ProductKeyEvent {
  return event('RemainingActivationsObserved', { remaining, evidence: 'VAMT_DATABASE' }, occurredAt);
}
