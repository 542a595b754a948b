import { budgetRules } from './budgetRules.js';
import { directoryRules } from './directoryRules.js';
import { BUILT_IN_FIGURES } from './figures.js';
import { graceRules } from './graceRules.js';
import { kmsRules } from './kmsRules.js';
import { makeRuleBook, type DatedRuleBook } from './makeRuleBook.js';
import { productKeyRules } from './productKeyRules.js';
import { programmeRules } from './programmeRules.js';
import { rightsRules } from './rightsRules.js';
import type { BuiltInRules } from './rule.js';

/** The rules that come with the ledger. */
export const BUILT_IN_RULES: BuiltInRules = {
  ...programmeRules,
  ...kmsRules,
  ...directoryRules,
  ...budgetRules,
  ...graceRules,
  ...productKeyRules,
  ...rightsRules,
};

/**
 * SHA-256 of `ruleBookContent` of the built-in rules and figures. It is written down, since the domain computes no hash; a test
 * compares it, and tells the new one when a rule, a table or a figure changes.
 */
const BUILT_IN_DIGEST = '542fd4468ebdc3b21c631dd930c6d207b62c50653038d93f8799ec9ca8c0f44d';

/** The rules and figures of the domain, before any configuration. */
export const builtInRules: DatedRuleBook = makeRuleBook(
  { rules: BUILT_IN_RULES, configured: [], ended: new Map(), figures: BUILT_IN_FIGURES, configuredFigures: [] },
  BUILT_IN_DIGEST,
);
