import type { ActivationConfirmed, ActivationConsumptionResolved, ActivationReleased, ActivationRequested, ActivationReversed } from './activationEvents.js';
import {
  activationAt,
  placeOf,
  requestedActivation,
  unplaced,
  withActivation,
  withoutActivation,
  withRequested,
  type Activation,
  type Counted,
  type CountedAs,
  type RequestedActivation,
} from './activations.js';
import type { ActivationLossObserved, ActivationObserved, ProductKeyEvent } from './events.js';
import { expiryKey, reservationKey, type ProductKeyState } from './state.js';
import { withoutKey, withValue } from './textMap.js';

/** What the key remembers of its activations after an event. Their counts are kept by `classChange`. */
export function evolveActivation(state: ProductKeyState, event: ProductKeyEvent): ProductKeyState {
  switch (event.type) {
    case 'ActivationRequested':
      return requested(state, event);
    case 'ActivationGranted':
      return granted(state, event.data.activation, event.data.expiresAt);
    case 'ActivationRefused':
      return { ...state, undecided: undefined };
    case 'ActivationConfirmed':
      return confirmed(state, event);
    case 'ActivationFailed':
      return ended(state, event.data.activation);
    case 'ActivationReleased':
      return released(state, event);
    case 'ActivationObserved':
      return observed(state, event);
    case 'ActivationLossObserved':
      return lost(state, event);
    case 'ActivationCarriedOver': {
      const { host, fromInstallation, toInstallation, activation } = event.data;
      const known = activation === undefined ? state : recognised(state, activation, placeOf(host, fromInstallation));
      return carriedOver(known, host, fromInstallation, toInstallation, event.occurredAt);
    }
    case 'ActivationReversed':
      return reversed(state, event);
    case 'ActivationConsumptionResolved':
      return resolved(state, event);
    default:
      return state;
  }
}

/** Put by until the decision, which stands beside it in the same append. */
function requested(state: ProductKeyState, { data, occurredAt }: ActivationRequested): ProductKeyState {
  const { host, installation, purpose } = data;
  return { ...state, undecided: { host, installation, requestedAt: occurredAt, reimaging: purpose === 'REIMAGING' } };
}

function granted(state: ProductKeyState, activation: string, expiresAt: string): ProductKeyState {
  const { undecided } = state;
  if (undecided === undefined) return state;
  return {
    ...state,
    undecided: undefined,
    requests: withRequested(state.requests, activation, { ...undecided, is: 'OPEN', expiresAt }),
    reservations: withValue(state.reservations, reservationKey(undecided.host, undecided.installation), activation),
    expiries: withValue(state.expiries, expiryKey(expiresAt, activation), ''),
  };
}

/** The reservation is open no longer, and the request forgotten. */
function ended(state: ProductKeyState, activation: string): ProductKeyState {
  const request = requestedActivation(state.requests, activation);
  return { ...closed(state, activation, request), requests: withoutKey(state.requests, activation) };
}

/** The reservation is open no longer. */
function closed(state: ProductKeyState, activation: string, request: RequestedActivation | undefined): ProductKeyState {
  if (request?.is !== 'OPEN') return state;
  const reservations = withoutKey(state.reservations, reservationKey(request.host, request.installation));
  return { ...state, reservations, expiries: withoutKey(state.expiries, expiryKey(request.expiresAt, activation)) };
}

function confirmed(state: ProductKeyState, { data, occurredAt }: ActivationConfirmed): ProductKeyState {
  const { activation, host, installation, countsAs } = data;
  const request = requestedActivation(state.requests, activation);
  const requestedAt = request?.requestedAt ?? occurredAt;
  const place = installation === undefined ? unplaced(host, activation) : placeOf(host, installation);
  const next = counted(closed(state, activation, request), place, { as: countsAs, activation }, occurredAt);
  return { ...next, requests: withRequested(next.requests, activation, { is: 'COUNTED', place, requestedAt }) };
}

