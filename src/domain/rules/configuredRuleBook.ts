import { recogniseEdition, recogniseProduct, RELEASES, type ProductLine } from '../catalogue/product.js';
import type { RuleConfiguration, RuleEntry } from './configuration.js';
import type { RuleOutcome } from './judgement.js';
import { flatInputs, makeRuleBook, ruleBookContent, type DatedRuleBook } from './makeRuleBook.js';
import type { BuiltInRules, ConfiguredRule, RuleCase, RuleCondition } from './rule.js';
import { every, some, type Truth } from './threeValued.js';

/** `base` with what the configuration ends, replaces, adds and sets. `sha256` gives 64 hexadecimal digits. */
export function configuredRuleBook(base: DatedRuleBook, configuration: RuleConfiguration, sha256: (text: string) => string): DatedRuleBook {
  const { parts } = base;
  const configured = [...parts.configured, ...configuration.rules.map((entry) => configuredRule(entry, parts.rules))];
  const ended = new Map([...parts.ended, ...configuration.ended.map(({ rule, validTo }) => [rule, validTo] as const)]);
  const figures = [...parts.figures, ...configuration.figures];
  const configuredFigures = [...new Set([...parts.configuredFigures, ...configuration.figures.map(({ id }) => id)])].toSorted();
  const next = { rules: parts.rules, configured, ended, figures, configuredFigures };
  return makeRuleBook(next, sha256(ruleBookContent(next)));
}

function configuredRule(entry: RuleEntry, builtIn: BuiltInRules): ConfiguredRule {
  const { id, judgedWith, effect, title, citation, validFrom, validTo, cases, otherwise } = entry;
  return {
    id,
    kind: 'R',
    judgedWith,
    effect,
    title,
    citations: [citation],
    validFrom,
    validTo,
    inputs: builtIn[judgedWith].inputs,
    table: { cases, otherwise },
    revision: 1,
    judge: (inputs) => judgeCases(cases, otherwise, withEditions(flatInputs(inputs))),
  };
}

type Inputs = ReturnType<typeof flatInputs>;

/** The first case that holds. One that cannot be told from what is known ends the search: a later one might be wrong. */
function judgeCases(cases: readonly RuleCase[], otherwise: RuleOutcome, inputs: Inputs): RuleOutcome {
  for (const { when, outcome } of cases) {
    const holds = every(...Object.entries(when).map(([name, condition]) => meets(condition, name, inputs[name])));
    if (holds === true) return outcome;
    if (holds === undefined) return 'NOT_DETERMINED';
  }
  return otherwise;
}

function meets(condition: RuleCondition, name: string, given: Inputs[string]): Truth {
  if (given === undefined) return undefined;
  if (condition.kind === 'oneOf') return some(...condition.values.map((wanted) => isValue(name, given, wanted)));
  if (typeof given !== 'number') return undefined;
  return given >= (condition.min ?? Number.NEGATIVE_INFINITY) && given <= (condition.max ?? Number.POSITIVE_INFINITY);
}

function isValue(name: string, given: Exclude<Inputs[string], undefined>, wanted: string | number | boolean): Truth {
  if (typeof given !== 'string' || typeof wanted !== 'string') return given === wanted;
  const last = name.split('.').at(-1) ?? name;
  if (PRODUCT_INPUTS.includes(last)) return isProduct(given, wanted);
  if (last === 'edition' && LINES.some((line) => recogniseEdition(given, line) !== undefined && recogniseEdition(given, line) === recogniseEdition(wanted, line))) {
    return true;
  }
  return sameText(given, wanted);
}

const PRODUCT_INPUTS = ['product', 'keyProduct', 'operatingSystem'];
const LINES = Object.keys(RELEASES) as readonly ProductLine[];

/** `Windows 7` is any edition of it, `Windows 7 Professional` that edition alone. */
function isProduct(given: string, wanted: string): Truth {
  const product = recogniseProduct(given);
  const looked = recogniseProduct(wanted);
  if (product === undefined || looked === undefined) return sameText(given, wanted) ? true : undefined;
  if (product.line !== looked.line || product.release !== looked.release || product.component !== looked.component) return false;
  if (looked.editions.length === 0) return true;
  return product.editions.length === 0 ? undefined : product.editions.some((edition) => looked.editions.includes(edition));
}

/** The edition that a product's name says, where no other says it. */
function withEditions(inputs: Inputs): Inputs {
  const editions = Object.entries(inputs).flatMap(([name, value]) => {
    if (typeof value !== 'string' || !/(?:^|\.)product$/.test(name)) return [];
    const [edition, another] = recogniseProduct(value)?.editions ?? [];
    return edition === undefined || another !== undefined ? [] : [[name.replace(/product$/, 'edition'), edition] as const];
  });
  return { ...Object.fromEntries(editions), ...inputs };
}

function sameText(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}
