/** What must be so before anything is asked of a host. */
import { refuse, type Decision } from '../decision.js';
import type { InstantText } from '../event.js';
import { running } from './installations.js';
import type { HostState, Installation } from './state.js';

/** Why nothing can be asked of this host: the ledger does not know it, it is part of another one, or it is retired. */
export function outOfService({ origin, mergedInto, retiredAt }: HostState): Decision<never> | undefined {
  if (origin === undefined) return refuse('HOST_UNKNOWN');
  if (mergedInto !== undefined) return refuse('HOST_MERGED', { survivor: mergedInto });
  return retiredAt === undefined ? undefined : refuse('HOST_RETIRED', { retiredAt });
}

export type FoundInstallation = { readonly kind: 'found'; readonly installation: Installation } | Decision<never>;

/** The installation named, if it runs. */
export function runningInstallation(state: HostState, number: number): FoundInstallation {
  const installation = state.installations[number - 1];
  if (installation === undefined) return refuse('INSTALLATION_UNKNOWN', { installation: number });
  if (installation.endedAt !== undefined) return refuse('INSTALLATION_ENDED', { installation: number });
  return { kind: 'found', installation };
}

/**
 * The installation that a request will replace: the one named, else the only one that runs; `none` where the ledger has none.
 * Of several none is taken: a guess would end the wrong one.
 */
export function installationToReplace(state: HostState, named: number | undefined): FoundInstallation | { readonly kind: 'none' } {
  if (named !== undefined) return runningInstallation(state, named);
  const [only, ...others] = running(state);
  if (only === undefined) return { kind: 'none' };
  return others.length === 0 ? { kind: 'found', installation: only } : refuse('INSTALLATION_NOT_NAMED', { installations: others.length + 1 });
}

/** Refuses an end that would lie before the beginning of what ends. */
export function endsBeforeStart(installation: Installation | undefined, at: InstantText): Decision<never> | undefined {
  if (installation?.startedAt === undefined || installation.startedAt <= at) return undefined;
  return refuse('ENDS_BEFORE_START', { installation: installation.number, startedAt: installation.startedAt });
}
