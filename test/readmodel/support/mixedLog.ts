import type { EventEnvelope } from '../../../src/kernel/envelope.js';
import { envelopeWriter, ledgerOpened } from './envelopes.js';

export const SKU = '11111111-2222-4333-8444-555555555501';
export const CMID = 'aaaaaaaa-0000-4000-8000-000000000001';
export const day = (number: number): string => new Date(Date.UTC(2026, 2, number)).toISOString();

/** A small synthetic log with every type of event. */
export function mixedLog(): readonly EventEnvelope[] {
  const write = envelopeWriter();
  const host = 'host-desk-1';
  const key = 'productKey-one';
  return [
    ledgerOpened(write),
    write('ledger', 'ImportStarted', {
      importId: 'import-1',
      format: 'kms-event-xml',
      parserVersion: 1,
      sourceName: 'events.xml',
      sourceSha256: 'f'.repeat(64),
      sourceBytes: 1_234,
    }),
    write(
      host,
      'HostRegistered',
      { origin: 'OBSERVATION', identities: [{ kind: 'NAME', name: 'desk-1', domain: 'branch.example', raw: 'DESK-1.branch.example' }] },
      { occurredAt: day(1) },
    ),
    write(host, 'HostIdentityObserved', { identities: [{ kind: 'CMID', value: CMID }] }, { occurredAt: day(1) }),
    write(host, 'KmsRequestObserved', request({ statusBefore: 'OOB_GRACE', minutesRemaining: 43_200 }), { occurredAt: day(1) }),
    write(host, 'KmsAttemptObserved', attempt, { occurredAt: day(2) }),
    write(host, 'KmsResponseObserved', response, { occurredAt: day(2) }),
    write(host, 'KmsRequestObserved', request({ statusBefore: 'LICENSED', minutesRemaining: 249_120 }), { occurredAt: day(9) }),
    write(host, 'KmsRequestObserved', request({ statusBefore: 'LICENSED', hresult: '0xC004F042' }), { occurredAt: day(10) }),
    write(
      host,
      'LicenseStateObserved',
      { installation: 2, evidence: 'SLMGR', status: 'LICENSED', permanent: true, keyKind: 'MAK', keyLastFive: 'GGGGG', productName: 'Suite' },
      { occurredAt: day(3) },
    ),
    write(key, 'ProductKeyObserved', { lastFive: 'GGGGG', kind: 'MAK', evidence: 'SLMGR' }, { occurredAt: day(3) }),
    write(
      key,
      'ActivationObserved',
      { host, installation: 2, evidence: 'SLMGR', countsAs: 'OBSERVED' },
      { occurredAt: day(3) },
    ),
    write(key, 'ProductKeyRegistered', {
      lastFive: 'GGGGG',
      kind: 'MAK',
      product: 'Suite',
      allowed: 50,
      opening: { count: 10, asOf: day(2), source: 'portal', alreadyObserved: 0 },
    }),
    write(key, 'RemainingActivationsObserved', { remaining: 37, evidence: 'VAMT_DATABASE' }, { occurredAt: day(5) }),
    write(key, 'ActivationLossObserved', { host, installation: 2, evidence: 'SLMGR' }, { occurredAt: day(6) }),
    write('host-kms', 'HostRegistered', {
      origin: 'OBSERVATION',
      identities: [{ kind: 'NAME', name: 'kms-1', domain: 'branch.example', raw: 'kms-1' }],
    }),
    write('host-kms', 'KmsCountObserved', { evidence: 'SLMGR', currentCount: 7 }, { occurredAt: day(9) }),
    write('host-kms', 'KmsPublicationObserved', { succeeded: true }, { occurredAt: day(9) }),
    write(host, 'DomainMembershipObserved', { evidence: 'VAMT_DATABASE', networkName: 'BRANCH', networkType: 'DOMAIN' }, { occurredAt: day(4) }),
    write('ledger', 'ImportFinished', {
      importId: 'import-1',
      outcome: 'COMPLETED',
      recordsRead: 12,
      eventsAppended: 11,
      recordsAlreadyKnown: 1,
      recordsWithoutNews: 0,
      recordsTimeUnclear: 0,
      recordsRefused: 1,
      refusals: [{ record: 4, code: 'RECORD_BROKEN', reason: 'cut off' }],
    }),
  ];
}

const attempt = {
  installation: 1,
  kmsHost: 'KMS-1.branch.example:1688',
  cmid: CMID,
  hresult: '0x00000000',
  flags: '0x0',
  virtualMachine: false,
  status: 'OOB_GRACE',
  minutesRemaining: 41_760,
  skuId: SKU,
} as const;

const response = {
  installation: 1,
  hresult: '0x00000000',
  flags: '0x0',
  bound: true,
  currentCount: 30,
  activationIntervalMinutes: 120,
  renewalIntervalMinutes: 10_080,
} as const;

export interface RequestOptions {
  readonly statusBefore: 'LICENSED' | 'OOB_GRACE' | 'NOTIFICATION' | 'UNLICENSED';
  readonly hresult?: string;
  readonly minutesRemaining?: number;
  readonly cmid?: string;
  readonly skuId?: string;
  readonly kmsHost?: string;
}

export function request(options: RequestOptions) {
  return {
    installation: 1,
    kmsHost: 'kms-1.branch.example',
    cmid: CMID,
    hresult: '0x00000000',
    requiredCount: 25,
    virtualMachine: false,
    minutesRemaining: 258_000,
    skuId: SKU,
    ...options,
  } as const;
}
