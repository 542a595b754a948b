/** Which installation a record is about, and how installations follow one another. */
import type { InstantText } from '../event.js';
import type { HostState, Installation } from './state.js';

/** What a record says of the product it was seen on. */
export interface SeenProduct {
  readonly skuId?: string | undefined;
  readonly applicationId?: string | undefined;
  readonly lastFive?: string | undefined;
}

/**
 * The installation that a record is about, among those that ran when it happened: older evidence belongs to the installation that
 * has ended, newer to the one that was started in its place. It is the one of the record's SKU; where either side has no SKU, the
 * one with the same last five and no other application; else one that was started and of which nothing has been seen; else a new one.
 */
export function installationFor({ installations }: HostState, at: InstantText, seen: SeenProduct): Installation {
  const { skuId, applicationId, lastFive } = seen;
  const bySku = skuId === undefined ? undefined : installations.find((each) => each.skuId === skuId && ranAt(each, at));
  if (bySku !== undefined) return bySku;
  const byKey =
    lastFive === undefined
      ? undefined
      : installations.find((each) => each.lastFive === lastFive && (skuId === undefined || each.skuId === undefined) && sameFamily(each, applicationId) && ranAt(each, at));
  const started = byKey ?? installations.find((each) => each.startedAt !== undefined && each.skuId === undefined && sameFamily(each, applicationId) && ranAt(each, at));
  return started ?? { number: installations.length + 1, skuId, applicationId, lastFive };
}

/** Whether the installation ran at that time, as far as the ledger knows: the end itself belongs to what was started then. */
export function ranAt({ startedAt, endedAt }: Installation, at: InstantText): boolean {
  return (startedAt === undefined || startedAt <= at) && (endedAt === undefined || at < endedAt);
}

/** Installations that have not ended. */
export function running(state: HostState): readonly Installation[] {
  return state.installations.filter((each) => each.endedAt === undefined);
}

/** The installation that now stands where this one stood: itself, or what has replaced it since. */
export function successorOf({ installations }: HostState, number: number): Installation | undefined {
  let current = installations[number - 1];
  // Each step goes to a later installation, so it ends.
  while (current?.endedAt !== undefined) {
    const { number: ended } = current;
    current = installations.find((each) => each.replaces === ended);
  }
  return current;
}

/** The state after something was seen of an installation; the same object when that is nothing new. */
export function withInstallation(state: HostState, seen: SeenProduct & Pick<Installation, 'number' | 'method'>, at: InstantText): HostState {
  const known = state.installations[seen.number - 1];
  if (known === undefined) return withFirstSight(state, seen, at);
  const skuId = known.skuId ?? seen.skuId;
  const applicationId = known.applicationId ?? seen.applicationId;
  const lastFive = seen.lastFive ?? known.lastFive;
  const method = seen.method ?? known.method;
  if (skuId === known.skuId && applicationId === known.applicationId && lastFive === known.lastFive && method === known.method) return state;
  return { ...state, installations: state.installations.with(seen.number - 1, { ...known, skuId, applicationId, lastFive, method }) };
}

/**
 * An installation met for the first time. Where one was started in the place of something the ledger did not have, and this was
 * seen before that, this is what it replaced: it has ended.
 */
function withFirstSight(state: HostState, { number, skuId, applicationId, lastFive, method }: SeenProduct & Pick<Installation, 'number' | 'method'>, at: InstantText): HostState {
  const met: Installation = { number, skuId, applicationId, lastFive, method };
  const index = state.installations.findIndex((each) => each.startedAt !== undefined && each.replaces === undefined && at < each.startedAt && sameFamily(each, applicationId));
  const started = state.installations[index];
  if (started === undefined) return { ...state, installations: [...state.installations, met] };
  const installations = state.installations.with(index, { ...started, replaces: number });
  return { ...state, installations: [...installations, { ...met, endedAt: started.startedAt }] };
}

/** The state after one installation ended, where the ledger had it, and another began in its place. */
export function withReplacement(state: HostState, ended: number | undefined, started: Pick<Installation, 'number' | 'lastFive' | 'method'>, at: InstantText): HostState {
  const before = ended === undefined ? undefined : state.installations[ended - 1];
  const kept = before === undefined ? state.installations : state.installations.with(before.number - 1, { ...before, endedAt: at });
  const next: Installation = { ...started, applicationId: before?.applicationId, startedAt: at, replaces: before?.number };
  return { ...state, installations: [...kept, next] };
}

function sameFamily({ applicationId }: Installation, other: string | undefined): boolean {
  return applicationId === undefined || other === undefined || applicationId === other;
}
