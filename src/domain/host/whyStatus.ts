/** Which events made the status of an installation what it is. */
import type { AnyEvent } from '../events.js';
import { foldLicence, NO_LICENCE_FACTS, statusAt, statusFigures, type InstallationStatus, type LicenceEvent, type LicenceFacts, type StatusAt } from './licenceState.js';
import type { RuleBook } from '../rules/ruleBook.js';
import { isCompletion, isLifeEvent, type LifeEvent } from './life.js';

export const STATUS_EFFECTS = ['STARTED', 'STATE_CHANGED', 'NEWEST_EVIDENCE', 'LAST_FAILURE', 'METHOD_CHANGED', 'ENDED', 'TIME_PASSED'] as const;
/** What an event did to a status. `TIME_PASSED` is the one thing that happens without an event. */
export type StatusEffect = (typeof STATUS_EFFECTS)[number];

export interface StatusReason {
  readonly effect: StatusEffect;
  /** When it happened, epoch milliseconds. */
  readonly at: number;
  /** The event; undefined for what time alone has done. */
  readonly sequence: number | undefined;
  /** The status from then on. */
  readonly status: InstallationStatus;
}

type HostEventAt = AnyEvent & { readonly sequence: number; readonly occurredMs: number };

/** Most reasons given: the newest ones. */
export const STATUS_REASONS_MAX = 50;

const LICENCE_TYPES: ReadonlySet<string> = new Set(['LicenseStateObserved', 'KmsRequestObserved', 'KmsAttemptObserved', 'KmsResponseObserved']);

/**
 * The reasons for the status that an installation has at `now`, oldest first: how it began and ended, each change of state, the
 * newest evidence, the last failure. `events`: those of the host that are to be considered, in any order. The figures of `rules` are those in
 * force at `now`.
 */
export function whyStatus(events: readonly HostEventAt[], installation: number, now: number, rules: Pick<RuleBook, 'figure'>): readonly StatusReason[] {
  const inOrder = events.toSorted((one, other) => one.occurredMs - other.occurredMs || one.sequence - other.sequence);
  const figures = statusFigures(rules, now);
  const reasons: StatusReason[] = [];
  let facts: LicenceFacts = NO_LICENCE_FACTS;
  let endedAt: number | undefined;
  let failure: StatusReason | undefined;
  let newest: StatusReason | undefined;
  for (const event of inOrder) {
    const { occurredMs: at, sequence } = event;
    if (isLifeEvent(event)) {
      const effect = lifeEffect(event, installation, { begun: facts !== NO_LICENCE_FACTS || reasons.length > 0, endedAt });
      if (effect === 'ENDED') endedAt = at;
      if (effect !== undefined) reasons.push({ effect, at, sequence, status: statusAt(facts, at, figures).status });
    } else if (isLicenceEvent(event) && event.data.installation === installation) {
      const before = facts;
      facts = foldLicence(facts, event, event);
      const reason = { at, sequence, status: statusAt(facts, at, figures).status };
      if (facts.state !== before.state) reasons.push({ effect: 'STATE_CHANGED', ...reason });
      else if (facts.evidenceSequence === sequence) newest = { effect: 'NEWEST_EVIDENCE', ...reason };
      if (facts.failedRequests !== before.failedRequests) failure = { effect: 'LAST_FAILURE', ...reason };
    }
  }
  if (newest?.sequence === facts.evidenceSequence && newest !== undefined) reasons.push(newest);
  if (failure !== undefined) reasons.push(failure);
  const passed = timePassed(statusAt(facts, Math.min(now, endedAt ?? now), figures));
  if (passed !== undefined) reasons.push(passed);
  return reasons.toSorted((one, other) => one.at - other.at || (one.sequence ?? Infinity) - (other.sequence ?? Infinity)).slice(-STATUS_REASONS_MAX);
}

function lifeEffect(event: LifeEvent, installation: number, so: { readonly begun: boolean; readonly endedAt: number | undefined }): StatusEffect | undefined {
  if (isCompletion(event)) {
    if (event.data.startedInstallation === installation) return 'STARTED';
    return event.data.endedInstallation === installation ? 'ENDED' : undefined;
  }
  if (event.type === 'ActivationMethodChanged') return event.data.installation === installation ? 'METHOD_CHANGED' : undefined;
  return event.type === 'HostRetired' && so.begun && so.endedAt === undefined ? 'ENDED' : undefined;
}

function timePassed({ status, basis, sinceAt }: StatusAt): StatusReason | undefined {
  return basis === 'DERIVED' && sinceAt !== undefined ? { effect: 'TIME_PASSED', at: sinceAt, sequence: undefined, status } : undefined;
}

function isLicenceEvent(event: HostEventAt): event is HostEventAt & LicenceEvent {
  return LICENCE_TYPES.has(event.type);
}
