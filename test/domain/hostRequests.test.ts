import { describe, expect, test } from 'vitest';
import type { HostCommand, KeyAnswer, RequestDowngrade, RequestReimaging } from '../../src/domain/host/commands.js';
import { hostDecider, hostDeciderWith } from '../../src/domain/host/decider.js';
import type { HostEvent } from '../../src/domain/host/events.js';
import type { Judgement } from '../../src/domain/rules/judgement.js';
import { NOW, specification } from '../support/givenWhenThen.js';
import { givenRules, RULESET, says, type AskedRule } from '../support/ruleBook.js';

const MARCH = '2026-03-01T00:00:00.000Z';
const APRIL = '2026-04-01T00:00:00.000Z';
const MAY = '2026-05-01T00:00:00.000Z';
const SKU = '00000000-0000-4000-8000-00000000aaaa';

const under = (answers: Readonly<Record<string, readonly Judgement[]>> = {}, asked: AskedRule[] = []) => specification(hostDeciderWith(givenRules(answers, asked)));
const given = under();

const met: HostEvent = {
  type: 'HostRegistered',
  schemaVersion: 1,
  occurredAt: MARCH,
  data: { origin: 'OBSERVATION', identities: [{ kind: 'NAME', name: 'pc1', domain: 'corp.example', raw: 'PC1.corp.example' }] },
};
const seen = (installation: number, skuId: string, keyLastFive?: string, occurredAt = MARCH): HostEvent => ({
  type: 'LicenseStateObserved',
  schemaVersion: 1,
  occurredAt,
  data: { installation, evidence: 'SLMGR', status: 'LICENSED', skuId, keyLastFive },
});
const host: readonly HostEvent[] = [met, seen(1, SKU, 'AAAAA')];

const device = { channel: 'OEM', product: 'Windows 10', version: '22H2', edition: 'Pro', language: 'fr-FR' } as const;
const image = { image: 'lab-2026', product: 'Windows 10', version: '22H2', edition: 'Pro', language: 'fr-FR', generalised: true } as const;
const mak: KeyAnswer = { key: 'productKey-1', lastFive: 'BBBBB', kind: 'MAK', product: 'Windows 10', remaining: 12 };
const granted: KeyAnswer = { ...mak, activation: { kind: 'granted', activation: 'activation-1' } };
const refusedByKey: KeyAnswer = { ...mak, remaining: 0, activation: { kind: 'refused', activation: 'activation-1', code: 'LIMIT_REACHED' } };

const reimage = (fields: Partial<RequestReimaging> = {}): RequestReimaging => ({
  kind: 'requestReimaging', request: 'request-1', device, image, method: 'KMS', acceptedWarnings: [], ...fields,
});
const requested = (fields: object = {}): HostEvent => ({
  type: 'ReimagingRequested',
  schemaVersion: 1,
  occurredAt: NOW,
  data: { request: 'request-1', installation: 1, device, image, method: 'KMS', withStoredConfirmationId: undefined, agreement: undefined, team: undefined, ...fields },
});
const rights = (...further: readonly Judgement[]) => ({ ruleset: RULESET, judgements: [says('R-1'), says('R-2'), says('R-6'), ...further] });
const reimagingGranted = (fields: object = {}): HostEvent => ({
  type: 'ReimagingGranted', schemaVersion: 1, occurredAt: NOW, data: { request: 'request-1', serving: undefined, decision: rights(), ...fields },
});
const serving = { key: 'productKey-1', lastFive: 'BBBBB', activation: 'activation-1' };
const makGranted = [requested({ method: 'MAK_INDEPENDENT' }), reimagingGranted({ serving, decision: rights(says('R-3')) })];
const kmsGranted = [requested(), reimagingGranted()];
const completed = (fields: object = {}, occurredAt = NOW): HostEvent => ({
  type: 'ReimagingCompleted',
  schemaVersion: 1,
  occurredAt,
  data: { request: 'request-1', endedInstallation: 1, startedInstallation: 2, hardwareBefore: undefined, hardwareAfter: undefined, activationConsumed: undefined, ...fields },
});

