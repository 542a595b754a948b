/** How a reservation ends: confirmed, failed, released. Each ends once; a lapsed one may still be confirmed, late. */
import { accept, refuse, type Decision, type DecisionContext } from '../decision.js';
import type { ActivationCarriedOver, ActivationConfirmed } from './activationEvents.js';
import { activationAt, activationsOn, hostIn, hostPrefix, installationIn, isInstallation, placeOf, requestedActivation, type Activation, type RequestedActivation } from './activations.js';
import type { ActivationCommand } from './commands.js';
import type { ProductKeyEvent, RemainingActivationsObserved } from './events.js';
import { followReport } from './followReport.js';
import { HRESULT, MAK_LIMIT_EXCEEDED } from './hresult.js';
import type { ProductKeyState } from './state.js';
import { entriesUnder } from './textMap.js';

type Command<Kind extends ActivationCommand['kind']> = Extract<ActivationCommand, { kind: Kind }>;
type Reservation = Extract<RequestedActivation, { is: 'OPEN' | 'LAPSED' }>;

/** The technician has activated. Late, it counts as observed, over the limit if need be. */
export function confirmActivation(state: ProductKeyState, command: Command<'confirmActivation'>, context: DecisionContext): Decision<ProductKeyEvent> {
  const { activation, consumption = 'CONSUMED', confirmationIdStored, hardware } = command;
  const request = requestedActivation(state.requests, activation);
  if (request === undefined) return refuse('ACTIVATION_NOT_OPEN', { activation });
  if (command.installation !== undefined && !isInstallation(command.installation)) return refuse('INSTALLATION_UNKNOWN', { installation: command.installation });
  // An observation was quicker, or somebody else: it is confirmed.
  if (request.is === 'COUNTED') return onNewerInstallation(state, request.place, command, context);
  if (consumption === 'UNKNOWN' && !request.reimaging) return refuse('CONSUMPTION_LEFT_OPEN', { activation });
  const installation = command.installation ?? request.installation;
  const late = request.is === 'LAPSED';
  const seen = late ? sightOf(state, request, installation) : undefined;
  if (seen !== undefined) return accept(...goingOn(state, { activation, host: request.host, from: seen, to: installation }, command.occurredAt ?? context.now));
  const countsAs = consumption === 'UNKNOWN' ? 'UNCERTAIN' : late ? 'OBSERVED' : 'CONFIRMED';
  const confirmedBy = late ? 'LATE' : 'REQUESTER';
  const data: ActivationConfirmed['data'] = { activation, host: request.host, installation, consumption, confirmedBy, countsAs, confirmationIdStored, hardware };
  return accept({ type: 'ActivationConfirmed', schemaVersion: 1, occurredAt: command.occurredAt ?? context.now, data });
}

/** Seen before the host was said to have begun a newer installation, the activation counts with the older one: it goes on with the newer. */
function onNewerInstallation(state: ProductKeyState, place: string, command: Command<'confirmActivation'>, { now }: DecisionContext): Decision<ProductKeyEvent> {
  const fromInstallation = installationIn(place);
  const { installation: toInstallation, occurredAt = now } = command;
  if (fromInstallation === undefined || toInstallation === undefined || toInstallation <= fromInstallation) return accept();
  return carryOver(state, { host: hostIn(place), fromInstallation, toInstallation }, notBeforeSeen(state, place, occurredAt));
}

/** The newer installation cannot have had it while it was still seen on the older. */
function notBeforeSeen(state: ProductKeyState, place: string, occurredAt: string): string {
  const seenAt = activationAt(state.activations, place)?.at ?? occurredAt;
  return seenAt > occurredAt ? seenAt : occurredAt;
}

/**
 * Where an observation after the request, and after the reservation had lapsed, counts the activation already. One that was asked for
 * the host's next installation may have been seen on any: as an open reservation would have been confirmed by it.
 */
function sightOf({ activations }: ProductKeyState, { host, installation: reservedFor, requestedAt }: Reservation, installation: number | undefined): string | undefined {
  const isIt = (known: Activation) => known.at >= requestedAt && known.counted.some((item) => item.activation === undefined);
  if (installation !== undefined) {
    const place = placeOf(host, installation);
    const known = activationAt(activations, place);
    if (known !== undefined && isIt(known)) return place;
    if (reservedFor !== undefined) return undefined;
  }
  for (const [place, known] of activationsOn(activations, host)) if (isIt(known)) return place;
  return undefined;
}

