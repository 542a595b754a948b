import { accept, type Decision, type DecisionContext } from '../decision.js';
import type { InstantText } from '../event.js';
import type { EvidenceKind, ProductKeyKind } from '../vocabulary.js';
import { activationAt, placeOf, requestedActivation, unplacedOn } from './activations.js';
import type { ObserveActivation, ObserveKey, ObserveLoss } from './commands.js';
import { isCount } from './counts.js';
import type { ProductKeyEvent } from './events.js';
import { followReport } from './followReport.js';
import { reservationKey, type ProductKeyState } from './state.js';
import { valueOf } from './textMap.js';

/** What a source says of the key; a count of what remains is a report. */
export function observeKey(state: ProductKeyState, command: ObserveKey, context: DecisionContext): Decision<ProductKeyEvent> {
  const occurredAt = command.occurredAt ?? context.now;
  const events = keyNews(state, command, occurredAt);
  const { remaining, evidence, errorCode } = command;
  if (remaining === undefined || !isCount(remaining)) return accept(...events);
  const data = { remaining, evidence, errorCode };
  return accept(...events, ...followReport(state, events, { type: 'RemainingActivationsObserved', schemaVersion: 1, occurredAt, data }));
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

/**
 * An activation of the key was seen. The same installation is the same activation; an open reservation of it is confirmed by the
 * sight; one confirmed before its installation was known is placed; anything else counts as observed. Only MAKs are counted.
 */
export function observeActivation(state: ProductKeyState, command: ObserveActivation, context: DecisionContext): Decision<ProductKeyEvent> {
  const occurredAt = command.occurredAt ?? context.now;
  const news = keyNews(state, command.key, occurredAt);
  const isMak = (state.kind === 'UNKNOWN' ? command.key.keyKind : state.kind) === 'MAK';
  const seen = isMak ? sight(state, command, occurredAt) : undefined;
  return seen === undefined ? accept(...news) : accept(...news, seen);
}

function sight(state: ProductKeyState, command: ObserveActivation, occurredAt: InstantText): ProductKeyEvent | undefined {
  const { host, installation, method } = command;
  const { evidence } = command.key;
  const known = activationAt(state.activations, placeOf(host, installation));
  if (known !== undefined && (known.lostAt === undefined || occurredAt <= known.lostAt)) return undefined;
  const reserved = reservationSeen(state, command, occurredAt);
  if (reserved !== undefined) {
    const data = { activation: reserved, host, installation, consumption: 'CONSUMED', confirmedBy: 'OBSERVATION', countsAs: 'CONFIRMED' } as const;
    return { type: 'ActivationConfirmed', schemaVersion: 1, occurredAt, data };
  }
  const activation = unplacedSeen(state, host, occurredAt);
  const countsAs = activation === undefined ? classOf(state, known, occurredAt) : 'ALREADY_COUNTED';
  return { type: 'ActivationObserved', schemaVersion: 1, occurredAt, data: { host, installation, method, evidence, countsAs, activation } };
}

/** The open reservation of the installation, or of the host's next one. What was seen before it was asked for is another activation. */
function reservationSeen(state: ProductKeyState, { host, installation }: ObserveActivation, occurredAt: InstantText): string | undefined {
  for (const key of [reservationKey(host, installation), reservationKey(host, undefined)]) {
    const activation = valueOf(state.reservations, key);
    const request = activation === undefined ? undefined : requestedActivation(state.requests, activation);
    if (request !== undefined && request.requestedAt <= occurredAt) return activation;
  }
  return undefined;
}

function unplacedSeen(state: ProductKeyState, host: string, occurredAt: InstantText): string | undefined {
  for (const [activation] of unplacedOn(state.activations, host)) {
    const request = requestedActivation(state.requests, activation);
    if (request !== undefined && request.requestedAt <= occurredAt) return activation;
  }
  return undefined;
}

/** The class a newly seen activation falls into. */
function classOf(state: ProductKeyState, known: { readonly struckOut?: true | undefined } | undefined, at: InstantText) {
  if (known !== undefined && known.struckOut === undefined) return 'UNCERTAIN';
  return state.openingAsOf !== undefined && at < state.openingAsOf && state.counts.opening > 0 ? 'MOVED_FROM_OPENING' : 'OBSERVED';
}

/** An installation was seen without its licence, or with another key. */
export function observeLoss(state: ProductKeyState, command: ObserveLoss, context: DecisionContext): Decision<ProductKeyEvent> {
  const occurredAt = command.occurredAt ?? context.now;
  const known = activationAt(state.activations, placeOf(command.host, command.installation));
  // Older evidence than what is known changes nothing.
  if (known === undefined || known.lostAt !== undefined || occurredAt <= known.at) return accept();
  const { host, installation, evidence } = command;
  return accept({ type: 'ActivationLossObserved', schemaVersion: 1, occurredAt, data: { host, installation, evidence } });
}
