import fc from 'fast-check';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keyCounts } from '../../projections/keyCounts.js';
import { licenceUse } from '../../projections/licenceUse.js';
import { requests } from '../../projections/requests.js';
import { reservations } from '../../projections/reservations.js';
import type { StreamId } from '../../src/kernel/identifiers.js';
import { tableDigests } from '../../src/readmodel/tableDigests.js';
import { history, steps } from '../domain/productKeyHistories.js';
import { envelopeWriter } from '../readmodel/support/envelopes.js';
import { foldInto, temporaryDirectory } from '../readmodel/support/folding.js';
import { listStore } from '../readmodel/support/listStore.js';

const KEY = 'productKey-one' as StreamId;
/** Histories name so many activations, and begin again with the first: a real one is asked for once. */
const STEPS_MAX = 8;
const PROJECTIONS = [keyCounts, licenceUse, requests, reservations];

test('what becomes of requests stands in the same rows wherever commits fall, and whoever goes on from them', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 1, max: 7 }), fc.nat(), async (all, batchEvents, cut) => {
      const write = envelopeWriter();
      const log = history(all.slice(0, STEPS_MAX)).flatMap(({ events }) => events.map(({ type, data, occurredAt }) => write(KEY, type, data as never, { occurredAt })));
      const directory = temporaryDirectory();
      const folded = (name: string, events: typeof log, batch: number) =>
        foldInto(join(directory, name), listStore(events), { projections: PROJECTIONS, batchEvents: batch, transactionEvents: batch });
      const oneByOne = tableDigests(await folded('one.db', log, 1));
      expect(tableDigests(await folded('all.db', log, log.length + 1))).toEqual(oneByOne);

      await folded('resumed.db', log.slice(0, cut % (log.length + 1)), batchEvents);
      expect(tableDigests(await folded('resumed.db', log, batchEvents))).toEqual(oneByOne);
    }),
    { numRuns: 12 },
  );
});