function released(state: ProductKeyState, { data, occurredAt }: ActivationReleased): ProductKeyState {
  const request = requestedActivation(state.requests, data.activation);
  if (request === undefined || request.is === 'COUNTED') return state;
  if (data.cause === 'LAPSED') {
    const next = closed(state, data.activation, request);
    return { ...next, requests: withRequested(next.requests, data.activation, { ...request, is: 'LAPSED' }) };
  }
  const next = ended(state, data.activation);
  if (data.carriedOver === undefined) return next;
  return carriedOver(next, request.host, data.carriedOver.fromInstallation, data.carriedOver.toInstallation, occurredAt);
}

function observed(state: ProductKeyState, { data, occurredAt }: ActivationObserved): ProductKeyState {
  const { host, installation, countsAs, activation } = data;
  const place = placeOf(host, installation);
  if (countsAs !== 'ALREADY_COUNTED') return counted(state, place, { as: countsAs }, occurredAt);
  const from = activation === undefined ? undefined : unplaced(host, activation);
  const items = from === undefined ? [] : (activationAt(state.activations, from)?.counted ?? []);
  const next = from === undefined ? state : forgotten(state, from);
  return placed(items.reduce((folded, item) => counted(folded, place, item, occurredAt), next), items, place);
}

function lost(state: ProductKeyState, { data, occurredAt }: ActivationLossObserved): ProductKeyState {
  const place = placeOf(data.host, data.installation);
  const known = activationAt(state.activations, place) ?? { at: occurredAt, counted: [] };
  return { ...state, activations: withActivation(state.activations, place, { ...known, lostAt: occurredAt }) };
}

/** One more activation at a place; an earlier loss there is behind it. */
function counted(state: ProductKeyState, place: string, item: Counted, at: string): ProductKeyState {
  const known = activationAt(state.activations, place);
  const next: Activation = { at: known !== undefined && known.at > at ? known.at : at, counted: [...(known?.counted ?? []), item] };
  // Evidence that is older than a loss does not undo it.
  const lostAt = known?.lostAt !== undefined && known.lostAt > at ? known.lostAt : undefined;
  return withUncertainty({ ...state, activations: withActivation(state.activations, place, { ...next, lostAt }) }, place, next);
}

/** The requests of these activations name the place they are at now. */
function placed(state: ProductKeyState, items: readonly Counted[], place: string): ProductKeyState {
  let { requests } = state;
  for (const { activation } of items) {
    const request = activation === undefined ? undefined : requestedActivation(requests, activation);
    if (activation !== undefined && request?.is === 'COUNTED') requests = withRequested(requests, activation, { ...request, place });
  }
  return { ...state, requests };
}

/** What was seen at a place is this activation, whose reservation had lapsed. */
function recognised(state: ProductKeyState, activation: string, place: string): ProductKeyState {
  const known = activationAt(state.activations, place);
  const request = requestedActivation(state.requests, activation);
  const index = known?.counted.findLastIndex((item) => item.activation === undefined) ?? -1;
  const item = known?.counted[index];
  if (known === undefined || item === undefined || request === undefined) return state;
  return {
    ...state,
    activations: withActivation(state.activations, place, { ...known, counted: known.counted.toSpliced(index, 1, { ...item, activation }) }),
    requests: withRequested(state.requests, activation, { is: 'COUNTED', place, requestedAt: request.requestedAt }),
  };
}

