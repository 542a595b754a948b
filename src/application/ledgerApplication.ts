import { parseHostName } from '../domain/host/hostName.js';
import { hostDecider } from '../domain/host/decider.js';
import type { KeyMention, LicenseStateObservation } from '../domain/observation.js';
import type { ProductKeyCommand } from '../domain/productKey/commands.js';
import { productKeyDecider } from '../domain/productKey/decider.js';
import type { ProductKeyKind } from '../domain/vocabulary.js';
import { messageOf } from '../domain/messages/messages.js';
import { methodOfKeyKind } from '../importing/records/licenceWords.js';
import { maskProductKeys, normaliseProductKey } from '../importing/productKeys.js';
import type { CommandOutcome as HandlerOutcome } from '../kernel/commandHandler.js';
import { derivedCommandId, isCommandId } from '../kernel/eventIds.js';
import type { StoredEvent } from '../kernel/envelope.js';
import type { CommandId, Sequence, StreamId } from '../kernel/identifiers.js';
import { acceptTexts, refused } from './acceptedText.js';
import { createAgreementCommands } from './agreements.js';
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
  readonly isOrganisation: (organisation: string) => boolean;
  readonly headSequence: () => Promise<Sequence>;
  readonly waitUntilApplied: (sequence: Sequence) => Promise<boolean>;
  readonly runImport: (input: ObservationImport, meta: CommandOrigin) => Promise<ImportResult | RefusedOutcome>;
}

