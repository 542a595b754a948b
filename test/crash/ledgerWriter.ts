import { writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { executeRecordings, recordObservation } from '../../src/application/recordObservations.js';
import type { LicenseStateObservation } from '../../src/domain/observation.js';
import { openEmbeddedLedger } from '../../src/embedded/embeddedLedger.js';
import type { CommandId, Instant } from '../../src/kernel/identifiers.js';
import { seededRandom } from './seededRandom.js';

// A process of its own, made to be killed: a whole ledger under load, its read model following. It says which events were acknowledged.

const { directory, seed, writers } = JSON.parse(process.argv[2] ?? '') as { directory: string; seed: number; writers: number };
const random = seededRandom(seed);
const now = (): Instant => new Date().toISOString() as Instant;
const newId = (): CommandId => {
  const hex = randomBytes(16).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}` as CommandId;
};

const environment = { now, newId, random: (bytes: number) => randomBytes(bytes), userName: 'crash test', programDirectory: undefined };
const ledger = await openEmbeddedLedger({ directory, environment, follow: 'live' });
await Promise.all(Array.from({ length: writers }, () => observeOn()));

async function observeOn(): Promise<void> {
  for (;;) {
    const host = `pc${random(40)}.corp.example`;
    const observation: LicenseStateObservation = {
      kind: 'licenseState',
      host: { rawName: host },
      evidence: 'SLMGR',
      skuId: `00000000-0000-4000-8000-00000000000${random(3)}`,
      key: { lastFive: `KEYA${random(4)}` },
      keyKind: 'MAK',
      status: random(3) === 0 ? 'NOTIFICATION' : 'LICENSED',
    };
    const origin = { commandId: newId(), actor: ledger.localActor, correlationId: 'crash' };
    const [result] = await executeRecordings(ledger.handler, [recordObservation(ledger.recorder, observation, now(), origin)]);
    if (result?.kind !== 'done') throw new Error(result?.reason);
    const ids = result.outcomes.flatMap((outcome) => (outcome.kind === 'recorded' ? outcome.events.map(({ id }) => id) : []));
    writeSync(1, `${JSON.stringify(ids)}\n`);
  }
}
