import type { ResolvedEvent } from '@kurrent/kurrentdb-client';
import type { CanonicalText, StoredEvent } from '../../kernel/envelope.js';
import type { EventId, Position, Revision, Sequence, StreamId } from '../../kernel/identifiers.js';
import { logDamaged } from './failures.js';

/** A place in the server's log. */
export interface ServerPosition {
  readonly commit: bigint;
  readonly prepare: bigint;
}

/** An event of the ledger as the server delivers it: everything but its number. */
export interface LogRecord extends Omit<StoredEvent, 'sequence'> {
  readonly at: ServerPosition;
}

/** Both parts of the server's position in one, in the same order. */
export function positionOf({ commit, prepare }: ServerPosition): Position {
  return ((commit << 64n) | prepare) as Position;
}

/** Throws LOG_DAMAGED for an event that no ledger has written: its text must say where it stands. */
export function recordOf({ event }: ResolvedEvent, prefix: string): LogRecord {
  if (event?.position === undefined) throw logDamaged('an event came without its position');
  const { position: at, streamId, type, data } = event;
  const stream = streamId.slice(prefix.length) as StreamId;
  const revision = Number(event.revision) as Revision;
  const id = event.id as EventId;
  const text = event.isJson || !(data instanceof Uint8Array) ? '' : Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8');
  const isOurs =
    text.startsWith('{"actor":') &&
    text.endsWith(`,"stream":${JSON.stringify(stream)},"type":${JSON.stringify(type)}}`) &&
    text.includes(`,"revision":${revision},"schemaVersion":`) &&
    text.includes(`,"id":"${id}","inputHash":`);
  if (!isOurs) throw logDamaged(`event ${revision} of stream ${streamId} was not written by a ledger`);
  return { position: positionOf(at), at, stream, revision, id, text: text as CanonicalText };
}

export function numbered({ position, stream, revision, id, text }: LogRecord, sequence: number): StoredEvent {
  return { position, sequence: sequence as Sequence, stream, revision, id, text };
}