/** Most hardware addresses taken for one host. */
const MAC_ADDRESSES_MAX = 64;
const GUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function createLedgerApplication(options: LedgerApplicationOptions): LedgerApplication {
  const { recorder } = options;
  return {
    ...createAgreementCommands({ execute: (_mutation, target, meta) => execute(target, meta), newId: options.newId, isOrganisation: options.isOrganisation }),

    async registerProductKey(input, meta) {
      const mention = keyMention(input, options.fingerprint);
      if ('code' in mention) return mention;
      const accepted = acceptTexts({ product: input.product, agreement: input.agreement, source: input.opening?.source });
      if (accepted.kind === 'refused') return accepted;
      const { product = '', agreement, source = '' } = accepted.texts;
      if (product.trim() === '') return refused('PRODUCT_MISSING', 'Name the product the key is for.', ['product']);
      const found = recorder.keys.resolve(mention);
      if (found === undefined) {
        const message = `Several keys end in ${mention.lastFive}; give the whole key, of which only a fingerprint is kept.`;
        return refused('KEY_AMBIGUOUS', message, ['lastFive']);
      }
      const { kind: keyKind, allowed, obtainedFrom } = input;
      const opening = input.opening === undefined ? undefined : { count: input.opening.count, asOf: instantText(input.opening.asOf), source };
      const command = { kind: 'registerKey' as const, ...mention, keyKind, product, agreement, allowed, opening, obtainedFrom };
      return execute({ decider: productKeyDecider, stream: found.stream, command }, meta);
    },

    async registerHost(input, meta) {
      const name = parseHostName(maskProductKeys(input.name));
      if (name === undefined) return refused('HOST_NAME_UNREADABLE', 'The name is empty, too long, or holds characters no machine name has.', ['name']);
      const accepted = acceptTexts({ operatingSystem: input.operatingSystem });
      if (accepted.kind === 'refused') return accepted;
      const cmid = input.cmid?.trim().toLowerCase();
      if (cmid !== undefined && !GUID_PATTERN.test(cmid)) return refused('CMID_MALFORMED', 'A client machine id is a GUID.', ['cmid']);
      const macAddresses = input.macAddresses?.map(macAddress);
      if (macAddresses !== undefined && (macAddresses.length > MAC_ADDRESSES_MAX || !macAddresses.every((address) => address !== undefined))) {
        return refused('MAC_ADDRESS_MALFORMED', `A hardware address has 12 hexadecimal digits; at most ${MAC_ADDRESSES_MAX} are taken.`, ['macAddresses']);
      }
      const { virtualMachine } = input;
      const command = { kind: 'registerHost' as const, name, cmid, macAddresses, ...accepted.texts, virtualMachine };
      return execute({ decider: hostDecider, stream: recorder.hosts.resolve(name), command }, meta);
    },

    recordActivation: (input, meta) => recordActivation(input, meta),

    async importObservations(input, meta) {
      const origin = originOf(meta);
      if ('kind' in origin) return origin;
      const accepted = acceptTexts({ sourceName: input.sourceName, host: input.host });
      if (accepted.kind === 'refused') return accepted;
      if (input.timeZone !== undefined && !isTimeZone(input.timeZone)) return refused('TIME_ZONE_UNKNOWN', 'There is no such time zone.', ['timeZone']);
      const result = await options.runImport({ ...input, ...accepted.texts }, origin);
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
    const origin = originOf(meta);
    if ('kind' in origin) return origin;
    const skuId = input.skuId?.trim().toLowerCase();
    if (skuId !== undefined && !GUID_PATTERN.test(skuId)) return refused('SKU_MALFORMED', 'An activation (SKU) id is a GUID.', ['skuId']);
    const method = input.method ?? methodOfKeyKind(key.kind);
    const observation: LicenseStateObservation = {
      kind: 'licenseState',
      host: { rawName },
      evidence: 'API',
      skuId,
      key: { lastFive: key.lastFive },
      keyKind: key.kind,
      status: 'LICENSED',
      permanent: key.kind === 'MAK' ? true : undefined,
      method,
    };
    const occurredAt = input.occurredAt === undefined ? undefined : instantText(input.occurredAt);
    const { installation } = input;
    const onHost = { kind: 'recordObservation' as const, name, occurredAt, observation, installation };
    const first = await recorder.handler.execute({ decider: hostDecider, stream: input.host, command: onHost, ...origin });
    if (first.kind === 'refused' || first.kind === 'unchanged' || key.kind !== 'MAK') return answer(first, input.host);
    const recorded = installationOf(first);
    const mention = { lastFive: key.lastFive, keyKind: key.kind, evidence: 'API' as const };
    const onKey: ProductKeyCommand = { kind: 'observeActivation', key: mention, host: input.host, installation: recorded, method, occurredAt };
    const request = { decider: productKeyDecider, stream: input.productKey, command: onKey, ...origin, commandId: derivedCommandId(origin.commandId, 'key') };
    const second = await recorder.handler.execute(request);
    return answer(second.kind === 'unchanged' ? first : second, input.host);
  }

  async function execute<State, Command>(
    target: { decider: Parameters<typeof recorder.handler.execute<State, Command>>[0]['decider']; stream: StreamId; command: Command },
    meta: CommandMeta,
  ): Promise<CommandOutcome> {
    const origin = originOf(meta);
    return 'kind' in origin ? origin : answer(await recorder.handler.execute({ ...target, ...origin }), target.stream);
  }

  async function answer(outcome: HandlerOutcome, stream: StreamId): Promise<CommandOutcome> {
    if (outcome.kind === 'refused') return { kind: 'refused', ...outcome.refusal, path: REFUSAL_PATHS[outcome.refusal.code] ?? messageOf(outcome.refusal.code)?.path };
    const sequence = outcome.kind === 'unchanged' ? await options.headSequence() : lastSequence(outcome.events);
    return { kind: 'done', sequence, applied: await options.waitUntilApplied(sequence), id: stream };
  }

  /** Who, why and which command, as it is recorded. */
  function originOf({ actor, reason, correlationId, commandId }: CommandMeta): CommandOrigin | RefusedOutcome {
    const accepted = acceptTexts({ reason });
    if (accepted.kind === 'refused') return accepted;
    const given = commandId?.toLowerCase() ?? options.newId();
    if (!isCommandId(given)) return refused('COMMAND_ID_MALFORMED', 'A command id is a UUID.', ['commandId']);
    return { actor, correlationId, commandId: given, ...accepted.texts };
  }
}

type CommandOrigin = CommandMeta & { readonly commandId: CommandId };

/** The input fields that refusals of deciders and of the command handler are about; those of others speak for themselves. */
const REFUSAL_PATHS: Readonly<Record<string, readonly string[]>> = {
  COMMAND_ID_REUSED: ['commandId'],
  COUNT_OUT_OF_RANGE: ['allowed', 'opening'],
  HOST_ALREADY_REGISTERED: ['name'],
  INSTALLATION_UNKNOWN: ['installation'],
  KEY_ALREADY_REGISTERED: ['productKey', 'lastFive'],
  OPENING_WITHOUT_MAK: ['opening', 'kind'],
};

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

/** Twelve hexadecimal digits, however they are written, as `AA:BB:CC:DD:EE:FF`; undefined for anything else. */
function macAddress(text: string): string | undefined {
  const digits = text.trim().toUpperCase().replaceAll(/[:.-]/g, '');
  return /^[0-9A-F]{12}$/.test(digits) ? digits.replaceAll(/(..)(?=.)/g, '$1:') : undefined;
}

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
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
