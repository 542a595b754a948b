import { accept, type Decision, type DecisionContext } from '../decision.js';
import type { HostCommand } from './commands.js';
import type { HostEvent } from './events.js';
import { outOfService, runningInstallation } from './inService.js';
import type { HostState } from './state.js';

/** An installation is to be activated in another way; nothing to record where it is activated in this way already. */
export function changeMethod(state: HostState, command: Extract<HostCommand, { kind: 'changeActivationMethod' }>, { now }: DecisionContext): Decision<HostEvent> {
  const barred = outOfService(state);
  if (barred !== undefined) return barred;
  const found = runningInstallation(state, command.installation);
  if (found.kind !== 'found') return found;
  const { number, method: from } = found.installation;
  const { method: to } = command;
  if (from === to) return accept();
  return accept({ type: 'ActivationMethodChanged', schemaVersion: 1, occurredAt: now, data: { installation: number, from, to } });
}
