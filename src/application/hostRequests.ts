/**
 * Reimaging and downgrade, each a request on the host's stream that may need an activation on a key's.
 *
 * The rights are decided first, by a preview of the host's own decision. Where they hold and only an activation is wanting, it is asked for on
 * the key's stream; the host's decision follows and names it. A process that dies in between leaves a reservation that lapses by itself.
 */
import type { HostCommand, KeyAnswer, RequestDowngrade, RequestReimaging } from '../domain/host/commands.js';
import type { ProductCopy, ServingKey } from '../domain/host/requestEvents.js';
import type { ActivationReleased } from '../domain/productKey/activationEvents.js';
import type { ProductKeyCommand, RequestActivation } from '../domain/productKey/commands.js';
import type { ActivationMethod } from '../domain/vocabulary.js';
import { parseHostName } from '../domain/host/hostName.js';
import { atomically, type AtomicCommand } from '../kernel/atomic.js';
import type { CommandOutcome as HandlerOutcome } from '../kernel/commandHandler.js';
import type { Decision, Refusal } from '../kernel/decider.js';
import type { DomainEvent } from '../kernel/envelope.js';
import type { StreamId } from '../kernel/identifiers.js';
import { acceptTexts, refused } from './acceptedText.js';
import { createHostLicensing } from './activatedHost.js';
import type { RequestOptions } from './activationRequests.js';
import { eachItem, refusedBulk, singleStream } from './bulk.js';
import { furtherOrigin, isRefused, refusalOf, type CommandOrigin, type CommandTarget } from './commandRunner.js';
import { decidedOutcome, denialOf, domainEvents, previewedOutcome, streamOf } from './decidedRequest.js';
import { findHost, type FoundHost } from './hostReference.js';
import { instantText } from './instantText.js';
import type { CommandMeta, CommandOutcome, RefusedOutcome } from './port.js';
import type { DowngradeRequest, HostRequestEnd, ReimagingCompletion, ReimagingRequest, RequestCommands, RequestMeta, RequestOutcome } from './requestPort.js';

type HostRequests = Pick<
  RequestCommands,
  | 'requestReimaging'
  | 'requestReimagings'
  | 'completeReimaging'
  | 'cancelReimaging'
  | 'requestDowngrade'
  | 'completeDowngrade'
  | 'revertDowngrade'
  | 'cancelDowngrade'
>;

/** Methods that spend an activation of a MAK. */
const SPENDING: ReadonlySet<ActivationMethod> = new Set(['MAK_INDEPENDENT', 'MAK_PROXY']);

type RightsCommand = RequestReimaging | RequestDowngrade;

/** A request whose rights are to be decided, and the activation it needs where it needs one. */
interface PreparedRequest {
  readonly host: FoundHost;
  readonly productKey: StreamId | undefined;
  readonly command: RightsCommand;
  readonly activation: RequestActivation | undefined;
}

/** What an end of a request says of the key that served it. */
interface EndedRequest {
  readonly serving?: ServingKey | undefined;
  readonly endedInstallation?: number | undefined;
  readonly startedInstallation?: number | undefined;
  /** When it happened: what it means for the key happened then. */
  readonly occurredAt?: string | undefined;
}

