import type { EventEnvelope } from '../../../src/kernel/envelope.js';
import type { AnyEventType, EventOf } from '../../../src/domain/events.js';
import type { CommandId, EventId, Instant, Revision, StreamId, SubjectId } from '../../../src/kernel/identifiers.js';

/** Everything in these logs is invented. */
export const LEDGER_ID = '00000000-0000-8000-8000-00000000a001';
export const ACTOR = 'subject-1' as SubjectId;

export interface EventOptions {
  readonly occurredAt?: string | undefined;
  readonly recordedAt?: string | undefined;
  readonly actor?: string | undefined;
}

/** Builds envelopes with the revisions of their streams; every event is recorded one second after the one before. */
export function envelopeWriter(startMs = Date.UTC(2026, 0, 1)) {
  const revisions = new Map<string, number>();
  let written = 0;
  return <Type extends AnyEventType>(stream: string, type: Type, data: EventOf<Type>['data'], options: EventOptions = {}): EventEnvelope => {
    const revision = revisions.get(stream) ?? 0;
    revisions.set(stream, revision + 1);
    written += 1;
    const recordedAt = options.recordedAt ?? new Date(startMs + written * 1_000).toISOString();
    return {
      id: `00000000-0000-8000-8000-${written.toString(16).padStart(12, '0')}` as EventId,
      type,
      schemaVersion: 1,
      stream: stream as StreamId,
      revision: revision as Revision,
      recordedAt: recordedAt as Instant,
      occurredAt: (options.occurredAt ?? recordedAt) as Instant,
      actor: (options.actor ?? ACTOR) as SubjectId,
      correlationId: 'correlation-1',
      commandId: `00000000-0000-7000-8000-${written.toString(16).padStart(12, '0')}` as CommandId,
      inputHash: '0'.repeat(64),
      data,
    };
  };
}

export type WriteEnvelope = ReturnType<typeof envelopeWriter>;

export function ledgerOpened(write: WriteEnvelope, ledgerId = LEDGER_ID): EventEnvelope {
  return write('ledger', 'LedgerOpened', { ledgerId });
}
