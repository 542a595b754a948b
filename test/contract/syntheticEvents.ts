import type { NewEvent } from '../../src/kernel/envelope.js';
import type { CommandId, EventId, Instant, StreamId, SubjectId } from '../../src/kernel/identifiers.js';

/** Makes synthetic events and streams, each different from all made before it with the same prefix. */
export interface EventMaker {
  stream(): StreamId;
  event(data?: object): NewEvent;
  events(count: number): readonly NewEvent[];
}

const MADE_AT = '2026-11-22T13:00:00.000Z' as Instant;
/** Milliseconds at which the time prefix of the ids begins. */
const FIRST_ID_TIME = 1_795_352_400_000;

/** `prefix`: 12 hexadecimal digits that no other maker on the same log has. */
export function eventMaker(prefix: string): EventMaker {
  let made = 0;
  const uuid = (variant: '7' | '8'): string => {
    made += 1;
    const time = (FIRST_ID_TIME + made).toString(16).padStart(12, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-${variant}000-8000-${prefix}`;
  };
  const event = (data: object = { hostName: 'pc-1.fleet.example' }): NewEvent => {
    const command = uuid('7') as CommandId;
    return {
      id: uuid('8') as EventId,
      type: 'HostRegistered',
      schemaVersion: 1,
      recordedAt: MADE_AT,
      occurredAt: MADE_AT,
      actor: 'subject-of-a-test' as SubjectId,
      correlationId: command,
      commandId: command,
      inputHash: '0'.repeat(64),
      data,
    };
  };
  return {
    stream: () => `host-${uuid('8')}` as StreamId,
    event,
    events: (count) => Array.from({ length: count }, () => event({ hostName: `pc-${made}.fleet.example` })),
  };
}
