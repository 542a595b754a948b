/** The life of a downgrade: requested and decided, completed or cancelled, and perhaps reverted (DOMAIN, downgrade). */
import { accept, refuse, type Decision, type DecisionContext } from '../decision.js';
import { sha256Of } from '../evidence.js';
import type { RuleBook } from '../rules/ruleBook.js';
import type { HostRequestCommand, RequestDowngrade } from './commands.js';
import { decideRequest } from './decideRequest.js';
import type { HostEvent } from './events.js';
import { endsBeforeStart, installationToReplace, outOfService } from './inService.js';
import { successorOf } from './installations.js';
import { replacedBy } from './reimaging.js';
import { unserviceable } from './serving.js';
import type { HostState } from './state.js';

type Command<Kind extends HostRequestCommand['kind']> = Extract<HostRequestCommand, { kind: Kind }>;

/**
 * Grants or refuses (R-1, R-4 to R-7, then R-3), and records either. The licence charged stays that of the higher product, whatever
 * agreement the key is of. One downgrade of a host can be open.
 */
export function requestDowngrade(rules: RuleBook, state: HostState, command: RequestDowngrade, context: DecisionContext): Decision<HostEvent> {
  const barred = outOfService(state) ?? unserviceable(command);
  if (barred !== undefined) return barred;
  if (state.downgrade !== undefined) return refuse('DOWNGRADE_OPEN', { request: state.downgrade.request });
  const replaced = installationToReplace(state, command.installation);
  if (replaced.kind === 'refused' || replaced.kind === 'accepted') return replaced;
  const installation = replaced.kind === 'found' ? replaced.installation.number : undefined;
  const evidenceSha256 = command.evidenceSha256 === undefined ? undefined : sha256Of(command.evidenceSha256);
  if (evidenceSha256 === undefined && command.evidenceSha256 !== undefined) return refuse('EVIDENCE_MALFORMED');
  const { request, from, to, basis, method, agreement, team } = command;
  const occurredAt = context.now;
  const data = { request, installation, from, to, basis, evidenceSha256, method, agreement, team };
  return decideRequest(
    rules,
    {
      command,
      requested: { type: 'DowngradeRequested', schemaVersion: 1, occurredAt, data },
      rights: rightsOf(rules, state, command, context),
      granted: (serving, decision) => ({ type: 'DowngradeGranted', schemaVersion: 1, occurredAt, data: { request, serving, decision } }),
      refused: (code, parameters, decision) => ({ type: 'DowngradeRefused', schemaVersion: 1, occurredAt, data: { request, code, parameters, decision } }),
    },
    context,
  );
}

function rightsOf(rules: RuleBook, state: HostState, command: RequestDowngrade, { now }: DecisionContext) {
  const { from: licence, to, method, programme, key } = command;
  const { channel, ...from } = licence;
  const virtualMachine = command.virtualMachine ?? state.virtualMachine;
  return [
    ...rules.judge('R-1', { programme, purpose: 'DOWNGRADE' }, now),
    ...rules.judge('R-4', { from, to, keyKind: key?.kind, keyProduct: key?.product }, now),
    ...rules.judge('R-5', { channel, from, to }, now),
    ...rules.judge('R-6', { product: to.product, edition: to.edition, method, keyProduct: key?.product, virtualMachine }, now),
    ...rules.judge('R-7', { from, to }, now),
  ];
}

/** Ends the installation and begins the next number, which runs the lower version. */
export function completeDowngrade(state: HostState, command: Command<'completeDowngrade'>, context: DecisionContext): Decision<HostEvent> {
  const open = state.downgrade;
  const barred = outOfService(state);
  if (barred !== undefined) return barred;
  const { request } = command;
  if (open?.request !== request) return refuse('REQUEST_NOT_OPEN', { request });
  const occurredAt = command.occurredAt ?? context.now;
  const ended = replacedBy(state, open);
  const untimely = endsBeforeStart(ended, occurredAt);
  if (untimely !== undefined) return untimely;
  const data = { request, endedInstallation: ended?.number, startedInstallation: state.installations.length + 1, serving: open.serving };
  return accept({ type: 'DowngradeCompleted', schemaVersion: 1, occurredAt, data });
}

export function cancelDowngrade(state: HostState, { request }: Command<'cancelDowngrade'>, { now }: DecisionContext): Decision<HostEvent> {
  if (state.downgrade?.request !== request) return refuse('REQUEST_NOT_OPEN', { request });
  return accept({ type: 'DowngradeCancelled', schemaVersion: 1, occurredAt: now, data: { request, serving: state.downgrade.serving } });
}

/** Going back up begins a new installation; no activation is given back. */
export function revertDowngrade(state: HostState, command: Command<'revertDowngrade'>, context: DecisionContext): Decision<HostEvent> {
  const barred = outOfService(state);
  if (barred !== undefined) return barred;
  const { request } = command;
  const lower = state.downgradeInForce;
  const ended = lower?.request === request ? successorOf(state, lower.installation) : undefined;
  if (ended === undefined) return refuse('DOWNGRADE_NOT_IN_FORCE', { request });
  const occurredAt = command.occurredAt ?? context.now;
  const untimely = endsBeforeStart(ended, occurredAt);
  if (untimely !== undefined) return untimely;
  const data = { request, endedInstallation: ended.number, startedInstallation: state.installations.length + 1 };
  return accept({ type: 'DowngradeReverted', schemaVersion: 1, occurredAt, data });
}
