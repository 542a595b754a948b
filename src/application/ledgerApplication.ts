import { parseHostName } from '../domain/host/hostName.js';
import { agreementDecider } from '../domain/agreement/decider.js';
import { hostDecider, hostDeciderWith } from '../domain/host/decider.js';
import { ledgerDecider } from '../domain/ledger/decider.js';
import type { KeyMention } from '../domain/observation.js';
import type { ProductKeyCommand } from '../domain/productKey/commands.js';
import { productKeyDecider, productKeyDeciderWith } from '../domain/productKey/decider.js';
import type { RuleBook } from '../domain/rules/ruleBook.js';
import { methodOfKeyKind } from '../importing/records/licenceWords.js';
import { maskProductKeys, normaliseProductKey } from '../importing/productKeys.js';
import { derivedCommandId } from '../kernel/eventIds.js';
import type { StoredEvent } from '../kernel/envelope.js';
import type { CommandId, EventId, Sequence, StreamId } from '../kernel/identifiers.js';
import { acceptTexts, refused } from './acceptedText.js';
import { installationOf, licensedBy, type ActivatingKey } from './activatedHost.js';
import { activationRequests, type RequestOptions } from './activationRequests.js';
import { eachItem, refusedBulk, singleStream } from './bulk.js';
import { createCommandRunner, isRefused, type CommandOrigin, type CommandTarget } from './commandRunner.js';
import { corrections } from './corrections.js';
import type { LedgerFacts } from './facts.js';
import { hostCommands } from './hostCommands.js';
import { hostRequests } from './hostRequests.js';
import { instantText, refusedTime } from './instantText.js';
import { keyCommands } from './keyCommands.js';
import { createAgreementCommands } from './agreements.js';
import type { ActivationRecord, CommandMeta, CommandOutcome, HostRegistration, LedgerApplication, ObservationImport, ProductKeyRegistration, RefusedOutcome } from './port.js';
import type { RequestMeta } from './requestPort.js';
import type { ObservationRecorder } from './recordObservations.js';
import type { ImportResult } from './runImport.js';

export interface LedgerApplicationOptions {
  readonly recorder: ObservationRecorder;
  readonly newId: () => CommandId;
  readonly now: () => string;
  readonly fingerprint: (productKey: string) => string;
  /** Name of a host as it was written; undefined for a host the ledger does not know. */
  readonly hostName: (host: StreamId) => string | undefined;
  readonly productKey: (key: StreamId) => ActivatingKey | undefined;
  readonly isOrganisation: (organisation: string) => boolean;
  readonly headSequence: () => Promise<Sequence>;
  readonly waitUntilApplied: (sequence: Sequence) => Promise<boolean>;
  readonly facts: LedgerFacts;
  /** The rules and figures in force. */
  readonly rules: RuleBook;
  readonly findEvent: (id: EventId) => Promise<StoredEvent | undefined>;
  readonly keepConfirmationId: RequestOptions['keepConfirmationId'];
  /** Mutations that need a reason. */
  readonly reasonRequired: ReadonlySet<string>;
  readonly runImport: (input: ObservationImport, meta: CommandOrigin) => Promise<ImportResult | RefusedOutcome>;
}

