import { describe, test } from 'vitest';
import type { ProductKeyCommand } from '../../src/domain/productKey/commands.js';
import { NOW } from '../support/givenWhenThen.js';
import { EARLIER, event, given, registered, report, reported, seen, YESTERDAY } from './productKeySupport.js';

const A = 'increase-a';
const B = 'increase-b';
const ask = (more: object = {}): ProductKeyCommand =>
  ({ kind: 'requestLimitIncrease', increase: A, limitKind: 'MAK_ACTIVATIONS', quantity: 25, figures: { allowed: 50, used: 49 }, justificationGenerated: true, ...more });
const asked = (more: object = {}, occurredAt = NOW) =>
  event('LimitIncreaseRequested', { increase: A, kind: 'MAK_ACTIVATIONS', quantity: 25, figures: { allowed: 50, used: 49 }, justificationGenerated: true, ...more }, occurredAt);
const submitted = (increase = A) => event('LimitIncreaseSubmitted', { increase, caseNumber: 'CASE-1' });
const granted = (quantity: number, limit: number, more: object = {}, occurredAt = NOW) =>
  event('LimitIncreaseGranted', { increase: A, kind: 'MAK_ACTIVATIONS', quantity, limit, ...more }, occurredAt);
const grant = (quantity: number, limit: number, increase = A): ProductKeyCommand => ({ kind: 'grantLimitIncrease', increase, quantity, limit });
const refuse = { kind: 'refuseLimitIncrease', increase: A } as const;
const withdraw = { kind: 'withdrawLimitIncrease', increase: A } as const;
const submit: ProductKeyCommand = { kind: 'submitLimitIncrease', increase: A, caseNumber: ' CASE-1 ' };
const mak = registered();
const host = registered({ kind: 'KMS_HOST', allowed: undefined });

describe('product key: a limit increase', () => {
  test('is asked for, one at a time for each limit', () => {
    given([mak], ask()).thenRecorded(asked());
    given([mak, asked()], ask({ increase: B })).thenRefused('INCREASE_OPEN');
    given([host, asked({ kind: 'KMS_HOST_SLOTS' })], ask({ increase: B, limitKind: 'KMS_REACTIVATIONS' })).thenRecorded(asked({ increase: B, kind: 'KMS_REACTIVATIONS' }));
  });
  test('is of a limit that the key has, and of some quantity', () => {
    given([mak], ask({ limitKind: 'KMS_HOST_SLOTS' })).thenRefused('LIMIT_OF_ANOTHER_KIND');
    given([host], ask()).thenRefused('LIMIT_OF_ANOTHER_KIND');
    given([], ask()).thenRefused('KEY_UNKNOWN');
    for (const quantity of [0, -1, 1.5, 2_000_000_000]) given([mak], ask({ quantity })).thenRefused('QUANTITY_OUT_OF_RANGE');
  });
  test('is submitted once, with its case number', () => {
    given([mak, asked()], submit).thenRecorded(submitted());
    given([mak, asked(), submitted()], submit).thenRefused('INCREASE_SUBMITTED_ALREADY');
    given([mak], submit).thenRefused('INCREASE_NOT_OPEN');
    for (const caseNumber of ['  ', 'x'.repeat(101)]) given([mak, asked()], { ...submit, caseNumber }).thenRefused('CASE_NUMBER_NEEDED');
  });
  test('is granted after it was submitted, in part or whole', () => {
    given([mak, asked(), submitted()], grant(25, 75)).thenRecorded(granted(25, 75));
    given([mak, asked(), submitted()], grant(10, 60)).thenRecorded(granted(10, 60));
    given([mak, asked()], grant(25, 75)).thenRefused('INCREASE_NOT_SUBMITTED');
    given([mak, asked(), submitted(), granted(25, 75)], grant(25, 100)).thenRefused('INCREASE_NOT_OPEN');
  });
  test('is granted where quantity and limit agree with the limit there is', () => {
    given([mak, asked(), submitted()], grant(25, 76)).thenRefused('GRANT_DISAGREES');
    given([mak, asked(), submitted()], grant(0, 50)).thenRefused('QUANTITY_OUT_OF_RANGE');
    given([mak, asked(), submitted()], grant(25, 1.5)).thenRefused('LIMIT_OUT_OF_RANGE');
    const unknown = registered({ allowed: undefined });
    given([unknown, asked(), submitted()], grant(25, 80)).thenRecorded(granted(25, 80));
    given([unknown, asked(), submitted()], grant(25, 24)).thenRefused('GRANT_DISAGREES');
  });
  test('of KMS hosts counts from the figures of K-4, then from what was granted', () => {
    const slots = { kind: 'KMS_HOST_SLOTS' } as const;
    given([host, asked(slots), submitted()], grant(4, 10)).thenRecorded(granted(4, 10, slots));
    given([host, asked(slots), submitted(), granted(4, 10, slots), asked({ increase: B, ...slots }), submitted(B)], grant(1, 11, B)).thenRecorded(
      granted(1, 11, { increase: B, ...slots }),
    );
    given([host, asked({ kind: 'KMS_REACTIVATIONS' }), submitted()], grant(5, 15)).thenRecorded(granted(5, 15, { kind: 'KMS_REACTIVATIONS' }));
  });
  test('is refused after it was submitted, and withdrawn at any time', () => {
    given([mak, asked(), submitted()], refuse).thenRecorded(event('LimitIncreaseRefused', { increase: A }));
    given([mak, asked()], refuse).thenRefused('INCREASE_NOT_SUBMITTED');
    given([mak], refuse).thenRefused('INCREASE_NOT_OPEN');
    given([mak, asked()], withdraw).thenRecorded(event('LimitIncreaseWithdrawn', { increase: A }));
    given([mak, asked(), submitted()], withdraw).thenRecorded(event('LimitIncreaseWithdrawn', { increase: A }));
    given([mak], withdraw).thenRefused('INCREASE_NOT_OPEN');
    for (const end of ['LimitIncreaseRefused', 'LimitIncreaseWithdrawn'] as const) given([mak, asked(), submitted(), event(end, { increase: A })], ask({ increase: B })).thenRecorded(asked({ increase: B }));
  });
});

