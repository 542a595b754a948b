import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { builtInRules } from '../../src/domain/rules/builtIn.js';
import { loadRules, RULES_FILE_CHARACTERS_MAX } from '../../src/embedded/loadRules.js';

function file(content: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'rules-')), 'rules.json');
  writeFileSync(path, content);
  return path;
}

describe('a file of rules', () => {
  test('none is the built-in rules', async () => {
    expect(await loadRules(undefined)).toBe(builtInRules);
  });

  test('the documented example is taken, a byte-order mark before it or not', async () => {
    expect((await loadRules('examples/rules.json')).configuredRules).toEqual(['R-1', 'R-100', 'R-7']);
    expect((await loadRules(file('\uFEFF{}'))).digest).toBe(builtInRules.digest);
  });

  test.each([
    ['no JSON', '{', 'the file is not JSON'],
    ['a mistake', '{ "rules": 1 }', 'rules: is no list; write […].'],
    ['many mistakes', JSON.stringify({ rules: [1, 2, 3, 4, 5, 6, 7] }), '… and 2 more.'],
    ['a whole product key', '{ "source": "BBBBB-CCCCC-DDDDD-FFFFF-GGGGG" }', 'the file holds a whole product key; name products, not keys.'],
    ['too much', ' '.repeat(RULES_FILE_CHARACTERS_MAX + 1), `the file is longer than ${RULES_FILE_CHARACTERS_MAX} characters.`],
  ])('with %s is refused', async (_, content, told) => {
    const path = file(content);
    await expect(loadRules(path)).rejects.toMatchObject({ code: 'RULES_REFUSED', message: expect.stringContaining(told) as string });
    await expect(loadRules(path)).rejects.toThrow(`${path} is no configuration of rules: `);
  });
});
