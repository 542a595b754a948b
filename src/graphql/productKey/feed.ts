import type { KeyCountsRow } from '../../../projections/keyCounts.js';
import { parseEnvelope, type EventEnvelope, type StoredEvent } from '../../kernel/envelope.js';
import { streamCategory, type Sequence, type StreamId } from '../../kernel/identifiers.js';
import type { LedgerContext } from '../context.js';
import { awaitReadModel, logFeed, type FeedStep } from '../event/feed.js';
import { requireId } from '../relay/globalId.js';
import { presentMoment } from '../moment.js';
import type { KeyChangeFilter } from './input.js';
import { KeyCountsChange, ProductKey } from './type.js';

/**
 * Product keys after each event that touched their counts, as known with that event; delivered when the read model has it.
 * Besides a key's own events those are the states observed on hosts, which decide how many installations are active.
 */
export function keyChanges(
  context: LedgerContext,
  after: Sequence | null | undefined,
  filter: KeyChangeFilter | null | undefined,
): Promise<AsyncIterableIterator<KeyCountsChange>> {
  const wanted = filter?.productKeys ? new Set(filter.productKeys.map((id) => requireId('ProductKey', id, 'productKeys') as StreamId)) : undefined;
  const passes = (row: KeyCountsRow): boolean => (wanted?.has(row.key) ?? true) && (filter?.kind?.includes(row.kind) ?? true);
  const step: FeedStep<KeyCountsChange> = async (events, signal) => {
    await awaitReadModel(context, events, signal);
    return events.flatMap((stored) => {
      const rows = touchedKeys(context, stored, parseEnvelope(stored.text)).filter(passes);
      if (rows.length === 0) return [];
      return [new KeyCountsChange(stored.sequence, parseEnvelope(stored.text).type, rows.map((row) => new ProductKey(row, { ...presentMoment(context), asOf: stored.sequence })))];
    });
  };
  return logFeed(context, after, step, ({ stream }) => ['host', 'productKey'].includes(streamCategory(stream)));
}

function touchedKeys({ services }: LedgerContext, stored: StoredEvent, event: EventEnvelope): readonly KeyCountsRow[] {
  const { productKeys } = services.readModel;
  if (streamCategory(stored.stream) === 'productKey') {
    const row = productKeys.byKey(stored.stream, stored.sequence);
    return row === undefined ? [] : [row];
  }
  const lastFive: unknown = 'keyLastFive' in event.data ? event.data.keyLastFive : undefined;
  return typeof lastFive === 'string' ? productKeys.byLastFive(lastFive, stored.sequence) : [];
}