describe('product key: a granted increase is confirmed', () => {
  const confirmed = (increase: string, reportedRemaining: number) => event('LimitIncreaseConfirmed', { increase, reportedRemaining });
  const before = [mak, seen({}, EARLIER), asked({}, EARLIER), submitted(), granted(25, 75, {}, YESTERDAY)];

  test('by the next report that shows it, once', () => {
    given(before, report(74)).thenRecorded(reported(74), confirmed(A, 74));
    given([...before, reported(74), confirmed(A, 74)], report(74)).thenRecorded(reported(74));
  });
  test('not by a report of the time before, nor by one that shows nothing of it', () => {
    given(before, report(74, EARLIER)).thenRecorded(reported(74, EARLIER));
    given(before, report(49)).thenRecorded(reported(49));
  });
  test('by a report that shows it beside what was unexplained before', () => {
    const unexplained = [mak, reported(40, EARLIER), asked(), submitted(), granted(25, 75, {}, YESTERDAY)];
    given(unexplained, report(65)).thenRecorded(reported(65), confirmed(A, 65));
    given(unexplained, report(40)).thenRecorded(reported(40));
  });
  test('each of two by what shows it', () => {
    const two = [...before, asked({ increase: B }), submitted(B), granted(25, 100, { increase: B }, YESTERDAY)];
    given(two, report(60)).thenRecorded(reported(60), confirmed(A, 60));
    given(two, report(99)).thenRecorded(reported(99), confirmed(A, 99), confirmed(B, 99));
  });
});

describe('product key: a limit that Microsoft revises', () => {
  const revise = (limit: number, limitKind = 'MAK_ACTIVATIONS'): ProductKeyCommand => ({ kind: 'reviseLimit', limitKind, limit, initiative: 'MICROSOFT' }) as ProductKeyCommand;
  const revised = (limit: number, previous: number | undefined, kind: 'MAK_ACTIVATIONS' | 'KMS_HOST_SLOTS' = 'MAK_ACTIVATIONS') =>
    event('LimitRevised', { kind, limit, previous, initiative: 'MICROSOFT' });
  test('may be higher, lower than what is used, or known for the first time', () => {
    given([mak], revise(80)).thenRecorded(revised(80, 50));
    given([mak, seen()], revise(0)).thenRecorded(revised(0, 50));
    given([registered({ allowed: undefined })], revise(80)).thenRecorded(revised(80, undefined));
    given([host], revise(8, 'KMS_HOST_SLOTS')).thenRecorded(revised(8, undefined, 'KMS_HOST_SLOTS'));
  });
  test('is no news where it is the same', () => given([mak], revise(50)).thenRecorded());
  test('is a count of a limit the key has', () => {
    given([mak], revise(-1)).thenRefused('LIMIT_OUT_OF_RANGE');
    given([mak], revise(8, 'KMS_HOST_SLOTS')).thenRefused('LIMIT_OF_ANOTHER_KIND');
  });
});
