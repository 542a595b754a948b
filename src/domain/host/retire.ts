import { accept, type Decision, type DecisionContext } from '../decision.js';
import type { HostCommand } from './commands.js';
import type { HostEvent } from './events.js';
import { endsBeforeStart, outOfService } from './inService.js';
import { running } from './installations.js';
import type { HostState } from './state.js';

/**
 * The host is in use no longer: its open requests are cancelled and its installations end. Its reservations are released on the
 * streams of their keys (`releaseHost`). What is observed of it later is recorded all the same.
 */
export function retire(state: HostState, command: Extract<HostCommand, { kind: 'retireHost' }>, context: DecisionContext): Decision<HostEvent> {
  const barred = outOfService(state);
  if (barred !== undefined) return barred;
  const occurredAt = command.occurredAt ?? context.now;
  for (const installation of running(state)) {
    const untimely = endsBeforeStart(installation, occurredAt);
    if (untimely !== undefined) return untimely;
  }
  const events: HostEvent[] = [];
  const { reimaging, downgrade } = state;
  if (reimaging !== undefined) events.push({ type: 'ReimagingCancelled', schemaVersion: 1, occurredAt: context.now, data: { request: reimaging.request } });
  if (downgrade !== undefined) events.push({ type: 'DowngradeCancelled', schemaVersion: 1, occurredAt: context.now, data: { request: downgrade.request } });
  events.push({ type: 'HostRetired', schemaVersion: 1, occurredAt, data: {} });
  return accept(...events);
}
