import { streamCategory, type Sequence, type StreamId } from '../../kernel/identifiers.js';
import { parseEnvelope, type StoredEvent } from '../../kernel/envelope.js';
import type { LedgerContext } from '../context.js';
import { awaitReadModel, logFeed, type FeedStep } from '../event/feed.js';
import { presentMoment } from '../moment.js';
import { requireId } from '../relay/globalId.js';
import type { HostChangeFilter } from './input.js';
import { Host, HostStatusChange } from './type.js';

/** Hosts after each event that touched them, as known with that event; delivered when the read model has it. */
export function hostChanges(
  context: LedgerContext,
  after: Sequence | null | undefined,
  filter: HostChangeFilter | null | undefined,
): Promise<AsyncIterableIterator<HostStatusChange>> {
  const wanted = filter?.hosts ? new Set(filter.hosts.map((id) => requireId('Host', id, 'hosts') as StreamId)) : undefined;
  const touching = ({ stream }: StoredEvent): boolean => streamCategory(stream) === 'host' && (wanted?.has(stream) ?? true);
  const step: FeedStep<HostStatusChange> = async (events, signal) => {
    await awaitReadModel(context, events, signal);
    return events.flatMap((event) => changeOf(context, event, filter));
  };
  return logFeed(context, after, step, touching);
}

function changeOf(context: LedgerContext, event: StoredEvent, filter: HostChangeFilter | null | undefined): readonly HostStatusChange[] {
  const moment = { ...presentMoment(context), asOf: event.sequence };
  const row = context.services.readModel.hosts.byHost(event.stream, moment);
  if (row === undefined) return [];
  if (filter?.domain !== null && filter?.domain !== undefined && row.domain !== filter.domain.toLowerCase()) return [];
  if (filter?.status && !row.installations.some(({ status }) => filter.status?.includes(status))) return [];
  return [new HostStatusChange(event.sequence, parseEnvelope(event.text).type, new Host(row, moment))];
}