describe('reimaging: the request', () => {
  test('with KMS reserves nothing and is granted where the rights hold', () => {
    given(host, reimage()).thenRecorded(requested(), reimagingGranted());
    const gvlk: KeyAnswer = { key: 'productKey-2', lastFive: '2YT43', kind: 'KMS_CLIENT' };
    given(host, reimage({ key: gvlk })).thenRecorded(requested(), reimagingGranted({ serving: { key: 'productKey-2', lastFive: '2YT43', activation: undefined } }));
  });
  test.each(['ADBA', 'OEM'] as const)('with %s reserves nothing either', (method) => {
    given(host, reimage({ method })).thenRecorded(requested({ method }), reimagingGranted());
  });
  test('with a MAK records nothing until the key has been asked', () => {
    given(host, reimage({ method: 'MAK_INDEPENDENT', key: mak })).thenRefused('ACTIVATION_NOT_REQUESTED');
  });
  test('with a MAK that grants an activation names it', () => {
    given(host, reimage({ method: 'MAK_INDEPENDENT', key: granted })).thenRecorded(...makGranted);
  });
  test('R-3: with a MAK that refuses an activation is refused, and the refusal is recorded', () => {
    given(host, reimage({ method: 'MAK_PROXY', key: refusedByKey })).thenRecorded(requested({ method: 'MAK_PROXY' }), {
      type: 'ReimagingRefused',
      schemaVersion: 1,
      occurredAt: NOW,
      data: { request: 'request-1', code: 'ACTIVATION_NOT_GRANTED', parameters: { answer: 'LIMIT_REACHED', lastFive: 'BBBBB' }, decision: rights(says('R-3', 'VIOLATED')) },
    });
  });
  test('is refused without an activation also where R-3 is in force no more', () => {
    under({ 'R-3': [] })(host, reimage({ method: 'MAK_PROXY', key: refusedByKey })).thenRecorded(requested({ method: 'MAK_PROXY' }), {
      type: 'ReimagingRefused',
      schemaVersion: 1,
      occurredAt: NOW,
      data: { request: 'request-1', code: 'ACTIVATION_NOT_GRANTED', parameters: { answer: 'LIMIT_REACHED', lastFive: 'BBBBB' }, decision: rights() },
    });
  });
  test('R-2: what the rights forbid is recorded as refused, without asking the key', () => {
    const judgements = [says('R-1'), says('R-2', 'VIOLATED'), says('R-6')];
    under({ 'R-2': [says('R-2', 'VIOLATED')] })(host, reimage({ method: 'MAK_INDEPENDENT', key: mak })).thenRecorded(requested({ method: 'MAK_INDEPENDENT' }), {
      type: 'ReimagingRefused',
      schemaVersion: 1,
      occurredAt: NOW,
      data: { request: 'request-1', code: 'COPY_NOT_IDENTICAL', parameters: { rules: 'R-2' }, decision: { ruleset: RULESET, judgements } },
    });
  });
  test('a configured rule that forbids has the common code', () => {
    const own = { rule: 'R-100', effect: 'REFUSE', outcome: 'VIOLATED', inputs: {} } as const;
    under({ 'R-2': [says('R-2'), own] })(host, reimage()).thenRecorded(requested(), {
      type: 'ReimagingRefused',
      schemaVersion: 1,
      occurredAt: NOW,
      data: { request: 'request-1', code: 'RULES_FORBID', parameters: { rules: 'R-100' }, decision: { ruleset: RULESET, judgements: [says('R-1'), says('R-2'), own, says('R-6')] } },
    });
  });
  test('a warning must be accepted, and what is not determined warns', () => {
    const warned = under({ 'R-1': [says('R-1', 'VIOLATED')], 'R-2': [says('R-2', 'NOT_DETERMINED')] });
    warned(host, reimage()).thenRefused('WARNING_NOT_ACCEPTED', 'R-1', 'R-2');
    warned(host, reimage({ acceptedWarnings: ['R-2'] })).thenRefused('WARNING_NOT_ACCEPTED', 'R-1');
    const judgements = [says('R-1', 'VIOLATED', true), says('R-2', 'NOT_DETERMINED', true), says('R-6')];
    warned(host, reimage({ acceptedWarnings: ['R-1', 'R-2', 'R-6'] })).thenRecorded(requested(), reimagingGranted({ decision: { ruleset: RULESET, judgements } }));
  });
  test('a warning that is not accepted comes before the key is asked', () => {
    under({ 'R-1': [says('R-1', 'VIOLATED')] })(host, reimage({ method: 'MAK_INDEPENDENT', key: mak })).thenRefused('WARNING_NOT_ACCEPTED', 'R-1');
  });
  test('advice neither warns nor refuses', () => {
    const advice = { rule: 'R-101', effect: 'ADVISE', outcome: 'VIOLATED', inputs: {} } as const;
    under({ 'R-1': [advice] })(host, reimage()).thenRecorded(requested(), reimagingGranted({ decision: { ruleset: RULESET, judgements: [advice, says('R-2'), says('R-6')] } }));
  });
  test('a stored confirmation id spends nothing, and only a MAK has one', () => {
    const again = { method: 'MAK_PROXY', withStoredConfirmationId: true } as const;
    given(host, reimage({ ...again, key: mak })).thenRecorded(requested(again), reimagingGranted({ serving: { ...serving, activation: undefined } }));
    given(host, reimage(again)).thenRecorded(requested(again), reimagingGranted());
    given(host, reimage({ withStoredConfirmationId: true })).thenRefused('CONFIRMATION_ID_WITHOUT_MAK');
  });
  test('key and method must go together', () => {
    given(host, reimage({ method: 'MAK_INDEPENDENT' })).thenRefused('KEY_NOT_NAMED');
    given(host, reimage({ method: 'MAK_INDEPENDENT', key: { ...granted, kind: 'KMS_HOST' } })).thenRefused('KEY_OF_ANOTHER_METHOD');
    given(host, reimage({ key: mak })).thenRefused('KEY_OF_ANOTHER_METHOD');
    given(host, reimage({ method: 'MAK_INDEPENDENT', key: { ...granted, kind: 'UNKNOWN' } })).thenRecorded(...makGranted);
  });
  test('the rules are asked what the request, the key and the host say', () => {
    const asked: AskedRule[] = [];
    const virtual: HostEvent = { type: 'HostRegistered', schemaVersion: 1, occurredAt: MARCH, data: { origin: 'REGISTRATION', identities: [], virtualMachine: true } };
    under({}, asked)([virtual], reimage({ method: 'MAK_PROXY', key: granted, programme: 'OPEN_LICENSE', unitsOwned: 3 }));
    const { channel: _channel, ...licensed } = device;
    expect(asked).toEqual([
      { rule: 'R-1', on: NOW, inputs: { programme: 'OPEN_LICENSE', purpose: 'REIMAGING' } },
      { rule: 'R-2', on: NOW, inputs: { channel: 'OEM', licensed, image: licensed, downgradeTarget: undefined, programme: 'OPEN_LICENSE', unitsOwned: 3 } },
      { rule: 'R-6', on: NOW, inputs: { product: 'Windows 10', edition: 'Pro', method: 'MAK_PROXY', keyProduct: 'Windows 10', virtualMachine: true } },
      { rule: 'R-3', on: NOW, inputs: { method: 'MAK_PROXY', remaining: 12, granted: true } },
    ]);
  });
  test('one can be open at a time', () => {
    given([...host, ...kmsGranted], reimage({ request: 'request-2' })).thenRefused('REIMAGING_OPEN');
  });
  test('a refused one leaves room for the next', () => {
    const refused: HostEvent = { type: 'ReimagingRefused', schemaVersion: 1, occurredAt: NOW, data: { request: 'request-0', code: 'COPY_NOT_IDENTICAL', parameters: {}, decision: rights() } };
    given([...host, requested({ request: 'request-0' }), refused], reimage()).thenRecorded(...kmsGranted);
  });
  test('names the installation: the one given, the only one that runs, or none', () => {
    const two = [...host, seen(2, '00000000-0000-4000-8000-00000000bbbb')];
    given([met], reimage()).thenRecorded(requested({ installation: undefined }), reimagingGranted());
    given(two, reimage()).thenRefused('INSTALLATION_NOT_NAMED');
    given(two, reimage({ installation: 2 })).thenRecorded(requested({ installation: 2 }), reimagingGranted());
    given(host, reimage({ installation: 2 })).thenRefused('INSTALLATION_UNKNOWN');
    given([...host, ...kmsGranted, completed()], reimage({ installation: 1 })).thenRefused('INSTALLATION_ENDED');
  });
  test('a host nobody has met has none', () => given([], reimage()).thenRefused('HOST_UNKNOWN'));
  test('a decider without rules decides none', () => expect(() => hostDecider.decide(hostDecider.evolve(hostDecider.initial, met), reimage(), { now: NOW })).toThrow('no rules'));
});

