import { describe, expect, test } from 'vitest';
import type { AgreementCommand } from '../../src/domain/agreement/commands.js';
import { agreementDecider, ENTITLEMENTS_MAX } from '../../src/domain/agreement/decider.js';
import type { AgreementEnded, AgreementEvent, AgreementRegistered, EntitlementAmended, EntitlementRecorded } from '../../src/domain/agreement/events.js';
import { isCalendarDate } from '../../src/domain/calendarDate.js';
import { PROGRAMMES, type Programme } from '../../src/domain/vocabulary.js';
import { NOW, specification } from '../support/givenWhenThen.js';

const given = specification(agreementDecider);

function registered(data: Partial<AgreementRegistered['data']> = {}): AgreementEvent {
  const full = { licenceId: 'V0000001', programme: 'SELECT' as const, priceLevel: undefined, organisation: 'school', startsOn: undefined, endsOn: undefined, keysFrom: 'PORTAL' as const };
  return { type: 'AgreementRegistered', schemaVersion: 1, occurredAt: NOW, data: { ...full, ...data } };
}

function bought(data: Partial<EntitlementRecorded['data']> = {}): AgreementEvent {
  return { type: 'EntitlementRecorded', schemaVersion: 1, occurredAt: NOW, data: { entitlement: 'e1', product: 'Windows 10', quantity: 25, from: '2026-01-01', ...data } };
}

function amended(data: Partial<EntitlementAmended['data']>): AgreementEvent {
  return { type: 'EntitlementAmended', schemaVersion: 1, occurredAt: NOW, data: { entitlement: 'e1', ...data } };
}

function ended(endedOn: AgreementEnded['data']['endedOn']): AgreementEvent {
  return { type: 'AgreementEnded', schemaVersion: 1, occurredAt: NOW, data: { endedOn } };
}

describe('agreement: registration', () => {
  const register = (fields: Partial<Extract<AgreementCommand, { kind: 'registerAgreement' }>> = {}): AgreementCommand => ({
    kind: 'registerAgreement', licenceId: 'V0000001', programme: 'SELECT', organisation: 'school', ...fields,
  });

  test('a licence ID is registered once', () => {
    given([], register()).thenRecorded(registered());
    given([registered()], register()).thenRefused('AGREEMENT_ALREADY_REGISTERED');
  });
  test('P-2: keys of ISV royalty and HVMS agreements are had by telephone only, those of all others from the portal', () => {
    for (const programme of PROGRAMMES) {
      const keysFrom = programme === 'ISV_ROYALTY' || programme === 'HVMS' ? 'CALL_ONLY' : 'PORTAL';
      given([], register({ programme })).thenRecorded(registered({ programme, keysFrom }));
    }
  });
  test('B-3: a price level is taken where the programme has one', () => {
    const withLevel = new Set<Programme>(['ENTERPRISE_AGREEMENT', 'SELECT', 'SELECT_PLUS', 'CAMPUS', 'SCHOOL', 'SPLA']);
    for (const programme of PROGRAMMES) {
      const answer = given([], register({ programme, priceLevel: 'B' }));
      if (withLevel.has(programme)) answer.thenRecorded(registered({ programme, priceLevel: 'B' }));
      else answer.thenRefused('PRICE_LEVEL_WITHOUT_PROGRAMME', 'B-3');
    }
  });
  test('it may begin and end on the same day, and not end before it begins', () => {
    given([], register({ startsOn: '2026-01-01', endsOn: '2026-01-01' })).thenRecorded(registered({ startsOn: '2026-01-01', endsOn: '2026-01-01' }));
    given([], register({ startsOn: '2026-01-02', endsOn: '2026-01-01' })).thenRefused('AGREEMENT_ENDS_BEFORE_START');
  });
  test.each(['2026-02-29', '2026-13-01', '01.02.2026', '2026-1-1', ''])('%j is no date', (date) => {
    given([], register({ startsOn: date })).thenRefused('AGREEMENT_DATE_UNREADABLE');
    given([], register({ endsOn: date })).thenRefused('AGREEMENT_DATE_UNREADABLE');
  });
  test('a blank licence ID is none', () => given([], register({ licenceId: ' ' })).thenRefused('LICENCE_ID_MISSING'));
});

