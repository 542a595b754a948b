import { familyOf, recogniseProduct } from '../catalogue/product.js';
import { statement } from '../messages/advice.js';
import { COUNTED_WITH, kmsThreshold } from '../rules/kmsFacts.js';
import { assessed, outcomeOn, type Finding, type RulesOnDay } from './assessment.js';
import type { AdvisedOption, AdviceFacts, KmsHostFacts } from './facts.js';

/** Activation through each KMS host, or through one that is yet to be set up. */
export function kmsOptions(facts: AdviceFacts, rules: RulesOnDay): readonly AdvisedOption[] {
  const machineFindings = [suiteFinding(facts, rules), clockFinding(facts, rules), countingFinding(facts, rules)];
  const option = (findings: readonly Finding[], through?: string): AdvisedOption => ({
    method: 'KMS',
    withStoredConfirmationId: false,
    through,
    cost: { least: 0, most: 0 },
    ...assessed([...machineFindings, ...findings]),
  });
  if (facts.kmsHosts.length === 0) return [option([newHostFinding(facts, rules)])];
  return facts.kmsHosts.map((host) => option([keyFinding(facts, host, rules), systemFinding(facts, host, rules), updateFinding(facts, host, rules), thresholdFinding(facts, host, rules)], host.name));
}

/** Whether the threshold of the product can be reached (K-10): by a KMS host that is there, or by the machines that are known. */
export function thresholdWithinReach(facts: AdviceFacts, rules: RulesOnDay): boolean | undefined {
  const required = requiredFor(facts, rules);
  if (required === undefined) return undefined;
  const counts = facts.kmsHosts.map((host) => countOf(facts, host)).filter((count) => count !== undefined);
  return Math.max(...counts.map((count) => count + countedMachines(facts, rules)), facts.fleet ?? 0, countedMachines(facts, rules)) >= required;
}

function requiredFor({ product, on }: AdviceFacts, rules: RulesOnDay): number | undefined {
  return kmsThreshold(familyOf(recogniseProduct(product)), (id) => rules.figure(id, on));
}

function countOf({ product }: AdviceFacts, host: KmsHostFacts): number | undefined {
  const family = familyOf(recogniseProduct(product));
  return family === 'UNKNOWN' ? undefined : host.counts[COUNTED_WITH[family]];
}

/** How many of the machines asked about a KMS host would count (K-1). */
function countedMachines(facts: AdviceFacts, rules: RulesOnDay): number {
  return virtualMachinesCount(facts, rules) === 'VIOLATED' ? 0 : facts.machines;
}

function virtualMachinesCount(facts: AdviceFacts, rules: RulesOnDay): ReturnType<typeof outcomeOn> {
  if (facts.virtualMachine !== true) return undefined;
  return outcomeOn(rules, 'K-1', { family: familyOf(recogniseProduct(facts.product)), virtualMachine: true, operatingSystem: systemOf(facts) }, facts.on);
}

/** Where the product is Windows itself, it is the system. */
function systemOf({ operatingSystem, product }: AdviceFacts): string | undefined {
  return operatingSystem ?? (recogniseProduct(product)?.line === 'OFFICE' ? undefined : product);
}

function suiteFinding({ product, edition, on }: AdviceFacts, rules: RulesOnDay): Finding {
  const outcome = outcomeOn(rules, 'R-6', { product, edition, method: 'KMS' }, on);
  return outcome === 'VIOLATED' ? { objections: [statement('SBS_WITHOUT_KMS', ['R-6'])], weight: 'OBSTACLE' } : {};
}

function clockFinding({ clockDifferenceMinutes, on }: AdviceFacts, rules: RulesOnDay): Finding {
  if (clockDifferenceMinutes === undefined || outcomeOn(rules, 'K-11', { clockDifferenceMinutes }, on) !== 'VIOLATED') return {};
  const parameters = { minutes: Math.abs(clockDifferenceMinutes), hours: rules.figure('KMS_CLOCK_TOLERANCE', on) };
  return { objections: [statement('CLOCK_OFF', ['K-11', 'B-5'], parameters)], remedies: [statement('CORRECT_CLOCK', ['K-11'])], weight: 'STEP' };
}

function countingFinding(facts: AdviceFacts, rules: RulesOnDay): Finding {
  if (virtualMachinesCount(facts, rules) !== 'VIOLATED') return {};
  return { objections: [statement('VIRTUAL_NOT_COUNTED', ['K-1'], { system: systemOf(facts) ?? facts.product })], weight: 'DOUBT' };
}

