import { describe, test } from 'vitest';
import type { ProductKeyCommand } from '../../src/domain/productKey/commands.js';
import { productKeyDecider } from '../../src/domain/productKey/decider.js';
import type { ActivationObserved, ProductKeyEvent, ProductKeyRegistered } from '../../src/domain/productKey/events.js';
import { NOW, specification } from '../support/givenWhenThen.js';

const given = specification(productKeyDecider);
const HOST = 'host-000000000000000000000000000000aa';
const JANUARY = '2026-01-01T00:00:00.000Z';
const MARCH = '2026-03-01T00:00:00.000Z';
const MAY = '2026-05-01T00:00:00.000Z';

function registered(data: Partial<ProductKeyRegistered['data']> = {}): ProductKeyEvent {
  const full = { lastFive: 'AAAAA', kind: 'MAK' as const, product: 'Windows 7', allowed: 50, ...data };
  return { type: 'ProductKeyRegistered', schemaVersion: 1, occurredAt: JANUARY, data: full };
}

function seen(occurredAt: string, countsAs: ActivationObserved['data']['countsAs'], installation = 1): ProductKeyEvent {
  const data = { host: HOST, installation, method: 'MAK_INDEPENDENT' as const, evidence: 'SLMGR' as const, countsAs };
  return { type: 'ActivationObserved', schemaVersion: 1, occurredAt, data };
}

function lost(occurredAt: string): ProductKeyEvent {
  return { type: 'ActivationLossObserved', schemaVersion: 1, occurredAt, data: { host: HOST, installation: 1, evidence: 'SLMGR' } };
}

function observe(occurredAt: string, installation = 1): ProductKeyCommand {
  const key = { lastFive: 'AAAAA', keyKind: 'MAK' as const, evidence: 'SLMGR' as const };
  return { kind: 'observeActivation', key, host: HOST, installation, method: 'MAK_INDEPENDENT', occurredAt };
}

const opening = { count: 1, asOf: MARCH, source: 'portal', alreadyObserved: 0 };

describe('product key: activations observed', () => {
  test('the first sight of a key makes it known, and its activation counts as observed', () => {
    const known: ProductKeyEvent = {
      type: 'ProductKeyObserved',
      schemaVersion: 1,
      occurredAt: MARCH,
      data: { lastFive: 'AAAAA', fingerprint: undefined, kind: 'MAK', product: undefined, evidence: 'SLMGR' },
    };
    given([], observe(MARCH)).thenRecorded(known, seen(MARCH, 'OBSERVED'));
  });
  test('the same key on the same installation is the same activation', () => given([registered(), seen(MARCH, 'OBSERVED')], observe(MAY)).thenRecorded());
  test('another installation is another activation', () =>
    given([registered(), seen(MARCH, 'OBSERVED')], observe(MAY, 2)).thenRecorded(seen(MAY, 'OBSERVED', 2)));
  test('an activation before the opening date moves one from opening and adds nothing', () =>
    given([registered({ opening })], observe(JANUARY)).thenRecorded(seen(JANUARY, 'MOVED_FROM_OPENING')));
  test('an opening balance that is used up gives nothing more', () =>
    given([registered({ opening }), seen(JANUARY, 'MOVED_FROM_OPENING', 7)], observe(JANUARY)).thenRecorded(seen(JANUARY, 'OBSERVED')));
  test('an activation after the opening date counts as observed', () => given([registered({ opening })], observe(MAY)).thenRecorded(seen(MAY, 'OBSERVED')));
  test('after an observed loss a new activation is uncertain', () =>
    given([registered(), seen(JANUARY, 'OBSERVED'), lost(MARCH)], observe(MAY)).thenRecorded(seen(MAY, 'UNCERTAIN')));
  test('evidence older than a loss does not undo it', () =>
    given([registered(), seen(JANUARY, 'OBSERVED'), lost(MAY)], observe(MARCH)).thenRecorded());
});

describe('product key: losses observed', () => {
  const loss: ProductKeyCommand = { kind: 'observeLoss', host: HOST, installation: 1, evidence: 'SLMGR', occurredAt: MARCH };
  test('a known activation is lost', () => given([registered(), seen(JANUARY, 'OBSERVED')], loss).thenRecorded(lost(MARCH)));
  test('an unknown activation cannot be lost', () => given([registered()], loss).thenRecorded());
  test('older evidence than the activation changes nothing', () => given([registered(), seen(MAY, 'OBSERVED')], loss).thenRecorded());
  test('a loss is recorded once', () => given([registered(), seen(JANUARY, 'OBSERVED'), lost(MARCH)], { ...loss, occurredAt: MAY }).thenRecorded());
});

describe('product key: registration', () => {
  const register: ProductKeyCommand = { kind: 'registerKey', lastFive: 'AAAAA', keyKind: 'MAK', product: 'Windows 7', allowed: 50 };
  const blank = { fingerprint: undefined, agreement: undefined, opening: undefined, obtainedFrom: undefined };
  const event = (data: Partial<ProductKeyRegistered['data']>): ProductKeyEvent => ({ ...registered({ ...blank, ...data }), occurredAt: NOW });

  test('a key is registered once', () => {
    given([], register).thenRecorded(event({}));
    given([registered()], register).thenRefused('KEY_ALREADY_REGISTERED');
  });
  test('observed activations before the opening date leave the opening balance', () =>
    given([seen(JANUARY, 'OBSERVED'), seen(MAY, 'OBSERVED', 2)], { ...register, opening: { count: 10, asOf: MARCH, source: 'portal' } }).thenRecorded(
      event({ opening: { count: 10, asOf: MARCH, source: 'portal', alreadyObserved: 1 } }),
    ));
  test.each([-1, 1.5, 2_000_000_000])('an allowed number of %d is refused', (allowed) => given([], { ...register, allowed }).thenRefused('COUNT_OUT_OF_RANGE'));
  test('a KMS host key has no opening balance', () =>
    given([], { ...register, keyKind: 'KMS_HOST', opening: { count: 1, asOf: MARCH, source: 'portal' } }).thenRefused('OPENING_WITHOUT_MAK'));
});

describe('product key: reports', () => {
  const report: ProductKeyCommand = { kind: 'observeKey', lastFive: 'AAAAA', keyKind: 'MAK', evidence: 'VAMT_DATABASE', remaining: 0, occurredAt: MAY };
  const remaining = (count: number): ProductKeyEvent => ({
    type: 'RemainingActivationsObserved',
    schemaVersion: 1,
    occurredAt: MAY,
    data: { remaining: count, evidence: 'VAMT_DATABASE', errorCode: undefined },
  });
  test('a reported remaining count is recorded, zero included', () => given([registered()], report).thenRecorded(remaining(0)));
  test('a report without a count records nothing of a key that is known', () => given([registered()], { ...report, remaining: undefined }).thenRecorded());
  test('a negative count is no report', () => given([registered()], { ...report, remaining: -1 }).thenRecorded());
});
