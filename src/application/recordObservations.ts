/**
 * From an observation to facts on streams. The host's stream gets what was seen; where a product key is named, the key's stream
 * gets what that means for its counts. The two are separate appends, each repeatable by its command id, so that a break in between
 * is mended by sending the same record again.
 *
 * A recording is a generator: it yields the commands to execute next and is given their outcomes. So it reads from top to bottom, and
 * many of them are executed side by side, one call of the command handler for the next commands of all.
 */
import type { HostObservationInput } from '../domain/host/commands.js';
import { hostDecider } from '../domain/host/decider.js';
import { parseHostName } from '../domain/host/hostName.js';
import type { LicenseStateObserved } from '../domain/host/events.js';
import type { LicenseStateObservation, Observation, ProductKeyObservation } from '../domain/observation.js';
import type { ProductKeyCommand } from '../domain/productKey/commands.js';
import { productKeyDecider } from '../domain/productKey/decider.js';
import type { CommandHandler, CommandOutcome, CommandRequest } from '../kernel/commandHandler.js';
import { parseEnvelope, type SourceReference, type StoredEvent } from '../kernel/envelope.js';
import { derivedCommandId } from '../kernel/eventIds.js';
import type { CommandId, EventId, StreamId, SubjectId } from '../kernel/identifiers.js';
import type { Reason } from './acceptedReason.js';
import type { HostDirectory } from './hostDirectory.js';
import type { KeyDirectory } from './keyDirectory.js';

export interface ObservationRecorder {
  readonly handler: CommandHandler;
  readonly hosts: HostDirectory;
  readonly keys: KeyDirectory;
}

/** What is recorded beside each event of an observation. */
export interface ObservationOrigin extends Reason {
  readonly commandId: CommandId;
  /** Of that command; computed where it is left out. */
  readonly firstEventId?: EventId | undefined;
  readonly actor: SubjectId;
  readonly correlationId: string;
  readonly source?: SourceReference | undefined;
  readonly inputHash?: string | undefined;
}

/** What became of one observation: the outcomes of its commands, host first. */
export type RecordedObservation =
  | { readonly kind: 'done'; readonly outcomes: readonly CommandOutcome[] }
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string };

/** Yields commands to execute, is given their outcomes in the same order, and returns what it all came to. */
export type Recording<Result> = Generator<readonly CommandRequest<unknown, unknown>[], Result, readonly CommandOutcome[]>;

/** Executes recordings side by side, and gives their results in their order. Rejects when the ledger cannot be written. */
export async function executeRecordings<Result>(handler: CommandHandler, recordings: readonly Recording<Result>[]): Promise<readonly Result[]> {
  const results: Result[] = [];
  let running = recordings.map((recording, index) => ({ recording, index, outcomes: [] as readonly CommandOutcome[] }));
  while (running.length > 0) {
    const requests: CommandRequest<unknown, unknown>[] = [];
    const waiting: { readonly recording: Recording<Result>; readonly index: number; readonly from: number; readonly to: number }[] = [];
    for (const { recording, index, outcomes } of running) {
      const step = recording.next(outcomes);
      if (step.done === true) {
        results[index] = step.value;
      } else {
        waiting.push({ recording, index, from: requests.length, to: requests.length + step.value.length });
        requests.push(...step.value);
      }
    }
    const all = await handler.executeAll(requests);
    running = waiting.map(({ recording, index, from, to }) => ({ recording, index, outcomes: all.slice(from, to) }));
  }
  return results;
}

/** Records one observation. `occurredAt`: when it happened, if the record says. */
export function recordObservation(
  recorder: ObservationRecorder,
  observation: Observation,
  occurredAt: string | undefined,
  origin: ObservationOrigin,
): Recording<RecordedObservation> {
  return observation.kind === 'productKey' ? recordKey(recorder, observation, occurredAt, origin) : recordOnHost(recorder, observation, occurredAt, origin);
}

function* recordOnHost(
  recorder: ObservationRecorder,
  observation: HostObservationInput,
  occurredAt: string | undefined,
  origin: ObservationOrigin,
): Recording<RecordedObservation> {
  const name = parseHostName(observation.host.rawName);
  if (name === undefined) {
    return { kind: 'refused', code: 'HOST_NAME_UNREADABLE', reason: 'The name of the machine is missing or no name; give it with --host.' };
  }
  const stream = recorder.hosts.resolve(name);
  const command = { kind: 'recordObservation' as const, name, occurredAt, observation };
  const outcome = yield* execute({ ...origin, decider: hostDecider, stream, command });
  if (outcome.kind === 'refused') return { kind: 'refused', code: outcome.refusal.code, reason: outcome.refusal.message };
  if (observation.kind !== 'licenseState' || outcome.kind === 'unchanged') return { kind: 'done', outcomes: [outcome] };
  const keyOutcomes = yield* recordOnKeys(recorder, observation, outcome.events, origin);
  // What is on the host already stays; the same record again completes it.
  const refused = keyOutcomes.find((each) => each.kind === 'refused');
  if (refused !== undefined) return { kind: 'refused', code: refused.refusal.code, reason: refused.refusal.message };
  return { kind: 'done', outcomes: [outcome, ...keyOutcomes] };
}

