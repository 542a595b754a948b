import { describe, test } from 'vitest';
import type { HostCommand } from '../../src/domain/host/commands.js';
import { hostDeciderWith } from '../../src/domain/host/decider.js';
import type { HostEvent } from '../../src/domain/host/events.js';
import { NOW, specification } from '../support/givenWhenThen.js';
import { givenRules, RULESET } from '../support/ruleBook.js';

const given = specification(hostDeciderWith(givenRules()));
const MARCH = '2026-03-01T00:00:00.000Z';
const MAY = '2026-05-01T00:00:00.000Z';
const name = { name: 'pc1', domain: 'corp.example', raw: 'PC1.corp.example' };

const met: HostEvent = { type: 'HostRegistered', schemaVersion: 1, occurredAt: MARCH, data: { origin: 'OBSERVATION', identities: [{ kind: 'NAME', ...name }] } };
const seen: HostEvent = { type: 'LicenseStateObserved', schemaVersion: 1, occurredAt: MARCH, data: { installation: 1, evidence: 'SLMGR', status: 'LICENSED', method: 'KMS' } };
const retired = (occurredAt = NOW): HostEvent => ({ type: 'HostRetired', schemaVersion: 1, occurredAt, data: {} });
const merged = (role: 'SURVIVOR' | 'ABSORBED', survivor = 'host-a', absorbed = 'host-b'): HostEvent => ({ type: 'HostsMerged', schemaVersion: 1, occurredAt: NOW, data: { role, survivor, absorbed } });
const decision = { ruleset: RULESET, judgements: [] };
const copy = { product: 'Windows 10' };
const reimaging = (request: string): readonly HostEvent[] => [
  { type: 'ReimagingRequested', schemaVersion: 1, occurredAt: NOW, data: { request, installation: 1, device: { channel: 'OEM', ...copy }, image: { image: 'lab', ...copy }, method: 'KMS' } },
  { type: 'ReimagingGranted', schemaVersion: 1, occurredAt: NOW, data: { request, decision } },
];
const downgrade = (request: string): readonly HostEvent[] => [
  { type: 'DowngradeRequested', schemaVersion: 1, occurredAt: NOW, data: { request, installation: 1, from: { channel: 'OEM', ...copy }, to: { product: 'Windows 7' }, basis: 'OEM_TERMS', method: 'KMS' } },
  { type: 'DowngradeGranted', schemaVersion: 1, occurredAt: NOW, data: { request, decision } },
];

describe('host: retirement', () => {
  const retire: HostCommand = { kind: 'retireHost' };
  test('is recorded once, for the time given', () => {
    given([met, seen], retire).thenRecorded(retired());
    given([met, seen], { ...retire, occurredAt: MAY }).thenRecorded(retired(MAY));
    given([met, seen, retired()], retire).thenRefused('HOST_RETIRED');
  });
  test('cancels the open requests first', () => {
    given([met, seen, ...reimaging('r1'), ...downgrade('r2')], retire).thenRecorded(
      { type: 'ReimagingCancelled', schemaVersion: 1, occurredAt: NOW, data: { request: 'r1' } },
      { type: 'DowngradeCancelled', schemaVersion: 1, occurredAt: NOW, data: { request: 'r2' } },
      retired(),
    );
  });
  test('cannot lie before the start of an installation', () => {
    const started: HostEvent = { type: 'ReimagingCompleted', schemaVersion: 1, occurredAt: MAY, data: { request: 'r1', endedInstallation: 1, startedInstallation: 2 } };
    given([met, seen, ...reimaging('r1'), started], { ...retire, occurredAt: MARCH }).thenRefused('ENDS_BEFORE_START');
  });
  test('of an unknown host is refused', () => given([], retire).thenRefused('HOST_UNKNOWN'));
  test('ends all but observations and corrections', () => {
    const past = [met, seen, ...reimaging('r1'), retired()];
    given(past, { kind: 'registerHost', name }).thenRefused('HOST_RETIRED');
    given(past, { kind: 'completeReimaging', request: 'r1' }).thenRefused('HOST_RETIRED');
    given(past, { kind: 'completeDowngrade', request: 'r1' }).thenRefused('HOST_RETIRED');
    given(past, { kind: 'revertDowngrade', request: 'r1' }).thenRefused('HOST_RETIRED');
    given(past, { kind: 'changeActivationMethod', installation: 1, method: 'ADBA' }).thenRefused('HOST_RETIRED');
    const observation = { kind: 'host', host: { rawName: name.raw }, evidence: 'VAMT_DATABASE', networkType: 'DOMAIN' } as const;
    given(past, { kind: 'recordObservation', name, occurredAt: MAY, observation }).thenRecorded({
      type: 'DomainMembershipObserved', schemaVersion: 1, occurredAt: MAY, data: { evidence: 'VAMT_DATABASE', networkType: 'DOMAIN' },
    });
  });
});

