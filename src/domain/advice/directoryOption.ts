import { statement } from '../messages/advice.js';
import { assessed, outcomeOn, type Finding, type RulesOnDay } from './assessment.js';
import type { ActivationObjectFacts, AdvisedOption, AdviceFacts } from './facts.js';

/** Activation by Active Directory. */
export function directoryOption(facts: AdviceFacts, rules: RulesOnDay): AdvisedOption {
  const { product, domainMember } = facts;
  const [found] = facts.activationObjects.filter((each) => activates(each.keyProduct, facts, rules));
  const findings = [productFinding(facts, rules), domainFinding(domainMember), objectFinding(facts, rules, found)];
  const assessment = assessed(findings);
  const name = found?.name ?? '';
  const reasons = assessment.suitability === 'POSSIBLE' ? [statement('DIRECTORY_ACTIVATES', ['A-1'], { product, name })] : [];
  return { method: 'ADBA', withStoredConfirmationId: false, through: found?.name, cost: { least: 0, most: 0 }, ...assessment, reasons };
}

function activates(keyProduct: string | undefined, { product, on }: AdviceFacts, rules: RulesOnDay): boolean {
  return outcomeOn(rules, 'K-5', { keyProduct, product }, on) === 'SATISFIED';
}

function productFinding({ product, on }: AdviceFacts, rules: RulesOnDay): Finding {
  // A member for the sake of the question: whether the product can be, not whether the machine is.
  const outcome = outcomeOn(rules, 'A-1', { product, domainMember: true }, on);
  if (outcome === 'VIOLATED') return { objections: [statement('DIRECTORY_TOO_OLD', ['A-1'], { product })], weight: 'OBSTACLE' };
  return outcome === 'SATISFIED' ? {} : { objections: [statement('NOT_RECOGNISED', ['A-1'], { product })], weight: 'STEP' };
}

function domainFinding(domainMember: boolean | undefined): Finding {
  if (domainMember === true) return {};
  const objection = domainMember === false ? statement('NOT_IN_DOMAIN', ['A-1']) : statement('DOMAIN_NOT_KNOWN', ['A-1']);
  return { objections: [objection], remedies: domainMember === false ? [statement('JOIN_DOMAIN', ['A-1'])] : [], weight: 'STEP' };
}

/** Without an object, a host key for the product can make one (K-4: one activation, no slot). */
function objectFinding(facts: AdviceFacts, rules: RulesOnDay, found: ActivationObjectFacts | undefined): Finding {
  if (found !== undefined) return {};
  const key = facts.keys.find((each) => each.kind === 'KMS_HOST' && each.status === 'IN_USE' && activates(each.product, facts, rules));
  return {
    objections: [statement('NO_ACTIVATION_OBJECT', ['A-1', 'K-5'], { product: facts.product })],
    remedies: key === undefined ? [statement('REGISTER_KEY', ['P-4'])] : [statement('CREATE_ACTIVATION_OBJECT', ['K-4'], { lastFive: key.lastFive })],
    weight: 'STEP',
  };
}