describe('reimaging: the end', () => {
  const complete = (fields: object = {}): HostCommand => ({ kind: 'completeReimaging', request: 'request-1', ...fields });
  test('ends an installation and starts the next number', () => given([...host, ...kmsGranted], complete()).thenRecorded(completed()));
  test('keeps the hardware before and after, and when it happened', () => {
    const hardware = { hardwareBefore: 'board A', hardwareAfter: 'board B' };
    given([...host, ...kmsGranted], complete({ ...hardware, occurredAt: MAY })).thenRecorded(completed(hardware, MAY));
  });
  test.each(['YES', 'NO', 'UNKNOWN'] as const)('with a reserved activation says whether it was consumed: %s', (activationConsumed) => {
    given([...host, ...makGranted], complete({ activationConsumed })).thenRecorded(completed({ activationConsumed, serving }));
  });
  test('must say so with a reserved activation, and must not without one', () => {
    given([...host, ...makGranted], complete()).thenRefused('CONSUMPTION_NOT_SAID');
    given([...host, ...kmsGranted], complete({ activationConsumed: 'NO' })).thenRefused('CONSUMPTION_NOT_EXPECTED');
  });
  test('happens once, and only to an open request', () => {
    given(host, complete()).thenRefused('REQUEST_NOT_OPEN');
    given([...host, ...kmsGranted], complete({ request: 'request-2' })).thenRefused('REQUEST_NOT_OPEN');
    given([...host, ...kmsGranted, completed()], complete()).thenRefused('REQUEST_NOT_OPEN');
  });
  test('of a host without installations starts its first', () => {
    given([met, requested({ installation: undefined }), reimagingGranted()], complete()).thenRecorded(completed({ endedInstallation: undefined, startedInstallation: 1 }));
  });
  test('ends what the ledger has met since the request', () => {
    given([met, requested({ installation: undefined }), reimagingGranted(), seen(1, SKU)], complete()).thenRecorded(completed());
  });
  test('cannot lie before the start of what it ends', () => {
    const again = [requested({ request: 'request-2', installation: 2 }), reimagingGranted({ request: 'request-2' })];
    const state = [...host, ...kmsGranted, completed({}, MAY), ...again];
    given(state, complete({ request: 'request-2', occurredAt: APRIL })).thenRefused('ENDS_BEFORE_START');
    given(state, complete({ request: 'request-2', occurredAt: MAY })).thenRecorded(completed({ request: 'request-2', endedInstallation: 2, startedInstallation: 3 }, MAY));
  });
  test('may be that it is cancelled', () => {
    const cancelled: HostEvent = { type: 'ReimagingCancelled', schemaVersion: 1, occurredAt: NOW, data: { request: 'request-1' } };
    given([...host, ...kmsGranted], { kind: 'cancelReimaging', request: 'request-1' }).thenRecorded(cancelled);
    given([...host, ...kmsGranted, cancelled], { kind: 'cancelReimaging', request: 'request-1' }).thenRefused('REQUEST_NOT_OPEN');
    given([...host, ...kmsGranted, cancelled], complete()).thenRefused('REQUEST_NOT_OPEN');
    given([...host, ...kmsGranted, cancelled], reimage()).thenRecorded(...kmsGranted);
  });
});