describe('host: merging', () => {
  const merge = (role: 'SURVIVOR' | 'ABSORBED', survivor = 'host-a', absorbed = 'host-b'): HostCommand => ({ kind: 'mergeHosts', role, survivor, absorbed });
  test('stands on both streams, each with its part', () => {
    given([met], merge('ABSORBED')).thenRecorded(merged('ABSORBED'));
    given([met], merge('SURVIVOR')).thenRecorded(merged('SURVIVOR'));
  });
  test('takes two hosts that the ledger knows', () => {
    given([met], merge('SURVIVOR', 'host-a', 'host-a')).thenRefused('MERGED_WITH_ITSELF');
    given([], merge('SURVIVOR')).thenRefused('HOST_UNKNOWN');
    given([], merge('ABSORBED')).thenRefused('HOST_UNKNOWN');
  });
  test('takes a host in once: asked again, it is so already', () => {
    given([met, merged('SURVIVOR')], merge('SURVIVOR')).thenRecorded();
    given([met, merged('ABSORBED')], merge('ABSORBED')).thenRecorded();
    given([met, merged('ABSORBED')], merge('ABSORBED', 'host-c')).thenRefused('HOST_MERGED');
  });
  test('takes in several, one after another', () => given([met, merged('SURVIVOR')], merge('SURVIVOR', 'host-a', 'host-c')).thenRecorded(merged('SURVIVOR', 'host-a', 'host-c')));
  test('goes into no host that is part of another, so that there is no circle', () => {
    given([met, merged('ABSORBED', 'host-a', 'host-b')], merge('SURVIVOR', 'host-b', 'host-c')).thenRefused('HOST_MERGED');
    given([met, merged('ABSORBED', 'host-a', 'host-b')], merge('SURVIVOR', 'host-b', 'host-a')).thenRefused('HOST_MERGED');
  });
  test('goes into no host that is about to be part of this one: of two that cross, the second is refused', () => {
    given([met, merged('SURVIVOR', 'host-a', 'host-b')], merge('ABSORBED', 'host-b', 'host-a')).thenRefused('HOST_MERGED');
    given([met, merged('SURVIVOR', 'host-a', 'host-b')], merge('ABSORBED', 'host-c', 'host-a')).thenRecorded(merged('ABSORBED', 'host-c', 'host-a'));
  });
  test('waits until the absorbed host\'s requests are over', () => {
    given([met, seen, ...reimaging('r1')], merge('ABSORBED')).thenRefused('REQUEST_OPEN');
    given([met, seen, ...downgrade('r1')], merge('ABSORBED')).thenRefused('REQUEST_OPEN');
    given([met, seen, ...reimaging('r1')], merge('SURVIVOR')).thenRecorded(merged('SURVIVOR'));
  });
  test('a retired host can be part of another, and a survivor goes on', () => {
    given([met, retired()], merge('ABSORBED')).thenRecorded(merged('ABSORBED'));
    given([met, seen, merged('SURVIVOR')], { kind: 'retireHost' }).thenRecorded(retired());
  });
  test('nothing is asked of an absorbed host any more', () => {
    const past = [met, seen, merged('ABSORBED')];
    given(past, { kind: 'retireHost' }).thenRefused('HOST_MERGED');
    given(past, { kind: 'registerHost', name }).thenRefused('HOST_MERGED');
    given(past, { kind: 'changeActivationMethod', installation: 1, method: 'ADBA' }).thenRefused('HOST_MERGED');
  });
});