/** What a licence state on a host means for the key it names, and for the key it names no longer. */
function* recordOnKeys(
  recorder: ObservationRecorder,
  observation: LicenseStateObservation,
  events: readonly StoredEvent[],
  origin: ObservationOrigin,
): Recording<readonly CommandOutcome[]> {
  const last = events.at(-1);
  if (last === undefined) return [];
  // The event as stored, not the observation: a repeated import must say the same even if the host has moved on.
  const { data, occurredAt, type } = parseEnvelope(last.text) as unknown as LicenseStateObserved;
  if (type !== 'LicenseStateObserved') return [];
  const commands: { stream: StreamId; command: ProductKeyCommand; label: string }[] = [];
  const found = observation.key === undefined ? undefined : recorder.keys.resolve(observation.key);
  if (found !== undefined && observation.key !== undefined) {
    const key = {
      ...observation.key,
      keyKind: observation.keyKind ?? 'UNKNOWN',
      product: observation.productName ?? observation.description,
      evidence: observation.evidence,
    };
    const { installation, method } = data;
    const place = { host: last.stream, installation, occurredAt };
    if (key.keyKind === 'MAK' && data.status === 'LICENSED') {
      commands.push({ stream: found.stream, command: { kind: 'observeActivation', key, ...place, method }, label: 'key' });
    } else if (found.isNew || key.keyKind === 'MAK') {
      commands.push({ stream: found.stream, command: { kind: 'observeKey', ...key, occurredAt }, label: 'key' });
      if (key.keyKind === 'MAK' && data.status !== 'UNKNOWN') {
        commands.push({ stream: found.stream, command: { kind: 'observeLoss', ...place, evidence: key.evidence }, label: 'loss' });
      }
    }
  }
  const replaced = data.replacedKeyLastFive === undefined ? undefined : recorder.keys.resolve({ lastFive: data.replacedKeyLastFive });
  if (replaced !== undefined && !replaced.isNew) {
    const place = { host: last.stream, installation: data.installation, occurredAt, evidence: data.evidence };
    commands.push({ stream: replaced.stream, command: { kind: 'observeLoss', ...place }, label: 'replaced' });
  }
  if (commands.length === 0) return [];
  const outcomes = yield commands.map(({ stream, command, label }) => ({ ...derivedOrigin(origin, label), decider: productKeyDecider, stream, command }));
  if (found?.isNew === true && observation.key !== undefined) recorder.keys.recorded(observation.key, found.stream);
  return outcomes;
}

function* recordKey(
  recorder: ObservationRecorder,
  observation: ProductKeyObservation,
  occurredAt: string | undefined,
  origin: ObservationOrigin,
): Recording<RecordedObservation> {
  const found = recorder.keys.resolve(observation.key);
  if (found === undefined) {
    const reason = `Several keys end in ${observation.key.lastFive}; import the list with whole keys, which are stored as fingerprints only.`;
    return { kind: 'refused', code: 'KEY_AMBIGUOUS', reason };
  }
  const { key, keyKind, product, evidence, remaining, allowed, agreement, errorCode } = observation;
  const command: ProductKeyCommand =
    allowed === undefined
      ? { kind: 'observeKey', ...key, keyKind, product, evidence, occurredAt, remaining, errorCode }
      : { kind: 'registerKey', ...key, keyKind, product: product ?? `Key ending in ${key.lastFive}`, agreement, allowed };
  const outcome = yield* execute({ ...origin, decider: productKeyDecider, stream: found.stream, command });
  if (outcome.kind === 'refused') return { kind: 'refused', code: outcome.refusal.code, reason: outcome.refusal.message };
  recorder.keys.recorded(key, found.stream);
  if (allowed === undefined || remaining === undefined) return { kind: 'done', outcomes: [outcome] };
  const report: ProductKeyCommand = { kind: 'observeKey', ...key, keyKind, product, evidence, occurredAt, remaining, errorCode };
  const reported = yield* execute({ ...derivedOrigin(origin, 'remaining'), decider: productKeyDecider, stream: found.stream, command: report });
  return { kind: 'done', outcomes: [outcome, reported] };
}

function* execute<State, Command>(request: CommandRequest<State, Command>): Recording<CommandOutcome> {
  const [outcome] = yield [request];
  if (outcome === undefined) throw new Error(`Command ${request.commandId} came to nothing.`);
  return outcome;
}

/** Of a further command of the same record: other ids, the first event's among them. */
export function derivedOrigin(origin: ObservationOrigin, label: string): ObservationOrigin {
  return { ...origin, commandId: derivedCommandId(origin.commandId, label), firstEventId: undefined };
}
