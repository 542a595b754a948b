import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HostCommand, HostObservationInput } from '../../src/domain/host/commands.js';
import { hostDecider } from '../../src/domain/host/decider.js';
import type { HostEvent } from '../../src/domain/host/events.js';
import { parseHostName } from '../../src/domain/host/hostName.js';
import { NOW, specification } from '../support/givenWhenThen.js';

const given = specification(hostDecider);
const MARCH = '2026-03-01T00:00:00.000Z';
const MAY = '2026-05-01T00:00:00.000Z';
const WINDOWS_SKU = '00000000-0000-4000-8000-00000000aaaa';
const OFFICE_SKU = '00000000-0000-4000-8000-00000000bbbb';
const CMID = '00000000-0000-4000-8000-00000000c001';

function hostName(text: string) {
  const name = parseHostName(text);
  if (name === undefined) throw new Error(`${text} is no host name`);
  return name;
}

function record(observation: HostObservationInput, raw = 'PC1.corp.example', occurredAt: string | undefined = MARCH): HostCommand {
  return { kind: 'recordObservation', name: hostName(raw), occurredAt, observation };
}

const named = (raw: string) => ({ kind: 'NAME' as const, ...hostName(raw) });
const met = (...raws: readonly string[]): HostEvent => ({
  type: 'HostRegistered',
  schemaVersion: 1,
  occurredAt: MARCH,
  data: { origin: 'OBSERVATION', identities: raws.map(named) },
});

const state = (fields: Partial<Extract<HostObservationInput, { kind: 'licenseState' }>> = {}): HostObservationInput => ({
  kind: 'licenseState',
  host: { rawName: 'PC1.corp.example' },
  evidence: 'SLMGR',
  status: 'LICENSED',
  ...fields,
});

const licence = (installation: number, fields: object = {}, occurredAt = MARCH): HostEvent => ({
  type: 'LicenseStateObserved',
  schemaVersion: 1,
  occurredAt,
  data: {
    installation,
    evidence: 'SLMGR',
    status: 'LICENSED',
    keyLastFive: undefined,
    keyFingerprint: undefined,
    replacedKeyLastFive: undefined,
    ...fields,
  },
});

describe('host: being met', () => {
  test('the first observation registers the host with its name', () => given([], record(state())).thenRecorded(met('PC1.corp.example'), licence(1)));
  test('a further name is recorded before what was seen under it', () =>
    given([met('PC1.corp.example')], record(state(), 'PC1')).thenRecorded(
      { type: 'HostIdentityObserved', schemaVersion: 1, occurredAt: MARCH, data: { identities: [named('PC1')] } },
      licence(1),
    ));
  test('a changed CMID is a further identity of the same host', () =>
    given([met('PC1.corp.example')], record(state({ host: { rawName: 'PC1.corp.example', cmid: CMID } }))).thenRecorded(
      { type: 'HostIdentityObserved', schemaVersion: 1, occurredAt: MARCH, data: { identities: [{ kind: 'CMID', value: CMID }] } },
      licence(1),
    ));
  test('without a time of its own an observation happened when it was recorded', () =>
    given([met('PC1.corp.example')], record(state(), 'PC1.corp.example', undefined as never)).thenRecorded(licence(1)));
});

describe('host: installations', () => {
  const windows = licence(1, { skuId: WINDOWS_SKU, keyLastFive: 'AAAAA' });
  test('the same SKU is the same installation', () =>
    given([met('PC1.corp.example'), windows], record(state({ skuId: WINDOWS_SKU }))).thenRecorded(licence(1, { skuId: WINDOWS_SKU })));
  test('another SKU is another installation', () =>
    given([met('PC1.corp.example'), windows], record(state({ skuId: OFFICE_SKU }))).thenRecorded(licence(2, { skuId: OFFICE_SKU })));
  test('a record without a SKU belongs to the installation with the same last five', () =>
    given([met('PC1.corp.example'), windows], record(state({ key: { lastFive: 'AAAAA' } }))).thenRecorded(licence(1, { keyLastFive: 'AAAAA' })));
  test('a new key on an installation names the one it replaced', () =>
    given([met('PC1.corp.example'), windows], record(state({ skuId: WINDOWS_SKU, key: { lastFive: 'BBBBB' } }))).thenRecorded(
      licence(1, { skuId: WINDOWS_SKU, keyLastFive: 'BBBBB', replacedKeyLastFive: 'AAAAA' }),
    ));
});

describe('host: KMS events of the client', () => {
  const attempt: HostEvent = {
    type: 'KmsAttemptObserved',
    schemaVersion: 1,
    occurredAt: MARCH,
    data: {
      installation: 1,
      kmsHost: 'kms.corp.example:1688',
      hresult: '0x00000000',
      flags: '0x00000000',
      virtualMachine: false,
      status: 'OOB_GRACE',
      minutesRemaining: 43200,
      skuId: WINDOWS_SKU,
    },
  };
  const response: HostObservationInput = {
    kind: 'kmsResponse',
    host: { rawName: 'PC1.corp.example' },
    hresult: '0x00000000',
    flags: '0x00000000',
    bound: true,
    currentCount: 30,
    activationIntervalMinutes: 120,
    renewalIntervalMinutes: 10080,
  };
  const answered = (installation: number | undefined, occurredAt: string): HostEvent => {
    const { kind: _kind, host: _host, ...facts } = response;
    return { type: 'KmsResponseObserved', schemaVersion: 1, occurredAt, data: { installation, ...facts } };
  };
  test('a response belongs to the attempt before it', () =>
    given([met('PC1.corp.example'), attempt], record(response, 'PC1.corp.example', MAY)).thenRecorded(answered(1, MAY)));
  test('a response without an attempt before it belongs to no installation', () =>
    given([met('PC1.corp.example')], record(response, 'PC1.corp.example', MAY)).thenRecorded(answered(undefined, MAY)));
});

describe('host: registration', () => {
  const register: HostCommand = { kind: 'registerHost', name: hostName('PC1.corp.example') };
  test('a host that was only observed can be registered, once', () => {
    const entered: HostEvent = {
      type: 'HostRegistered',
      schemaVersion: 1,
      occurredAt: NOW,
      data: { origin: 'REGISTRATION', identities: [named('PC1.corp.example')], operatingSystem: undefined, virtualMachine: undefined },
    };
    given([met('PC1.corp.example')], register).thenRecorded(entered);
    given([met('PC1.corp.example'), entered], register).thenRefused('HOST_ALREADY_REGISTERED');
  });
});

describe('host names', () => {
  test.each([
    ['WKS1.Corp.Example.', { name: 'wks1', domain: 'corp.example', raw: 'WKS1.Corp.Example.' }],
    [' WKS1 ', { name: 'wks1', domain: '', raw: 'WKS1' }],
    ['10.1.2.3', { name: '10.1.2.3', domain: '', raw: '10.1.2.3' }],
  ])('%s is read', (text, expected) => expect(parseHostName(text)).toEqual(expected));
  test.each(['', '   ', '<KMS Client name>', 'two words', '.', 'a\u0000b', 'x'.repeat(256)])('%j is no name', (text) => expect(parseHostName(text)).toBeUndefined());
  test('reading the raw form again gives the same name', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const name = parseHostName(text);
        if (name !== undefined) expect(parseHostName(name.raw)).toEqual(name);
      }),
    );
  });
});
