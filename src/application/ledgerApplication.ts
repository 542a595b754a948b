import { parseHostName } from '../domain/host/hostName.js';
import { hostDecider } from '../domain/host/decider.js';
import type { KeyMention, LicenseStateObservation } from '../domain/observation.js';
import { productKeyDecider, type ProductKeyCommand } from '../domain/productKey/decider.js';
import type { ProductKeyKind } from '../domain/vocabulary.js';
import { methodOfKeyKind } from '../importing/records/licenceWords.js';
import { normaliseProductKey } from '../importing/productKeys.js';
import type { CommandOutcome as HandlerOutcome } from '../kernel/commandHandler.js';
import { derivedCommandId, isCommandId } from '../kernel/eventIds.js';
import type { StoredEvent } from '../kernel/envelope.js';
import type { CommandId, Sequence, StreamId } from '../kernel/identifiers.js';
import type { ActivationRecord, CommandMeta, CommandOutcome, LedgerApplication, ObservationImport, ProductKeyRegistration, RefusedOutcome } from './port.js';
import type { ObservationRecorder } from './recordObservations.js';
import type { ImportResult } from './runImport.js';

export interface LedgerApplicationOptions {
  readonly recorder: ObservationRecorder;
  readonly newId: () => CommandId;
  readonly fingerprint: (productKey: string) => string;
  /** Name of a host as it was written; undefined for a host the ledger does not know. */
  readonly hostName: (host: StreamId) => string | undefined;
  readonly productKey: (key: StreamId) => { readonly lastFive: string; readonly kind: ProductKeyKind } | undefined;
  readonly headSequence: () => Promise<Sequence>;
  readonly waitUntilApplied: (sequence: Sequence) => Promise<boolean>;
  readonly runImport: (input: ObservationImport, meta: CommandMeta & { readonly commandId: CommandId }) => Promise<ImportResult | RefusedOutcome>;
}

/** Longest free text of a field of the API, in characters. */
const TEXT_CHARACTERS_MAX = 1_000;

