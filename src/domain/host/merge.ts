import { accept, refuse, type Decision, type DecisionContext } from '../decision.js';
import type { HostCommand } from './commands.js';
import type { HostEvent } from './events.js';
import type { HostState } from './state.js';

/**
 * Two hosts turned out to be one machine. Decided on both streams: the absorbed one must be no part of another host yet and have no
 * open request. A host that is part of another absorbs none, and none goes into a host that is part of it, so that whichever of two
 * merges that cross comes second is refused.
 */
export function merge(state: HostState, command: Extract<HostCommand, { kind: 'mergeHosts' }>, { now }: DecisionContext): Decision<HostEvent> {
  const { role, survivor, absorbed } = command;
  if (survivor === absorbed) return refuse('MERGED_WITH_ITSELF');
  if (state.origin === undefined) return refuse('HOST_UNKNOWN');
  // Exactly this merge is so already: cut between its two streams, it is completed by a command of any id.
  if (role === 'ABSORBED' ? state.mergedInto === survivor : state.mergedInto === undefined && state.absorbed.includes(absorbed)) return accept();
  if (state.mergedInto !== undefined) return refuse('HOST_MERGED', { survivor: state.mergedInto });
  if (role === 'ABSORBED' && state.absorbed.includes(survivor)) return refuse('HOST_MERGED', { survivor: absorbed });
  const open = state.reimaging ?? state.downgrade;
  if (role === 'ABSORBED' && open !== undefined) return refuse('REQUEST_OPEN', { request: open.request });
  return accept({ type: 'HostsMerged', schemaVersion: 1, occurredAt: now, data: { role, survivor, absorbed } });
}
