/** Random histories of one synthetic key: commands as they may come in any order, decided one after another. */
import fc from 'fast-check';
import type { ProductKeyCommand } from '../../src/domain/productKey/commands.js';
import { productKeyDeciderWith } from '../../src/domain/productKey/decider.js';
import type { ProductKeyEvent } from '../../src/domain/productKey/events.js';
import type { ProductKeyState } from '../../src/domain/productKey/state.js';
import { EVIDENCE, registered, rulesOf } from './productKeySupport.js';

const HOUR_MS = 3_600_000;
const START = Date.parse('2026-06-01T00:00:00.000Z');
const ALLOWED = 4;

const at = (hours: number): string => new Date(START + hours * HOUR_MS).toISOString();
const host = fc.constantFrom('host-aa', 'host-bb', 'host-cc');
const installation = fc.integer({ min: 1, max: 3 });
const maybeInstallation = fc.option(installation, { nil: undefined });
/** Which of the activations asked for so far. */
const which = fc.nat({ max: 7 });
const hoursAgo = fc.constantFrom(0, 0, 0, 5, 100, 400);
const place = { host, installation };

/** A command that may name an activation by its number, and when it is meant to have happened. */
const step = fc.record({
  hours: fc.constantFrom(0, 0, 1, 10, 40, 80),
  hoursAgo,
  which,
  command: fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('request' as const), host, installation: maybeInstallation, purpose: fc.constantFrom('PRODUCTION', 'REIMAGING') }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('confirm' as const), installation: maybeInstallation, consumption: fc.constantFrom('CONSUMED', 'UNKNOWN') }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('fail' as const), hresult: fc.constantFrom('0xC004C020', '0xC004F074') }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('release' as const), cause: fc.constantFrom('CANCELLED', 'LAPSED', 'NOT_CONSUMED'), from: installation, to: installation }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('carryOver' as const), host, from: installation, to: installation }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('releaseHost' as const), host }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('observe' as const), ...place }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('lose' as const), ...place }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('report' as const), remaining: fc.nat({ max: 6 }) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('reverse' as const), byId: fc.boolean(), ...place, cause: fc.constantFrom('RECORDED_WRONGLY', 'DUPLICATE', 'CREDITED') }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('resolve' as const), byId: fc.boolean(), ...place, consumed: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('revise' as const), limit: fc.nat({ max: 8 }) }) },
  ),
});

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

export const steps = fc.array(step, { minLength: 1, maxLength: 60, size: 'max' });

export const decider = productKeyDeciderWith(rulesOf());

export interface Moment {
  readonly now: string;
  readonly events: readonly ProductKeyEvent[];
  /** After these events. */
  readonly state: ProductKeyState;
}

/** Decides the steps in order, on a MAK of four activations of which one was spent before the ledger. */
export function history(all: readonly Step[]): readonly Moment[] {
  const opening = { count: 1, asOf: at(-200), source: 'portal', alreadyObserved: 0 };
  const first = registered({ allowed: ALLOWED, opening }, at(-1));
  const moments: Moment[] = [{ now: at(-1), events: [first], state: decider.evolve(decider.initial, first) }];
  let hours = 0;
  for (const [index, each] of all.entries()) {
    hours += each.hours;
    const { state } = moments.at(-1)!;
    const decision = decider.decide(state, commandOf(each, index, at(hours - each.hoursAgo)), { now: at(hours) });
    const events = decision.kind === 'accepted' ? decision.events : [];
    moments.push({ now: at(hours), events, state: events.reduce(decider.evolve, state) });
  }
  return moments;
}

/** The sweeper comes by long after. */
export function swept(state: ProductKeyState, now: string): readonly ProductKeyEvent[] {
  const decision = decider.decide(state, { kind: 'releaseActivation', activation: 'none', cause: 'LAPSED' }, { now });
  return decision.kind === 'accepted' ? decision.events : [];
}

function commandOf({ command, which: number }: Step, index: number, occurredAt: string): ProductKeyCommand {
  const activation = `activation-${number}`;
  switch (command.kind) {
    case 'request': {
      const { host: on, installation: of, purpose } = command;
      const asked = { activation: `activation-${index % 8}`, host: on, installation: of, product: 'Windows 7', purpose };
      return { kind: 'requestActivation', ...asked, method: 'MAK_INDEPENDENT', acceptedWarnings: ['B-1'] };
    }
    case 'confirm':
      return { kind: 'confirmActivation', activation, installation: command.installation, consumption: command.consumption, occurredAt };
    case 'fail':
      return { kind: 'failActivation', activation, hresult: command.hresult, occurredAt };
    case 'release':
      return { kind: 'releaseActivation', activation, cause: command.cause, carriedOver: { fromInstallation: command.from, toInstallation: command.to } };
    case 'carryOver':
      return { kind: 'carryOverActivation', host: command.host, fromInstallation: command.from, toInstallation: command.to };
    case 'releaseHost':
      return { kind: 'releaseHost', host: command.host };
    case 'observe': {
      const key = { lastFive: 'AAAAA', keyKind: 'MAK', evidence: 'SLMGR' } as const;
      return { kind: 'observeActivation', key, host: command.host, installation: command.installation, occurredAt };
    }
    case 'lose':
      return { kind: 'observeLoss', host: command.host, installation: command.installation, evidence: 'SLMGR', occurredAt };
    case 'report':
      return { kind: 'observeKey', lastFive: 'AAAAA', keyKind: 'MAK', evidence: 'VAMT_DATABASE', remaining: command.remaining, occurredAt };
    case 'reverse': {
      const { byId, host: on, installation: of, cause } = command;
      return { kind: 'reverseActivation', ...(byId ? { activation } : { host: on, installation: of }), cause, evidenceSha256: EVIDENCE };
    }
    case 'resolve': {
      const { byId, host: on, installation: of, consumed } = command;
      return { kind: 'resolveConsumption', ...(byId ? { activation } : { host: on, installation: of }), consumed };
    }
    case 'revise':
      return { kind: 'reviseLimit', limitKind: 'MAK_ACTIVATIONS', limit: command.limit, initiative: 'MICROSOFT' };
  }
}
