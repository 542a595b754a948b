import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { builtInRules } from '../../../src/domain/rules/builtIn.js';
import {
  CONDITION_VALUES_MAX,
  CONFIGURATION_PROBLEMS_MAX,
  CONFIGURED_ENTRIES_MAX,
  parseRuleConfiguration,
  RULE_CASES_MAX,
  type RuleConfiguration,
} from '../../../src/domain/rules/configuration.js';
import { configuredRuleBook } from '../../../src/domain/rules/configuredRuleBook.js';
import { ruleBookContent, rulesInForce, type DatedRuleBook } from '../../../src/domain/rules/makeRuleBook.js';

const { rules: BUILT_IN, figures: FIGURES } = builtInRules.parts;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function parsed(value: unknown): RuleConfiguration {
  const outcome = parseRuleConfiguration(value, BUILT_IN, FIGURES);
  if (outcome.kind === 'refused') throw new Error(outcome.problems.join('\n'));
  return outcome.configuration;
}

function bookOf(value: unknown): DatedRuleBook {
  return configuredRuleBook(builtInRules, parsed(value), sha256);
}

function problems(value: unknown): readonly string[] {
  const outcome = parseRuleConfiguration(value, BUILT_IN, FIGURES);
  return outcome.kind === 'ok' ? [] : outcome.problems;
}

const RULE = {
  id: 'R-1',
  effect: 'REFUSE',
  title: 'An invented rule',
  citation: { document: 'An invented document', place: 'Section 1' },
  validFrom: '2027-01-01',
  otherwise: 'VIOLATED',
};

describe('the documented example', () => {
  const book = bookOf(JSON.parse(readFileSync('examples/rules.json', 'utf8')));
  const answers = (on: string) => book.judge('R-1', { programme: 'SCHOOL', purpose: 'TRAINING' }, on).map(({ rule, effect, outcome }) => [rule, effect, outcome]);

  test('replaces a right from its first date on', () => {
    expect(answers('2026-12-31T23:59:59.999Z')).toEqual([['R-1', 'WARN', 'NOT_DETERMINED']]);
    expect(answers('2027-01-01T00:00:00.000Z')).toEqual([['R-1', 'WARN', 'SATISFIED']]);
  });

  test('ends a right after its last date', () => {
    const judged = (on: string) => book.judge('R-7', { from: { product: 'SBS 2008' }, to: { product: 'SBS 2003' } }, on).map(({ outcome }) => outcome);
    expect(judged('2027-06-30T23:59:59.999Z')).toEqual(['NOT_DETERMINED']);
    expect(judged('2027-07-01T00:00:00.000Z')).toEqual([]);
  });

  test('adds a right beside the one whose inputs it is judged on', () => {
    const to = (product: string) =>
      book.judge('R-5', { channel: 'VOLUME', from: { product: 'Windows 7 Professional' }, to: { product } }, '2026-03-01T00:00:00.000Z').map(({ rule, effect, outcome }) => [rule, effect, outcome]);
    expect(to('Win XP Pro')).toEqual([['R-5', 'WARN', 'SATISFIED'], ['R-100', 'REFUSE', 'VIOLATED']]);
    expect(to('Windows Vista Business')).toEqual([['R-5', 'WARN', 'SATISFIED'], ['R-100', 'REFUSE', 'SATISFIED']]);
    expect(to('a product')).toEqual([['R-5', 'WARN', 'NOT_DETERMINED'], ['R-100', 'REFUSE', 'NOT_DETERMINED']]);
  });

  test('sets a figure from its date on', () => {
    expect([book.figure('KMS_HOST_SLOTS', '2026-12-31T00:00:00.000Z'), book.figure('KMS_HOST_SLOTS', '2027-01-01T00:00:00.000Z')]).toEqual([6, 8]);
    expect(book.figure('KMS_VALIDITY', '2027-01-01T00:00:00.000Z')).toBe(180);
  });

  test('is listed with what is in force, and says what it changed', () => {
    const ids = (on: string) => rulesInForce(book.parts, on).map(({ id }) => id);
    expect(ids('2026-12-31T00:00:00.000Z').filter((id) => id.startsWith('R-'))).toEqual(['R-1', 'R-2', 'R-3', 'R-4', 'R-5', 'R-6', 'R-7', 'R-8', 'R-100']);
    expect(ids('2027-07-01T00:00:00.000Z')).not.toContain('R-7');
    expect([book.configuredRules, book.configuredFigures]).toEqual([['R-1', 'R-100', 'R-7'], ['KMS_HOST_SLOTS']]);
  });

  test('has a digest of its own, over what decides', () => {
    expect(book.digest).toBe(sha256(ruleBookContent(book.parts)));
    expect(book.digest).not.toBe(builtInRules.digest);
  });
});

