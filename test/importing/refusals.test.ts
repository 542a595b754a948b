import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { REFUSALS } from '../../src/importing/refusals.js';

const IMPORTING = fileURLToPath(new URL('../../src/importing/', import.meta.url));

/** All code of the importers but the list itself. */
function importingCode(): string {
  const files = readdirSync(IMPORTING, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && file !== 'refusals.ts');
  expect(files.length).toBeGreaterThan(20);
  return files.map((file) => readFileSync(`${IMPORTING}${file}`, 'utf8')).join('\n');
}

test('every code that a parser refuses with is listed', () => {
  // Where a code is given it stands before its reason; that it is of the list's type is the compiler's business.
  const given = [...importingCode().matchAll(/(?:code: |refuse[d]?\((?:record, )?|bad\(|fault\(|stop\()'([A-Z_]+)'/g)].map(([, code]) => code ?? '');
  expect(given.length).toBeGreaterThan(40);
  expect([...new Set(given)].filter((code) => !Object.hasOwn(REFUSALS, code))).toEqual([]);
});

test('every code listed is in use, and says in a sentence what is refused', () => {
  const code = importingCode();
  for (const [name, { en, fr }] of Object.entries(REFUSALS)) {
    expect(code).toContain(`'${name}'`);
    expect(en).toMatch(/^[A-Z].*\.$/);
    expect(fr).toMatch(/^[A-ZÀ].*\.$/);
    expect(fr).not.toBe(en);
  }
});