export function createLedgerApplication(options: LedgerApplicationOptions): LedgerApplication {
  const { recorder } = options;
  return {
    async registerProductKey(input, meta) {
      const mention = keyMention(input, options.fingerprint);
      if ('code' in mention) return mention;
      const tooLong = firstTooLong({ product: input.product, agreement: input.agreement, source: input.opening?.source });
      if (tooLong !== undefined) return refused('TEXT_TOO_LONG', `${tooLong} has more than ${TEXT_CHARACTERS_MAX} characters.`, [tooLong]);
      const found = recorder.keys.resolve(mention);
      if (found === undefined) {
        const message = `Several keys end in ${mention.lastFive}; give the whole key, of which only a fingerprint is kept.`;
        return refused('KEY_AMBIGUOUS', message, ['lastFive']);
      }
      const { kind: keyKind, product, agreement, allowed, obtainedFrom } = input;
      const opening = input.opening === undefined ? undefined : { ...input.opening, asOf: instantText(input.opening.asOf) };
      const command = { kind: 'registerKey' as const, ...mention, keyKind, product, agreement, allowed, opening, obtainedFrom };
      return execute({ decider: productKeyDecider, stream: found.stream, command }, meta);
    },

    async registerHost(input, meta) {
      const name = parseHostName(input.name);
      if (name === undefined) return refused('HOST_NAME_UNREADABLE', 'The name is empty, too long, or holds characters no machine name has.', ['name']);
      const tooLong = firstTooLong({ operatingSystem: input.operatingSystem });
      if (tooLong !== undefined) return refused('TEXT_TOO_LONG', `${tooLong} has more than ${TEXT_CHARACTERS_MAX} characters.`, [tooLong]);
      const { cmid, macAddresses, operatingSystem, virtualMachine } = input;
      const command = { kind: 'registerHost' as const, name, cmid: cmid?.toLowerCase(), macAddresses, operatingSystem, virtualMachine };
      return execute({ decider: hostDecider, stream: recorder.hosts.resolve(name), command }, meta);
    },

    recordActivation: (input, meta) => recordActivation(input, meta),

    async importObservations(input, meta) {
      const commandId = commandIdOf(meta);
      if (typeof commandId !== 'string') return commandId;
      const result = await options.runImport(input, { ...meta, commandId });
      if (result.kind === 'refused') return 'refusal' in result ? { kind: 'refused', ...result.refusal } : result;
      const { importId, sequence } = result.summary;
      return { kind: 'done', sequence, applied: await options.waitUntilApplied(sequence), importId };
    },
  };

  async function recordActivation(input: ActivationRecord, meta: CommandMeta): Promise<CommandOutcome> {
    const rawName = options.hostName(input.host);
    const key = options.productKey(input.productKey);
    const name = rawName === undefined ? undefined : parseHostName(rawName);
    if (rawName === undefined || name === undefined) return refused('HOST_UNKNOWN', 'There is no such host; register it first.', ['host']);
    if (key === undefined) return refused('KEY_UNKNOWN', 'There is no such product key; register it first.', ['productKey']);
    const commandId = commandIdOf(meta);
    if (typeof commandId !== 'string') return commandId;
    const method = input.method ?? methodOfKeyKind(key.kind);
    const observation: LicenseStateObservation = {
      kind: 'licenseState',
      host: { rawName },
      evidence: 'API',
      skuId: input.skuId?.toLowerCase(),
      key: { lastFive: key.lastFive },
      keyKind: key.kind,
      status: 'LICENSED',
      permanent: key.kind === 'MAK' ? true : undefined,
      method,
    };
    const occurredAt = input.occurredAt === undefined ? undefined : instantText(input.occurredAt);
    const { installation } = input;
    const onHost = { kind: 'recordObservation' as const, name, occurredAt, observation, installation };
    const { actor, reason, correlationId } = meta;
    const origin = { actor, reason, correlationId, commandId };
    const first = await recorder.handler.execute({ decider: hostDecider, stream: input.host, command: onHost, ...origin });
    if (first.kind === 'refused' || first.kind === 'unchanged' || key.kind !== 'MAK') return answer(first, input.host);
    const recorded = installationOf(first);
    const mention = { lastFive: key.lastFive, keyKind: key.kind, evidence: 'API' as const };
    const onKey: ProductKeyCommand = { kind: 'observeActivation', key: mention, host: input.host, installation: recorded, method, occurredAt };
    const request = { decider: productKeyDecider, stream: input.productKey, command: onKey, ...origin, commandId: derivedCommandId(commandId, 'key') };
    const second = await recorder.handler.execute(request);
    return answer(second.kind === 'unchanged' ? first : second, input.host);
  }

  async function execute<State, Command>(
    target: { decider: Parameters<typeof recorder.handler.execute<State, Command>>[0]['decider']; stream: StreamId; command: Command },
    meta: CommandMeta,
  ): Promise<CommandOutcome> {
    const commandId = commandIdOf(meta);
    if (typeof commandId !== 'string') return commandId;
    const { actor, reason, correlationId } = meta;
    return answer(await recorder.handler.execute({ ...target, commandId, actor, reason, correlationId }), target.stream);
  }

  async function answer(outcome: HandlerOutcome, stream: StreamId): Promise<CommandOutcome> {
    if (outcome.kind === 'refused') return { kind: 'refused', ...outcome.refusal };
    const sequence = outcome.kind === 'unchanged' ? await options.headSequence() : lastSequence(outcome.events);
    return { kind: 'done', sequence, applied: await options.waitUntilApplied(sequence), id: stream };
  }

  function commandIdOf(meta: CommandMeta): CommandId | RefusedOutcome {
    if (meta.commandId === undefined) return options.newId();
    const lower = meta.commandId.toLowerCase();
    return isCommandId(lower) ? lower : refused('COMMAND_ID_MALFORMED', 'A command id is a UUID.', ['commandId']);
  }
}

function keyMention(input: ProductKeyRegistration, fingerprint: (productKey: string) => string): KeyMention | RefusedOutcome {
  if (input.productKey !== undefined) {
    const whole = normaliseProductKey(input.productKey);
    if (whole === undefined) return refused('KEY_MALFORMED', 'A product key has five groups of five letters or digits.', ['productKey']);
    return { lastFive: whole.slice(-5), fingerprint: fingerprint(whole) };
  }
  const lastFive = input.lastFive?.trim().toUpperCase();
  if (lastFive !== undefined && /^[A-Z0-9]{5}$/.test(lastFive)) return { lastFive };
  return refused('KEY_MALFORMED', 'Give the product key, or its last five characters.', ['productKey', 'lastFive']);
}

function firstTooLong(fields: Readonly<Record<string, string | undefined>>): string | undefined {
  return Object.entries(fields).find(([, text]) => text !== undefined && text.length > TEXT_CHARACTERS_MAX)?.[0];
}

function lastSequence(events: readonly StoredEvent[]): Sequence {
  const last = events.at(-1);
  if (last === undefined) throw new Error('A command that recorded something recorded no event.');
  return last.sequence;
}

function installationOf(outcome: Extract<HandlerOutcome, { kind: 'recorded' | 'alreadyRecorded' }>): number {
  for (const stored of outcome.events.toReversed()) {
    const { installation } = (JSON.parse(stored.text) as { data: { installation?: unknown } }).data;
    if (typeof installation === 'number') return installation;
  }
  throw new Error('An observation of a licence state was recorded without its installation.');
}

function instantText(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function refused(code: string, message: string, path: readonly string[]): RefusedOutcome {
  return { kind: 'refused', code, message, path, rules: [] };
}
