import { type Figure, type FigureId, FIGURE_IDS, type FigureUnit } from './figures.js';
import { RULE_EFFECTS, RULE_OUTCOMES, type RuleEffect, type RuleOutcome } from './judgement.js';
import type { LocalisedText } from '../messages/message.js';
import type { BuiltInRules, RuleCase, RuleCondition } from './rule.js';
import type { JudgedRuleId } from './ruleBook.js';

/** Rights and figures of an organisation's own, as its file says them. */
export interface RuleConfiguration {
  readonly ended: readonly { readonly rule: JudgedRuleId; readonly validTo: string }[];
  readonly rules: readonly RuleEntry[];
  readonly figures: readonly Figure[];
}

export interface RuleEntry {
  readonly id: string;
  readonly judgedWith: JudgedRuleId;
  readonly effect: RuleEffect;
  readonly title: LocalisedText;
  readonly citation: { readonly document: LocalisedText; readonly place: LocalisedText };
  readonly validFrom: string;
  readonly validTo: string | undefined;
  /** The first whose conditions all hold decides. */
  readonly cases: readonly RuleCase[];
  /** What holds where no case does. */
  readonly otherwise: RuleOutcome;
}

export type RuleConfigurationOutcome =
  | { readonly kind: 'ok'; readonly configuration: RuleConfiguration }
  /** Sentences for the one who wrote it, each saying where, what is wrong, and what is expected there. */
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/** Most rules, ends and figures of one configuration, each. */
export const CONFIGURED_ENTRIES_MAX = 200;
/** Most cases of one rule. */
export const RULE_CASES_MAX = 100;
/** Most values of one condition. */
export const CONDITION_VALUES_MAX = 100;
/** Longest text of a member, in characters. */
export const CONFIGURED_TEXT_CHARACTERS_MAX = 1_000;
/** Largest figure. */
export const FIGURE_VALUE_MAX = 1_000_000;
/** Most problems told of one configuration. */
export const CONFIGURATION_PROBLEMS_MAX = 100;

/**
 * Reads a configuration of rules: an object with any of `rules`, `end`, `figures`, and `source`, the document that entries without one
 * of their own come from. Taken whole or not at all; every problem is told. `docs/rules.md` describes the form.
 */
export function parseRuleConfiguration(value: unknown, builtIn: BuiltInRules, figures: readonly Figure[]): RuleConfigurationOutcome {
  const reader = problemReader();
  const root = reader.object(value, '', ['source', 'rules', 'end', 'figures']);
  if (root === undefined) return { kind: 'refused', problems: reader.told() };
  const source = reader.optionalText(root, 'source', '');
  const configuration: RuleConfiguration = {
    rules: reader.list(root, 'rules', '', CONFIGURED_ENTRIES_MAX, (entry, path) => ruleEntry(reader, entry, path, { builtIn, source })),
    ended: reader.list(root, 'end', '', CONFIGURED_ENTRIES_MAX, (entry, path) => endEntry(reader, entry, path, builtIn)),
    figures: reader.list(root, 'figures', '', CONFIGURED_ENTRIES_MAX, (entry, path) => figureEntry(reader, entry, path, { figures, source })),
  };
  reader.refuseDoubles('rules', configuration.rules.map(({ id, validFrom }) => `${id} from ${validFrom}`));
  reader.refuseDoubles('end', configuration.ended.map(({ rule }) => rule));
  reader.refuseDoubles('figures', configuration.figures.map(({ id, validFrom }) => `${id} from ${validFrom}`));
  return reader.told().length > 0 ? { kind: 'refused', problems: reader.told() } : { kind: 'ok', configuration };
}

type Members = Readonly<Record<string, unknown>>;
type Reader = ReturnType<typeof problemReader>;

interface RuleFrame {
  readonly builtIn: BuiltInRules;
  readonly source: string | undefined;
}

const RULE_MEMBERS = ['id', 'judgedWith', 'effect', 'title', 'citation', 'validFrom', 'validTo', 'cases', 'otherwise'];

