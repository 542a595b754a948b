/**
 * One host: the names and identifiers it was met under, its installations, what was observed of them, and what was asked for them.
 * Observations are never refused; neither a name nor a CMID is a host's identity, so all are kept.
 */
import { judgeCorrection } from '../correction.js';
import { refuse, type Decision, type DecisionContext } from '../decision.js';
import type { RuleBook } from '../rules/ruleBook.js';
import { changeMethod } from './changeMethod.js';
import type { HostCommand } from './commands.js';
import { HOST_CORRECTIONS } from './corrections.js';
import { cancelDowngrade, completeDowngrade, requestDowngrade, revertDowngrade } from './downgrade.js';
import type { HostEvent } from './events.js';
import { evolve } from './evolve.js';
import { merge } from './merge.js';
import { recordObservation } from './recordObservation.js';
import { register } from './register.js';
import { cancelReimaging, completeReimaging, requestReimaging } from './reimaging.js';
import { retire } from './retire.js';
import { initialHost, type HostState } from './state.js';

/** The decider of hosts under these rules. What rules decide is asked of them; all else is the same under any. */
export function hostDeciderWith(rules: RuleBook) {
  return {
    name: 'host',
    version: 2,
    initial: initialHost,
    decide: (state: HostState, command: HostCommand, context: DecisionContext) => decide(rules, state, command, context),
    evolve,
  };
}

function decide(rules: RuleBook, state: HostState, command: HostCommand, context: DecisionContext): Decision<HostEvent> {
  switch (command.kind) {
    case 'recordObservation':
      return recordObservation(state, command, context);
    case 'registerHost':
      return register(state, command, context);
    case 'requestReimaging':
      return requestReimaging(rules, state, command, context);
    case 'completeReimaging':
      return completeReimaging(state, command, context);
    case 'cancelReimaging':
      return cancelReimaging(state, command, context);
    case 'requestDowngrade':
      return requestDowngrade(rules, state, command, context);
    case 'completeDowngrade':
      return completeDowngrade(state, command, context);
    case 'revertDowngrade':
      return revertDowngrade(state, command, context);
    case 'cancelDowngrade':
      return cancelDowngrade(state, command, context);
    case 'retireHost':
      return retire(state, command, context);
    case 'mergeHosts':
      return merge(state, command, context);
    case 'changeActivationMethod':
      return changeMethod(state, command, context);
    case 'recordCorrection':
      return state.origin === undefined ? refuse('HOST_UNKNOWN') : judgeCorrection(command, HOST_CORRECTIONS, context);
  }
}

/** For what no rule decides, observations above all. */
export const hostDecider = hostDeciderWith({ digest: '', judge: withoutRules, figure: withoutRules });

function withoutRules(): never {
  throw new Error('A request was put to a decider that has no rules.');
}
