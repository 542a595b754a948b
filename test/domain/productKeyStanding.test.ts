import { describe, test } from 'vitest';
import type { ProductKeyCommand } from '../../src/domain/productKey/commands.js';
import { event, given, registered } from './productKeySupport.js';

describe('product key: how it stands', () => {
  const block: ProductKeyCommand = { kind: 'blockKey', blockedBy: 'MICROSOFT', errorCode: '0xc004c003' };
  const blocked = event('ProductKeyBlocked', { blockedBy: 'MICROSOFT', errorCode: '0xC004C003' });
  test('it is blocked once, with the error it shows', () => {
    given([registered()], block).thenRecorded(blocked);
    given([registered(), blocked], block).thenRecorded();
    given([registered()], { ...block, errorCode: 'blocked' }).thenRefused('HRESULT_MALFORMED');
    given([], block).thenRefused('KEY_UNKNOWN');
  });
  test('it is retired once', () => {
    given([registered()], { kind: 'retireKey' }).thenRecorded(event('ProductKeyRetired', {}));
    given([registered(), event('ProductKeyRetired', {})], { kind: 'retireKey' }).thenRecorded();
    given([], { kind: 'retireKey' }).thenRefused('KEY_UNKNOWN');
  });
  test('it is replaced by another key', () => {
    const replace: ProductKeyCommand = { kind: 'replaceKey', replacement: 'productKey-other' };
    const replaced = event('ProductKeyReplaced', { replacement: 'productKey-other' });
    given([registered()], replace).thenRecorded(replaced);
    given([registered(), replaced], replace).thenRecorded();
    given([registered()], { kind: 'replaceKey', replacement: 'host-1' }).thenRefused('REPLACEMENT_IS_NO_KEY');
    given([], replace).thenRefused('KEY_UNKNOWN');
  });
  test('its policy changes by what is new', () => {
    const change = (more: object): ProductKeyCommand => ({ kind: 'changePolicy', ...more });
    given([registered()], change({ overage: 'WARN', reservationHours: 24 })).thenRecorded(event('ProductKeyPolicyChanged', { overage: 'WARN', reservationHours: 24 }));
    given([registered({ overage: 'WARN' })], change({ overage: 'WARN', reservationHours: 24 })).thenRecorded(event('ProductKeyPolicyChanged', { reservationHours: 24 }));
    given([registered({ overage: 'WARN' })], change({ overage: 'WARN' })).thenRecorded();
    for (const reservationHours of [0, 1.5, 8_785]) given([registered()], change({ reservationHours })).thenRefused('RESERVATION_HOURS_OUT_OF_RANGE');
    given([], change({ overage: 'WARN' })).thenRefused('KEY_UNKNOWN');
  });
  test('a registration with a period that no reservation can have is refused', () =>
    given([], { kind: 'registerKey', lastFive: 'AAAAA', keyKind: 'MAK', product: 'Windows 7', reservationHours: 0 }).thenRefused('RESERVATION_HOURS_OUT_OF_RANGE'));
});

describe('product key: corrections', () => {
  const correct = (eventType: string, field: string, value: string | number | undefined): ProductKeyCommand =>
    ({ kind: 'recordCorrection', event: '0199a000-0000-8000-8000-000000000001', eventType, field, was: 'before', value });
  const corrected = (eventType: string, field: string, value: string | number | undefined) =>
    event('CorrectionRecorded', { event: '0199a000-0000-8000-8000-000000000001', eventType, field, was: 'before', value });
  test.each([
    ['ProductKeyRegistered', 'product', 'Windows 10'],
    ['ProductKeyRegistered', 'agreement', undefined],
    ['ProductKeyRegistered', 'obtainedFrom', 'PORTAL'],
    ['ProductKeyRegistered', 'pool', 'SERVERS'],
    ['RemainingActivationsObserved', 'remaining', 12],
  ])('%s.%s is corrected to %s', (type, field, value) => given([registered()], correct(type, field, value)).thenRecorded(corrected(type, field, value)));
  test.each([
    ['ProductKeyRegistered', 'product', ''],
    ['ProductKeyRegistered', 'obtainedFrom', 'A_FRIEND'],
    ['ProductKeyRegistered', 'pool', 'GAMES'],
    ['RemainingActivationsObserved', 'remaining', -1],
  ])('%s.%s is not corrected to "%s"', (type, field, value) => given([registered()], correct(type, field, value)).thenRefused('CORRECTED_VALUE_UNFIT'));
  test.each([
    ['ProductKeyRegistered', 'allowed'],
    ['ProductKeyRegistered', 'opening'],
    ['ActivationObserved', 'countsAs'],
    ['ActivationGranted', 'expiresAt'],
  ])('%s.%s counts and is not corrected', (type, field) => given([registered()], correct(type, field, 1)).thenRefused('FIELD_NOT_CORRECTABLE'));
});
