import { readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { BUILT_IN_RULES } from '../../src/domain/rules/builtIn.js';
import { FAQ_QUESTIONS } from '../../src/domain/rules/sources.js';

interface Row {
  readonly question: string;
  readonly rules: readonly string[];
  readonly fields: readonly string[];
  readonly file: string;
  readonly name: string;
}

const ROW = /^\| (?<question>[^|]+\?) \| (?<rules>[^|]+) \| (?<fields>[^|]+) \| \[[^\]]+\]\(\.\.\/(?<file>[^)]+)\): \*(?<name>[^|]+)\* \|$/gm;

function rowsOf(text: string): readonly Row[] {
  return [...text.matchAll(ROW)].map(({ groups = {} }) => ({
    question: groups['question'] ?? '',
    rules: (groups['rules'] ?? '').split(', '),
    fields: (groups['fields'] ?? '').split(', ').map((field) => field.replaceAll('`', '')),
    file: groups['file'] ?? '',
    name: groups['name'] ?? '',
  }));
}

const rows = rowsOf(readFileSync('docs/faq.md', 'utf8'));
const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
const fields = new Set([schema.getQueryType(), schema.getMutationType()].flatMap((type) => Object.keys(type?.getFields() ?? {})));

describe('the table of the FAQ', () => {
  test('has every question, in the order of the document', () => {
    expect(rows.map(({ question }) => question)).toEqual(Object.values(FAQ_QUESTIONS).map(({ en }) => en));
  });

  test('names rules that there are, and every rule that cites the question', () => {
    expect(rows.flatMap(({ rules }) => rules).filter((rule) => !Object.hasOwn(BUILT_IN_RULES, rule))).toEqual([]);
    for (const { question, rules } of rows) {
      const citing = Object.values(BUILT_IN_RULES).filter(({ citations }) => citations.some(({ place }) => place.en === question));
      expect(citing.map(({ id }) => id).filter((id) => !rules.includes(id)), question).toEqual([]);
      expect(citing.length, question).toBeGreaterThan(0);
    }
  });

  test('names queries and mutations that the API has', () => {
    expect(rows.flatMap((row) => row.fields).filter((field) => !fields.has(field))).toEqual([]);
  });

  test('names tests that there are', () => {
    const missing = rows.filter(({ file, name }) => !readFileSync(file, 'utf8').includes(`('${name}'`));
    expect(missing.map(({ question }) => question)).toEqual([]);
  });

  test('is read whole: a row that does not have the form is missed above', () => {
    expect(rowsOf('| A question? | R-1 | `host` | [a](../a.test.ts): *name* |')).toHaveLength(1);
    expect(rowsOf('| A question? | R-1 | `host` | none |')).toHaveLength(0);
  });
});
