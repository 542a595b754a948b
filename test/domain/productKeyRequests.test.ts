import { describe, expect, test } from 'vitest';
import { BULK_ITEMS_MAX } from '../../src/application/bulk.js';
import type { ActivationRefused } from '../../src/domain/productKey/activationEvents.js';
import type { ProductKeyCommand } from '../../src/domain/productKey/commands.js';
import { productKeyDeciderWith } from '../../src/domain/productKey/decider.js';
import type { ProductKeyEvent } from '../../src/domain/productKey/events.js';
import { LAPSES_MAX } from '../../src/domain/productKey/lapse.js';
import type { ProductKeyState } from '../../src/domain/productKey/state.js';
import type { Judgement } from '../../src/domain/rules/judgement.js';
import { atomically } from '../../src/kernel/atomic.js';
import type { Decider } from '../../src/kernel/decider.js';
import type { Instant } from '../../src/kernel/identifiers.js';
import { APPEND_EVENTS_MAX } from '../../src/store/port.js';
import { NOW } from '../support/givenWhenThen.js';
import { RULESET, type AskedRule } from '../support/ruleBook.js';
import { confirmed, event, EXPIRED, EXPIRES, given, givenUnder, HOST, lapsed, observe, ONE, OTHER, registered, reported, request, requested, reserved, ruled, rulesOf, seen, TWO, YESTERDAY } from './productKeySupport.js';

const decider = productKeyDeciderWith(rulesOf());

function granted(used: number, allowed = 50, more: { readonly activation?: string; readonly expiresAt?: string } = {}): ProductKeyEvent {
  return event('ActivationGranted', { activation: ONE, expiresAt: EXPIRES, decision: ruled(used, allowed), ...more });
}

function refused(code: string, parameters: ActivationRefused['data']['parameters'], decision = ruled(0, 50), activation = ONE): ProductKeyEvent {
  return event('ActivationRefused', { activation, code, parameters, decision });
}

/** Requests in one append, on a key all of whose reservations are past their time: how many each of them releases before it is granted. */
function lapsesOfTogether(due: number, requests: number): readonly number[] {
  const old = Array.from({ length: due }, (_, n) => reserved({ activation: `old-${n}`, host: OTHER, installation: n + 1, expiresAt: EXPIRED })).flat();
  const state = [registered({ allowed: due }), ...old].reduce(decider.evolve, decider.initial);
  const commands = Array.from({ length: requests }, (_, n) => request({ activation: `new-${n}`, installation: n + 1 }));
  const whole = atomically(decider as Decider<ProductKeyState, ProductKeyCommand>, ({ type }) => (type === 'ActivationRefused' ? { code: 'DENIED', message: 'Denied.', rules: [] } : undefined));
  const decision = whole.decide(state, { commands }, { now: NOW as Instant });
  if (decision.kind === 'refused') throw new Error(decision.refusal.code);
  const types = decision.events.map(({ type }) => type).join(' ');
  return types.split('ActivationRequested ActivationGranted').slice(0, -1).map((before) => before.split('ActivationReleased').length - 1);
}

