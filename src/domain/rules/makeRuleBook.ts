import type { InstantText } from '../event.js';
import type { Figure, FigureId } from './figures.js';
import type { Judgement } from './judgement.js';
import type { BuiltInRules, ConfiguredRule, Rule, RuleOf } from './rule.js';
import type { JudgedRuleId, RuleBook, RuleInputs } from './ruleBook.js';

/** What rules and figures a rule book is of. */
export interface RuleBookParts {
  readonly rules: BuiltInRules;
  /** Later versions and additions, in the order of the configuration. */
  readonly configured: readonly ConfiguredRule[];
  /** Last dates of built-in rules that the configuration ends, by rule id. */
  readonly ended: ReadonlyMap<string, string>;
  readonly figures: readonly Figure[];
  /** Figures that a configuration sets. */
  readonly configuredFigures: readonly FigureId[];
}

/** A rule book that can be listed and configured. */
export interface DatedRuleBook extends RuleBook {
  readonly parts: RuleBookParts;
  /** Ids of the rules that a configuration replaces, ends or adds. */
  readonly configuredRules: readonly string[];
  readonly configuredFigures: readonly FigureId[];
}

/** What held on the day that was last asked about. */
interface OfDay<Value> {
  readonly day: string;
  readonly value: Value;
}

/** A rule book over these rules and figures; `digest` is that of `ruleBookContent(parts)`. */
export function makeRuleBook(parts: RuleBookParts, digest: string): DatedRuleBook {
  const { rules, configured, ended, figures } = parts;
  // A figure changes with the day at most, and decisions of one day follow each other.
  const figuresKept = new Map<FigureId, OfDay<number>>();
  const configuredWith = Map.groupBy(configured, ({ judgedWith }) => judgedWith);

  const figure = (id: FigureId, on: InstantText): number => {
    const day = dayOf(on);
    const kept = figuresKept.get(id);
    if (kept?.day === day) return kept.value;
    const { value } = figureInForce(figures, id, on);
    figuresKept.set(id, { day, value });
    return value;
  };

  return {
    digest,
    parts,
    configuredRules: [...new Set([...configured.map(({ id }) => id), ...ended.keys()])].toSorted(),
    configuredFigures: parts.configuredFigures,
    figure,
    judge<Id extends JudgedRuleId>(id: Id, inputs: RuleInputs[Id], on: InstantText): readonly Judgement[] {
      const builtIn: RuleOf<Id> = rules[id];
      const versions: readonly RuleOf<Id>[] = [endedOn(builtIn, ended), ...(configuredWith.get(id) ?? [])];
      return inForce(versions, on).flatMap((rule) => {
        const outcome = rule.judge(inputs, (figureId) => figure(figureId, on));
        const effect = rule.effectOn?.(inputs) ?? rule.effect;
        return outcome === undefined ? [] : [{ rule: rule.id, effect, outcome, inputs: flatInputs(inputs) }];
      });
    },
  };
}

/** The rules in force on a day: the built-in ones in their order, each replaced where a later version holds, then the additions. */
export function rulesInForce({ rules, configured, ended }: RuleBookParts, on: InstantText): readonly Rule[] {
  return inForce([...Object.values(rules).map((rule: Rule) => endedOn(rule, ended)), ...configured], on);
}

/** The figure in force on a day: that with the latest beginning. */
export function figureInForce(figures: readonly Figure[], id: FigureId, on: InstantText): Figure {
  const day = dayOf(on);
  const [newest] = figures
    .filter((each) => each.id === id && (each.validFrom === undefined || each.validFrom <= day))
    .toSorted((a, b) => ((a.validFrom ?? '') < (b.validFrom ?? '') ? 1 : -1));
  if (newest === undefined) throw new Error(`there is no figure ${id}: every figure has a value from the beginning`);
  return newest;
}

/**
 * What the digest of a rule book is over: every member that decides, as JSON with members in order. Titles are left out, which may be
 * worded anew without a decision changing.
 */
export function ruleBookContent({ rules, configured, ended, figures }: Omit<RuleBookParts, 'configuredFigures'>): string {
  const builtIn = Object.values(rules).map((rule: Rule) => ({ ...described(endedOn(rule, ended)), judgedWith: rule.id }));
  const added = configured.map((rule) => ({ ...described(rule), judgedWith: rule.judgedWith }));
  return canonicalText({ rules: [...builtIn, ...added], figures });
}

function described({ id, effect, validFrom, validTo, inputs, table, revision, citations }: Rule) {
  const cited = citations.map(({ document, place }) => `${document.en}: ${place.en}`);
  return { id, effect, validFrom, validTo, inputs, table, revision, cited };
}

function endedOn<Version extends Rule>(rule: Version, ended: ReadonlyMap<string, string>): Version {
  const validTo = ended.get(rule.id);
  return validTo === undefined ? rule : { ...rule, validTo };
}

/** Per rule id the version with the latest beginning, unless it has ended. */
function inForce<Version extends Rule>(versions: readonly Version[], on: InstantText): readonly Version[] {
  const day = dayOf(on);
  const begun = versions.filter(({ validFrom }) => validFrom === undefined || validFrom <= day);
  const goesOn = ({ validTo }: Version): boolean => validTo === undefined || validTo >= day;
  // Few rules have more than the version that they came with.
  if (begun.length === 1) return begun.filter(goesOn);
  const latest = new Map<string, Version>();
  for (const version of begun) {
    const known = latest.get(version.id);
    if (known === undefined || (known.validFrom ?? '') <= (version.validFrom ?? '')) latest.set(version.id, version);
  }
  return [...latest.values()].filter(goesOn);
}

function dayOf(instant: InstantText): string {
  return instant.slice(0, 'YYYY-MM-DD'.length);
}

type InputValue = string | number | boolean | readonly string[] | undefined;

/** Inputs as they are stored: members of members by their full names, those that are not known left out. */
export function flatInputs(inputs: object, prefix = ''): Readonly<Record<string, InputValue>> {
  const flat: Record<string, InputValue> = {};
  for (const [name, value] of Object.entries(inputs) as [string, unknown][]) {
    if (isInputValue(value)) flat[prefix + name] = value;
    else if (typeof value === 'object' && value !== null) Object.assign(flat, flatInputs(value, `${prefix}${name}.`));
  }
  return flat;
}

function isInputValue(value: unknown): value is string | number | boolean | readonly string[] {
  if (Array.isArray(value)) return value.every((each) => typeof each === 'string');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** JSON with the members of every object in the order of their names. */
function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
