import { requestPasses, type RequestFilter } from '../../../projections/requests.js';
import { parseEnvelope, type StoredEvent } from '../../kernel/envelope.js';
import { streamCategory, type Sequence } from '../../kernel/identifiers.js';
import type { LedgerContext } from '../context.js';
import { awaitReadModel, logFeed, type FeedStep } from '../event/feed.js';
import { presentMoment } from '../moment.js';
import { LedgerRequest, RequestsChange } from './listed.js';

/** Requests after each event that changed them, as known with that event; delivered when the read model has it. */
export function requestChanges(context: LedgerContext, after: Sequence | null | undefined, filter: RequestFilter): Promise<AsyncIterableIterator<RequestsChange>> {
  const step: FeedStep<RequestsChange> = async (events, signal) => {
    await awaitReadModel(context, events, signal);
    return events.flatMap((event) => changeOf(context, event, filter));
  };
  return logFeed(context, after, step, ({ stream }) => ['host', 'productKey'].includes(streamCategory(stream)));
}

function changeOf(context: LedgerContext, event: StoredEvent, filter: RequestFilter): readonly RequestsChange[] {
  const rows = context.services.readModel.requests.changedBy(event.sequence).filter((row) => requestPasses(row, filter));
  if (rows.length === 0) return [];
  const moment = { ...presentMoment(context), asOf: event.sequence };
  return [new RequestsChange(event.sequence, parseEnvelope(event.text).type, rows.map((row) => new LedgerRequest(row, moment)))];
}
