import { accept, refuse, type Decision, type DecisionContext } from '../decision.js';
import type { InstantText } from '../event.js';
import type { MessageCode } from '../messages/messages.js';
import type { Parameters } from '../messages/message.js';
import type { Judgement } from '../rules/judgement.js';
import type { RuleBook } from '../rules/ruleBook.js';
import { isInstallation, requestedActivation } from './activations.js';
import type { RequestActivation } from './commands.js';
import { usedOf } from './counts.js';
import type { ProductKeyEvent } from './events.js';
import { codeOf, warningRefusal, weigh, type Judged } from './judgements.js';
import { reservationKey, type ProductKeyState } from './state.js';
import { valueOf } from './textMap.js';

const INSTALLATION_ID = /^\d{50,63}$/;
/** What installation ids are written with between their groups of digits. */
const SEPARATORS = /[\s-]/g;
const HOUR_MS = 3_600_000;

/** Reserves one activation, or records the request and why it was refused (B-1; life of a MAK activation). */
export function requestActivation(state: ProductKeyState, command: RequestActivation, context: DecisionContext, rules: RuleBook): Decision<ProductKeyEvent> {
  const { activation, host, installation, product, method, purpose, agreement, virtualMachine, onBehalfOf } = command;
  if (state.lastFive === undefined) return refuse('KEY_UNKNOWN');
  if (state.kind !== 'MAK') return refuse('KEY_IS_NO_MAK', { lastFive: state.lastFive, kind: state.kind });
  if (method !== 'MAK_INDEPENDENT' && method !== 'MAK_PROXY') return refuse('METHOD_WITHOUT_MAK', { method });
  if (installation !== undefined && !isInstallation(installation)) return refuse('INSTALLATION_UNKNOWN', { installation });
  if (requestedActivation(state.requests, activation) !== undefined) return refuse('ACTIVATION_EXISTS', { activation });
  const installationId = command.installationId?.replaceAll(SEPARATORS, '');
  if (installationId !== undefined && method !== 'MAK_PROXY') return refuse('INSTALLATION_ID_WITHOUT_PROXY', { method });
  if (installationId !== undefined && !INSTALLATION_ID.test(installationId)) return refuse('INSTALLATION_ID_MALFORMED', { digits: installationId.length });

  const judged = weigh(rules, judgementsOf(state, command, context.now, rules), command.acceptedWarnings);
  const data = { activation, host, installation, product, method, purpose, agreement, installationId, virtualMachine, onBehalfOf };
  const request: ProductKeyEvent = { type: 'ActivationRequested', schemaVersion: 1, occurredAt: context.now, data };
  const { decision } = judged;
  const reason = refusalOf(state, command, judged);
  if (reason !== undefined) {
    const refused = { activation, code: reason.code, parameters: reason.parameters, decision };
    return accept<ProductKeyEvent>(request, { type: 'ActivationRefused', schemaVersion: 1, occurredAt: context.now, data: refused });
  }
  if (judged.unaccepted.length > 0) return warningRefusal(judged.unaccepted);
  const expiresAt = laterBy(context.now, state.reservationHours ?? rules.figure('RESERVATION_PERIOD', context.now));
  return accept<ProductKeyEvent>(request, { type: 'ActivationGranted', schemaVersion: 1, occurredAt: context.now, data: { activation, expiresAt, decision } });
}

function judgementsOf(state: ProductKeyState, command: RequestActivation, now: InstantText, rules: RuleBook): readonly Judgement[] {
  const { purpose, programme, agreement } = command;
  const overage = state.overage ?? 'REFUSE';
  return [
    ...rules.judge('B-1', { allowed: state.allowed, used: usedOf(state.counts), overage }, now),
    ...reportWarning(state),
    ...rules.judge('B-6', { keyProduct: state.product, product: command.product }, now),
    ...rules.judge('R-1', { programme, purpose }, now),
    // Where no agreement is named, the licence is one of the key's own.
    ...(agreement === undefined ? [] : agreementJudgements(state, { ...command, agreement }, now, rules)),
  ];
}

function agreementJudgements(state: ProductKeyState, command: RequestActivation & { readonly agreement: string }, now: InstantText, rules: RuleBook): readonly Judgement[] {
  const { agreement, programme } = command;
  const affiliation = command.affiliation ?? (agreement === state.agreement ? 'SAME' : 'UNKNOWN');
  return [...rules.judge('R-8', { affiliation }, now), ...rules.judge('P-4', { keyAgreement: state.agreement, agreement, programme }, now)];
}

/** What Microsoft reported leaves nothing although the ledger's own count does: that warns, and never refuses (DOMAIN, counts). */
function reportWarning({ report, allowed, counts }: ProductKeyState): readonly Judgement[] {
  if (report === undefined || allowed === undefined) return [];
  const reportedLeft = report.left - counts.reserved;
  const remaining = allowed - usedOf(counts);
  if (reportedLeft > 0 || remaining <= 0) return [];
  return [{ rule: 'B-1', effect: 'WARN', outcome: 'VIOLATED', inputs: { reportedRemaining: report.remaining, reportedAt: report.at, reportedLeft, remaining } }];
}

interface Reason {
  readonly code: MessageCode;
  readonly parameters: Parameters;
}

/** Why nothing is granted, the most lasting reason first. */
function refusalOf(state: ProductKeyState, { host, installation }: RequestActivation, { violated }: Judged): Reason | undefined {
  const { lastFive = '', allowed } = state;
  if (state.blocked) return { code: 'KEY_BLOCKED', parameters: { lastFive } };
  if (state.retired) return { code: 'KEY_RETIRED', parameters: { lastFive } };
  const open = valueOf(state.reservations, reservationKey(host, installation));
  if (open !== undefined) return { code: 'RESERVATION_OPEN', parameters: { activation: open } };
  if (allowed === undefined) return { code: 'LIMIT_UNKNOWN', parameters: { lastFive } };
  const [first] = violated;
  if (first === undefined) return undefined;
  return { code: codeOf(first.rule), parameters: { rule: first.rule, lastFive, allowed, used: usedOf(state.counts) } };
}

function laterBy(instant: InstantText, hours: number): InstantText {
  return new Date(Date.parse(instant) + hours * HOUR_MS).toISOString();
}
