/** How a request about a host is decided: rights first, then the activation its method spends (DOMAIN, reimaging). */
import { accept, refuse, type Decision, type DecisionContext } from '../decision.js';
import type { MessageCode } from '../messages/messages.js';
import type { Parameters } from '../messages/message.js';
import type { Judgement, RuledDecision } from '../rules/judgement.js';
import type { RuleBook } from '../rules/ruleBook.js';
import type { HostEvent } from './events.js';
import type { ServingKey } from './requestEvents.js';
import { servingKey, spendsActivation, type ToBeServed } from './serving.js';
import { verdictOf } from './verdict.js';

/** One request, and how its decision is written. */
export interface RequestToDecide {
  readonly command: ToBeServed & { readonly acceptedWarnings: readonly string[] };
  readonly requested: HostEvent;
  /** What the rules of rights say. */
  readonly rights: readonly Judgement[];
  granted(serving: ServingKey | undefined, decision: RuledDecision): HostEvent;
  refused(code: MessageCode, parameters: Parameters, decision: RuledDecision): HostEvent;
}

/**
 * Decides on the rights; where they hold and an activation must be spent, on what the key's stream has answered. A command that
 * brings no answer yet is refused with `ACTIVATION_NOT_REQUESTED` and records nothing: so the same decision tells, before an
 * activation is reserved, that all else is in order. What needs no activation, and what the rules forbid, is settled without one.
 */
export function decideRequest(rules: RuleBook, request: RequestToDecide, context: DecisionContext): Decision<HostEvent> {
  const { command, requested, rights } = request;
  const { acceptedWarnings, key } = command;
  const spends = spendsActivation(command);
  const byRights = verdictOf(rights, acceptedWarnings);
  if (byRights.kind === 'allowed' && spends && key?.activation === undefined) return refuse('ACTIVATION_NOT_REQUESTED', { method: command.method });
  const answer = spends && byRights.kind === 'allowed' ? key?.activation : undefined;
  const budget = answer === undefined ? [] : rules.judge('R-3', { method: command.method, remaining: key?.remaining, granted: answer.kind === 'granted' }, context.now);
  const verdict = budget.length === 0 ? byRights : verdictOf([...rights, ...budget], acceptedWarnings);
  if (verdict.kind === 'warned') return refuse('WARNING_NOT_ACCEPTED', { rules: verdict.rules.join(', ') }, verdict.rules);
  const decision = { ruleset: rules.digest, judgements: verdict.judgements };
  // Without the activation nothing can be served, also where R-3 has been ended by configuration.
  if (answer?.kind === 'refused') {
    const parameters = { answer: answer.code, lastFive: key?.lastFive ?? '' };
    return accept(requested, request.refused('ACTIVATION_NOT_GRANTED', parameters, decision));
  }
  if (verdict.kind === 'forbidden') return accept(requested, request.refused(verdict.code, { rules: verdict.rules.join(', ') }, decision));
  return accept(requested, request.granted(servingKey(command), decision));
}
