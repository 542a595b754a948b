import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { builtInRules, BUILT_IN_RULES } from '../../../src/domain/rules/builtIn.js';
import { BUILT_IN_FIGURES, FIGURE_IDS } from '../../../src/domain/rules/figures.js';
import { figureInForce, ruleBookContent, rulesInForce } from '../../../src/domain/rules/makeRuleBook.js';
import { ON } from './judging.js';

/** Every rule of the domain, with its effect. */
const EFFECTS = {
  'V-1': 'FACT',
  'K-1': 'FACT',
  'K-2': 'FACT',
  'K-3': 'FACT',
  'K-4': 'REFUSE',
  'K-5': 'REFUSE',
  'K-6': 'REFUSE',
  'K-7': 'WARN',
  'K-8': 'ADVISE',
  'K-9': 'ADVISE',
  'K-10': 'ADVISE',
  'K-11': 'FACT',
  'K-12': 'WARN',
  'K-13': 'FACT',
  'A-1': 'FACT',
  'B-1': 'REFUSE',
  'B-2': 'FACT',
  'B-3': 'ADVISE',
  'B-4': 'FACT',
  'B-5': 'FACT',
  'B-6': 'FACT',
  'G-1': 'FACT',
  'G-2': 'FACT',
  'P-1': 'ADVISE',
  'P-2': 'ADVISE',
  'P-3': 'ADVISE',
  'P-4': 'WARN',
  'R-1': 'WARN',
  'R-2': 'REFUSE',
  'R-3': 'REFUSE',
  'R-4': 'REFUSE',
  'R-5': 'WARN',
  'R-6': 'REFUSE',
  'R-7': 'WARN',
  'R-8': 'WARN',
};

describe('the built-in rules', () => {
  test('are those of the domain, each with its effect', () => {
    expect(Object.fromEntries(rulesInForce(builtInRules.parts, ON).map(({ id, effect }) => [id, effect]))).toEqual(EFFECTS);
  });

  test('each have a kind, titles in both languages, citations, and inputs', () => {
    for (const [id, rule] of Object.entries(BUILT_IN_RULES)) {
      expect(rule.id).toBe(id);
      expect(rule.kind).toBe(id[0]);
      expect([rule.title.en, rule.title.fr].filter((title) => title.length < 20)).toEqual([]);
      expect(rule.title.en).not.toBe(rule.title.fr);
      expect(rule.citations.length, id).toBeGreaterThan(0);
      expect(rule.inputs.length, id).toBeGreaterThan(0);
    }
  });

  test('each have a test named after them', () => {
    const names = readdirSync('test/domain/rules')
      .filter((file) => file.endsWith('.test.ts'))
      .flatMap((file) => [...readFileSync(`test/domain/rules/${file}`, 'utf8').matchAll(/(?:describe|test)\('([A-Z]-\d+) /g)].map((match) => match[1]));
    expect(Object.keys(EFFECTS).filter((id) => !names.includes(id))).toEqual([]);
    expect(names.filter((id) => id === undefined || !Object.hasOwn(EFFECTS, id))).toEqual([]);
  });

  test('have the digest that is written down', () => {
    expect(builtInRules.digest).toBe(createHash('sha256').update(ruleBookContent(builtInRules.parts)).digest('hex'));
  });

  test('answer with what they were judged on, members of members by their full names', () => {
    expect(builtInRules.judge('R-5', { channel: 'BOXED', from: { product: 'Windows 7' }, to: { product: 'Windows Vista', edition: undefined } }, ON)).toEqual([
      { rule: 'R-5', effect: 'WARN', outcome: 'VIOLATED', inputs: { channel: 'BOXED', 'from.product': 'Windows 7', 'to.product': 'Windows Vista' } },
    ]);
  });
});

describe('figures', () => {
  test('each have a value from the beginning, a source, and a rule', () => {
    expect(BUILT_IN_FIGURES.map(({ id }) => id)).toEqual([...FIGURE_IDS]);
    expect(BUILT_IN_FIGURES.filter(({ source, rule, validFrom }) => source === '' || !Object.hasOwn(EFFECTS, rule) || validFrom !== undefined)).toEqual([]);
  });

  test('change on the day from which another value holds', () => {
    const figures = [...BUILT_IN_FIGURES, { id: 'KMS_HOST_SLOTS' as const, rule: 'K-4', value: 8, unit: 'hosts' as const, source: 'invented', validFrom: '2030-01-01' }];
    expect(figureInForce(figures, 'KMS_HOST_SLOTS', '2029-12-31T23:59:59.999Z').value).toBe(6);
    expect(figureInForce(figures, 'KMS_HOST_SLOTS', '2030-01-01T00:00:00.000Z').value).toBe(8);
  });
});