function ruleEntry(reader: Reader, value: unknown, path: string, { builtIn, source }: RuleFrame): RuleEntry | undefined {
  const entry = reader.object(value, path, RULE_MEMBERS);
  if (entry === undefined) return undefined;
  const id = reader.text(entry, 'id', path);
  if (id !== undefined && !/^R-[1-9]\d{0,3}$/.test(id)) reader.problem(`${path}.id`, `${quoted(id)} is no id of a right; write R- and a number`);
  const judgedWith = judgedWithOf(reader, entry, path, { id, builtIn });
  const effect = reader.oneOf(entry, 'effect', path, RULE_EFFECTS);
  const title = reader.localised(entry, 'title', path);
  const citation = citationOf(reader, entry, path, source);
  const validFrom = reader.date(entry, 'validFrom', path);
  const validTo = reader.optionalDate(entry, 'validTo', path);
  if (validFrom !== undefined && validTo !== undefined && validTo < validFrom) {
    reader.problem(`${path}.validTo`, `${validTo} is before ${validFrom}, when the rule begins; give a later date, or none`);
  }
  const inputs = judgedWith === undefined ? undefined : builtIn[judgedWith].inputs;
  const cases = reader.list(entry, 'cases', path, RULE_CASES_MAX, (each, casePath) => caseEntry(reader, each, casePath, inputs));
  const otherwise = entry['otherwise'] === undefined ? 'NOT_DETERMINED' : reader.oneOf(entry, 'otherwise', path, RULE_OUTCOMES);
  if (entry['cases'] === undefined && entry['otherwise'] === undefined) {
    reader.problem(path, 'decides nothing; give "cases", "otherwise", or both');
  }
  if (id === undefined || judgedWith === undefined || effect === undefined || title === undefined || citation === undefined) return undefined;
  if (validFrom === undefined || otherwise === undefined) return undefined;
  return { id, judgedWith, effect, title, citation, validFrom, validTo, cases, otherwise };
}

/** A rule that comes with the ledger is judged on its own inputs, another says on whose. */
function judgedWithOf(
  reader: Reader,
  entry: Members,
  path: string,
  { id, builtIn }: { readonly id: string | undefined; readonly builtIn: BuiltInRules },
): JudgedRuleId | undefined {
  const rights = rightsOf(builtIn);
  const replaced = rights.find((each) => each === id);
  if (replaced === undefined) return reader.oneOf(entry, 'judgedWith', path, rights);
  if (entry['judgedWith'] !== undefined && entry['judgedWith'] !== replaced) {
    reader.problem(`${path}.judgedWith`, `${replaced} is judged on its own inputs; leave the member out`);
  }
  return replaced;
}

function rightsOf(builtIn: BuiltInRules): readonly JudgedRuleId[] {
  return Object.keys(builtIn).filter((id): id is JudgedRuleId => id.startsWith('R-'));
}

function citationOf(reader: Reader, entry: Members, path: string, source: string | undefined): RuleEntry['citation'] | undefined {
  const citation = reader.object(entry['citation'], `${path}.citation`, ['document', 'place']);
  if (citation === undefined) return undefined;
  const document = citation['document'] === undefined && source !== undefined ? both(source) : reader.localised(citation, 'document', `${path}.citation`);
  const place = reader.localised(citation, 'place', `${path}.citation`);
  return document && place && { document, place };
}

function caseEntry(reader: Reader, value: unknown, path: string, inputs: readonly string[] | undefined): RuleCase | undefined {
  const entry = reader.object(value, path, ['when', 'outcome']);
  if (entry === undefined) return undefined;
  const outcome = reader.oneOf(entry, 'outcome', path, RULE_OUTCOMES);
  const given = entry['when'] === undefined ? {} : reader.object(entry['when'], `${path}.when`, inputs);
  const when: Record<string, RuleCondition> = {};
  for (const [name, wanted] of Object.entries(given ?? {})) {
    const condition = conditionOf(reader, wanted, `${path}.when.${name}`);
    if (condition !== undefined) when[name] = condition;
  }
  return outcome && { when, outcome };
}

