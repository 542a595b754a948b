/** Appends through the adapter, and the same through the bare client, to the same server, in turns. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KurrentDBClient, NO_STREAM, binaryEvent } from '@kurrent/kurrentdb-client';
import { canonicalEvent } from '../../src/kernel/canonical.js';
import type { NewEvent } from '../../src/kernel/envelope.js';
import type { CommandId, EventId, Instant, Revision, StreamId, SubjectId } from '../../src/kernel/identifiers.js';
import { openKurrentdbStore } from '../../src/store/kurrentdb/kurrentdbStore.js';
import { answer, taskOfProcess } from './child.js';

export interface KurrentdbTask {
  readonly connectionString: string;
  readonly rounds: number;
  /** In each round, through either. */
  readonly appends: number;
  /** Not yet answered at any time. */
  readonly underWay: number;
}

interface Place {
  readonly stream: StreamId;
  readonly revision: Revision;
}

/** More than are under way, so that none waits for its stream. */
const STREAMS = 1_024;
const AT = '2026-11-22T13:00:00.000Z' as Instant;
const FIRST_ID_TIME = 1_795_352_400_000;

const { connectionString, rounds, appends, underWay } = taskOfProcess<KurrentdbTask>();
const directory = mkdtempSync(join(tmpdir(), 'ledger-bench-'));
const client = KurrentDBClient.connectionString(connectionString);
const store = await openKurrentdbStore({ connectionString, prefix: 'bench.', indexPath: join(directory, 'kurrentdb-index.db') });
let made = 0;
const [subject, floor]: [number[], number[]] = [[], []];
// The first round of each warms up and is left out.
for (let round = 0; round <= rounds; round += 1) {
  const bare = await rateOf(bareAppend);
  const adapted = await rateOf(adaptedAppend);
  if (round === 0) continue;
  floor.push(bare);
  subject.push(adapted);
}
await store.close();
await client.dispose();
rmSync(directory, { recursive: true, force: true });
answer({ subject, floor });

/** Appends a second, each of one event at the exact end of one of many streams. */
async function rateOf(append: (at: Place, event: NewEvent) => Promise<void>): Promise<number> {
  const streams = Array.from({ length: STREAMS }, () => `host-${uuid('8')}` as StreamId);
  const work = Array.from({ length: appends }, (_, index) => ({ at: { stream: streams[index % STREAMS] as StreamId, revision: Math.floor(index / STREAMS) as Revision }, event: newEvent() }));
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let item = work[next]; item !== undefined; item = work[next]) {
      next += 1;
      await append(item.at, item.event);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: underWay }, lane));
  return appends / ((performance.now() - started) / 1_000);
}

async function bareAppend({ stream, revision }: Place, event: NewEvent): Promise<void> {
  const data = Buffer.from(canonicalEvent(event, stream, revision), 'utf8');
  await client.appendToStream(`bare.${stream}`, [binaryEvent({ id: event.id, type: event.type, data })], { streamState: revision === 0 ? NO_STREAM : BigInt(revision - 1) });
}

async function adaptedAppend({ stream, revision }: Place, event: NewEvent): Promise<void> {
  const { kind } = await store.append(stream, revision === 0 ? 'none' : ((revision - 1) as Revision), [event]);
  if (kind !== 'appended') throw new Error(`An append came to ${kind}.`);
}

function newEvent(): NewEvent {
  const commandId = uuid('7') as CommandId;
  return {
    id: uuid('8') as EventId,
    type: 'HostRegistered',
    schemaVersion: 1,
    recordedAt: AT,
    occurredAt: AT,
    actor: 'subject-of-the-bench' as SubjectId,
    correlationId: commandId,
    commandId,
    inputHash: '0'.repeat(64),
    data: { hostName: `pc-${made}.fleet.example`, domain: 'fleet.example' },
  };
}

function uuid(version: '7' | '8'): string {
  made += 1;
  const time = (FIRST_ID_TIME + made).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-${version}000-8000-00000000be2c`;
}