describe('product key: an activation asked for', () => {
  test('is reserved, with what decided stored beside it', () => given([registered()], request()).thenRecorded(requested(), granted(0)));

  test('is reserved as long as the policy of the key says', () => {
    const expiresAt = '2026-06-01T14:00:00.000Z';
    given([registered({ reservationHours: 2 })], request()).thenRecorded(requested(), granted(0, 50, { expiresAt }));
    given([registered(), event('ProductKeyPolicyChanged', { reservationHours: 2 })], request()).thenRecorded(requested(), granted(0, 50, { expiresAt }));
  });

  test('counts all classes against the limit', () => {
    const opening = { count: 10, asOf: YESTERDAY, source: 'portal', alreadyObserved: 0 };
    const before = [registered({ opening }), ...reserved(), ...reserved({ activation: TWO, host: OTHER }), confirmed({ activation: TWO, host: OTHER }), seen({ installation: 7 })];
    const three = '0199a000-0000-7000-8000-000000000003';
    given(before, request({ activation: three, host: OTHER })).thenRecorded(requested({ activation: three, host: OTHER }), granted(13, 50, { activation: three }));
  });

  test('the last one is granted and the next refused', () => {
    given([registered({ allowed: 2 }), seen()], request({ host: OTHER })).thenRecorded(requested({ host: OTHER }), granted(1, 2));
    given([registered({ allowed: 1 }), seen()], request({ host: OTHER })).thenRecorded(
      requested({ host: OTHER }),
      refused('LIMIT_REACHED', { rule: 'B-1', lastFive: 'AAAAA', allowed: 1, used: 1 }, ruled(1, 1)),
    );
  });

  test('beyond the limit a key that warns grants what is accepted', () => {
    const limit: Judgement = { rule: 'B-1', effect: 'WARN', outcome: 'VIOLATED', inputs: { allowed: 1, used: 1, overage: 'WARN' } };
    const before = [registered({ allowed: 1, overage: 'WARN' }), seen()];
    given(before, request({ host: OTHER })).thenRefused('WARNING_NOT_ACCEPTED', 'B-1');
    const { judgements } = ruled(1, 1);
    const decision = { ruleset: RULESET, judgements: [{ ...limit, accepted: true as const }, ...judgements.slice(1)] };
    given(before, request({ host: OTHER, acceptedWarnings: ['B-1'] })).thenRecorded(
      requested({ host: OTHER }),
      event('ActivationGranted', { activation: ONE, expiresAt: EXPIRES, decision }),
    );
  });

  test('is refused where the limit is not known', () =>
    given([registered({ allowed: undefined })], request()).thenRecorded(requested(), refused('LIMIT_UNKNOWN', { lastFive: 'AAAAA' }, ruled(0, undefined))));

  test('is refused by a blocked and by a retired key', () => {
    given([registered(), event('ProductKeyBlocked', { blockedBy: 'MICROSOFT' })], request()).thenRecorded(requested(), refused('KEY_BLOCKED', { lastFive: 'AAAAA' }));
    given([registered(), event('ProductKeyRetired', {})], request()).thenRecorded(requested(), refused('KEY_RETIRED', { lastFive: 'AAAAA' }));
  });

  test('is refused while the installation has an open reservation, and not for another installation', () => {
    given([registered(), ...reserved()], request({ activation: TWO })).thenRecorded(
      requested({ activation: TWO }),
      refused('RESERVATION_OPEN', { activation: ONE }, ruled(1, 50), TWO),
    );
    given([registered(), ...reserved()], request({ activation: TWO, installation: 1 })).thenRecorded(requested({ activation: TWO, installation: 1 }), granted(1, 50, { activation: TWO }));
  });

  test('a rule that refuses is told by its code', () => {
    const judgement: Judgement = { rule: 'B-6', effect: 'REFUSE', outcome: 'VIOLATED', inputs: {} };
    const { judgements } = ruled(0, 50);
    const decision = { ruleset: RULESET, judgements: [judgements[0]!, judgement, judgements[2]!] };
    const parameters = { rule: 'B-6', lastFive: 'AAAAA', allowed: 50, used: 0 };
    givenUnder({ 'B-6': [judgement] })([registered()], request()).thenRecorded(requested(), refused('PRODUCT_NOT_COVERED', parameters, decision));
    const local: Judgement = { ...judgement, rule: 'LOCAL-1' };
    const localDecision = { ruleset: RULESET, judgements: [judgements[0]!, local, judgements[2]!] };
    givenUnder({ 'B-6': [local] })([registered()], request()).thenRecorded(requested(), refused('REFUSED_BY_RULE', { ...parameters, rule: 'LOCAL-1' }, localDecision));
  });

  test('a warning must be accepted, by the rule that warns', () => {
    const warning: Judgement = { rule: 'R-1', effect: 'WARN', outcome: 'NOT_DETERMINED', inputs: {} };
    const under = givenUnder({ 'R-1': [warning] });
    under([registered()], request()).thenRefused('WARNING_NOT_ACCEPTED', 'R-1');
    under([registered()], request({ acceptedWarnings: ['R-8'] })).thenRefused('WARNING_NOT_ACCEPTED', 'R-1');
    const { judgements } = ruled(0, 50);
    const decision = { ruleset: RULESET, judgements: [...judgements.slice(0, 2), { ...warning, accepted: true as const }] };
    under([registered()], request({ acceptedWarnings: ['R-1'] })).thenRecorded(requested(), event('ActivationGranted', { activation: ONE, expiresAt: EXPIRES, decision }));
  });

  test('the rules are asked about the key, the product, the purpose, and the agreement where one is named', () => {
    const asked: AskedRule[] = [];
    const purpose = { purpose: 'TRAINING', programme: 'SELECT' } as const;
    const judgements = (command: Parameters<typeof request>[0]) => {
      asked.length = 0;
      givenUnder({}, asked)([registered({ agreement: 'A1' })], request(command));
      return asked.map(({ rule, inputs }) => [rule, inputs]);
    };
    expect(judgements(purpose)).toEqual([
      ['B-1', { allowed: 50, used: 0, overage: 'REFUSE' }],
      ['B-6', { keyProduct: 'Windows 7', product: 'Windows 7' }],
      ['R-1', purpose],
    ]);
    const agreements = (agreement: string, affiliation?: 'AFFILIATED') => judgements({ ...purpose, agreement, affiliation }).slice(3);
    expect(agreements('A1')).toEqual([['R-8', { affiliation: 'SAME' }], ['P-4', { keyAgreement: 'A1', agreement: 'A1', programme: 'SELECT' }]]);
    expect(agreements('A2')).toEqual([['R-8', { affiliation: 'UNKNOWN' }], ['P-4', { keyAgreement: 'A1', agreement: 'A2', programme: 'SELECT' }]]);
    expect(agreements('A2', 'AFFILIATED')[0]).toEqual(['R-8', { affiliation: 'AFFILIATED' }]);
  });

  test('a report that leaves nothing warns, and refuses nothing', () => {
    const inputs = { reportedRemaining: 1, reportedAt: YESTERDAY, reportedLeft: 0, remaining: 48 };
    const warning: Judgement = { rule: 'B-1', effect: 'WARN', outcome: 'VIOLATED', inputs };
    const before = [registered(), reported(2, YESTERDAY), seen({ installation: 3 }, YESTERDAY), reported(1, YESTERDAY), ...reserved({ host: OTHER })];
    given(before, request({ activation: TWO })).thenRefused('WARNING_NOT_ACCEPTED', 'B-1');
    given(before, request({ activation: TWO, acceptedWarnings: ['B-1'] })).thenRecorded(
      requested({ activation: TWO }),
      event('ActivationGranted', { activation: TWO, expiresAt: EXPIRES, decision: ruled(2, 50, [{ ...warning, accepted: true }]) }),
    );
    given([registered(), reported(2, YESTERDAY)], request()).thenRecorded(requested(), granted(0));
  });

  test('what was seen after a report lowers what the report leaves', () => {
    const before = [registered(), reported(1, YESTERDAY), seen({ installation: 3 })];
    given(before, request({ host: OTHER })).thenRefused('WARNING_NOT_ACCEPTED', 'B-1');
  });

  test('an installation id is kept without its separators, for a proxy activation alone', () => {
    const installationId = `${'123456-'.repeat(8)}123456`;
    const digits = '123456'.repeat(9);
    given([registered()], request({ method: 'MAK_PROXY', installationId })).thenRecorded(requested({ method: 'MAK_PROXY', installationId: digits }), granted(0));
    given([registered()], request({ installationId })).thenRefused('INSTALLATION_ID_WITHOUT_PROXY');
  });

  test.each(['1'.repeat(49), '1'.repeat(64), `${'1'.repeat(53)}x`, ''])('"%s" is no installation id', (installationId) =>
    given([registered()], request({ method: 'MAK_PROXY', installationId })).thenRefused('INSTALLATION_ID_MALFORMED'));

  test('nothing is recorded of a request that no MAK could serve', () => {
    given([], request()).thenRefused('KEY_UNKNOWN');
    given([registered({ kind: 'KMS_HOST' })], request()).thenRefused('KEY_IS_NO_MAK');
    given([registered()], request({ method: 'KMS' })).thenRefused('METHOD_WITHOUT_MAK');
    for (const installation of [0, -1, 1.5]) given([registered()], request({ installation })).thenRefused('INSTALLATION_UNKNOWN');
    given([registered(), ...reserved()], request()).thenRefused('ACTIVATION_EXISTS');
  });
});

