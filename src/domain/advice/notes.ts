import { isBeforeVolumeActivation, recogniseProduct } from '../catalogue/product.js';
import { statement, type Statement } from '../messages/advice.js';
import { allotmentFactor } from '../rules/budgetRules.js';
import { keysFromOf, keysIssuedPer } from '../rules/productKeyRules.js';
import { outcomeOn, type RulesOnDay } from './assessment.js';
import type { AdviceFacts } from './facts.js';

/** What is good to know whatever the method. */
export function adviceNotes(facts: AdviceFacts, rules: RulesOnDay): readonly Statement[] {
  return [...productNotes(facts, rules), ...setupKeyNotes(facts), ...programmeNotes(facts), ...methodNotes(facts, rules)];
}

function productNotes({ product, on }: AdviceFacts, rules: RulesOnDay): readonly Statement[] {
  if (recogniseProduct(product) === undefined) return [statement('NOT_RECOGNISED', ['B-6', 'K-5'], { product })];
  return outcomeOn(rules, 'P-1', { product }, on) === 'SATISFIED' ? [statement('BOTH_ARCHITECTURES', ['P-1'], { product })] : [];
}

function setupKeyNotes({ product, keys }: AdviceFacts): readonly Statement[] {
  const wanted = recogniseProduct(product);
  const held = keys.filter((key) => key.kind === 'SETUP' && key.status === 'IN_USE' && sameRelease(key.product, product));
  if (held.length > 0) return held.map(({ lastFive }) => statement('SETUP_KEY_SUFFICES', ['P-3'], { lastFive }));
  return wanted !== undefined && isBeforeVolumeActivation(wanted) ? [statement('SETUP_KEYS_FROM', ['P-3'], { product })] : [];
}

function sameRelease(keyProduct: string | undefined, product: string): boolean {
  const [key, wanted] = [recogniseProduct(keyProduct), recogniseProduct(product)];
  return key !== undefined && wanted !== undefined && key.line === wanted.line && key.release === wanted.release && key.component === wanted.component;
}

function programmeNotes({ programme }: AdviceFacts): readonly Statement[] {
  if (programme === undefined) return [];
  const factor = allotmentFactor(programme);
  const per = keysIssuedPer(programme);
  return [
    ...(keysFromOf(programme) === 'CALL_ONLY' ? [statement('KEYS_BY_CALL', ['P-2'])] : []),
    ...(per === 'POOL' ? [statement('KEYS_PER_POOL', ['P-4'])] : []),
    ...(per === 'PURCHASE' ? [statement('KEYS_PER_PURCHASE', ['P-4'])] : []),
    ...(factor === 'LICENCES' ? [statement('ALLOTMENT_BY_LICENCES', ['B-3'])] : []),
    ...(factor === 'PRICE_LEVEL' ? [statement('ALLOTMENT_BY_PRICE_LEVEL', ['B-3'])] : []),
  ];
}

function methodNotes({ on }: AdviceFacts, rules: RulesOnDay): readonly Statement[] {
  return [statement('METHODS_MAY_BE_MIXED', ['K-9']), statement('WITHOUT_ACTIVATION', ['G-1'], { days: rules.figure('GRACE_PERIOD', on) })];
}