/** Most hardware addresses taken for one host. */
export const MAC_ADDRESSES_MAX = 64;
const GUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function createLedgerApplication(options: LedgerApplicationOptions): LedgerApplication {
  const { recorder } = options;
  const runner = createCommandRunner({ ...options, handler: recorder.handler });
  const { facts, rules, keepConfirmationId } = options;
  const requests = { runner, facts, hosts: recorder.hosts, keyDecider: productKeyDeciderWith(rules), hostDecider: hostDeciderWith(rules), keepConfirmationId };
  return {
    ...activationRequests(requests),
    ...hostRequests(requests),
    ...keyCommands(requests),
    ...hostCommands(requests),
    ...corrections({ runner, findEvent: options.findEvent, deciders: { agreement: agreementDecider, host: hostDecider, ledger: ledgerDecider, productKey: productKeyDecider } }),
    ...createAgreementCommands({ execute, newId: options.newId, isOrganisation: options.isOrganisation }),

    async registerProductKey(input, meta) {
      const mention = keyMention(input, options.fingerprint);
      if ('code' in mention) return mention;
      const accepted = acceptTexts({ product: input.product, agreement: input.agreement, source: input.opening?.source });
      if (accepted.kind === 'refused') return accepted;
      const { product = '', agreement, source = '' } = accepted.texts;
      if (product.trim() === '') return refused('PRODUCT_MISSING');
      const found = recorder.keys.resolve(mention);
      if (found === undefined) return refused('KEY_AMBIGUOUS', { lastFive: mention.lastFive });
      const { kind: keyKind, allowed, obtainedFrom, pool, overage, reservationHours } = input;
      const opening = input.opening === undefined ? undefined : { count: input.opening.count, asOf: new Date(input.opening.asOf).toISOString(), source };
      const command = { kind: 'registerKey' as const, ...mention, keyKind, product, agreement, allowed, opening, obtainedFrom, pool, overage, reservationHours };
      return execute('registerProductKey', { decider: productKeyDecider, stream: found.stream, command }, meta);
    },

    registerHost: (input, meta) => registerHost(input, meta),

    async registerHosts({ items, mode }, meta) {
      const refusal = refusedBulk(items) ?? (mode === 'ATOMIC' ? singleStream(items.map((_, index) => String(index))) : undefined);
      return refusal ?? eachItem(items, meta, registerHost);
    },

    recordActivation: (input, meta) => recordActivation(input, meta),

    async importObservations(input, meta) {
      const origin = runner.originOf('importObservations', undefined, meta);
      if (isRefused(origin)) return origin;
      const accepted = acceptTexts({ sourceName: input.sourceName, host: input.host });
      if (accepted.kind === 'refused') return accepted;
      if (input.timeZone !== undefined && !isTimeZone(input.timeZone)) return refused('TIME_ZONE_UNKNOWN');
      const result = await options.runImport({ ...input, ...accepted.texts }, origin);
      if (result.kind === 'refused') return 'refusal' in result ? { kind: 'refused', ...result.refusal } : result;
      const { importId, sequence } = result.summary;
      return { kind: 'done', sequence, applied: await options.waitUntilApplied(sequence), importId };
    },
  };

  async function registerHost(input: HostRegistration, { dryRun, ...meta }: RequestMeta): Promise<CommandOutcome> {
    const name = parseHostName(maskProductKeys(input.name));
    if (name === undefined) return refused('HOST_NAME_UNREADABLE');
    const accepted = acceptTexts({ operatingSystem: input.operatingSystem });
    if (accepted.kind === 'refused') return accepted;
    const cmid = input.cmid?.trim().toLowerCase();
    if (cmid !== undefined && !GUID_PATTERN.test(cmid)) return refused('CMID_MALFORMED');
    const macAddresses = input.macAddresses?.map(macAddress);
    if (macAddresses !== undefined && (macAddresses.length > MAC_ADDRESSES_MAX || !macAddresses.every((address) => address !== undefined))) {
      return refused('MAC_ADDRESS_MALFORMED', { max: MAC_ADDRESSES_MAX });
    }
    const { virtualMachine } = input;
    const command = { kind: 'registerHost' as const, name, cmid, macAddresses, ...accepted.texts, virtualMachine };
    if (dryRun !== true) return execute('registerHost', { decider: hostDecider, stream: recorder.hosts.resolve(name), command }, meta);
    const target = { decider: hostDecider, stream: recorder.hosts.find(name), command };
    const decision = await runner.preview(target);
    return runner.answer(decision.kind === 'refused' ? decision : { kind: 'unchanged' }, target.stream);
  }

  async function recordActivation(input: ActivationRecord, meta: CommandMeta): Promise<CommandOutcome> {
    const rawName = options.hostName(input.host);
    const key = options.productKey(input.productKey);
    const name = rawName === undefined ? undefined : parseHostName(rawName);
    if (rawName === undefined || name === undefined) return refused('HOST_UNKNOWN', {}, ['host']);
    if (key === undefined) return refused('KEY_UNKNOWN', {}, ['productKey']);
    const untimely = refusedTime(input.occurredAt, () => Date.parse(options.now()));
    if (untimely !== undefined) return untimely;
    const origin = runner.originOf('recordActivation', undefined, meta);
    if (isRefused(origin)) return origin;
    const skuId = input.skuId?.trim().toLowerCase();
    if (skuId !== undefined && !GUID_PATTERN.test(skuId)) return refused('SKU_MALFORMED');
    const method = input.method ?? methodOfKeyKind(key.kind);
    const observation = licensedBy(key, rawName, { skuId, method });
    const occurredAt = instantText(input.occurredAt);
    const { installation } = input;
    const onHost = { kind: 'recordObservation' as const, name, occurredAt, observation, installation };
    const first = await recorder.handler.execute({ decider: hostDecider, stream: input.host, command: onHost, ...origin });
    if (first.kind === 'refused' || first.kind === 'unchanged' || key.kind !== 'MAK') return runner.answer(first, input.host);
    const recorded = installationOf(first);
    const mention = { lastFive: key.lastFive, fingerprint: key.fingerprint, keyKind: key.kind, evidence: 'API' as const };
    const onKey: ProductKeyCommand = { kind: 'observeActivation', key: mention, host: input.host, installation: recorded, method, occurredAt };
    const request = { decider: productKeyDecider, stream: input.productKey, command: onKey, ...origin, commandId: derivedCommandId(origin.commandId, 'key') };
    const second = await recorder.handler.execute(request);
    return runner.answer(second.kind === 'unchanged' ? first : second, input.host);
  }

  async function execute<State, Command>(name: string, target: CommandTarget<State, Command>, meta: CommandMeta): Promise<CommandOutcome> {
    const origin = runner.originOf(name, undefined, meta);
    return isRefused(origin) ? origin : runner.answer(await runner.run(target, origin), target.stream);
  }
}

function keyMention(input: ProductKeyRegistration, fingerprint: (productKey: string) => string): KeyMention | RefusedOutcome {
  if (input.productKey !== undefined) {
    const whole = normaliseProductKey(input.productKey);
    if (whole === undefined) return refused('KEY_MALFORMED', {}, ['productKey']);
    return { lastFive: whole.slice(-5), fingerprint: fingerprint(whole) };
  }
  const lastFive = input.lastFive?.trim().toUpperCase();
  if (lastFive !== undefined && /^[A-Z0-9]{5}$/.test(lastFive)) return { lastFive };
  return refused('KEY_MALFORMED');
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
