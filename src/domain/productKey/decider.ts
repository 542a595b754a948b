/**
 * One product key: what is known of it, and each activation in exactly one class.
 * `used = opening + confirmed + reserved + observed + uncertain`; the key's stream is the consistency boundary of its counts.
 */
import { judgeCorrection } from '../correction.js';
import type { Decision, DecisionContext } from '../decision.js';
import { builtInRules } from '../rules/builtIn.js';
import type { RuleBook } from '../rules/ruleBook.js';
import type { ProductKeyCommand } from './commands.js';
import { PRODUCT_KEY_CORRECTIONS } from './corrections.js';
import { carryOverActivation, confirmActivation, failActivation, releaseActivation, releaseHost } from './endActivation.js';
import type { ProductKeyEvent } from './events.js';
import { evolve } from './evolve.js';
import { configureKmsHost, createActivationObject, removeActivationObject, removeKmsHost, updateKmsHost } from './kms.js';
import { afterLapses } from './lapse.js';
import { grantLimitIncrease, refuseLimitIncrease, requestLimitIncrease, reviseLimit, submitLimitIncrease, withdrawLimitIncrease } from './limit.js';
import { observeActivation, observeKey, observeLoss } from './observe.js';
import { productKeyParts } from './parts.js';
import { registerKey } from './register.js';
import { requestActivation } from './requestActivation.js';
import { resolveConsumption, reverseActivation } from './settleActivation.js';
import { blockKey, changePolicy, replaceKey, retireKey } from './standing.js';
import { initialProductKey, type ProductKeyState } from './state.js';

/** The decider under these rules. All share name, version and state: the rules take part in decisions only. */
export function productKeyDeciderWith(rules: RuleBook) {
  return {
    name: 'productKey',
    version: 5,
    initial: initialProductKey,
    decide: (state: ProductKeyState, command: ProductKeyCommand, context: DecisionContext): Decision<ProductKeyEvent> =>
      afterLapses(state, command, context, (current) => decide(current, command, context, rules)),
    evolve,
    parts: productKeyParts,
  };
}

/** Under the built-in rules: for what needs no configuration, such as observations. */
export const productKeyDecider = productKeyDeciderWith(builtInRules);

function decide(state: ProductKeyState, command: ProductKeyCommand, context: DecisionContext, rules: RuleBook): Decision<ProductKeyEvent> {
  switch (command.kind) {
    case 'observeKey':
      return observeKey(state, command, context);
    case 'observeActivation':
      return observeActivation(state, command, context);
    case 'observeLoss':
      return observeLoss(state, command, context);
    case 'registerKey':
      return registerKey(state, command, context);
    case 'requestActivation':
      return requestActivation(state, command, context, rules);
    case 'confirmActivation':
      return confirmActivation(state, command, context);
    case 'failActivation':
      return failActivation(state, command, context);
    case 'releaseActivation':
      return releaseActivation(state, command, context);
    case 'carryOverActivation':
      return carryOverActivation(state, command, context);
    case 'releaseHost':
      return releaseHost(state, command, context);
    case 'reverseActivation':
      return reverseActivation(state, command, context);
    case 'resolveConsumption':
      return resolveConsumption(state, command, context);
    case 'reviseLimit':
      return reviseLimit(state, command, context);
    case 'requestLimitIncrease':
      return requestLimitIncrease(state, command, context);
    case 'submitLimitIncrease':
      return submitLimitIncrease(state, command, context);
    case 'grantLimitIncrease':
      return grantLimitIncrease(state, command, context, rules);
    case 'refuseLimitIncrease':
      return refuseLimitIncrease(state, command, context);
    case 'withdrawLimitIncrease':
      return withdrawLimitIncrease(state, command, context);
    case 'configureKmsHost':
      return configureKmsHost(state, command, context, rules);
    case 'updateKmsHost':
      return updateKmsHost(state, command, context);
    case 'removeKmsHost':
      return removeKmsHost(state, command, context);
    case 'createActivationObject':
      return createActivationObject(state, command, context);
    case 'removeActivationObject':
      return removeActivationObject(state, command, context);
    case 'recordCorrection':
      return judgeCorrection(command, PRODUCT_KEY_CORRECTIONS, context);
    case 'changePolicy':
      return changePolicy(state, command, context);
    case 'blockKey':
      return blockKey(state, command, context);
    case 'retireKey':
      return retireKey(state, context);
    case 'replaceKey':
      return replaceKey(state, command, context);
  }
}