/** What was seen on an older installation goes on with the one that was begun for it; it is counted where it was seen. */
function goingOn(
  state: ProductKeyState,
  { activation, host, from, to }: { readonly activation: string; readonly host: string; readonly from: string; readonly to: number | undefined },
  occurredAt: string,
): readonly ProductKeyEvent[] {
  const fromInstallation = installationIn(from);
  if (fromInstallation === undefined || to === undefined || to <= fromInstallation) return [];
  const data: ActivationCarriedOver['data'] = { host, fromInstallation, toInstallation: to, activation };
  return [{ type: 'ActivationCarriedOver', schemaVersion: 1, occurredAt: notBeforeSeen(state, from, occurredAt), data }];
}

/** The activation failed. That the limit is exceeded also says that nothing remains (B-5). */
export function failActivation(state: ProductKeyState, command: Command<'failActivation'>, context: DecisionContext): Decision<ProductKeyEvent> {
  const { activation } = command;
  const request = requestedActivation(state.requests, activation);
  if (request === undefined || request.is === 'COUNTED') return refuse('ACTIVATION_NOT_OPEN', { activation });
  if (!HRESULT.test(command.hresult)) return refuse('HRESULT_MALFORMED', { hresult: command.hresult });
  const hresult = `0x${command.hresult.slice(2).toUpperCase()}`;
  const occurredAt = command.occurredAt ?? context.now;
  const events: ProductKeyEvent[] = request.is === 'OPEN' ? [{ type: 'ActivationFailed', schemaVersion: 1, occurredAt, data: { activation, hresult } }] : [];
  if (hresult === MAK_LIMIT_EXCEEDED) {
    const data: RemainingActivationsObserved['data'] = { remaining: 0, evidence: 'API', errorCode: hresult };
    events.push(...followReport(state, events, { type: 'RemainingActivationsObserved', schemaVersion: 1, occurredAt, data }));
  }
  return accept(...events);
}

/** Cancelled, or not needed. What has lapsed is released already; only what a reimaging carried over is still news then. */
export function releaseActivation(state: ProductKeyState, command: Command<'releaseActivation'>, { now }: DecisionContext): Decision<ProductKeyEvent> {
  const { activation, cause, occurredAt = now } = command;
  const carriedOver = cause === 'NOT_CONSUMED' ? command.carriedOver : undefined;
  const request = requestedActivation(state.requests, activation);
  if (request === undefined || request.is === 'COUNTED') return refuse('ACTIVATION_NOT_OPEN', { activation });
  if (request.is === 'OPEN') return accept({ type: 'ActivationReleased', schemaVersion: 1, occurredAt, data: { activation, cause, carriedOver } });
  return carriedOver === undefined ? accept() : carryOver(state, { host: request.host, ...carriedOver }, occurredAt);
}

/** The new installation goes on with the old one's activation, and nothing was reserved for it (B-4). */
export function carryOverActivation(state: ProductKeyState, command: Command<'carryOverActivation'>, { now }: DecisionContext): Decision<ProductKeyEvent> {
  const { host, fromInstallation, toInstallation, occurredAt = now } = command;
  return carryOver(state, { host, fromInstallation, toInstallation }, occurredAt);
}

function carryOver(state: ProductKeyState, data: ActivationCarriedOver['data'], occurredAt: string): Decision<ProductKeyEvent> {
  const there = activationAt(state.activations, placeOf(data.host, data.toInstallation));
  const hasIt = there !== undefined && there.lostAt === undefined;
  if (hasIt || data.fromInstallation === data.toInstallation) return accept();
  return accept({ type: 'ActivationCarriedOver', schemaVersion: 1, occurredAt, data });
}

/** A host that is retired needs its reservations no longer. */
export function releaseHost(state: ProductKeyState, { host }: Command<'releaseHost'>, { now }: DecisionContext): Decision<ProductKeyEvent> {
  const open = [...entriesUnder(state.reservations, hostPrefix(host))].map(([, activation]) => activation);
  return accept(
    ...open.map((activation): ProductKeyEvent => ({ type: 'ActivationReleased', schemaVersion: 1, occurredAt: now, data: { activation, cause: 'HOST_RETIRED' } })),
  );
}
