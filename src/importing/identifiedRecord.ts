import type { Observation } from '../domain/observation.js';
import { eventIdOf, importIds } from '../kernel/eventIds.js';
import type { CommandId, EventId } from '../kernel/identifiers.js';
import type { ParsedRecord, RefusedRecord } from './parser.js';
import { unsoundness } from './soundness.js';

/**
 * A record with everything that follows from it alone: its ids are hashes of its identity. Made where records are parsed, so that
 * the thread that writes the ledger, which every event has to pass, does not compute them.
 */
export interface IdentifiedRecord {
  readonly kind: 'identified';
  /** 1-based number of the record in the file. */
  readonly record: number;
  readonly commandId: CommandId;
  /** Id of that command's first event. */
  readonly firstEventId: EventId;
  /** Hash of the identity, hexadecimal. */
  readonly inputHash: string;
  /** When it happened, as the record or the person who imports it says; else undefined. */
  readonly occurredAt?: string | undefined;
  /** The record's own time as it was written, where it could not be read without guessing. */
  readonly occurredAtRaw?: string | undefined;
  readonly observations: readonly Observation[];
}

/**
 * Identifies a record, or refuses what no ledger may take. `observedAt`: when the records that carry no time were taken; part of
 * their identity where somebody gave it.
 */
export function identifyRecord(parsed: ParsedRecord, observedAt: string | undefined): IdentifiedRecord | RefusedRecord {
  if (parsed.kind === 'refused') return parsed;
  const { record, observations } = parsed;
  for (const observation of observations) {
    const unsound = unsoundness(observation);
    if (unsound !== undefined) return { kind: 'refused', record, ...unsound };
  }
  const timed = parsed.occurredAt !== undefined || observedAt === undefined;
  const identity = timed ? parsed.identity : `${parsed.identity}|${observedAt}`;
  const { commandId, inputHash } = importIds(identity, parsed.occurredAt);
  return {
    kind: 'identified',
    record,
    commandId,
    firstEventId: eventIdOf(commandId, 0),
    inputHash,
    occurredAt: parsed.occurredAt ?? observedAt,
    occurredAtRaw: parsed.occurredAtRaw,
    observations,
  };
}