describe('agreement: entitlements', () => {
  const record = (fields: Partial<Extract<AgreementCommand, { kind: 'recordEntitlement' }>> = {}): AgreementCommand => ({
    kind: 'recordEntitlement', entitlement: 'e1', product: 'Windows 10', quantity: 25, from: '2026-01-01', ...fields,
  });
  const amend = (fields: Partial<Extract<AgreementCommand, { kind: 'amendEntitlement' }>> = {}): AgreementCommand => ({ kind: 'amendEntitlement', entitlement: 'e1', ...fields });

  test('are recorded under a registered agreement only', () => {
    given([], record()).thenRefused('AGREEMENT_UNKNOWN');
    const full = { partNumber: 'XX0-00001', pool: 'SYSTEMS' as const, until: '2026-12-31' };
    given([registered()], record(full)).thenRecorded(bought(full));
  });
  test('each is recorded once', () => {
    given([registered(), bought()], record()).thenRefused('ENTITLEMENT_ALREADY_RECORDED');
    given([registered(), bought()], record({ entitlement: 'e2' })).thenRecorded(bought({ entitlement: 'e2' }));
  });
  test.each([0, 1, 1_000_000_000])('%d licences can be bought', (quantity) => given([registered()], record({ quantity })).thenRecorded(bought({ quantity })));
  test.each([-1, 1.5, 1_000_000_001, Number.NaN])('%d licences cannot', (quantity) => {
    given([registered()], record({ quantity })).thenRefused('LICENCES_OUT_OF_RANGE');
    given([registered(), bought()], amend({ quantity })).thenRefused('LICENCES_OUT_OF_RANGE');
  });
  test('their last date is not before their first, and both are dates', () => {
    given([registered()], record({ until: '2026-01-01' })).thenRecorded(bought({ until: '2026-01-01' }));
    given([registered()], record({ until: '2025-12-31' })).thenRefused('ENTITLEMENT_ENDS_BEFORE_START');
    given([registered()], record({ from: '2026-02-30' })).thenRefused('ENTITLEMENT_DATE_UNREADABLE');
    given([registered(), bought()], amend({ until: '2025-12-31' })).thenRefused('ENTITLEMENT_ENDS_BEFORE_START');
    given([registered(), bought()], amend({ until: 'soon' })).thenRefused('ENTITLEMENT_DATE_UNREADABLE');
  });
  test('name a product', () => given([registered()], record({ product: ' ' })).thenRefused('ENTITLEMENT_PRODUCT_MISSING'));
  test('are amended in what is given and keep the rest', () => {
    given([registered(), bought()], amend({ quantity: 30 })).thenRecorded(amended({ quantity: 30, until: undefined }));
    given([registered(), bought()], amend({ until: '2027-01-01' })).thenRecorded(amended({ quantity: undefined, until: '2027-01-01' }));
  });
  test('that are unknown cannot be amended', () => {
    given([registered()], amend({ quantity: 30 })).thenRefused('ENTITLEMENT_UNKNOWN');
    given([registered(), bought()], amend({ entitlement: 'constructor', quantity: 30 })).thenRefused('ENTITLEMENT_UNKNOWN');
  });
  test('an amendment says what changes, and says nothing twice', () => {
    given([registered(), bought()], amend()).thenRefused('AMENDMENT_EMPTY');
    given([registered(), bought()], amend({ quantity: 25 })).thenRecorded();
    given([registered(), bought(), amended({ quantity: 30 })], amend({ quantity: 30 })).thenRecorded();
    given([registered(), bought(), amended({ quantity: 30 })], amend({ quantity: 25 })).thenRecorded(amended({ quantity: 25, until: undefined }));
  });
  test('an agreement has a bounded number of them', () => {
    const many = Array.from({ length: ENTITLEMENTS_MAX }, (_, index) => [`e${index}`, { quantity: 1, from: '2026-01-01' }]);
    const full = { licenceId: 'V0000001', entitlements: Object.fromEntries(many) };
    expect(agreementDecider.decide(full, record({ entitlement: 'one more' }), { now: NOW })).toMatchObject({ kind: 'refused', refusal: { code: 'ENTITLEMENTS_TOO_MANY' } });
  });
});

