/** A correction is recorded on the stream of the event that was wrong, by the decider of that stream. */
import { fieldOf } from '../domain/corrected.js';
import type { RecordCorrection } from '../domain/correction.js';
import { parseEnvelope, type StoredEvent } from '../kernel/envelope.js';
import type { Decider } from '../kernel/decider.js';
import type { EventId } from '../kernel/identifiers.js';
import { acceptTexts, refused } from './acceptedText.js';
import { isRefused, type CommandRunner } from './commandRunner.js';
import type { RequestCommands } from './requestPort.js';

export interface CorrectionOptions {
  readonly runner: CommandRunner;
  readonly findEvent: (id: EventId) => Promise<StoredEvent | undefined>;
  /** By the first word of a stream's id. */
  readonly deciders: Readonly<Record<string, Decider<unknown, RecordCorrection>>>;
}

const EVENT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function corrections({ runner, findEvent, deciders }: CorrectionOptions): Pick<RequestCommands, 'recordCorrection'> {
  return {
    async recordCorrection(input, meta) {
      const origin = runner.originOf('recordCorrection', input, meta);
      if (isRefused(origin)) return origin;
      const { field, value } = input;
      const accepted = acceptTexts({ field, value: typeof value === 'string' ? value : undefined });
      if (isRefused(accepted)) return accepted;
      const id = input.event.toLowerCase();
      const stored = EVENT_ID.test(id) ? await findEvent(id as EventId) : undefined;
      if (stored === undefined) return refused('EVENT_UNKNOWN');
      const envelope = parseEnvelope(stored.text);
      const decider = deciders[stored.stream.split('-')[0] ?? ''];
      if (decider === undefined) throw new Error(`No decider keeps ${stored.stream}.`);
      const command: RecordCorrection = {
        kind: 'recordCorrection',
        event: stored.id,
        eventType: envelope.type,
        field,
        was: scalarOf(fieldOf(envelope.data, field)),
        value: accepted.texts.value ?? value,
      };
      return runner.answer(await runner.run({ decider, stream: stored.stream, command }, origin), stored.stream);
    },
  };
}

function scalarOf(value: unknown): RecordCorrection['was'] {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}