export function hostRequests(options: RequestOptions): HostRequests {
  const { runner, facts, keyDecider, hostDecider } = options;
  const licenseHost = createHostLicensing(options);
  // Each is decided and recorded for itself, denials included.
  const together = atomically(hostDecider, () => undefined);

  return {
    requestReimaging: (input, meta) => reimage(input, meta),
    async requestReimagings({ items, mode }, meta) {
      const refusal = refusedBulk(items) ?? (mode === 'ATOMIC' ? singleStream(items.map((_, index) => String(index))) : undefined);
      return refusal ?? eachItem(items, meta, reimage);
    },
    completeReimaging: (input, meta) => completeReimaging(input, meta),
    cancelReimaging: (input, meta) =>
      endRequest('cancelReimaging', input, { kind: 'cancelReimaging', request: input.request }, 'ReimagingCancelled', releasing, meta),

    async requestDowngrade(input, meta) {
      return request('requestDowngrade', input, meta, (origin) => prepareDowngrade(input, origin));
    },
    completeDowngrade: (input, meta) =>
      endRequest('completeDowngrade', input, { kind: 'completeDowngrade', request: input.request, occurredAt: instantText(input.occurredAt) }, 'DowngradeCompleted', confirming, meta),
    revertDowngrade: (input, meta) =>
      endRequest('revertDowngrade', input, { kind: 'revertDowngrade', request: input.request, occurredAt: instantText(input.occurredAt) }, 'DowngradeReverted', () => undefined, meta),
    cancelDowngrade: (input, meta) =>
      endRequest('cancelDowngrade', input, { kind: 'cancelDowngrade', request: input.request }, 'DowngradeCancelled', releasing, meta),
  };

  async function reimage(input: ReimagingRequest, meta: RequestMeta): Promise<RequestOutcome> {
    return request('requestReimaging', input, meta, (origin) => prepareReimaging(input, origin));
  }

  async function request(name: string, input: object, meta: RequestMeta, prepare: (origin: CommandOrigin) => PreparedRequest | RefusedOutcome): Promise<RequestOutcome> {
    const { dryRun, ...identity } = meta;
    const origin = runner.originOf(name, input, identity);
    if (isRefused(origin)) return origin;
    const prepared = prepare(origin);
    if (isRefused(prepared)) return prepared;
    const { host, productKey } = prepared;
    const concerned = { host: host.stream, productKey };
    const known = dryRun === true ? undefined : await runner.recorded(origin);
    if (known !== undefined) return answered(known, concerned);
    const rights = await previewOnHost(prepared, prepared.command);
    const wantsActivation = rights.kind === 'refused' && rights.refusal.code === 'ACTIVATION_NOT_REQUESTED';
    if (rights.kind === 'refused' && !wantsActivation) return refusalOf(rights.refusal);
    const served = wantsActivation ? await withActivation(prepared, origin, dryRun === true) : prepared.command;
    if (isRefused(served)) return served;
    if (dryRun === true) return previewedOutcome(await previewOnHost(prepared, served), concerned);
    const newName = host.isNew ? parseHostName(host.facts.rawName) : undefined;
    if (newName !== undefined) options.hosts.resolve(newName);
    const first = await runner.run(onHost(host, served), origin);
    // Somebody else has entered the host in between.
    const met = first.kind === 'refused' && first.refusal.code === 'HOST_ALREADY_REGISTERED';
    const outcome = met ? await runner.run(onHost({ ...host, isNew: false }, served), origin) : first;
    if (outcome.kind === 'refused') await giveBack(served.key, origin);
    return answered(outcome, concerned);
  }

  function previewOnHost({ host }: PreparedRequest, command: RightsCommand): Promise<Decision> {
    return runner.preview(onHost(host, command));
  }

  /** The request on its host's stream; a host that it meets first enters the ledger with it, in one append or not at all. */
  function onHost(host: FoundHost, command: RightsCommand): CommandTarget<unknown, AtomicCommand<HostCommand>> {
    const name = host.isNew ? parseHostName(host.facts.rawName) : undefined;
    const commands: readonly HostCommand[] = name === undefined ? [command] : [{ kind: 'registerHost', name }, command];
    return { decider: together, stream: host.stream, command: { commands } };
  }

  /** The request with the activation that its key's stream granted or refused it. */
  async function withActivation(prepared: PreparedRequest, origin: CommandOrigin, dryRun: boolean): Promise<RightsCommand | RefusedOutcome> {
    const { activation, productKey, command } = prepared;
    if (productKey === undefined || command.key === undefined) return command;
    const { lastFive, kind } = command.key;
    if (activation === undefined) return refused('KEY_IS_NO_MAK', { lastFive, kind });
    const target = { decider: keyDecider, stream: productKey, command: activation };
    const decision: Decision | HandlerOutcome = dryRun ? await runner.preview(target) : await runner.run(target, furtherOrigin(origin, 'activation'));
    if (decision.kind === 'refused') return refusalOf(decision.refusal);
    const events = decision.kind === 'accepted' ? decision.events : decision.kind === 'unchanged' ? [] : domainEvents(decision.events);
    const denial = events.map(denialOf).find((found) => found !== undefined);
    if (decision.kind === 'alreadyRecorded' && denial === undefined && !(await isReserved(productKey, activation.activation))) {
      return refused('RESERVATION_ENDED');
    }
    const key: KeyAnswer = {
      ...command.key,
      activation:
        denial === undefined ? { kind: 'granted', activation: activation.activation } : { kind: 'refused', activation: activation.activation, code: denial.code },
    };
    return { ...command, key };
  }

  /** Whether the reservation that an earlier try of the command made still stands: it may have been given back, or have lapsed. */
  async function isReserved(productKey: StreamId, activation: string): Promise<boolean> {
    const decision = await runner.preview({ decider: keyDecider, stream: productKey, command: cancelling(activation) });
    return decision.kind === 'accepted' && decision.events.some(({ type, data }) => {
      const released = data as Partial<ActivationReleased['data']>;
      return type === 'ActivationReleased' && released.activation === activation && released.cause === 'CANCELLED';
    });
  }

  /** The host refused after all: what was reserved for it is free again. */
  async function giveBack(key: KeyAnswer | undefined, origin: CommandOrigin): Promise<void> {
    if (key?.activation?.kind !== 'granted') return;
    await runner.run({ decider: keyDecider, stream: streamOf(key.key), command: cancelling(key.activation.activation) }, furtherOrigin(origin, 'give back'));
  }

  async function answered(outcome: HandlerOutcome, concerned: { host: StreamId; productKey: StreamId | undefined }): Promise<RequestOutcome> {
    if (outcome.kind === 'refused') return refusalOf(outcome.refusal);
    if (outcome.kind === 'unchanged') throw new Error('A request recorded nothing.');
    return decidedOutcome(domainEvents(outcome.events), concerned, await runner.applied(outcome.events));
  }

  function prepareReimaging(input: ReimagingRequest, origin: CommandOrigin): PreparedRequest | RefusedOutcome {
    const common = prepareCommon(input);
    if (isRefused(common)) return common;
    const { host, agreement, team, key } = common;
    const device = acceptedCopy(input.device);
    const image = acceptedCopy(input.image);
    if (isRefused(device)) return device;
    if (isRefused(image)) return image;
    const named = acceptTexts({ image: input.image.image });
    if (isRefused(named)) return named;
    const { method, installation, withStoredConfirmationId, evidenceSha256 } = input;
    const command: RequestReimaging = {
      kind: 'requestReimaging',
      request: origin.commandId,
      installation,
      device: { ...device, channel: input.device.channel },
      image: { ...image, image: named.texts.image ?? '', generalised: input.image.generalised, rearmsLeft: input.image.rearmsLeft },
      method,
      withStoredConfirmationId,
      agreement,
      programme: agreement === undefined ? undefined : facts.programme(agreement),
      unitsOwned: agreement === undefined ? undefined : facts.unitsOwned(agreement, input.image.product),
      team,
      evidenceSha256,
      key,
      acceptedWarnings: input.acceptWarnings ?? [],
    };
    const spends = SPENDING.has(method) && withStoredConfirmationId !== true;
    const activation = spends ? activationFor(common, origin, { kind: 'REIMAGING', product: image.product, method, acceptedWarnings: command.acceptedWarnings }) : undefined;
    return { host, productKey: input.productKey, command, activation };
  }

  function prepareDowngrade(input: DowngradeRequest, origin: CommandOrigin): PreparedRequest | RefusedOutcome {
    const common = prepareCommon(input);
    if (isRefused(common)) return common;
    const { host, agreement, team, key } = common;
    const from = acceptedCopy(input.from);
    const to = acceptedCopy(input.to);
    if (isRefused(from)) return from;
    if (isRefused(to)) return to;
    const { method, installation, basis, evidenceSha256 } = input;
    const command: RequestDowngrade = {
      kind: 'requestDowngrade',
      request: origin.commandId,
      installation,
      from: { ...from, channel: input.from.channel },
      to,
      basis,
      evidenceSha256,
      method,
      agreement,
      programme: agreement === undefined ? undefined : facts.programme(agreement),
      team,
      virtualMachine: host.facts.virtualMachine,
      key,
      acceptedWarnings: input.acceptWarnings ?? [],
    };
    const activation = SPENDING.has(method) ? activationFor(common, origin, { kind: 'DOWNGRADE', product: to.product, method, acceptedWarnings: command.acceptedWarnings }) : undefined;
    return { host, productKey: input.productKey, command, activation };
  }

  function prepareCommon(input: ReimagingRequest | DowngradeRequest): CommonParts | RefusedOutcome {
    const host = findHost(input, facts, options.hosts);
    if (isRefused(host)) return host;
    const accepted = acceptTexts({ agreement: input.agreement, team: input.team });
    if (isRefused(accepted)) return accepted;
    const { agreement, team } = accepted.texts;
    const found = input.productKey === undefined ? undefined : facts.productKey(input.productKey);
    if (input.productKey === undefined || found === undefined) {
      if (input.productKey !== undefined) return refused('KEY_UNKNOWN', {}, ['productKey']);
      return { host, agreement, team, key: undefined };
    }
    const { lastFive, kind, product, remaining } = found;
    return { host, agreement: agreement ?? found.agreement, team, key: { key: input.productKey, lastFive, kind, product, remaining } };
  }

  /** An activation of a MAK for the request; keys of other kinds spend none. */
  function activationFor(
    { host, agreement, key }: CommonParts,
    origin: CommandOrigin,
    wanted: { readonly kind: 'REIMAGING' | 'DOWNGRADE'; readonly product: string; readonly method: ActivationMethod; readonly acceptedWarnings: readonly string[] },
  ): RequestActivation | undefined {
    if (key?.kind !== 'MAK') return undefined;
    const known = facts.productKey(streamOf(key.key));
    const affiliation = agreement === undefined || known?.agreement === undefined ? 'UNKNOWN' : agreement === known.agreement ? 'SAME' : facts.affiliation(known.agreement, agreement);
    return {
      kind: 'requestActivation',
      activation: furtherOrigin(origin, 'activation').commandId,
      host: host.stream,
      product: wanted.product,
      method: wanted.method,
      purpose: wanted.kind === 'REIMAGING' ? 'REIMAGING' : 'PRODUCTION',
      agreement,
      virtualMachine: host.facts.virtualMachine,
      onBehalfOf: { kind: wanted.kind, request: origin.commandId },
      affiliation: agreement === undefined ? undefined : affiliation,
      programme: agreement === undefined ? undefined : facts.programme(agreement),
      acceptedWarnings: wanted.acceptedWarnings,
    };
  }

  function completeReimaging(input: ReimagingCompletion, meta: CommandMeta): Promise<CommandOutcome> {
    const accepted = acceptTexts({ hardwareBefore: input.hardwareBefore, hardwareAfter: input.hardwareAfter });
    if (isRefused(accepted)) return Promise.resolve(accepted);
    const { request: completed, activationConsumed } = input;
    const command: HostCommand = { kind: 'completeReimaging', request: completed, ...accepted.texts, activationConsumed, occurredAt: instantText(input.occurredAt) };
    const onKey = (end: EndedRequest): ProductKeyCommand | undefined => {
      const { serving, endedInstallation: fromInstallation, startedInstallation: toInstallation, occurredAt } = end;
      const carriedOver = fromInstallation === undefined || toInstallation === undefined ? undefined : { fromInstallation, toInstallation };
      if (serving?.activation === undefined) {
        // A MAK that reserved nothing: its stored confirmation id was applied again, and the old activation goes on (B-4).
        const isMak = serving !== undefined && facts.productKey(streamOf(serving.key))?.kind === 'MAK';
        return isMak && carriedOver !== undefined ? { kind: 'carryOverActivation', host: input.host, ...carriedOver, occurredAt } : undefined;
      }
      if (activationConsumed === 'NO') return { kind: 'releaseActivation', activation: serving.activation, cause: 'NOT_CONSUMED', carriedOver, occurredAt };
      return confirming(end, { consumption: activationConsumed === 'UNKNOWN' ? 'UNKNOWN' : 'CONSUMED', hardware: accepted.texts.hardwareAfter });
    };
    return endRequest('completeReimaging', input, command, 'ReimagingCompleted', onKey, meta);
  }

  /**
   * Ends a request on its host, then what it reserved on its key. What the key would refuse is asked before, so that neither is recorded;
   * where it refuses all the same, the command sent again finds the one done and does the other.
   */
  async function endRequest(
    name: string,
    input: HostRequestEnd,
    command: HostCommand,
    type: string,
    onKey: (end: EndedRequest) => ProductKeyCommand | undefined,
    meta: CommandMeta,
  ): Promise<CommandOutcome> {
    const origin = runner.originOf(name, input, meta);
    if (isRefused(origin)) return origin;
    if (facts.host(input.host) === undefined) return refused('HOST_UNKNOWN', {}, ['host']);
    const licenceOrigin = furtherOrigin(origin, 'licence');
    const target = { decider: hostDecider, stream: input.host, command };
    if ((await runner.recorded(origin)) === undefined) {
      const decision = await runner.preview(target);
      if (decision.kind === 'refused') return runner.answer(decision, input.host);
      const foreseen = targetOnKey(decision.events);
      const onItsKey = foreseen === undefined ? undefined : await runner.preview(foreseen);
      if (foreseen !== undefined && onItsKey?.kind === 'refused' && !isGone(foreseen.command, onItsKey.refusal)) return runner.answer(onItsKey, input.host);
    }
    const outcome = await runner.run(target, origin);
    if (outcome.kind === 'refused' || outcome.kind === 'unchanged') return runner.answer(outcome, input.host);
    const further = targetOnKey(domainEvents(outcome.events));
    if (further === undefined) return runner.answer(outcome, input.host);
    const licensed = await licenseStarted(domainEvents(outcome.events), further);
    if (licensed !== undefined && isRefused(licensed)) return licensed;
    const onTheKey = await runner.run(further, furtherOrigin(origin, 'key'));
    const nothingToDo = onTheKey.kind === 'unchanged' || (onTheKey.kind === 'refused' && isGone(further.command, onTheKey.refusal));
    return runner.answer(nothingToDo ? outcome : onTheKey, input.host);

    /** What was completed with a MAK runs activated: its new installation is licensed with that key. */
    function licenseStarted(events: readonly DomainEvent[], { stream }: CommandTarget<unknown, ProductKeyCommand>) {
      const event = events.find((each) => each.type === type);
      const { startedInstallation: installation } = (event?.data ?? {}) as EndedRequest;
      const key = facts.productKey(stream);
      if (installation === undefined || key?.kind !== 'MAK') return undefined;
      return licenseHost({ host: input.host, key, installation, occurredAt: event?.occurredAt }, licenceOrigin);
    }

    function targetOnKey(events: readonly DomainEvent[]): CommandTarget<unknown, ProductKeyCommand> | undefined {
      const event = events.find((each) => each.type === type);
      const end: EndedRequest = { ...event?.data, occurredAt: event?.occurredAt };
      const decided = onKey(end);
      return decided === undefined || end.serving === undefined ? undefined : { decider: keyDecider, stream: streamOf(end.serving.key), command: decided };
    }
  }
}

