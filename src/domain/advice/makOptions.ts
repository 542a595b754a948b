import { recogniseEdition, recogniseProduct } from '../catalogue/product.js';
import { statement } from '../messages/advice.js';
import { smallBusinessKeyFor } from '../rules/rightsRules.js';
import type { ActivationMethod } from '../vocabulary.js';
import { assessed, outcomeOn, type Finding, type RulesOnDay } from './assessment.js';
import type { AdvisedOption, AdviceFacts, CandidateKey } from './facts.js';

/** Activation with each MAK, by the way that the machines' connection leaves open. */
export function makOptions(facts: AdviceFacts, rules: RulesOnDay): readonly AdvisedOption[] {
  const cost = { least: facts.machines, most: facts.machines };
  const way = wayOf(facts);
  const maks = facts.keys.filter((key) => key.kind === 'MAK');
  const fitting = maks.filter((key) => fits(key, facts, rules) !== 'VIOLATED');
  if (fitting.length === 0) return [{ method: way.method, withStoredConfirmationId: false, cost, ...assessed([noKeyFinding(facts)]) }];
  return fitting.map((key) => ({
    method: way.method,
    withStoredConfirmationId: false,
    key: { key: key.key, lastFive: key.lastFive, kind: key.kind, product: key.product },
    cost,
    ...assessed([keyFinding(key, facts, rules), statusFinding(key), budgetFinding(key, facts, rules), ownerFinding(key, facts, rules), conversionFinding(facts), way.finding]),
  }));
}

/** Machines without a connection are activated by a station on their behalf (FAQ: MAK proxy activation). */
function wayOf({ connectivity, machines }: AdviceFacts): { readonly method: ActivationMethod; readonly finding: Finding } {
  const contact = statement('MAK_NO_FURTHER_CONTACT', ['B-2']);
  if (connectivity === 'ONLINE') return { method: 'MAK_INDEPENDENT', finding: { reasons: [contact] } };
  if (connectivity === 'PHONE' && machines === 1) return { method: 'MAK_INDEPENDENT', finding: { reasons: [statement('INDEPENDENT_BY_PHONE', ['B-2']), contact] } };
  return { method: 'MAK_PROXY', finding: { reasons: [statement('PROXY_ON_BEHALF', ['B-2']), contact] } };
}

/** Small Business Server has keys of its own; every other product a key of its group (B-6). */
function fits(key: CandidateKey, { product, edition, on }: AdviceFacts, rules: RulesOnDay): ReturnType<typeof outcomeOn> {
  const ofSuite = outcomeOn(rules, 'R-6', { product, edition, method: 'MAK_INDEPENDENT', keyProduct: key.product }, on);
  const suite = recogniseProduct(product)?.line === 'SMALL_BUSINESS_SERVER' ? ofSuite : undefined;
  return suite ?? outcomeOn(rules, 'B-6', { keyProduct: key.product, product }, on);
}

function noKeyFinding({ product, edition }: AdviceFacts): Finding {
  const takes = suiteKeyFor(product, edition);
  return {
    objections: [statement('NO_MAK', ['B-6'], { product: takes ?? product })],
    remedies: [statement('REGISTER_KEY', ['P-4', 'P-2'])],
    weight: 'STEP',
  };
}

function keyFinding(key: CandidateKey, facts: AdviceFacts, rules: RulesOnDay): Finding {
  const parameters = { lastFive: key.lastFive, product: facts.product };
  const behind = suiteKeyFor(facts.product, facts.edition) === undefined ? ['B-6'] : ['B-6', 'R-6'];
  if (fits(key, facts, rules) === 'SATISFIED') return { reasons: [statement('KEY_FOR_PRODUCT', behind, parameters)] };
  return { objections: [statement('KEY_NOT_DETERMINED', behind, parameters)], weight: 'DOUBT' };
}

function statusFinding({ status, lastFive }: CandidateKey): Finding {
  return status === 'IN_USE' ? {} : { objections: [statement('KEY_NOT_IN_USE', ['B-5'], { lastFive })], weight: 'OBSTACLE' };
}

function budgetFinding({ remaining }: CandidateKey, { machines, on }: AdviceFacts, rules: RulesOnDay): Finding {
  if (remaining === undefined) {
    return { objections: [statement('LIMIT_NOT_KNOWN', ['B-1'])], remedies: [statement('RECORD_LIMIT', ['B-1'])], weight: 'STEP' };
  }
  // The last of the machines is the one that a limit would refuse.
  const outcome = outcomeOn(rules, 'B-1', { allowed: remaining, used: machines - 1, overage: 'REFUSE' }, on);
  if (outcome === 'SATISFIED') return { reasons: [statement('BUDGET_SUFFICES', ['B-1'], { remaining, needed: machines })] };
  // What is overrun already is asked for as well.
  const missing = machines - remaining;
  return {
    objections: [statement('BUDGET_SHORT', ['B-1', 'R-3'], { remaining, needed: machines, missing })],
    remedies: [statement('ASK_LIMIT_INCREASE', ['B-1', 'R-3', 'B-3'], { missing })],
    weight: 'STEP',
  };
}

function ownerFinding({ agreement, affiliation = 'UNKNOWN' }: CandidateKey, facts: AdviceFacts, rules: RulesOnDay): Finding {
  if (agreement === undefined || facts.agreement === undefined || agreement === facts.agreement) return {};
  const forbidden = outcomeOn(rules, 'R-8', { affiliation }, facts.on) === 'VIOLATED';
  return { objections: [statement('LICENCE_OF_ANOTHER', ['R-8', 'P-4'])], weight: forbidden ? 'STEP' : 'DOUBT' };
}

/** Small Business Server 2011 installs as a KMS client. */
function conversionFinding({ product, edition }: AdviceFacts): Finding {
  const takes = suiteKeyFor(product, edition);
  return takes === undefined ? {} : { remedies: [statement('CONVERT_TO_MAK', ['R-6'], { key: takes })] };
}

function suiteKeyFor(product: string, edition: string | undefined): string | undefined {
  const suite = recogniseProduct(product);
  if (suite?.line !== 'SMALL_BUSINESS_SERVER' || suite.release !== '2011') return undefined;
  const named = recogniseEdition(edition, 'SMALL_BUSINESS_SERVER') ?? suite.editions[0];
  return named === undefined ? undefined : smallBusinessKeyFor(named);
}
