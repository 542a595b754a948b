import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { median } from '../../bench/bench.js';

const page = readFileSync('docs/operations.md', 'utf8');

interface Citation {
  readonly file: string;
  /** Name of the test; without one the whole file holds it. */
  readonly name: string | undefined;
}

interface Figure {
  readonly shown: string;
  readonly file: string;
  readonly scenario: string;
  readonly figure: string;
  readonly sample: string;
}

interface Results {
  readonly scale: number;
  readonly environment: { readonly cores: number };
  readonly settings: Readonly<Record<string, number>>;
  readonly results: readonly { readonly scenario: string; readonly figures: readonly { readonly name: string; readonly samples: Readonly<Record<string, readonly number[]>> }[] }[];
}

function citationsOf(text: string): readonly Citation[] {
  return [...text.matchAll(/\]\(\.\.\/(?<file>test\/[^)]+)\)(?:: \*(?<name>[^*]+)\*)?/g)].map(({ groups = {} }) => ({ file: groups['file'] ?? '', name: groups['name'] }));
}

function untrue({ file, name }: Citation): boolean {
  return !existsSync(file) || (name !== undefined && !readFileSync(file, 'utf8').includes(name));
}

function figuresOf(text: string): readonly Figure[] {
  const row = /^\| [^|]+ \| (?<shown>[\d.,]+) [^|]+ \| `(?<file>[^`]+)`, (?<scenario>[^,]+), (?<figure>[^|]+), (?<sample>\w+) \|$/gm;
  return [...text.matchAll(row)].map(({ groups = {} }) => ({
    shown: groups['shown'] ?? '',
    file: groups['file'] ?? '',
    scenario: groups['scenario'] ?? '',
    figure: groups['figure'] ?? '',
    sample: groups['sample'] ?? '',
  }));
}

function resultsOf(file: string): Results {
  return JSON.parse(readFileSync(join('bench/results', `${file}.json`), 'utf8')) as Results;
}

function measured({ file, scenario, figure, sample }: Figure): number {
  const samples = resultsOf(file).results.find((each) => each.scenario === scenario)?.figures.find(({ name }) => name === figure)?.samples[sample] ?? [];
  return median(samples);
}

describe('the operations page', () => {
  test('cites tests that there are', () => {
    expect(citationsOf(page).length).toBeGreaterThan(20);
    expect(citationsOf(page).filter(untrue)).toEqual([]);
    expect(untrue({ file: 'test/none.test.ts', name: undefined })).toBe(true);
    expect(untrue({ file: 'test/contract/vault.ts', name: 'keeps no promise' })).toBe(true);
  });

  test('says of each failure what holds it, or that it was not tried', () => {
    const rows = page.slice(page.indexOf('## When a part fails')).split('\n').filter((line) => line.startsWith('| ')).slice(1);
    expect(rows.length).toBeGreaterThan(10);
    const holds = rows.map((row) => row.split(' | ').at(-1) ?? '');
    expect(holds.filter((held) => citationsOf(held).length === 0 && !held.includes('*not tried*'))).toEqual([]);
  });

  test('gives figures that were measured, under the conditions that it names', () => {
    const figures = figuresOf(page);
    expect(figures).toHaveLength(9);
    for (const figure of figures) {
      const digits = figure.shown.split('.')[1]?.length ?? 0;
      expect(figure.shown.replaceAll(',', ''), figure.figure).toBe(measured(figure).toFixed(digits));
      const { environment, settings } = resultsOf(figure.file);
      expect([environment.cores, settings['events'], settings['hosts'], settings['productKeys']]).toEqual([2, 300_000, 15_000, 500]);
    }
  });

  test('is found from the README', () => {
    expect(readFileSync('README.md', 'utf8')).toContain('(docs/operations.md)');
  });
});
