import type { EventEnvelope } from '../../../src/kernel/envelope.js';
import { envelopeWriter, ledgerOpened } from './envelopes.js';

const WINDOWS_SKU = '11111111-2222-4333-8444-555555555501';
const OFFICE_SKU = '11111111-2222-4333-8444-555555555502';
const MINUTES_180_DAYS = 259_200;

/** A synthetic log: hosts are registered when they first ask, then renew week by week with a KMS host. */
export function* kmsLog({ events, hosts }: { readonly events: number; readonly hosts: number }): Generator<EventEnvelope> {
  const write = envelopeWriter();
  const start = Date.UTC(2026, 0, 1);
  yield ledgerOpened(write);
  const stepMs = Math.floor((7 * 86_400_000) / hosts);
  for (let count = 0; count < events; count += 1) {
    // A stride that shares no factor with the usual numbers of hosts scatters them over the file.
    const host = (count * 7_919) % hosts;
    const name = `pc-${host.toString().padStart(6, '0')}`;
    const stream = `host-${name}`;
    const cmid = `aaaaaaaa-0000-4000-8000-${host.toString(16).padStart(12, '0')}`;
    const occurredAt = new Date(start + count * stepMs).toISOString();
    if (count < hosts) {
      const identities = [{ kind: 'NAME', name, domain: 'branch.example', raw: `${name}.branch.example` }, { kind: 'CMID', value: cmid }] as const;
      yield write(stream, 'HostRegistered', { origin: 'OBSERVATION', identities }, { occurredAt });
    }
    const data = {
      installation: 1,
      kmsHost: `kms-${host % 4}.branch.example`,
      cmid,
      hresult: count % 50 === 0 ? '0xC004F038' : '0x00000000',
      requiredCount: 25,
      virtualMachine: false,
      statusBefore: count < hosts ? 'OOB_GRACE' : 'LICENSED',
      minutesRemaining: count < hosts ? 43_200 : MINUTES_180_DAYS - 10_080,
      skuId: host % 5 === 0 ? OFFICE_SKU : WINDOWS_SKU,
      clientTime: occurredAt,
    } as const;
    yield write(stream, 'KmsRequestObserved', data, { occurredAt });
  }
}