describe('the digest', () => {
  test('is that of the built-in rules where nothing is configured', () => {
    expect(bookOf({}).digest).toBe(builtInRules.digest);
  });

  test('stays when a title is worded anew, and changes with anything that decides', () => {
    const of = (changes: object) => bookOf({ rules: [{ ...RULE, ...changes }] }).digest;
    expect(of({ title: 'Worded anew' })).toBe(of({}));
    const changed = [{ effect: 'WARN' }, { otherwise: 'SATISFIED' }, { validFrom: '2027-01-02' }, { validTo: '2028-01-01' }, { cases: [{ outcome: 'VIOLATED' }] }];
    expect(new Set([of({}), ...changed.map(of)]).size).toBe(changed.length + 1);
  });
});

describe('a case', () => {
  const ON = '2027-03-01T00:00:00.000Z';
  const judged = (when: object, id: 'R-2' | 'R-3' = 'R-2') =>
    bookOf({ rules: [{ ...RULE, id, cases: [{ when, outcome: 'SATISFIED' }] }] });
  const copy = { product: 'Windows 7 Professional', language: 'fr' };
  const reimaging = (when: object) => judged(when).judge('R-2', { channel: 'OEM', licensed: copy, image: copy, unitsOwned: 3 }, ON)[0]?.outcome;

  test.each([
    ['holds without conditions', {}, 'SATISFIED'],
    ['compares a word', { channel: 'OEM' }, 'SATISFIED'],
    ['compares with a list', { channel: ['BOXED', 'VOLUME'] }, 'VIOLATED'],
    ['compares products', { 'image.product': 'Win 7' }, 'SATISFIED'],
    ['compares editions that the product names', { 'image.edition': 'Pro' }, 'SATISFIED'],
    ['tells editions apart', { 'image.product': 'Windows 7 Enterprise' }, 'VIOLATED'],
    ['does not guess at a product nobody knows', { 'image.product': 'Our Own System' }, 'NOT_DETERMINED'],
    ['compares numbers', { unitsOwned: { min: 3 } }, 'SATISFIED'],
    ['compares numbers with both ends', { unitsOwned: { min: 4, max: 9 } }, 'VIOLATED'],
    ['needs every condition', { channel: 'OEM', unitsOwned: { max: 2 } }, 'VIOLATED'],
    ['is not determined where an input is missing', { programme: 'SELECT' }, 'NOT_DETERMINED'],
    ['does not hold where a condition fails, whatever is missing', { programme: 'SELECT', channel: 'BOXED' }, 'VIOLATED'],
  ])('%s', (_, when, expected) => {
    expect(reimaging(when)).toBe(expected);
  });

  test('compares yes and no', () => {
    const granted = (value: boolean) => judged({ granted: true }, 'R-3').judge('R-3', { method: 'KMS', granted: value }, ON)[0]?.outcome;
    expect([granted(true), granted(false)]).toEqual(['SATISFIED', 'VIOLATED']);
  });
});

