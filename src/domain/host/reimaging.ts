/** The life of a reimaging: requested and decided, then completed or cancelled (DOMAIN, reimaging). */
import { accept, refuse, type Decision, type DecisionContext } from '../decision.js';
import { sha256Of } from '../evidence.js';
import type { RuleBook } from '../rules/ruleBook.js';
import type { HostRequestCommand, RequestReimaging } from './commands.js';
import { decideRequest } from './decideRequest.js';
import type { HostEvent } from './events.js';
import { endsBeforeStart, installationToReplace, outOfService } from './inService.js';
import { running, successorOf } from './installations.js';
import { unserviceable } from './serving.js';
import type { HostState, Installation, OpenRequest } from './state.js';

type Command<Kind extends HostRequestCommand['kind']> = Extract<HostRequestCommand, { kind: Kind }>;

/** Grants or refuses (R-1, R-2, R-6, then R-3), and records either. One reimaging of a host can be open. */
export function requestReimaging(rules: RuleBook, state: HostState, command: RequestReimaging, context: DecisionContext): Decision<HostEvent> {
  const barred = outOfService(state) ?? unserviceable(command);
  if (barred !== undefined) return barred;
  if (state.reimaging !== undefined) return refuse('REIMAGING_OPEN', { request: state.reimaging.request });
  const replaced = installationToReplace(state, command.installation);
  if (replaced.kind === 'refused' || replaced.kind === 'accepted') return replaced;
  const installation = replaced.kind === 'found' ? replaced.installation.number : undefined;
  const evidenceSha256 = command.evidenceSha256 === undefined ? undefined : sha256Of(command.evidenceSha256);
  if (evidenceSha256 === undefined && command.evidenceSha256 !== undefined) return refuse('EVIDENCE_MALFORMED');
  const { request, device, image, method, withStoredConfirmationId, agreement, team } = command;
  const occurredAt = context.now;
  const data = { request, installation, device, image, method, withStoredConfirmationId, agreement, team, evidenceSha256 };
  return decideRequest(
    rules,
    {
      command,
      requested: { type: 'ReimagingRequested', schemaVersion: 1, occurredAt, data },
      rights: rightsOf(rules, state, command, context),
      granted: (serving, decision) => ({ type: 'ReimagingGranted', schemaVersion: 1, occurredAt, data: { request, serving, decision } }),
      refused: (code, parameters, decision) => ({ type: 'ReimagingRefused', schemaVersion: 1, occurredAt, data: { request, code, parameters, decision } }),
    },
    context,
  );
}

function rightsOf(rules: RuleBook, state: HostState, { device, image, method, programme, unitsOwned, key }: RequestReimaging, { now }: DecisionContext) {
  const { channel, ...licensed } = device;
  const { product, version, edition, language } = image;
  const downgradeTarget = (state.downgrade ?? state.downgradeInForce)?.to;
  return [
    ...rules.judge('R-1', { programme, purpose: 'REIMAGING' }, now),
    ...rules.judge('R-2', { channel, licensed, image: { product, version, edition, language }, downgradeTarget, programme, unitsOwned }, now),
    ...rules.judge('R-6', { product, edition, method, keyProduct: key?.product, virtualMachine: state.virtualMachine }, now),
  ];
}

/** Ends the installation and begins the next number. Says whether an activation was consumed where one was reserved, and only there. */
export function completeReimaging(state: HostState, command: Command<'completeReimaging'>, context: DecisionContext): Decision<HostEvent> {
  const open = state.reimaging;
  const barred = outOfService(state);
  if (barred !== undefined) return barred;
  if (open?.request !== command.request) return refuse('REQUEST_NOT_OPEN', { request: command.request });
  const { request, hardwareBefore, hardwareAfter, activationConsumed } = command;
  if (open.serving?.activation !== undefined && activationConsumed === undefined) return refuse('CONSUMPTION_NOT_SAID', { request });
  if (open.serving?.activation === undefined && activationConsumed !== undefined) return refuse('CONSUMPTION_NOT_EXPECTED', { request });
  const occurredAt = command.occurredAt ?? context.now;
  const ended = replacedBy(state, open);
  const untimely = endsBeforeStart(ended, occurredAt);
  if (untimely !== undefined) return untimely;
  const startedInstallation = state.installations.length + 1;
  const data = { request, endedInstallation: ended?.number, startedInstallation, hardwareBefore, hardwareAfter, activationConsumed, serving: open.serving };
  return accept({ type: 'ReimagingCompleted', schemaVersion: 1, occurredAt, data });
}

export function cancelReimaging(state: HostState, { request }: Command<'cancelReimaging'>, { now }: DecisionContext): Decision<HostEvent> {
  if (state.reimaging?.request !== request) return refuse('REQUEST_NOT_OPEN', { request });
  return accept({ type: 'ReimagingCancelled', schemaVersion: 1, occurredAt: now, data: { request, serving: state.reimaging.serving } });
}

/**
 * What a completed request replaces: the installation it was made for or what has taken its place since; where the ledger had
 * none then, the only one that runs by now.
 */
export function replacedBy(state: HostState, open: OpenRequest): Installation | undefined {
  if (open.installation !== undefined) return successorOf(state, open.installation);
  const [only, ...others] = running(state);
  return others.length === 0 ? only : undefined;
}