/** The older installation has it no longer; the newer one has it from then on, but not while the older was still seen with it. */
function carriedOver(state: ProductKeyState, host: string, from: number, to: number, occurredAt: string): ProductKeyState {
  const older = placeOf(host, from);
  const newer = placeOf(host, to);
  if (older === newer) return state;
  const known = activationAt(state.activations, older);
  const there = activationAt(state.activations, newer);
  const items = known?.counted ?? [];
  const at = known !== undefined && known.at > occurredAt ? known.at : occurredAt;
  // An older installation nobody has seen yet stays unknown: what is found of it later is the activation that was spent.
  const activations = known === undefined ? state.activations : withActivation(state.activations, older, { at: known.at, lostAt: at, counted: [] });
  const next = { ...state, activations: withActivation(activations, newer, { at, counted: [...items, ...(there?.counted ?? [])] }) };
  return placed(withUncertainty(withUncertainty(next, older), newer), items, newer);
}

function reversed(state: ProductKeyState, { data, occurredAt }: ActivationReversed): ProductKeyState {
  const found = findCounted(state, data, (as) => (as === data.countedAs || (as === 'MOVED_FROM_OPENING' && data.countedAs === 'OBSERVED')));
  if (found === undefined) return state;
  const left = found.all.toSpliced(found.index, 1);
  const requests = found.item.activation === undefined ? state.requests : withoutKey(state.requests, found.item.activation);
  if (left.length === 0 && found.isUnplaced) return forgotten({ ...state, requests }, found.place);
  const wrong = left.length === 0 && data.cause === 'RECORDED_WRONGLY';
  const next: Activation = wrong ? { at: found.at, lostAt: occurredAt, counted: [], struckOut: true } : { ...found.known, counted: left };
  return withUncertainty({ ...state, requests, activations: withActivation(state.activations, found.place, next) }, found.place);
}

function resolved(state: ProductKeyState, { data }: ActivationConsumptionResolved): ProductKeyState {
  const found = findCounted(state, data, (as) => as === 'UNCERTAIN');
  if (found === undefined) return state;
  const { activation } = found.item;
  const settled: readonly Counted[] = data.consumed ? [{ ...found.item, as: activation === undefined ? 'OBSERVED' : 'CONFIRMED' }] : [];
  const next = { ...found.known, counted: found.all.toSpliced(found.index, 1, ...settled) };
  const requests = data.consumed || activation === undefined ? state.requests : withoutKey(state.requests, activation);
  return withUncertainty({ ...state, requests, activations: withActivation(state.activations, found.place, next) }, found.place);
}

/** Where an activation is named: by its id, or by host and installation. */
export interface ActivationName {
  readonly activation?: string | undefined;
  readonly host?: string | undefined;
  readonly installation?: number | undefined;
}

/** The newest activation of that name that counts as asked for. */
export function findCounted(state: ProductKeyState, { activation, host, installation }: ActivationName, wanted: (as: CountedAs) => boolean) {
  const place = activation === undefined ? host !== undefined && installation !== undefined && placeOf(host, installation) : placeOfRequested(state, activation);
  const known = typeof place === 'string' ? activationAt(state.activations, place) : undefined;
  if (typeof place !== 'string' || known === undefined) return undefined;
  const all = known.counted;
  const index = all.findLastIndex((item) => wanted(item.as) && (activation === undefined || item.activation === activation));
  const item = all[index];
  return item && { place, known, at: known.at, all, index, item, isUnplaced: item.activation !== undefined && place.endsWith(`#~${item.activation}`) };
}

function placeOfRequested(state: ProductKeyState, activation: string): string | undefined {
  const request = requestedActivation(state.requests, activation);
  return request?.is === 'COUNTED' ? request.place : undefined;
}

function forgotten(state: ProductKeyState, place: string): ProductKeyState {
  return { ...state, activations: withoutActivation(state.activations, place), uncertain: withoutKey(state.uncertain, place) };
}

function withUncertainty(state: ProductKeyState, place: string, activation = activationAt(state.activations, place)): ProductKeyState {
  const isUncertain = activation?.counted.some(({ as }) => as === 'UNCERTAIN') ?? false;
  const uncertain = isUncertain && activation !== undefined ? withValue(state.uncertain, place, activation.at) : withoutKey(state.uncertain, place);
  return { ...state, uncertain };
}