function conditionOf(reader: Reader, value: unknown, path: string): RuleCondition | undefined {
  if (Array.isArray(value)) {
    const values = value.filter(isScalar);
    if (values.length === value.length && values.length > 0 && values.length <= CONDITION_VALUES_MAX) return { kind: 'oneOf', values };
    reader.problem(path, `holds no list of 1 to ${CONDITION_VALUES_MAX} texts, numbers, true or false; give the values of which one must hold`);
    return undefined;
  }
  if (isScalar(value)) return { kind: 'oneOf', values: [value] };
  const range = reader.object(value, path, ['min', 'max']);
  if (range === undefined) return undefined;
  const { min, max } = range;
  const wrong = [min, max].some((bound) => bound !== undefined && !Number.isSafeInteger(bound));
  if (wrong || (min === undefined && max === undefined)) {
    reader.problem(path, 'is no range; give "min", "max", or both, as whole numbers');
    return undefined;
  }
  return { kind: 'range', min: typeof min === 'number' ? min : undefined, max: typeof max === 'number' ? max : undefined };
}

function isScalar(value: unknown): value is string | number | boolean {
  if (typeof value === 'string') return value !== '' && value.length <= CONFIGURED_TEXT_CHARACTERS_MAX;
  return typeof value === 'boolean' || Number.isSafeInteger(value);
}

function endEntry(reader: Reader, value: unknown, path: string, builtIn: BuiltInRules): RuleConfiguration['ended'][number] | undefined {
  const entry = reader.object(value, path, ['rule', 'validTo']);
  if (entry === undefined) return undefined;
  const rule = reader.oneOf(entry, 'rule', path, rightsOf(builtIn));
  const validTo = reader.date(entry, 'validTo', path);
  return rule === undefined || validTo === undefined ? undefined : { rule, validTo };
}

interface FigureFrame {
  readonly figures: readonly Figure[];
  readonly source: string | undefined;
}

function figureEntry(reader: Reader, value: unknown, path: string, frame: FigureFrame): Figure | undefined {
  const entry = reader.object(value, path, ['id', 'value', 'unit', 'validFrom', 'source']);
  if (entry === undefined) return undefined;
  const id: FigureId | undefined = reader.oneOf(entry, 'id', path, FIGURE_IDS);
  const builtIn = frame.figures.find((figure) => figure.id === id);
  const unit: FigureUnit | undefined = builtIn?.unit;
  if (builtIn !== undefined && entry['unit'] !== undefined && entry['unit'] !== unit) {
    reader.problem(`${path}.unit`, `${builtIn.id} is counted in ${builtIn.unit}; convert the value, or leave the member out`);
  }
  const number = entry['value'];
  const sound = typeof number === 'number' && Number.isSafeInteger(number) && number >= 1 && number <= FIGURE_VALUE_MAX;
  if (!sound) reader.problem(`${path}.value`, `is no whole number from 1 to ${FIGURE_VALUE_MAX}`);
  const validFrom = reader.date(entry, 'validFrom', path);
  const source = reader.optionalText(entry, 'source', path) ?? frame.source;
  if (source === undefined) reader.problem(`${path}.source`, 'is missing; say which document the figure comes from, here or for the whole file');
  if (id === undefined || builtIn === undefined || unit === undefined || !sound || validFrom === undefined || source === undefined) return undefined;
  return { id, rule: builtIn.rule, value: number, unit, source, validFrom };
}

