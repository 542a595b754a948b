import { expect, test } from 'vitest';
import type { StreamId, SubjectId } from '../../src/kernel/identifiers.js';
import type { Sequence } from '../../src/kernel/identifiers.js';
import { imports, openImportsQueries } from '../../projections/imports.js';
import { openTimelineQueries, timeline, type TimelineFilter } from '../../projections/timeline.js';
import { given } from '../readmodel/support/folding.js';
import { kmsLog } from '../readmodel/support/kmsLog.js';
import { day, mixedLog } from '../readmodel/support/mixedLog.js';

const ms = (number: number): number => Date.parse(day(number));

test('events are found by stream, key, actor, type and both times, in both directions', async () => {
  const log = [...mixedLog(), ...[...kmsLog({ events: 3_000, hosts: 50 })].slice(1).map((event) => ({ ...event, actor: 'subject-2' as SubjectId }))];
  const queries = openTimelineQueries(await given(log, [timeline]));
  const filters: readonly TimelineFilter[] = [
    {},
    { stream: 'host-desk-1' as StreamId },
    { keyLastFive: 'GGGGG' },
    { keyLastFive: 'GGGGG', stream: 'host-desk-1' as StreamId },
    { actor: 'subject-2' as SubjectId, types: ['HostRegistered'] },
    { actor: 'subject-1' as SubjectId },
    { types: ['HostRegistered', 'ImportStarted'] },
    { occurredFrom: ms(2), occurredTo: ms(4) },
    { recordedFrom: Date.parse(log[5]!.recordedAt), recordedTo: Date.parse(log[9]!.recordedAt), actor: 'subject-1' as SubjectId },
    { types: ['NeverHappened'] },
    { stream: 'host-nobody' as StreamId },
  ];
  for (const filter of filters) {
    const expected = log.flatMap((event, index) => (matches(event, filter) ? [index + 1] : []));
    for (const descending of [false, true]) {
      const found = walk((after) => queries.page(filter, descending, { limit: 100, direction: 'FORWARD', after }));
      expect([filter, found]).toEqual([filter, descending ? expected.toReversed() : expected]);
      const last = queries.page(filter, descending, { limit: 3, direction: 'BACKWARD' });
      expect(last.rows.map(({ row }) => row.sequence)).toEqual((descending ? expected.toReversed() : expected).slice(-3));
      expect(last.hasMore).toBe(expected.length > 3);
    }
    const asOf = queries.page(filter, false, { limit: 200, direction: 'FORWARD' }, 9 as Sequence);
    expect(asOf.rows.map(({ row }) => row.sequence)).toEqual(expected.filter((sequence) => sequence <= 9));
  }

  function matches(event: (typeof log)[number], filter: TimelineFilter): boolean {
    const data = event.data as { readonly keyLastFive?: string; readonly lastFive?: string };
    const occurred = Date.parse(event.occurredAt);
    const recorded = Date.parse(event.recordedAt);
    return (
      (filter.stream === undefined || event.stream === filter.stream) &&
      (filter.actor === undefined || event.actor === filter.actor) &&
      (filter.types === undefined || filter.types.includes(event.type)) &&
      (filter.keyLastFive === undefined || (data.keyLastFive ?? data.lastFive) === filter.keyLastFive) &&
      occurred >= (filter.occurredFrom ?? -Infinity) &&
      occurred < (filter.occurredTo ?? Infinity) &&
      recorded >= (filter.recordedFrom ?? -Infinity) &&
      recorded < (filter.recordedTo ?? Infinity)
    );
  }
});

test('an event tells where it stands', async () => {
  const [first, ...rest] = mixedLog();
  const queries = openTimelineQueries(await given([first!, ...rest], [timeline]));
  expect(queries.bySequence(1 as Sequence)).toEqual({
    sequence: 1,
    stream: 'ledger',
    revision: 0,
    type: 'LedgerOpened',
    actor: 'subject-1',
    occurredAt: Date.parse(first!.occurredAt),
    recordedAt: Date.parse(first!.recordedAt),
  });
  expect(queries.bySequence(1_000 as Sequence)).toBeUndefined();
});

test('an import is unfinished until the ledger knows its end', async () => {
  const queries = openImportsQueries(await given(mixedLog(), [imports]));
  expect(queries.byId('import-1', 2 as Sequence)).toMatchObject({ format: 'kms-event-xml', startedSequence: 2, finished: undefined });
  expect(queries.byId('import-1')?.finished).toEqual({
    outcome: 'COMPLETED',
    finishedAt: Date.parse(mixedLog().at(-1)!.occurredAt),
    sequence: 20,
    recordsRead: 12,
    eventsAppended: 11,
    recordsAlreadyKnown: 1,
    recordsWithoutNews: 0,
    recordsTimeUnclear: 0,
    recordsRefused: 1,
    refusals: [{ record: 4, code: 'RECORD_BROKEN', reason: 'cut off' }],
  });
  const page = (filter: Parameters<typeof queries.page>[0], asOf?: number) =>
    queries.page(filter, true, { limit: 5, direction: 'FORWARD' }, asOf as Sequence | undefined).rows.length;
  expect([page({}), page({ outcome: 'COMPLETED' }), page({ outcome: 'UNFINISHED' }), page({ outcome: 'UNFINISHED' }, 10), page({}, 1)]).toEqual([1, 1, 0, 1, 0]);
});

/** Sequences of all pages, one after another. */
function walk(page: (after: readonly (string | number | null)[] | undefined) => ReturnType<ReturnType<typeof openTimelineQueries>['page']>): number[] {
  const seen: number[] = [];
  for (let after: readonly (string | number | null)[] | undefined; ; ) {
    const { rows, hasMore } = page(after);
    seen.push(...rows.map(({ row }) => row.sequence));
    if (!hasMore) return seen;
    after = rows.at(-1)?.cursor;
  }
}
