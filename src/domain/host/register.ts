import { accept, refuse, type Decision, type DecisionContext } from '../decision.js';
import type { RegisterHost } from './commands.js';
import type { HostEvent } from './events.js';
import { identitiesOf } from './identities.js';
import type { HostState } from './state.js';

/** A host is entered by somebody: once, also when an observation met it before. */
export function register(state: HostState, command: RegisterHost, context: DecisionContext): Decision<HostEvent> {
  if (state.origin === 'REGISTRATION') return refuse('HOST_ALREADY_REGISTERED', { name: command.name.raw });
  if (state.mergedInto !== undefined) return refuse('HOST_MERGED', { survivor: state.mergedInto });
  if (state.retiredAt !== undefined) return refuse('HOST_RETIRED', { retiredAt: state.retiredAt });
  const { operatingSystem, virtualMachine } = command;
  const data = { origin: 'REGISTRATION' as const, identities: identitiesOf(command.name, command), operatingSystem, virtualMachine };
  return accept({ type: 'HostRegistered', schemaVersion: 1, occurredAt: context.now, data });
}
