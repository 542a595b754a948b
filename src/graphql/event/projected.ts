import { parseEnvelope, type StoredEvent } from '../../kernel/envelope.js';
import type { Sequence, StreamId } from '../../kernel/identifiers.js';
import type { ProjectedEvent } from '../../readmodel/definition.js';
import type { LedgerContext } from '../context.js';
import { STREAM_EVENTS_MAX, streamEvents } from './read.js';
import { inputError } from '../clientError.js';

/** A stream's events up to a sequence, as projections fold them; throws an error meant for the client when there are too many. */
export async function projected({ services }: LedgerContext, stream: StreamId, upTo: Sequence | undefined): Promise<readonly ProjectedEvent[]> {
  const events = await streamEvents(services.store, stream, upTo);
  if (events === undefined) {
    throw inputError('TOO_MANY_EVENTS_TO_FOLD', { max: STREAM_EVENTS_MAX });
  }
  return events.map(projectedEvent);
}

/** A stored event as projections fold it. */
export function projectedEvent(stored: StoredEvent): ProjectedEvent {
  const envelope = parseEnvelope(stored.text);
  const times = { occurredMs: Date.parse(envelope.occurredAt), recordedMs: Date.parse(envelope.recordedAt) };
  return { ...envelope, ...times, sequence: stored.sequence };
}
