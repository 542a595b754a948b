/** The life of an activation that is asked for: reserve, confirm, fail, cancel, reverse, resolve. */
import type { Decider } from '../kernel/decider.js';
import type { HostCommand } from '../domain/host/commands.js';
import { render } from '../domain/messages/message.js';
import { messageOf } from '../domain/messages/messages.js';
import type { ActivationConfirmed } from '../domain/productKey/activationEvents.js';
import type { ActivationCommand, ProductKeyCommand, RequestActivation } from '../domain/productKey/commands.js';
import { methodOfKeyKind } from '../importing/records/licenceWords.js';
import { atomically, ATOMIC_ITEM } from '../kernel/atomic.js';
import type { DomainEvent } from '../kernel/envelope.js';
import type { StreamId } from '../kernel/identifiers.js';
import type { ConfirmationIdOrigin } from '../vault/port.js';
import { acceptTexts, refused } from './acceptedText.js';
import { createHostLicensing } from './activatedHost.js';
import { eachItem, itemCommandId, refusedBulk, singleStream } from './bulk.js';
import { furtherOrigin, isRefused, refusalOf, type CommandOrigin, type CommandRunner } from './commandRunner.js';
import { decidedOutcome, denialOf, domainEvents, eventOfType, previewedOutcome } from './decidedRequest.js';
import type { KeyFacts, LedgerFacts } from './facts.js';
import type { HostDirectory } from './hostDirectory.js';
import { enterHost, findHost, refusalBefore, type FoundHost } from './hostReference.js';
import { instantText } from './instantText.js';
import type { CommandMeta, CommandOutcome, RefusedOutcome } from './port.js';
import type { ActivationConfirmation, ActivationRequest, BulkOutcome, RequestCommands, RequestMeta, RequestOutcome } from './requestPort.js';

export interface RequestOptions {
  readonly runner: CommandRunner;
  readonly facts: LedgerFacts;
  readonly hosts: HostDirectory;
  readonly keyDecider: Decider<unknown, ProductKeyCommand>;
  readonly hostDecider: Decider<unknown, HostCommand>;
  /** Keeps a confirmation id in the vault, before anything is recorded of it. */
  readonly keepConfirmationId: (origin: ConfirmationIdOrigin, confirmationId: string) => Promise<void>;
}

type ActivationRequests = Pick<
  RequestCommands,
  | 'requestActivation'
  | 'requestActivations'
  | 'confirmActivation'
  | 'confirmActivations'
  | 'failActivation'
  | 'cancelActivation'
  | 'reverseActivation'
  | 'resolveConsumption'
>;

/** Digits of a confirmation id. */
const CONFIRMATION_ID_DIGITS = 48;

type ConfirmActivation = Extract<ActivationCommand, { kind: 'confirmActivation' }>;

interface PreparedActivation {
  readonly stream: StreamId;
  readonly host: FoundHost;
  readonly command: RequestActivation;
}