describe('downgrade', () => {
  const from = { channel: 'OEM', product: 'Windows 7', edition: 'Professional' } as const;
  const to = { product: 'Windows Vista', edition: 'Business' } as const;
  const downgrade = (fields: Partial<RequestDowngrade> = {}): RequestDowngrade => ({
    kind: 'requestDowngrade', request: 'request-7', from, to, basis: 'OEM_TERMS', method: 'KMS', acceptedWarnings: [], ...fields,
  });
  const asked = (fields: object = {}): HostEvent => ({
    type: 'DowngradeRequested',
    schemaVersion: 1,
    occurredAt: NOW,
    data: { request: 'request-7', installation: 1, from, to, basis: 'OEM_TERMS', evidenceSha256: undefined, method: 'KMS', agreement: undefined, team: undefined, ...fields },
  });
  const judged = (...further: readonly Judgement[]) => ({ ruleset: RULESET, judgements: [...['R-1', 'R-4', 'R-5', 'R-6', 'R-7'].map((rule) => says(rule)), ...further] });
  const allowed = (fields: object = {}): HostEvent => ({ type: 'DowngradeGranted', schemaVersion: 1, occurredAt: NOW, data: { request: 'request-7', serving: undefined, decision: judged(), ...fields } });
  const open = [...host, asked(), allowed()];
  const down = (occurredAt = NOW): HostEvent => ({ type: 'DowngradeCompleted', schemaVersion: 1, occurredAt, data: { request: 'request-7', endedInstallation: 1, startedInstallation: 2 } });
  const up: HostCommand = { kind: 'revertDowngrade', request: 'request-7' };
  const wentUp = (fields: object = {}): HostEvent => ({ type: 'DowngradeReverted', schemaVersion: 1, occurredAt: NOW, data: { request: 'request-7', endedInstallation: 2, startedInstallation: 3, ...fields } });

  test('keeps of a reimaging the evidence too, and nothing but a SHA-256', () => {
    given(host, reimage({ evidenceSha256: 'E'.repeat(64) })).thenRecorded(requested({ evidenceSha256: 'e'.repeat(64) }), reimagingGranted());
    given(host, reimage({ evidenceSha256: 'a receipt' })).thenRefused('EVIDENCE_MALFORMED');
  });
  test('is granted where the rights hold', () => given(host, downgrade()).thenRecorded(asked(), allowed()));
  test('keeps the licence charged, the evidence, and the team', () => {
    const fields = { agreement: 'V0000001', evidenceSha256: 'e'.repeat(64), team: 'imaging' };
    given(host, downgrade(fields)).thenRecorded(asked(fields), allowed());
    given(host, downgrade({ ...fields, evidenceSha256: 'E'.repeat(64) })).thenRecorded(asked(fields), allowed());
  });
  test.each(['', 'e'.repeat(63), 'g'.repeat(64), `${'e'.repeat(64)}\n`, 'BBBBB-CCCCC-DDDDD-FFFFF-GGGGG', 'x'.repeat(70_000)])('keeps as evidence nothing but a SHA-256 (%#)', (evidenceSha256) => {
    given(host, downgrade({ evidenceSha256 })).thenRefused('EVIDENCE_MALFORMED');
  });
  test('with a MAK needs the lower product\'s key to grant an activation of its own', () => {
    given(host, downgrade({ method: 'MAK_INDEPENDENT', key: mak })).thenRefused('ACTIVATION_NOT_REQUESTED');
    given(host, downgrade({ method: 'MAK_INDEPENDENT', key: granted })).thenRecorded(asked({ method: 'MAK_INDEPENDENT' }), allowed({ serving, decision: judged(says('R-3')) }));
    given(host, downgrade({ method: 'MAK_INDEPENDENT', key: refusedByKey })).thenRecorded(asked({ method: 'MAK_INDEPENDENT' }), {
      type: 'DowngradeRefused',
      schemaVersion: 1,
      occurredAt: NOW,
      data: { request: 'request-7', code: 'ACTIVATION_NOT_GRANTED', parameters: { answer: 'LIMIT_REACHED', lastFive: 'BBBBB' }, decision: judged(says('R-3', 'VIOLATED')) },
    });
  });
  test.each([
    ['R-4', 'DOWNGRADE_NOT_ALLOWED'],
    ['R-6', 'SBS_NOT_SERVED_SO'],
  ])('%s refuses it on record', (rule, code) => {
    const judgements = ['R-1', 'R-4', 'R-5', 'R-6', 'R-7'].map((each) => says(each, each === rule ? 'VIOLATED' : 'SATISFIED'));
    under({ [rule]: [says(rule, 'VIOLATED')] })(host, downgrade()).thenRecorded(asked(), {
      type: 'DowngradeRefused',
      schemaVersion: 1,
      occurredAt: NOW,
      data: { request: 'request-7', code, parameters: { rules: rule }, decision: { ruleset: RULESET, judgements } },
    });
  });
  test.each(['R-5', 'R-7'])('%s warns', (rule) => {
    under({ [rule]: [says(rule, 'VIOLATED')] })(host, downgrade()).thenRefused('WARNING_NOT_ACCEPTED', rule);
  });
  test('the rules are asked what the request and the key say', () => {
    const questions: AskedRule[] = [];
    under({}, questions)(host, downgrade({ method: 'MAK_PROXY', key: granted, programme: 'SELECT', virtualMachine: false }));
    const lower = { product: 'Windows 7', edition: 'Professional' };
    expect(questions).toEqual([
      { rule: 'R-1', on: NOW, inputs: { programme: 'SELECT', purpose: 'DOWNGRADE' } },
      { rule: 'R-4', on: NOW, inputs: { from: lower, to, keyKind: 'MAK', keyProduct: 'Windows 10' } },
      { rule: 'R-5', on: NOW, inputs: { channel: 'OEM', from: lower, to } },
      { rule: 'R-6', on: NOW, inputs: { product: 'Windows Vista', edition: 'Business', method: 'MAK_PROXY', keyProduct: 'Windows 10', virtualMachine: false } },
      { rule: 'R-7', on: NOW, inputs: { from: lower, to } },
      { rule: 'R-3', on: NOW, inputs: { method: 'MAK_PROXY', remaining: 12, granted: true } },
    ]);
  });
  test('one can be open at a time, beside a reimaging', () => {
    given(open, downgrade({ request: 'request-8' })).thenRefused('DOWNGRADE_OPEN');
    given(open, reimage()).thenRecorded(requested(), reimagingGranted());
  });
  test('the target of a granted one is what an image may be compared with, until the host goes up again', () => {
    const targetOf = (events: readonly HostEvent[]): unknown => {
      const questions: AskedRule[] = [];
      under({}, questions)(events, reimage());
      return questions.find(({ rule }) => rule === 'R-2')?.inputs;
    };
    expect(targetOf(open)).toMatchObject({ downgradeTarget: to });
    expect(targetOf([...open, down()])).toMatchObject({ downgradeTarget: to });
    expect(targetOf([...open, down(), wentUp()])).toMatchObject({ downgradeTarget: undefined });
    expect(targetOf([...open, { type: 'DowngradeCancelled', schemaVersion: 1, occurredAt: NOW, data: { request: 'request-7' } }])).toMatchObject({ downgradeTarget: undefined });
  });
  test('completed, it ends an installation and starts the next number, once', () => {
    const complete: HostCommand = { kind: 'completeDowngrade', request: 'request-7' };
    given(open, complete).thenRecorded(down());
    given(open, { ...complete, occurredAt: MAY }).thenRecorded(down(MAY));
    given([...open, down()], complete).thenRefused('REQUEST_NOT_OPEN');
    given(host, complete).thenRefused('REQUEST_NOT_OPEN');
  });
  test('ends what a reimaging has put in the place of its installation meanwhile', () => {
    const reimaged: readonly HostEvent[] = [...open, requested(), reimagingGranted(), completed({}, MAY)];
    given(reimaged, { kind: 'completeDowngrade', request: 'request-7' }).thenRecorded({
      type: 'DowngradeCompleted', schemaVersion: 1, occurredAt: NOW, data: { request: 'request-7', endedInstallation: 2, startedInstallation: 3 },
    });
    given(reimaged, { kind: 'completeDowngrade', request: 'request-7', occurredAt: APRIL }).thenRefused('ENDS_BEFORE_START');
  });
  test('cancelled, it is open no more', () => {
    const cancelled: HostEvent = { type: 'DowngradeCancelled', schemaVersion: 1, occurredAt: NOW, data: { request: 'request-7' } };
    given(open, { kind: 'cancelDowngrade', request: 'request-7' }).thenRecorded(cancelled);
    given([...open, cancelled], { kind: 'cancelDowngrade', request: 'request-7' }).thenRefused('REQUEST_NOT_OPEN');
    given([...open, cancelled], { kind: 'completeDowngrade', request: 'request-7' }).thenRefused('REQUEST_NOT_OPEN');
  });
  test('reverted, a new installation starts and nothing else happens, once', () => {
    given([...open, down()], up).thenRecorded(wentUp());
    given([...open, down(), wentUp()], up).thenRefused('DOWNGRADE_NOT_IN_FORCE');
    given(open, up).thenRefused('DOWNGRADE_NOT_IN_FORCE');
    given([...open, down(MAY)], { ...up, occurredAt: APRIL }).thenRefused('ENDS_BEFORE_START');
  });
  test('is still in force on a downgraded host that was reimaged', () => {
    const again: readonly HostEvent[] = [requested({ installation: 2 }), reimagingGranted(), completed({ endedInstallation: 2, startedInstallation: 3 })];
    given([...open, down(), ...again], up).thenRecorded(wentUp({ endedInstallation: 3, startedInstallation: 4 }));
  });
  test('a host nobody has met has none', () => given([], downgrade()).thenRefused('HOST_UNKNOWN'));
});
