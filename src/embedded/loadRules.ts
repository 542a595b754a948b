import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { builtInRules } from '../domain/rules/builtIn.js';
import { parseRuleConfiguration } from '../domain/rules/configuration.js';
import { configuredRuleBook } from '../domain/rules/configuredRuleBook.js';
import type { DatedRuleBook } from '../domain/rules/makeRuleBook.js';
import { maskProductKeys } from '../importing/productKeys.js';

/** Names the file of rules, where no option does. */
export const RULES_VARIABLE = 'ACTIVATION_LEDGER_RULES';
/** Largest file of rules taken, in characters. */
export const RULES_FILE_CHARACTERS_MAX = 1_048_576;
/** Problems told in one error. */
const PROBLEMS_TOLD_MAX = 5;

/** The built-in rules and figures with those of a user's own file. Throws an error with code RULES_REFUSED. */
export async function loadRules(path: string | undefined): Promise<DatedRuleBook> {
  if (path === undefined) return builtInRules;
  const text = await readFile(path, 'utf8');
  if (text.length > RULES_FILE_CHARACTERS_MAX) throw refused(path, [`the file is longer than ${RULES_FILE_CHARACTERS_MAX} characters.`]);
  if (maskProductKeys(text) !== text) throw refused(path, ['the file holds a whole product key; name products, not keys.']);
  const outcome = parseRuleConfiguration(jsonOf(path, text), builtInRules.parts.rules, builtInRules.parts.figures);
  if (outcome.kind === 'refused') throw refused(path, outcome.problems);
  return configuredRuleBook(builtInRules, outcome.configuration, sha256);
}

function jsonOf(path: string, text: string): unknown {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return value;
  } catch (error) {
    throw refused(path, [`the file is not JSON (${error instanceof Error ? error.message : String(error)}).`]);
  }
}

function refused(path: string, problems: readonly string[]): Error {
  const left = problems.length - PROBLEMS_TOLD_MAX;
  const told = [...problems.slice(0, PROBLEMS_TOLD_MAX), ...(left > 0 ? [`… and ${left} more.`] : [])];
  return Object.assign(new Error(`${path} is no configuration of rules: ${told.join(' ')}`), { code: 'RULES_REFUSED' });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