export function activationRequests(options: RequestOptions): ActivationRequests {
  const { runner, facts, keyDecider } = options;
  const licenseHost = createHostLicensing(options);
  const denying = atomically(keyDecider, (event) => {
    const denial = denialOf(event);
    if (denial === undefined) return undefined;
    const message = messageOf(denial.code);
    return { ...denial, message: message === undefined ? denial.code : render(message, denial.parameters) };
  });

  return {
    requestActivation: (input, meta) => requestOne(input, meta),

    async requestActivations({ items, mode }, meta) {
      const refusal = refusedBulk(items);
      if (refusal !== undefined) return refusal;
      if (mode === 'EACH') return eachItem(items, meta, requestOne);
      return requestTogether(items, meta);
    },

    confirmActivation: (input, meta) => confirmOne(input, meta),

    async confirmActivations({ items, mode }, meta) {
      const refusal = refusedBulk(items) ?? (mode === 'ATOMIC' ? singleStream(items.map((_, index) => String(index))) : undefined);
      return refusal ?? eachItem(items, meta, confirmOne);
    },

    failActivation: ({ productKey, activation, hresult, occurredAt }, meta) =>
      onKey('failActivation', { productKey, activation, hresult, occurredAt }, productKey, { kind: 'failActivation', activation, hresult, occurredAt: instantText(occurredAt) }, meta),
    cancelActivation: ({ productKey, activation }, meta) =>
      onKey('cancelActivation', { productKey, activation }, productKey, { kind: 'releaseActivation', activation, cause: 'CANCELLED' }, meta),
    reverseActivation: ({ productKey, ...reversal }, meta) =>
      onKey('reverseActivation', { productKey, ...reversal }, productKey, { kind: 'reverseActivation', ...reversal }, meta),
    resolveConsumption: ({ productKey, ...resolution }, meta) =>
      onKey('resolveConsumption', { productKey, ...resolution }, productKey, { kind: 'resolveConsumption', ...resolution }, meta),
  };

  async function requestOne(input: ActivationRequest, meta: RequestMeta): Promise<RequestOutcome> {
    const { dryRun: _dryRun, ...identity } = meta;
    const origin = runner.originOf('requestActivation', input, identity);
    if (isRefused(origin)) return origin;
    const prepared = prepare(input, origin.commandId);
    if (isRefused(prepared)) return prepared;
    const { stream, host, command } = prepared;
    const concerned = { productKey: stream, host: host.stream };
    const target = { decider: keyDecider, stream, command };
    if (meta.dryRun === true) return host.barred ?? previewedOutcome(await runner.preview(target), concerned);
    const refusal = (await refusalBefore([host], runner, target, origin))?.refusal ?? (await enterHost(host, options, origin));
    if (refusal !== undefined) return refusal;
    const outcome = await runner.run(target, origin);
    if (outcome.kind === 'refused') return refusalOf(outcome.refusal);
    if (outcome.kind === 'unchanged') throw new Error('A request for an activation recorded nothing.');
    return decidedOutcome(domainEvents(outcome.events), concerned, await runner.applied(outcome.events));
  }

  /** All items in one append, or none: each is granted, or the first that is not refuses the whole. */
  async function requestTogether(items: readonly ActivationRequest[], meta: RequestMeta): Promise<BulkOutcome<RequestOutcome>> {
    const { dryRun: _dryRun, ...identity } = meta;
    const origin = runner.originOf('requestActivation', items, identity);
    if (isRefused(origin)) return origin;
    const several = singleStream(items.map(({ productKey }) => productKey));
    if (several !== undefined) return several;
    const prepared: PreparedActivation[] = [];
    for (const [item, input] of items.entries()) {
      const one = prepare(input, itemId(origin, item));
      if (isRefused(one)) return atItem(one, item);
      prepared.push(one);
    }
    const [first] = prepared;
    if (first === undefined) return { kind: 'answered', outcomes: [] };
    const target = { decider: denying, stream: first.stream, command: { commands: prepared.map(({ command }) => command) } };
    const hosts = prepared.map(({ host }) => host);
    if (meta.dryRun === true) {
      const barred = hosts.findIndex((host) => host.barred !== undefined);
      const bar = hosts[barred]?.barred;
      if (bar !== undefined) return atItem(bar, barred);
      const decision = await runner.preview(target);
      if (decision.kind === 'refused') return atItsItem(refusalOf(decision.refusal));
      return { kind: 'answered', outcomes: prepared.map((one) => decidedOutcome(ofRequest(decision.events, one.command.activation), concernedBy(one), undefined)) };
    }
    const inTheWay = await refusalBefore(hosts, runner, target, origin);
    if (inTheWay !== undefined) return inTheWay.host === undefined ? atItsItem(inTheWay.refusal) : atItem(inTheWay.refusal, hosts.indexOf(inTheWay.host));
    const refusal = await enterHosts(hosts, origin);
    if (refusal !== undefined) return refusal;
    const outcome = await runner.run(target, origin);
    if (outcome.kind === 'refused') return atItsItem(refusalOf(outcome.refusal));
    if (outcome.kind === 'unchanged') throw new Error('Requests for activations recorded nothing.');
    const events = domainEvents(outcome.events);
    const recorded = await runner.applied(outcome.events);
    return { kind: 'answered', outcomes: prepared.map((one) => decidedOutcome(ofRequest(events, one.command.activation), concernedBy(one), recorded)) };
  }

  /** Each host once, by the id of the first item that names it. */
  async function enterHosts(hosts: readonly FoundHost[], origin: CommandOrigin): Promise<RefusedOutcome | undefined> {
    const entering = new Map<StreamId, Promise<RefusedOutcome | undefined>>();
    for (const [item, host] of hosts.entries()) {
      if (host.isNew && !entering.has(host.stream)) entering.set(host.stream, enterHost(host, options, { ...origin, commandId: itemId(origin, item) }));
    }
    return (await Promise.all(entering.values())).find((refusal) => refusal !== undefined);
  }

  function prepare(input: ActivationRequest, activation: string): PreparedActivation | RefusedOutcome {
    const key = facts.productKey(input.productKey);
    if (key === undefined) return refused('KEY_UNKNOWN', {}, ['productKey']);
    const host = findHost(input, facts, options.hosts);
    if (isRefused(host)) return host;
    const accepted = acceptTexts({ product: input.product, agreement: input.agreement });
    if (isRefused(accepted)) return accepted;
    const { product = key.product ?? '', agreement = key.agreement } = accepted.texts;
    const command: RequestActivation = {
      kind: 'requestActivation',
      activation,
      host: host.stream,
      installation: input.installation,
      product,
      method: input.method ?? (input.installationId === undefined ? 'MAK_INDEPENDENT' : 'MAK_PROXY'),
      purpose: input.purpose ?? 'PRODUCTION',
      agreement,
      installationId: input.installationId,
      virtualMachine: host.facts.virtualMachine,
      ...consumedLicence(key, agreement),
      acceptedWarnings: input.acceptWarnings ?? [],
    };
    return { stream: input.productKey, host, command };
  }

  /** What is known of the agreement whose licence is consumed, for. */
  function consumedLicence(key: KeyFacts, agreement: string | undefined): Pick<RequestActivation, 'affiliation' | 'programme'> {
    if (agreement === undefined) return {};
    const affiliation = key.agreement === undefined ? 'UNKNOWN' : agreement === key.agreement ? 'SAME' : facts.affiliation(key.agreement, agreement);
    return { affiliation, programme: facts.programme(agreement) };
  }

  async function confirmOne(input: ActivationConfirmation, { dryRun, ...meta }: RequestMeta): Promise<CommandOutcome> {
    const { productKey, activation, confirmationId, installation, hardware, occurredAt } = input;
    const origin = runner.originOf('confirmActivation', input, meta);
    if (isRefused(origin)) return origin;
    const key = facts.productKey(productKey);
    if (key === undefined) return refused('KEY_UNKNOWN', {}, ['productKey']);
    const digits = confirmationId?.replaceAll(/[\s-]/g, '');
    if (digits !== undefined && !isConfirmationId(digits)) {
      return refused('CONFIRMATION_ID_MALFORMED', { digits: digits.length }, ['confirmationId']);
    }
    const accepted = acceptTexts({ hardware });
    if (isRefused(accepted)) return accepted;
    const command: ConfirmActivation = {
      kind: 'confirmActivation',
      activation,
      installation,
      confirmationIdStored: digits === undefined ? undefined : true,
      hardware: accepted.texts.hardware,
      occurredAt: instantText(occurredAt),
    };
    const confirm = async (decided: ConfirmActivation) => runner.answer(await runner.run({ decider: keyDecider, stream: productKey, command: decided }, origin), productKey);
    if (dryRun !== true && (await runner.recorded(origin)) !== undefined) return confirm(command);
    const decision = await runner.preview({ decider: keyDecider, stream: productKey, command });
    if (decision.kind === 'refused') return runner.answer(decision, productKey);
    const confirmed = confirmationIn(decision.events);
    const isSoFar = confirmed === undefined && digits !== undefined;
    if (dryRun === true) return isSoFar ? refused('ACTIVATION_CONFIRMED', { activation }) : runner.answer({ kind: 'unchanged' }, productKey);
    if (confirmed === undefined) return digits === undefined ? confirm(command) : refused('ACTIVATION_CONFIRMED', { activation });
    const host = confirmed.host as StreamId;
    if (digits !== undefined) await options.keepConfirmationId({ productKey, activation, host, hardware: accepted.texts.hardware }, digits);
    // The host first: its stream tells which installation it is. A break in between is mended by sending the command again.
    const more = digits === undefined ? { method: methodOfKeyKind('MAK') } : ({ method: 'MAK_PROXY', confirmationIdPresent: true } as const);
    const licensed = await licenseHost({ host, key, installation: confirmed.installation, occurredAt: command.occurredAt, ...more }, furtherOrigin(origin, 'host'));
    return isRefused(licensed) ? licensed : confirm({ ...command, installation: licensed.installation });
  }

  async function onKey(name: string, input: object, productKey: StreamId, command: ProductKeyCommand, meta: CommandMeta): Promise<CommandOutcome> {
    const origin = runner.originOf(name, input, meta);
    if (isRefused(origin)) return origin;
    if (facts.productKey(productKey) === undefined) return refused('KEY_UNKNOWN', {}, ['productKey']);
    return runner.answer(await runner.run({ decider: keyDecider, stream: productKey, command }, origin), productKey);
  }
}

