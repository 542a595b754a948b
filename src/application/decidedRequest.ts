/** From what a request came to in the log, or would come to, to the answer its caller gets. */
import type { Decision } from '../kernel/decider.js';
import { parseEnvelope, type DomainEvent, type StoredEvent } from '../kernel/envelope.js';
import type { Parameters } from '../domain/messages/message.js';
import type { RuledDecision } from '../domain/rules/judgement.js';
import type { StreamId } from '../kernel/identifiers.js';
import { refusalOf } from './commandRunner.js';
import type { DecidedOutcome, RequestOutcome } from './requestPort.js';

const GRANTS = new Set(['ActivationGranted', 'ReimagingGranted', 'DowngradeGranted']);
const DENIALS = new Set(['ActivationRefused', 'ReimagingRefused', 'DowngradeRefused']);

interface DecisionData {
  readonly activation?: string;
  readonly request?: string;
  readonly code?: string;
  readonly parameters?: Parameters;
  readonly expiresAt?: string;
  readonly decision: RuledDecision;
}

type Concerned = Pick<DecidedOutcome, 'productKey' | 'host'>;

/** `events`: those of the request's command, its decision among them. */
export function decidedOutcome(events: readonly DomainEvent[], concerned: Concerned, recorded: DecidedOutcome['recorded']): DecidedOutcome {
  const decision = events.find(({ type }) => GRANTS.has(type) || DENIALS.has(type));
  if (decision === undefined) throw new Error('A request was recorded without its decision.');
  const data = decision.data as DecisionData;
  const request = data.activation ?? data.request;
  if (request === undefined) throw new Error(`${decision.type} does not name its request.`);
  const denied = DENIALS.has(decision.type);
  return {
    kind: denied ? 'denied' : 'granted',
    request,
    judgements: data.decision.judgements,
    denial: denied && data.code !== undefined ? { code: data.code, parameters: data.parameters ?? {} } : undefined,
    expiresAt: data.expiresAt,
    recorded,
    ...concerned,
  };
}

export function previewedOutcome(decision: Decision, concerned: Concerned): RequestOutcome {
  return decision.kind === 'refused' ? refusalOf(decision.refusal) : decidedOutcome(decision.events, concerned, undefined);
}

export function domainEvents(events: readonly StoredEvent[]): readonly DomainEvent[] {
  return events.map(({ text }) => parseEnvelope(text));
}

/** Why the event denies its request; undefined for any other event. */
export function denialOf(event: DomainEvent): { readonly code: string; readonly parameters: Parameters; readonly rules: readonly string[] } | undefined {
  if (!DENIALS.has(event.type)) return undefined;
  const { code = event.type, parameters = {}, decision } = event.data as DecisionData;
  const rules = decision.judgements.filter(({ outcome }) => outcome === 'VIOLATED').map(({ rule }) => rule);
  return { code, parameters, rules };
}

/** The event of this type among them, which the command is bound to have recorded. */
export function eventOfType<Data>(events: readonly DomainEvent[], type: string): Data | undefined {
  return events.find((event) => event.type === type)?.data as Data | undefined;
}

/** A stream that an event names. */
export function streamOf(text: string): StreamId {
  return text as StreamId;
}