/** Nothing serves the product yet: whether there is a key for it, and enough machines. */
function newHostFinding(facts: AdviceFacts, rules: RulesOnDay): Finding {
  const { product, on } = facts;
  const key = facts.keys.find((each) => each.kind === 'KMS_HOST' && each.status === 'IN_USE' && outcomeOn(rules, 'K-5', { keyProduct: each.product, product }, on) === 'SATISFIED');
  const required = requiredFor(facts, rules);
  const reachable = thresholdWithinReach(facts, rules);
  const tooFew = required !== undefined && reachable === false;
  return {
    objections: [
      statement('NO_KMS_HOST', ['K-5'], { product }),
      ...(tooFew ? [statement('THRESHOLD_OUT_OF_REACH', ['K-1', 'K-10'], { required, machines: Math.max(facts.fleet ?? 0, facts.machines) })] : []),
    ],
    remedies: [key === undefined ? statement('REGISTER_KEY', ['P-4']) : statement('SET_UP_KMS_HOST', ['K-4', 'K-8', 'K-13'], { lastFive: key.lastFive })],
    weight: tooFew ? 'OBSTACLE' : 'STEP',
  };
}

function keyFinding({ product, on }: AdviceFacts, host: KmsHostFacts, rules: RulesOnDay): Finding {
  const outcomes = host.keyProducts.map((keyProduct) => outcomeOn(rules, 'K-5', { keyProduct, product }, on));
  if (outcomes.includes('SATISFIED')) return {};
  const parameters = { host: host.name, product };
  if (outcomes.length === 0 || outcomes.includes('NOT_DETERMINED')) return { objections: [statement('KMS_KEY_NOT_DETERMINED', ['K-5'], parameters)], weight: 'DOUBT' };
  return { objections: [statement('KMS_KEY_TOO_OLD', ['K-5'], parameters)], remedies: [statement('INSTALL_NEWER_HOST_KEY', ['K-5', 'K-7', 'K-12'], { product })], weight: 'STEP' };
}

function systemFinding({ product, on }: AdviceFacts, { name, operatingSystem }: KmsHostFacts, rules: RulesOnDay): Finding {
  if (outcomeOn(rules, 'K-6', { product, operatingSystem }, on) !== 'VIOLATED') return {};
  const parameters = { host: name, system: operatingSystem ?? '', product };
  return { objections: [statement('KMS_HOST_SYSTEM_UNFIT', ['K-6'], parameters)], remedies: [statement('MOVE_KMS_HOST', ['K-6', 'K-13'])], weight: 'OBSTACLE' };
}

function updateFinding({ product, on }: AdviceFacts, { name, operatingSystem, updated }: KmsHostFacts, rules: RulesOnDay): Finding {
  const violated = (['K-7', 'K-12'] as const).filter((id) => outcomeOn(rules, id, { product, operatingSystem, updated: updated ?? false }, on) === 'VIOLATED');
  if (violated.length === 0) return {};
  const parameters = { host: name, system: operatingSystem ?? '', product };
  return { objections: [statement('KMS_HOST_NEEDS_UPDATE', violated, parameters)], remedies: [statement('UPDATE_KMS_HOST', violated)], weight: 'STEP' };
}

function thresholdFinding(facts: AdviceFacts, host: KmsHostFacts, rules: RulesOnDay): Finding {
  const required = requiredFor(facts, rules);
  if (required === undefined) return { objections: [statement('NOT_RECOGNISED', ['K-1'], { product: facts.product })], weight: 'DOUBT' };
  const count = countOf(facts, host);
  if (count === undefined) return { objections: [statement('COUNT_NOT_KNOWN', ['K-2'], { host: host.name })], weight: 'DOUBT' };
  const total = count + countedMachines(facts, rules);
  const parameters = { host: host.name, count, total, required, missing: Math.max(0, required - total) };
  if (total >= required) return { reasons: [statement('THRESHOLD_REACHED', ['K-1', 'K-2'], parameters)] };
  return { objections: [statement('THRESHOLD_SHORT', ['K-1', 'B-5'], parameters)], remedies: [statement('METHODS_MAY_BE_MIXED', ['K-9'])], weight: 'STEP' };
}
