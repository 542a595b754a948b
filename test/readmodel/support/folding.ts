import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import type { EventEnvelope } from '../../../src/kernel/envelope.js';
import type { Projection, ProjectedEvent } from '../../../src/readmodel/definition.js';
import { openFollower, type FollowedStore } from '../../../src/readmodel/follow.js';
import { openForWriting } from '../../../src/readmodel/readModelFile.js';
import { agreements } from '../../../projections/agreements.js';
import { hostStatus } from '../../../projections/hostStatus.js';
import { imports } from '../../../projections/imports.js';
import { keyCounts } from '../../../projections/keyCounts.js';
import { kmsCensus } from '../../../projections/kmsCensus.js';
import { requests } from '../../../projections/requests.js';
import { licenceUse } from '../../../projections/licenceUse.js';
import { timeline } from '../../../projections/timeline.js';
import { listStore } from './listStore.js';

export const ALL_PROJECTIONS: readonly Projection[] = [hostStatus, keyCounts, kmsCensus, timeline, imports, agreements, licenceUse, requests];

/** The events are written in their newest version. */
export const asIs = (event: EventEnvelope): EventEnvelope => event;

/** A directory for one test, removed after it. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'activation-ledger-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Folds a log into a file; the database is closed after the test. */
export async function foldInto(
  path: string,
  store: FollowedStore,
  options: { readonly projections?: readonly Projection[]; readonly batchEvents?: number; readonly transactionEvents?: number } = {},
): Promise<Database.Database> {
  const projections = options.projections ?? ALL_PROJECTIONS;
  const database = openForWriting(path, projections);
  onTestFinished(() => void database.close());
  const follower = await openFollower({ store, database, projections, upcast: asIs, batchEvents: options.batchEvents, transactionEvents: options.transactionEvents });
  await follower.applyUntilHead();
  return database;
}

/** Given these events, the read model as it is then. */
export function given(envelopes: Iterable<EventEnvelope>, projections = ALL_PROJECTIONS): Promise<Database.Database> {
  return foldInto(join(temporaryDirectory(), 'given.db'), listStore(envelopes), { projections });
}

/** The events of one stream as a fold by `validAt` is given them. */
export function projected(envelopes: readonly EventEnvelope[], stream: string): readonly ProjectedEvent[] {
  return envelopes.flatMap((envelope, index) =>
    envelope.stream === stream
      ? [
          {
            ...envelope,
            sequence: (index + 1) as ProjectedEvent['sequence'],
            occurredMs: Date.parse(envelope.occurredAt),
            recordedMs: Date.parse(envelope.recordedAt),
          },
        ]
      : [],
  );
}