describe('a configuration is refused with the place and what to do', () => {
  test.each([
    ['nothing but an object', 3, 'The configuration: is no object; write { "source", "rules", "end", … }.'],
    ['an unknown part', { rulez: [] }, 'rulez: there is no such member; there are source, rules, end, figures.'],
    ['no list', { rules: {} }, 'rules: is no list; write […].'],
    ['an id of another kind', { rules: [{ ...RULE, id: 'K-4', judgedWith: 'R-1' }] }, 'rules[0].id: "K-4" is no id of a right; write R- and a number.'],
    ['an added rule without inputs', { rules: [{ ...RULE, id: 'R-99' }] }, 'rules[0].judgedWith: is missing; write one of R-1, R-2, R-3, R-4, R-5, R-6, R-7, R-8.'],
    ['a replaced rule with another\'s inputs', { rules: [{ ...RULE, judgedWith: 'R-2' }] }, 'rules[0].judgedWith: R-1 is judged on its own inputs; leave the member out.'],
    ['an unknown effect', { rules: [{ ...RULE, effect: 'FORBID' }] }, 'rules[0].effect: "FORBID" is not known; write one of REFUSE, WARN, ADVISE, FACT.'],
    ['a title in one language of two', { rules: [{ ...RULE, title: { en: 'A title' } }] }, 'rules[0].title.fr: is missing.'],
    ['no citation', { rules: [{ ...RULE, citation: undefined }] }, 'rules[0].citation: is missing; an object is expected.'],
    ['a day that is none', { rules: [{ ...RULE, validFrom: '2027-02-30' }] }, 'rules[0].validFrom: "2027-02-30" is no date; write it as YYYY-MM-DD.'],
    ['an end before the beginning', { rules: [{ ...RULE, validTo: '2026-12-31' }] }, 'rules[0].validTo: 2026-12-31 is before 2027-01-01, when the rule begins; give a later date, or none.'],
    ['a rule that decides nothing', { rules: [{ ...RULE, otherwise: undefined }] }, 'rules[0]: decides nothing; give "cases", "otherwise", or both.'],
    ['an unknown input', { rules: [{ ...RULE, cases: [{ when: { colour: 'red' }, outcome: 'VIOLATED' }] }] }, 'rules[0].cases[0].when.colour: there is no such member; there are programme, purpose.'],
    ['an empty list of values', { rules: [{ ...RULE, cases: [{ when: { purpose: [] }, outcome: 'VIOLATED' }] }] }, `rules[0].cases[0].when.purpose: holds no list of 1 to ${CONDITION_VALUES_MAX} texts, numbers, true or false; give the values of which one must hold.`],
    ['an open range', { rules: [{ ...RULE, id: 'R-2', cases: [{ when: { unitsOwned: {} }, outcome: 'VIOLATED' }] }] }, 'rules[0].cases[0].when.unitsOwned: is no range; give "min", "max", or both, as whole numbers.'],
    ['an outcome that is none', { rules: [{ ...RULE, otherwise: 'MAYBE' }] }, 'rules[0].otherwise: "MAYBE" is not known; write one of SATISFIED, VIOLATED, NOT_DETERMINED.'],
    ['the same rule from the same day twice', { rules: [RULE, RULE] }, 'rules: there are two entries for R-1 from 2027-01-01; keep one.'],
    ['an end of what is no right', { end: [{ rule: 'B-1', validTo: '2027-01-01' }] }, 'end[0].rule: "B-1" is not known; write one of R-1, R-2, R-3, R-4, R-5, R-6, R-7, R-8.'],
    ['a figure nobody knows', { figures: [{ id: 'ANSWER', value: 42, validFrom: '2027-01-01', source: 'invented' }] }, /^figures\[0\]\.id: "ANSWER" is not known; write one of KMS_VALIDITY, /],
    ['a figure of nothing', { figures: [{ id: 'KMS_HOST_SLOTS', value: 0, validFrom: '2027-01-01', source: 'invented' }] }, 'figures[0].value: is no whole number from 1 to 1000000.'],
    ['a figure in another unit', { figures: [{ id: 'KMS_VALIDITY', value: 6, unit: 'months', validFrom: '2027-01-01', source: 'invented' }] }, 'figures[0].unit: KMS_VALIDITY is counted in days; convert the value, or leave the member out.'],
    ['a figure without a source', { figures: [{ id: 'KMS_VALIDITY', value: 90, validFrom: '2027-01-01' }] }, 'figures[0].source: is missing; say which document the figure comes from, here or for the whole file.'],
  ])('%s', (_, value, expected) => {
    const told = problems(value);
    expect(told.length).toBe(1);
    expect(told[0]).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
  });

  test('and every problem of it is told, up to a bound', () => {
    expect(problems({ rules: [{ ...RULE, effect: 'X', title: 7 }, 8], figures: 'none' }).length).toBe(4);
    const many = problems({ rules: Array.from({ length: CONFIGURED_ENTRIES_MAX }, () => 1) });
    expect([many.length, many.at(-1)]).toEqual([CONFIGURATION_PROBLEMS_MAX + 1, `… and ${CONFIGURED_ENTRIES_MAX - CONFIGURATION_PROBLEMS_MAX} more.`]);
  });

  test('lists beyond their bounds are refused unread', () => {
    expect(problems({ rules: Array.from({ length: CONFIGURED_ENTRIES_MAX + 1 }, () => RULE) })).toEqual([`rules: has ${CONFIGURED_ENTRIES_MAX + 1} entries; at most ${CONFIGURED_ENTRIES_MAX} are taken.`]);
    const cases = Array.from({ length: RULE_CASES_MAX + 1 }, () => ({ outcome: 'VIOLATED' }));
    expect(problems({ rules: [{ ...RULE, cases }] })).toEqual([`rules[0].cases: has ${RULE_CASES_MAX + 1} entries; at most ${RULE_CASES_MAX} are taken.`]);
  });
});
