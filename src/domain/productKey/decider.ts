/**
 * One product key: what is known of it, and each activation in exactly one class.
 * `used = opening + confirmed + reserved + observed + uncertain`; the key's stream is the consistency boundary of its counts.
 */
import { accept, refuse, type Decision, type DecisionContext } from '../decision.js';
import type { InstantText } from '../event.js';
import type { EvidenceKind, ProductKeyKind } from '../vocabulary.js';
import { activationOf, noActivations, withActivation, type Activation, type Activations } from './activations.js';
import type { ObserveActivation, ObserveKey, ObserveLoss, ProductKeyCommand, RegisterKey } from './commands.js';
import type { ProductKeyEvent } from './events.js';

export interface ProductKeyState {
  readonly lastFive?: string | undefined;
  readonly fingerprint?: string | undefined;
  readonly kind: ProductKeyKind;
  readonly registered: boolean;
  readonly allowed?: number | undefined;
  readonly opening?: { readonly asOf: InstantText; readonly left: number } | undefined;
  readonly activations: Activations;
}

/** Largest count taken of anything: far above every limit Microsoft sets, far below what integers hold. */
const COUNT_MAX = 1_000_000_000;

export const productKeyDecider = {
  name: 'productKey',
  version: 1,
  initial: { kind: 'UNKNOWN', registered: false, activations: noActivations } as ProductKeyState,
  decide,
  evolve,
};

function decide(state: ProductKeyState, command: ProductKeyCommand, context: DecisionContext): Decision<ProductKeyEvent> {
  switch (command.kind) {
    case 'observeKey':
      return observeKey(state, command, context);
    case 'registerKey':
      return register(state, command, context);
    case 'observeActivation':
      return observeActivation(state, command, context);
    case 'observeLoss':
      return observeLoss(state, command, context);
    default:
      throw new Error(`${command.kind} is not decided.`);
  }
}

function observeKey(state: ProductKeyState, command: ObserveKey, context: DecisionContext): Decision<ProductKeyEvent> {
  const occurredAt = command.occurredAt ?? context.now;
  const events = keyNews(state, command, occurredAt);
  const { remaining, evidence, errorCode } = command;
  if (remaining !== undefined && isCount(remaining)) {
    events.push({ type: 'RemainingActivationsObserved', schemaVersion: 1, occurredAt, data: { remaining, evidence, errorCode } });
  }
  return accept(...events);
}

/** `ProductKeyObserved` where the record tells something of the key that its stream does not know. */
function keyNews(
  state: ProductKeyState,
  found: { lastFive: string; fingerprint?: string | undefined; keyKind: ProductKeyKind; product?: string | undefined; evidence: EvidenceKind },
  occurredAt: InstantText,
): ProductKeyEvent[] {
  const newFingerprint = found.fingerprint !== undefined && state.fingerprint === undefined;
  const newKind = state.kind === 'UNKNOWN' && found.keyKind !== 'UNKNOWN';
  if (state.lastFive !== undefined && !newFingerprint && !newKind) return [];
  const { lastFive, fingerprint, keyKind: kind, product, evidence } = found;
  return [{ type: 'ProductKeyObserved', schemaVersion: 1, occurredAt, data: { lastFive, fingerprint, kind, product, evidence } }];
}

function register(state: ProductKeyState, command: RegisterKey, context: DecisionContext): Decision<ProductKeyEvent> {
  if (state.registered) return refuse('KEY_ALREADY_REGISTERED', { lastFive: command.lastFive });
  const { allowed, opening, keyKind: kind } = command;
  if (allowed !== undefined && !isCount(allowed)) return refuse('COUNT_OUT_OF_RANGE', { count: allowed, max: COUNT_MAX });
  if (opening !== undefined && !isCount(opening.count)) return refuse('COUNT_OUT_OF_RANGE', { count: opening.count, max: COUNT_MAX });
  if (opening !== undefined && kind !== 'MAK') return refuse('OPENING_WITHOUT_MAK');
  const { lastFive, fingerprint, product, agreement, obtainedFrom } = command;
  const alreadyObserved = opening === undefined ? 0 : Math.min(opening.count, observedBefore(state.activations, opening.asOf));
  const data = {
    lastFive,
    fingerprint,
    kind,
    product,
    agreement,
    allowed,
    opening: opening === undefined ? undefined : { ...opening, alreadyObserved },
    obtainedFrom,
  };
  return accept({ type: 'ProductKeyRegistered', schemaVersion: 1, occurredAt: context.now, data });
}

