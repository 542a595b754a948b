/**
 * What became of a host and its installations apart from their licences: what began and ended them, open requests, changes of
 * method, retirement, merging. Folded for answers; the decider keeps its own state. Times are epoch milliseconds.
 */
import type { AnyEvent } from '../events.js';
import type { ActivationMethod } from '../vocabulary.js';

export type InstallationCause = 'REIMAGING' | 'DOWNGRADE' | 'REVERT' | 'RETIREMENT' | 'EARLIER_EVIDENCE';

/** How an installation began or ended. */
export interface Turn {
  readonly at: number;
  readonly by: InstallationCause;
  readonly sequence: number;
  readonly request?: string | undefined;
}

export interface InstallationLife {
  readonly number: number;
  /** Absent: the ledger met it. */
  readonly started?: Turn | undefined;
  /** Absent: it runs. */
  readonly ended?: Turn | undefined;
  readonly replaces?: number | undefined;
  readonly replacedBy?: number | undefined;
  /** As far as it was seen since. */
  readonly applicationId?: string | undefined;
}

export interface OpenHostRequest {
  readonly kind: 'REIMAGING' | 'DOWNGRADE';
  readonly request: string;
  readonly sequence: number;
  readonly requestedAt: number;
  readonly installation?: number | undefined;
  readonly method: ActivationMethod;
  readonly lastFive?: string | undefined;
}

export interface MethodChange {
  readonly installation: number;
  readonly from?: ActivationMethod | undefined;
  readonly to: ActivationMethod;
  readonly at: number;
  readonly sequence: number;
}

export interface HostLife {
  /** Only those that began or ended by more than being met. */
  readonly installations: readonly InstallationLife[];
  readonly openRequests: readonly OpenHostRequest[];
  /** The last METHOD_CHANGES_KEPT_MAX, oldest first. */
  readonly methodChanges: readonly MethodChange[];
  readonly retired?: { readonly at: number; readonly sequence: number } | undefined;
  readonly mergedInto?: string | undefined;
  readonly absorbed: readonly string[];
}

/** Events that state something of a host and are no evidence that it was seen. */
export type LifeEvent = Extract<
  AnyEvent,
  { type: `Reimaging${string}` | `Downgrade${string}` | 'HostRetired' | 'HostsMerged' | 'ActivationMethodChanged' }
>;

export type CompletionEvent = Extract<LifeEvent, { type: 'ReimagingCompleted' | 'DowngradeCompleted' | 'DowngradeReverted' }>;

export type Placed<Event> = Event & { readonly sequence: number; readonly occurredMs: number };

/** Changes of method kept with a host; the log has them all. */
const METHOD_CHANGES_KEPT_MAX = 100;

const NO_LIFE: HostLife = { installations: [], openRequests: [], methodChanges: [], absorbed: [] };

const LIFE_EVENT = /^(?:Reimaging|Downgrade)|^(?:HostRetired|HostsMerged|ActivationMethodChanged)$/;

export function isLifeEvent<Event extends { readonly type: string }>(event: Event): event is Event & LifeEvent {
  return LIFE_EVENT.test(event.type);
}

export function isCompletion(event: LifeEvent): event is CompletionEvent {
  return event.type === 'ReimagingCompleted' || event.type === 'DowngradeCompleted' || event.type === 'DowngradeReverted';
}

