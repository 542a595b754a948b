/** What every command of the application needs: who, why, which command, its hash, and the answer that tells where it is recorded. */
import { hash } from 'node:crypto';
import { messageOf } from '../domain/messages/messages.js';
import { canonicalJson } from '../kernel/canonical.js';
import type { CommandHandler, CommandOutcome as HandlerOutcome, CommandRequest } from '../kernel/commandHandler.js';
import type { Refusal } from '../kernel/decider.js';
import { derivedCommandId, isCommandId } from '../kernel/eventIds.js';
import type { StoredEvent } from '../kernel/envelope.js';
import type { CommandId, Sequence, StreamId, SubjectId } from '../kernel/identifiers.js';
import { acceptReason, type Reason } from './acceptedReason.js';
import { refused } from './acceptedText.js';
import { refusedTime } from './instantText.js';
import type { CommandMeta, CommandOutcome, RefusedOutcome } from './port.js';

/** A command that was let in: who, why and which, as it is recorded. */
export interface CommandOrigin extends Reason {
  readonly actor: SubjectId;
  readonly commandId: CommandId;
  readonly correlationId: string;
  /**
   * Of what the caller sent, not of what the application looked up for it: a retry finds its first outcome although the ledger has moved on.
   * Absent: of the command.
   */
  readonly inputHash?: string | undefined;
}

export type CommandTarget<State, Command> = Pick<CommandRequest<State, Command>, 'decider' | 'stream' | 'command'>;

export interface CommandRunner {
  /**
   * `name`: the mutation, for which a reason may be required. `input`: what the caller sent, where the command holds more than that;
   * when it says that something happened (`occurredAt`), it must have.
   */
  originOf(name: string, input: object | undefined, meta: CommandMeta): CommandOrigin | RefusedOutcome;
  run<State, Command>(target: CommandTarget<State, Command>, origin: CommandOrigin): Promise<HandlerOutcome>;
  /** What the command recorded when it ran before; undefined if it did not. */
  recorded(origin: CommandOrigin): Promise<HandlerOutcome | undefined>;
  preview<State, Command>(target: CommandTarget<State, Command>): ReturnType<CommandHandler['preview']>;
  /** Waits until the read model shows all that is recorded by now, if it does in time. */
  caughtUp(): Promise<void>;
  answer(outcome: HandlerOutcome, stream: StreamId): Promise<CommandOutcome>;
  /** Sequence of the last event, and whether the read model shows it. */
  applied(events: readonly StoredEvent[]): Promise<{ readonly sequence: Sequence; readonly applied: boolean }>;
}

export interface CommandRunnerOptions {
  readonly handler: CommandHandler;
  readonly newId: () => CommandId;
  readonly now: () => string;
  readonly headSequence: () => Promise<Sequence>;
  readonly waitUntilApplied: (sequence: Sequence) => Promise<boolean>;
  /** Mutations that need a reason. */
  readonly reasonRequired: ReadonlySet<string>;
}

export function createCommandRunner(options: CommandRunnerOptions): CommandRunner {
  const { handler, reasonRequired } = options;
  const runner: CommandRunner = {
    originOf(name, input, { actor, correlationId, commandId, ...why }) {
      const accepted = acceptReason(why);
      if (accepted.kind === 'refused') return accepted;
      const { reason, reasonCode, reasonTicket } = accepted;
      const given = commandId?.toLowerCase() ?? options.newId();
      if (!isCommandId(given)) return refused('COMMAND_ID_MALFORMED');
      if (reasonRequired.has(name) && reasonCode === undefined && (reason === undefined || reason.trim() === '')) return refused('REASON_REQUIRED', { name });
      const untimely = refusedTime(occurredAtOf(input), () => Date.parse(options.now()));
      if (untimely !== undefined) return untimely;
      const inputHash = input === undefined ? undefined : hash('sha256', `${name}|${canonicalJson(input)}`, 'hex');
      return { actor, correlationId, commandId: given, inputHash, reason, reasonCode, reasonTicket };
    },
    run: (target, origin) => handler.execute({ ...target, ...origin }),
    recorded({ commandId, inputHash }) {
      if (inputHash === undefined) throw new Error('A command without a hash of its input cannot be looked up.');
      return handler.recorded(commandId, inputHash);
    },
    preview: (target) => handler.preview(target),
    async caughtUp() {
      await options.waitUntilApplied(await options.headSequence());
    },
    async answer(outcome, stream) {
      if (outcome.kind === 'refused') return refusalOf(outcome.refusal);
      if (outcome.kind !== 'unchanged') return { kind: 'done', ...(await runner.applied(outcome.events)), id: stream };
      const sequence = await options.headSequence();
      return { kind: 'done', sequence, applied: await options.waitUntilApplied(sequence), id: stream };
    },
    async applied(events) {
      const last = events.at(-1);
      if (last === undefined) throw new Error('A command that recorded something recorded no event.');
      return { sequence: last.sequence, applied: await options.waitUntilApplied(last.sequence) };
    },
  };
  return runner;
}

function occurredAtOf(input: object | undefined): number | undefined {
  return input !== undefined && 'occurredAt' in input && typeof input.occurredAt === 'number' ? input.occurredAt : undefined;
}

/** The input fields that refusals of the command handler are about; the domain's messages name their own. */
const HANDLER_PATHS: Readonly<Record<string, readonly string[]>> = { COMMAND_ID_REUSED: ['commandId'] };

/** What a command was refused for, as its caller gets it: with the input fields concerned. */
export function refusalOf(refusal: Refusal): RefusedOutcome {
  return { kind: 'refused', ...refusal, path: messageOf(refusal.code)?.path ?? HANDLER_PATHS[refusal.code] };
}

/** The origin of a further command of the same cause, as repeatable as the first. */
export function furtherOrigin(origin: CommandOrigin, label: string): CommandOrigin {
  return { ...origin, commandId: derivedCommandId(origin.commandId, label) };
}

export function isRefused(value: object): value is RefusedOutcome {
  return 'kind' in value && value.kind === 'refused';
}