describe('product key: reservations past their time', () => {
  test('are free, and released first by the next command', () => {
    const before = [registered({ allowed: 1 }), ...reserved({ expiresAt: EXPIRED })];
    given(before, request({ activation: TWO })).thenRecorded(lapsed(), requested({ activation: TWO }), granted(0, 1, { activation: TWO }));
  });
  test('are released oldest first', () => {
    const earlier = '2026-06-01T10:00:00.000Z';
    const before = [registered(), ...reserved({ expiresAt: EXPIRED }), ...reserved({ activation: TWO, host: OTHER, expiresAt: earlier })];
    given(before, { kind: 'retireKey' }).thenRecorded(lapsed(TWO, earlier), lapsed(), event('ProductKeyRetired', {}));
  });
  test('lapse at their time and not before', () => {
    given([registered(), ...reserved({ expiresAt: NOW })], { kind: 'retireKey' }).thenRecorded(lapsed(ONE, NOW), event('ProductKeyRetired', {}));
    given([registered(), ...reserved({ expiresAt: '2026-06-01T12:00:00.001Z' })], { kind: 'retireKey' }).thenRecorded(event('ProductKeyRetired', {}));
  });
  test('stay where a command is refused or has nothing to record', () => {
    given([registered(), ...reserved({ expiresAt: EXPIRED })], { kind: 'changePolicy', overage: undefined }).thenRecorded();
    given([registered(), ...reserved({ expiresAt: EXPIRED })], request({ activation: TWO, method: 'KMS' })).thenRefused('METHOD_WITHOUT_MAK');
  });
  test('are released by the sweeper, who does nothing before their time', () => {
    const sweep = { kind: 'releaseActivation', activation: ONE, cause: 'LAPSED' } as const;
    given([registered(), ...reserved({ expiresAt: EXPIRED })], sweep).thenRecorded(lapsed());
    given([registered(), ...reserved()], sweep).thenRecorded();
  });
  test('are released by the first of several commands in one append as by one, and by each further one as it needs', () => {
    expect(lapsesOfTogether(LAPSES_MAX - 1, 3)).toEqual([LAPSES_MAX - 1, 0, 0]);
    expect(lapsesOfTogether(LAPSES_MAX + 100, 3)).toEqual([LAPSES_MAX, 1, 1]);
  });
  test('fit one append with as many requests as one call takes', () => {
    const [first = 0, ...further] = lapsesOfTogether(2 * BULK_ITEMS_MAX, BULK_ITEMS_MAX);
    expect([first, ...new Set(further)]).toEqual([LAPSES_MAX, 1]);
    expect(first + further.length + 2 * BULK_ITEMS_MAX).toBeLessThanOrEqual(APPEND_EVENTS_MAX);
  });
  test('are released first where they are about the host of the command, however many are older', () => {
    const earlier = '2026-06-01T10:00:00.000Z';
    const others = Array.from({ length: LAPSES_MAX }, (_, n) => reserved({ activation: `old-${n}`, host: OTHER, installation: n + 1, expiresAt: earlier })).flat();
    const before = [registered({ allowed: 1_000 }), ...others, ...reserved({ expiresAt: EXPIRED })];
    const first = (command: ProductKeyCommand): readonly unknown[] => {
      const decision = decider.decide(before.reduce(decider.evolve, decider.initial), command, { now: NOW });
      return decision.kind === 'accepted' ? [decision.events[0], decision.events.length, decision.events.at(-1)] : [decision.refusal.code];
    };
    expect(first(request({ activation: TWO }))).toEqual([lapsed(), LAPSES_MAX + 2, granted(1, 1_000, { activation: TWO })]);
    // What is seen after its time counts as observed, and confirms nothing.
    expect(first(observe())).toEqual([lapsed(), LAPSES_MAX + 1, seen()]);
  });
  test('an installation whose reservation has lapsed may ask again', () =>
    given([registered(), ...reserved({ expiresAt: EXPIRED })], request({ activation: TWO, host: HOST })).thenRecorded(
      lapsed(),
      requested({ activation: TWO }),
      granted(0, 50, { activation: TWO }),
    ));
});
