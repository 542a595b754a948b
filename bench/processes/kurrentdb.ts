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

/** Appends a second, each of one event to a stream of its own. */
async function rateOf(append: (stream: StreamId, event: NewEvent) => Promise<void>): Promise<number> {
  const work = Array.from({ length: appends }, () => ({ stream: `host-${uuid('8')}` as StreamId, event: newEvent() }));
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let item = work[next]; item !== undefined; item = work[next]) {
      next += 1;
      await append(item.stream, item.event);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: underWay }, lane));
  return appends / ((performance.now() - started) / 1_000);
}

async function bareAppend(stream: StreamId, event: NewEvent): Promise<void> {
  const data = Buffer.from(canonicalEvent(event, stream, 0 as Revision), 'utf8');
  await client.appendToStream(`bare.${stream}`, [binaryEvent({ id: event.id, type: event.type, data })], { streamState: NO_STREAM });
}

async function adaptedAppend(stream: StreamId, event: NewEvent): Promise<void> {
  const { kind } = await store.append(stream, 'none', [event]);
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
