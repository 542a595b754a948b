import { hash } from 'node:crypto';

/**
 * Identity of an event-log record: the same record in another export has the same one.
 * Computer names are compared without case; the time is the record's own, UTC.
 */
export function eventRecordIdentity(channel: string, computer: string, recordId: string, time: string): string {
  return `event|${channel.toLowerCase()}|${computer.toLowerCase()}|${recordId}|${time}`;
}

/** Identity of a record that has no id of its own: a hash of its fields and of the machine it is about. */
export function contentIdentity(format: string, host: string | undefined, content: string): string {
  return `content|${format}|${(host ?? '').toLowerCase()}|${hash('sha256', content, 'hex')}`;
}