describe('host: change of method', () => {
  const change = (method: 'ADBA' | 'KMS', installation = 1): HostCommand => ({ kind: 'changeActivationMethod', installation, method });
  const changed: HostEvent = { type: 'ActivationMethodChanged', schemaVersion: 1, occurredAt: NOW, data: { installation: 1, from: 'KMS', to: 'ADBA' } };
  test('names what it was and what it will be', () => given([met, seen], change('ADBA')).thenRecorded(changed));
  test('to the same method records nothing', () => {
    given([met, seen], change('KMS')).thenRecorded();
    given([met, seen, changed], change('ADBA')).thenRecorded();
  });
  test('where nobody has seen the method, it was unknown', () => {
    const silent: HostEvent = { ...seen, data: { installation: 1, evidence: 'SLMGR', status: 'LICENSED' } };
    given([met, silent], change('ADBA')).thenRecorded({ ...changed, data: { installation: 1, from: undefined, to: 'ADBA' } });
  });
  test('needs an installation that runs', () => {
    given([met], change('ADBA')).thenRefused('INSTALLATION_UNKNOWN');
    given([met, seen, ...reimaging('r1'), { type: 'ReimagingCompleted', schemaVersion: 1, occurredAt: NOW, data: { request: 'r1', endedInstallation: 1, startedInstallation: 2 } }], change('ADBA')).thenRefused('INSTALLATION_ENDED');
    given([], change('ADBA')).thenRefused('HOST_UNKNOWN');
  });
});

describe('host: corrections', () => {
  const correct = (eventType: string, field: string, value?: string | number | boolean, was?: string | boolean): HostCommand => ({ kind: 'recordCorrection', event: 'event-1', eventType, field, was, value });
  const corrected = (eventType: string, field: string, value?: string | boolean, was?: string | boolean): HostEvent => ({
    type: 'CorrectionRecorded', schemaVersion: 1, occurredAt: NOW, data: { event: 'event-1', eventType, field, was, value },
  });
  test.each([
    ['HostRegistered', 'operatingSystem', 'Windows 11', 'Windows 10'],
    ['HostRegistered', 'operatingSystem', undefined, 'Windows 10'],
    ['HostRegistered', 'virtualMachine', false, true],
    ['ReimagingRequested', 'team', 'imaging', undefined],
    ['ReimagingRequested', 'device.edition', 'Pro', 'Home'],
    ['ReimagingRequested', 'image.image', 'lab-2', 'lab-1'],
    ['DowngradeRequested', 'from.product', 'Windows 7', 'Windows 8'],
  ] as const)('%s.%s becomes %s', (eventType, field, value, was) => {
    given([met], correct(eventType, field, value, was)).thenRecorded(corrected(eventType, field, value, was));
  });
  test.each([
    ['HostRegistered', 'origin'],
    ['ReimagingRequested', 'method'],
    ['ReimagingRequested', 'image.edition'],
    ['DowngradeRequested', 'to.product'],
    ['ReimagingCompleted', 'activationConsumed'],
    ['LicenseStateObserved', 'status'],
    ['constructor', 'name'],
  ])('%s.%s stays', (eventType, field) => given([met], correct(eventType, field, 'x')).thenRefused('FIELD_NOT_CORRECTABLE'));
  test('a value must fit its field', () => {
    given([met], correct('HostRegistered', 'virtualMachine', 'yes')).thenRefused('CORRECTED_VALUE_UNFIT');
    given([met], correct('ReimagingRequested', 'image.image')).thenRefused('CORRECTED_VALUE_UNFIT');
    given([met], correct('ReimagingRequested', 'team', 7)).thenRefused('CORRECTED_VALUE_UNFIT');
  });
  test('go back to what the event said', () => {
    const before = [met, corrected('ReimagingRequested', 'team', 'lab', 'imaging')];
    given(before, correct('ReimagingRequested', 'team', 'imaging', 'imaging')).thenRecorded(corrected('ReimagingRequested', 'team', 'imaging', 'imaging'));
  });
  test('are taken of retired and absorbed hosts too, not of unknown ones', () => {
    given([met, retired()], correct('HostRegistered', 'virtualMachine', true)).thenRecorded(corrected('HostRegistered', 'virtualMachine', true));
    given([met, merged('ABSORBED')], correct('HostRegistered', 'virtualMachine', true)).thenRecorded(corrected('HostRegistered', 'virtualMachine', true));
    given([], correct('HostRegistered', 'virtualMachine', true)).thenRefused('HOST_UNKNOWN');
  });
});