describe('agreement: its end', () => {
  const end = (endedOn: string): AgreementCommand => ({ kind: 'endAgreement', endedOn });
  const correct: AgreementCommand = { kind: 'recordCorrection', event: 'event-1', eventType: 'EntitlementRecorded', field: 'quantity', was: 25, value: 20 };

  test('is recorded when it has happened', () => {
    given([registered()], end('2026-05-31')).thenRecorded(ended('2026-05-31'));
    // At noon UTC it is the second of June already in the easternmost time zone.
    given([registered()], end('2026-06-02')).thenRecorded(ended('2026-06-02'));
    given([registered()], end('2026-06-03')).thenRefused('END_IN_THE_FUTURE');
  });
  test('is a date, and not before the beginning', () => {
    given([registered()], end('yesterday')).thenRefused('END_DATE_UNREADABLE');
    given([registered({ startsOn: '2026-05-01' })], end('2026-04-30')).thenRefused('END_BEFORE_START');
  });
  test('of an unknown agreement cannot be recorded', () => given([], end('2026-05-31')).thenRefused('AGREEMENT_UNKNOWN'));
  test('leaves nothing to be recorded but corrections', () => {
    const over = [registered(), bought(), ended('2026-05-31')];
    for (const command of [
      end('2026-05-31'),
      { kind: 'recordEntitlement', entitlement: 'e2', product: 'Windows 10', quantity: 1, from: '2026-01-01' },
      { kind: 'amendEntitlement', entitlement: 'e1', quantity: 1 },
    ] as const) {
      given(over, command).thenRefused('AGREEMENT_HAS_ENDED');
    }
    const { kind: _kind, ...data } = correct;
    given(over, correct).thenRecorded({ type: 'CorrectionRecorded', schemaVersion: 1, occurredAt: NOW, data });
  });
});

describe('agreement: corrections', () => {
  const correct = (eventType: string, field: string, value?: string | number | boolean): AgreementCommand => ({ kind: 'recordCorrection', event: 'event-1', eventType, field, was: 'before', value });
  const recorded = (eventType: string, field: string, value?: string | number): AgreementEvent => ({
    type: 'CorrectionRecorded', schemaVersion: 1, occurredAt: NOW, data: { event: 'event-1', eventType, field, was: 'before', value },
  });

  test.each([
    ['AgreementRegistered', 'programme', 'OPEN_LICENSE'],
    ['AgreementRegistered', 'priceLevel', undefined],
    ['AgreementRegistered', 'endsOn', '2027-01-01'],
    ['EntitlementRecorded', 'quantity', 20],
    ['EntitlementRecorded', 'until', undefined],
    ['EntitlementAmended', 'quantity', undefined],
    ['AgreementEnded', 'endedOn', '2026-05-30'],
  ])('%s: %s can become %s', (eventType, field, value) => given([registered()], correct(eventType, field, value)).thenRecorded(recorded(eventType, field, value)));

  test.each([
    ['AgreementRegistered', 'licenceId'],
    ['AgreementRegistered', 'keysFrom'],
    ['EntitlementRecorded', 'entitlement'],
    ['EntitlementRecorded', 'constructor'],
    ['HostRegistered', 'name'],
    ['constructor', 'name'],
  ])('%s: %s names something and is not corrected', (eventType, field) => given([registered()], correct(eventType, field, 'x')).thenRefused('FIELD_NOT_CORRECTABLE'));

  test.each([
    ['AgreementRegistered', 'programme', 'LOTTERY'],
    ['AgreementRegistered', 'organisation', undefined],
    ['EntitlementRecorded', 'quantity', -1],
    ['EntitlementRecorded', 'quantity', '20'],
    ['EntitlementRecorded', 'from', undefined],
    ['EntitlementRecorded', 'product', ' '],
    ['AgreementEnded', 'endedOn', '2026-02-30'],
  ])('%s: %s cannot become %s', (eventType, field, value) => given([registered()], correct(eventType, field, value)).thenRefused('CORRECTED_VALUE_UNFIT'));

  test('go back to what was said', () => given([registered()], correct('EntitlementRecorded', 'product', 'before')).thenRecorded(recorded('EntitlementRecorded', 'product', 'before')));
  test('of an unknown agreement is refused', () => given([], correct('EntitlementRecorded', 'quantity', 1)).thenRefused('AGREEMENT_UNKNOWN'));
});

test.each([
  ['2024-02-29', true],
  ['2026-12-31', true],
  ['0001-01-01', true],
  ['2023-02-29', false],
  ['2026-04-31', false],
  ['2026-00-10', false],
  ['2026-01-00', false],
  ['+02026-01-01', false],
  ['2026-01-01T00:00:00Z', false],
])('whether %s is a day of the calendar: %s', (text, isOne) => expect(isCalendarDate(text)).toBe(isOne));
