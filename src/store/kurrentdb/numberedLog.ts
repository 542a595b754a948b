import type { StoredEvent } from '../../kernel/envelope.js';
import { START, type Bookmark } from '../../kernel/identifiers.js';
import { sequenceUnknown } from '../faults.js';
import type { Connection } from './connection.js';
import { logDamaged } from './failures.js';
import { bookmarkOf, type PlaceIndexReader } from './placeIndex.js';
import { numbered, recordOf } from './records.js';

/**
 * A page of the log by its numbers, read from the server: `count` events after the one of that sequence, all of which are counted already.
 * That the page ends at the very event that has its last number shows that none is missing in it; LOG_DAMAGED where one is.
 */
export async function readNumbered(connection: Connection, index: PlaceIndexReader, after: number, count: number): Promise<readonly StoredEvent[]> {
  const start = after === 0 ? undefined : index.place(after);
  const last = index.place(after + count);
  if (last === undefined || (start === undefined && after > 0)) throw new Error(`event ${after + count} is not counted yet`);
  // The server begins with the event at the position itself.
  const skipped = start === undefined ? 0 : 1;
  const resolved = await connection.readAll(start?.at, count + skipped);
  const records = resolved.map((event) => recordOf(event, connection.prefix));
  const [first, end] = [records[0], records.at(-1)];
  if (start !== undefined && (first?.stream !== start.stream || first.revision !== start.revision)) {
    throw logDamaged(`event ${after} (${start.stream}, revision ${start.revision}) is not where it was`);
  }
  if (records.length !== count + skipped || end?.stream !== last.stream || end.revision !== last.revision) {
    throw logDamaged(`of the events ${after + 1} to ${last.sequence} some are missing`);
  }
  return records.slice(skipped).map((record, at) => numbered(record, after + 1 + at));
}

/** Rejects with SEQUENCE_UNKNOWN beyond what is counted. */
export function bookmarkIn(index: PlaceIndexReader, sequence: number): Bookmark {
  if (sequence === 0) return START;
  const place = index.place(sequence);
  if (place === undefined) throw sequenceUnknown(sequence, index.head().sequence);
  return bookmarkOf(place);
}