function isConfirmationId(digits: string): boolean {
  return digits.length === CONFIRMATION_ID_DIGITS && /^\d+$/.test(digits);
}

function concernedBy({ stream, host }: PreparedActivation) {
  return { productKey: stream, host: host.stream };
}

/** The events about one activation among those of several. */
function ofRequest<Event extends { readonly data: object }>(events: readonly Event[], activation: string): readonly Event[] {
  return events.filter(({ data }) => (data as { readonly activation?: string }).activation === activation);
}

function itemId(origin: CommandOrigin, item: number): CommandOrigin['commandId'] {
  return itemCommandId(origin.commandId, item);
}

/** Of the whole, at the item that it was refused for. */
function atItsItem(refusal: RefusedOutcome): RefusedOutcome {
  return atItem(refusal, Number(refusal.parameters?.[ATOMIC_ITEM] ?? 0));
}

function atItem(refusal: RefusedOutcome, item: number): RefusedOutcome {
  return { ...refusal, path: ['items', String(item), ...(refusal.path ?? [])] };
}

/** The confirmation among the events of a key's decision. */
function confirmationIn(events: readonly DomainEvent[]): ActivationConfirmed['data'] | undefined {
  return eventOfType<ActivationConfirmed['data']>(events, 'ActivationConfirmed');
}