/** `numbers`: the installations the host has, all of which a retirement ends. */
export function foldLife(known: HostLife | undefined, event: Placed<LifeEvent>, numbers: Iterable<number>): HostLife {
  const life = known ?? NO_LIFE;
  const { occurredMs: at, sequence } = event;
  switch (event.type) {
    case 'ReimagingRequested':
    case 'DowngradeRequested':
      return opened(life, event);
    case 'ReimagingGranted':
    case 'DowngradeGranted':
      return { ...life, openRequests: life.openRequests.map((each) => (each.request === event.data.request ? { ...each, lastFive: event.data.serving?.lastFive } : each)) };
    case 'ReimagingRefused':
    case 'ReimagingCancelled':
    case 'DowngradeRefused':
    case 'DowngradeCancelled':
      return closed(life, event.data.request);
    case 'ReimagingCompleted':
      return replaced(closed(life, event.data.request), event, 'REIMAGING');
    case 'DowngradeCompleted':
      return replaced(closed(life, event.data.request), event, 'DOWNGRADE');
    case 'DowngradeReverted':
      return replaced(life, event, 'REVERT');
    case 'HostRetired': {
      const retired = [...numbers].reduce((lived, number) => (lifeOf(lived, number)?.ended === undefined ? ended(lived, number, { at, by: 'RETIREMENT', sequence }) : lived), life);
      return { ...retired, retired: { at, sequence } };
    }
    case 'HostsMerged':
      return event.data.role === 'ABSORBED' ? { ...life, mergedInto: event.data.survivor } : { ...life, absorbed: [...life.absorbed, event.data.absorbed] };
    case 'ActivationMethodChanged':
      return { ...life, methodChanges: [...life.methodChanges, { ...event.data, at, sequence }].slice(-METHOD_CHANGES_KEPT_MAX) };
  }
}

/**
 * Evidence of an installation, as far as it tells which one was replaced: an installation first seen in evidence older than the
 * start of one whose predecessor the ledger did not have is that predecessor (`installations.ts` decides the same).
 */
export function foldSight(
  life: HostLife,
  seen: { readonly installation: number; readonly applicationId: string | undefined; readonly isFirst: boolean },
  place: { readonly occurredMs: number; readonly sequence: number },
): HostLife {
  const { installation, applicationId, isFirst } = seen;
  const known = lifeOf(life, installation);
  if (known !== undefined) return applicationId === undefined || known.applicationId !== undefined ? life : withInstallation(life, { ...known, applicationId });
  if (!isFirst) return life;
  const successor = life.installations.find(
    (each) =>
      each.started !== undefined &&
      each.replaces === undefined &&
      place.occurredMs < each.started.at &&
      (each.applicationId === undefined || applicationId === undefined || each.applicationId === applicationId),
  );
  if (successor?.started === undefined) return life;
  const end = { at: successor.started.at, by: 'EARLIER_EVIDENCE' as const, sequence: place.sequence };
  return withInstallation(withInstallation(life, { ...successor, replaces: installation }), { number: installation, applicationId, ended: end, replacedBy: successor.number });
}

export function lifeOf(life: HostLife | undefined, number: number): InstallationLife | undefined {
  return life?.installations.find((each) => each.number === number);
}

function opened(life: HostLife, event: Placed<Extract<LifeEvent, { type: 'ReimagingRequested' | 'DowngradeRequested' }>>): HostLife {
  const { request, installation, method } = event.data;
  // By the time things happened a completion may come before its request, which is recorded when somebody gets round to it.
  if (life.installations.some(({ started }) => started?.request === request)) return life;
  const kind = event.type === 'ReimagingRequested' ? 'REIMAGING' : 'DOWNGRADE';
  return { ...life, openRequests: [...life.openRequests, { kind, request, sequence: event.sequence, requestedAt: event.occurredMs, installation, method }] };
}

function closed(life: HostLife, request: string): HostLife {
  return { ...life, openRequests: life.openRequests.filter((each) => each.request !== request) };
}

function replaced(life: HostLife, event: Placed<CompletionEvent>, by: InstallationCause): HostLife {
  const { request, endedInstallation, startedInstallation } = event.data;
  const turn: Turn = { at: event.occurredMs, by, sequence: event.sequence, request };
  const before = endedInstallation === undefined ? life : ended(life, endedInstallation, turn, startedInstallation);
  return withInstallation(before, { number: startedInstallation, started: turn, replaces: endedInstallation });
}

function ended(life: HostLife, number: number, turn: Turn, replacedBy?: number): HostLife {
  return withInstallation(life, { ...(lifeOf(life, number) ?? { number }), ended: turn, replacedBy });
}

function withInstallation(life: HostLife, installation: InstallationLife): HostLife {
  const others = life.installations.filter(({ number }) => number !== installation.number);
  return { ...life, installations: [...others, installation].toSorted((one, other) => one.number - other.number) };
}