/** Reads members and notes what is wrong with them; undefined where one cannot be read, which refuses the whole. */
function problemReader() {
  const problems: string[] = [];

  function problem(path: string, sentence: string): void {
    problems.push(`${path === '' ? 'The configuration' : path}: ${sentence}.`);
  }

  /** Every problem, bounded. */
  function told(): readonly string[] {
    if (problems.length <= CONFIGURATION_PROBLEMS_MAX) return problems;
    return [...problems.slice(0, CONFIGURATION_PROBLEMS_MAX), `… and ${problems.length - CONFIGURATION_PROBLEMS_MAX} more.`];
  }

  function object(value: unknown, path: string, members: readonly string[] | undefined): Members | undefined {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      problem(path, value === undefined ? 'is missing; an object is expected' : `is no object; write { ${(members ?? []).slice(0, 3).map(quoted).join(', ')}, … }`);
      return undefined;
    }
    for (const name of Object.keys(value)) {
      if (members !== undefined && !members.includes(name)) problem(joined(path, name), `there is no such member; there are ${members.join(', ')}`);
    }
    return Object.fromEntries(Object.entries(value));
  }

  function list<Entry>(parent: Members, name: string, path: string, most: number, read: (value: unknown, path: string) => Entry | undefined): Entry[] {
    const value = parent[name];
    const where = joined(path, name);
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      problem(where, 'is no list; write […]');
      return [];
    }
    if (value.length > most) {
      problem(where, `has ${value.length} entries; at most ${most} are taken`);
      return [];
    }
    return value.map((entry: unknown, index) => read(entry, `${where}[${index}]`)).filter((entry): entry is NonNullable<typeof entry> => entry !== undefined);
  }

  function optionalText(parent: Members, name: string, path: string): string | undefined {
    const value = parent[name];
    if (value === undefined) return undefined;
    if (typeof value === 'string' && value.trim() !== '' && value.length <= CONFIGURED_TEXT_CHARACTERS_MAX && value.isWellFormed()) return value.trim();
    problem(joined(path, name), `is no text of 1 to ${CONFIGURED_TEXT_CHARACTERS_MAX} characters`);
    return undefined;
  }

  function text(parent: Members, name: string, path: string): string | undefined {
    if (parent[name] === undefined) problem(joined(path, name), 'is missing');
    return optionalText(parent, name, path);
  }

  /** A text in each language, or one that serves for all. */
  function localised(parent: Members, name: string, path: string): LocalisedText | undefined {
    const value = parent[name];
    if (value === undefined || typeof value === 'string') {
      const one = text(parent, name, path);
      return one === undefined ? undefined : both(one);
    }
    const where = joined(path, name);
    const languages = object(value, where, ['en', 'fr']);
    if (languages === undefined) return undefined;
    const en = text(languages, 'en', where);
    const fr = text(languages, 'fr', where);
    return en === undefined || fr === undefined ? undefined : { en, fr };
  }

  function oneOf<Word extends string>(parent: Members, name: string, path: string, words: readonly Word[]): Word | undefined {
    const value = parent[name];
    const word = words.find((candidate) => candidate === value);
    if (word === undefined) problem(joined(path, name), `${value === undefined ? 'is missing' : `${quoted(value)} is not known`}; write one of ${words.join(', ')}`);
    return word;
  }

  function optionalDate(parent: Members, name: string, path: string): string | undefined {
    const value = parent[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string' && isDate(value)) return value;
    problem(joined(path, name), `${quoted(value)} is no date; write it as YYYY-MM-DD`);
    return undefined;
  }

  function date(parent: Members, name: string, path: string): string | undefined {
    if (parent[name] === undefined || parent[name] === null) problem(joined(path, name), 'is missing; write a date as YYYY-MM-DD');
    return optionalDate(parent, name, path);
  }

  function refuseDoubles(part: string, ids: readonly string[]): void {
    for (const id of new Set(ids.filter((each, index) => ids.indexOf(each) !== index))) problem(part, `there are two entries for ${id}; keep one`);
  }

  return { problem, told, object, list, optionalText, text, localised, oneOf, optionalDate, date, refuseDoubles };
}

function both(text: string): LocalisedText {
  return { en: text, fr: text };
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00.000Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function joined(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** Longest piece of a value shown in a problem, in characters. */
const SHOWN_CHARACTERS_MAX = 60;

function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > SHOWN_CHARACTERS_MAX ? `${text.slice(0, SHOWN_CHARACTERS_MAX)}…` : text;
}