function observeActivation(
  state: ProductKeyState,
  command: ObserveActivation,
  context: DecisionContext,
): Decision<ProductKeyEvent> {
  const occurredAt = command.occurredAt ?? context.now;
  const events = keyNews(state, command.key, occurredAt);
  const countsAs = classOf(state, command.host, command.installation, occurredAt);
  if (countsAs === undefined) return accept(...events);
  const { host, installation, method } = command;
  const { evidence } = command.key;
  events.push({ type: 'ActivationObserved', schemaVersion: 1, occurredAt, data: { host, installation, method, evidence, countsAs } });
  return accept(...events);
}

/** The class a newly seen activation falls into; undefined when it is one the key knows. */
function classOf(state: ProductKeyState, host: string, installation: number, at: InstantText): 'OBSERVED' | 'MOVED_FROM_OPENING' | 'UNCERTAIN' | undefined {
  const known = activationOf(state.activations, host, installation);
  if (known === undefined) return state.opening !== undefined && at < state.opening.asOf && state.opening.left > 0 ? 'MOVED_FROM_OPENING' : 'OBSERVED';
  return known.lostAt !== undefined && at > known.lostAt ? 'UNCERTAIN' : undefined;
}

function observeLoss(state: ProductKeyState, command: ObserveLoss, context: DecisionContext): Decision<ProductKeyEvent> {
  const occurredAt = command.occurredAt ?? context.now;
  const known = activationOf(state.activations, command.host, command.installation);
  // Older evidence than what is known changes nothing.
  if (known === undefined || known.lostAt !== undefined || occurredAt <= known.at) return accept();
  const { host, installation, evidence } = command;
  return accept({ type: 'ActivationLossObserved', schemaVersion: 1, occurredAt, data: { host, installation, evidence } });
}

function evolve(state: ProductKeyState, event: ProductKeyEvent): ProductKeyState {
  switch (event.type) {
    case 'ProductKeyObserved': {
      const { lastFive, kind } = event.data;
      const fingerprint = state.fingerprint ?? event.data.fingerprint;
      return { ...state, lastFive, fingerprint, kind: state.kind === 'UNKNOWN' ? kind : state.kind };
    }
    case 'ProductKeyRegistered': {
      const { lastFive, kind, allowed, opening } = event.data;
      const fingerprint = state.fingerprint ?? event.data.fingerprint;
      const left = opening === undefined ? undefined : { asOf: opening.asOf, left: opening.count - opening.alreadyObserved };
      return { ...state, lastFive, fingerprint, kind, registered: true, allowed, opening: left };
    }
    case 'RemainingActivationsObserved':
      return state;
    case 'ActivationObserved': {
      const { host, installation, countsAs } = event.data;
      const activations = withActivation(state.activations, host, installation, { at: event.occurredAt });
      if (countsAs !== 'MOVED_FROM_OPENING' || state.opening === undefined) return { ...state, activations };
      return { ...state, activations, opening: { ...state.opening, left: state.opening.left - 1 } };
    }
    case 'ActivationLossObserved': {
      const { host, installation } = event.data;
      const known = activationOf(state.activations, host, installation);
      const lost: Activation = { at: known?.at ?? event.occurredAt, lostAt: event.occurredAt };
      return { ...state, activations: withActivation(state.activations, host, installation, lost) };
    }
    default:
      return state;
  }
}

function observedBefore(activations: Activations, asOf: InstantText): number {
  let count = 0;
  for (const bucket of Object.values(activations)) for (const activation of Object.values(bucket)) if (activation.at < asOf) count += 1;
  return count;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= COUNT_MAX;
}
