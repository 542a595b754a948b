import { hash } from 'node:crypto';
import type { CommandId, EventId, StreamId } from './identifiers.js';

/**
 * Id of the event at a place among its command's events (0, 1, …): a UUIDv8 that keeps the command id's time prefix,
 * so that a retried append is the same event and indexes on ids stay append-friendly.
 */
export function eventIdOf(command: CommandId, index: number): EventId {
  return uuid8(timePrefix(command), `event|${command}|${index}`) as EventId;
}

/** A further command of the same cause, such as the second observation of one record: as repeatable as the first. */
export function derivedCommandId(command: CommandId, label: string): CommandId {
  return uuid8(timePrefix(command), `command|${command}|${label}`) as CommandId;
}

/**
 * Command id and input hash of an imported record: the same record gives the same in every export and on every node. One digest serves
 * both, since the identity is all the input there is. `time` is the record's own (ISO text); records without one share the prefix zero.
 */
export function importIds(identity: string, time: string | undefined): { readonly commandId: CommandId; readonly inputHash: string } {
  const milliseconds = time === undefined ? 0 : Math.max(0, Date.parse(time) || 0);
  const inputHash = hash('sha256', `import|${identity}`, 'hex');
  return { commandId: uuid8Of(milliseconds.toString(16).padStart(12, '0').slice(-12), inputHash) as CommandId, inputHash };
}

/** Id of a stream that derives from what it is about, so that two nodes meeting the same new thing agree. */
export function derivedStreamId(category: 'host' | 'productKey' | 'agreement', ...parts: readonly string[]): StreamId {
  return `${category}-${hash('sha256', parts.join('\u0000'), 'hex').slice(0, 32)}` as StreamId;
}

/** Whether a text is a UUID in the canonical form, lower case. */
export function isCommandId(text: string): text is CommandId {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text);
}

/** 48 bits of time of a UUIDv7 or v8; of any other version a hash, since it has no time to give. */
function timePrefix(command: CommandId): string {
  const version = command[14];
  if (version === '7' || version === '8') return command.slice(0, 8) + command.slice(9, 13);
  return hash('sha256', command, 'hex').slice(0, 12);
}

/** UUIDv8 of a 48-bit prefix and 74 bits of a hash. */
function uuid8(prefix: string, content: string): string {
  return uuid8Of(prefix, hash('sha256', content, 'hex'));
}

function uuid8Of(prefix: string, digest: string): string {
  const variant = '89ab'[Number.parseInt(digest[3] ?? '0', 16) & 3] ?? '8';
  return `${prefix.slice(0, 8)}-${prefix.slice(8)}-8${digest.slice(0, 3)}-${variant}${digest.slice(4, 7)}-${digest.slice(7, 19)}`;
}