interface CommonParts {
  readonly host: FoundHost;
  readonly agreement: string | undefined;
  readonly team: string | undefined;
  readonly key: KeyAnswer | undefined;
}

function releasing({ serving }: EndedRequest): ProductKeyCommand | undefined {
  return serving?.activation === undefined ? undefined : cancelling(serving.activation);
}

function cancelling(activation: string): ProductKeyCommand {
  return { kind: 'releaseActivation', activation, cause: 'CANCELLED' };
}

/** A reservation that is given up and was cancelled, or spent, before: there is nothing left to give up. */
function isGone(command: ProductKeyCommand, { code }: Refusal): boolean {
  return command.kind === 'releaseActivation' && command.cause === 'CANCELLED' && code === 'ACTIVATION_NOT_OPEN';
}

function confirming(
  { serving, startedInstallation, occurredAt }: EndedRequest,
  more: { readonly consumption?: 'CONSUMED' | 'UNKNOWN'; readonly hardware?: string | undefined } = {},
): ProductKeyCommand | undefined {
  return serving?.activation === undefined ? undefined : { kind: 'confirmActivation', activation: serving.activation, installation: startedInstallation, occurredAt, ...more };
}

/** What people wrote of a product, as it may be kept. */
function acceptedCopy({ product, version, edition, language }: ProductCopy): ProductCopy | RefusedOutcome {
  const accepted = acceptTexts({ product, version, edition, language });
  if (isRefused(accepted)) return accepted;
  if (product.trim() === '') return refused('PRODUCT_MISSING');
  return { ...accepted.texts, product: accepted.texts.product ?? product };
}
