import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { FIGURE_IDS } from '../../domain/rules/figures.js';
import { figureInForce, rulesInForce } from '../../domain/rules/makeRuleBook.js';
import type { RuleKind } from '../../domain/rules/rule.js';
import type { LedgerContext } from '../context.js';
import { InstantScalar } from '../scalars/instant.js';
import { Rule, RuleFigure, RuleKindEnum, Ruleset } from './type.js';

@Resolver()
export class RuleResolver {
  @Query(() => [Rule], { description: 'The rules in force at a moment, with their citations.' })
  rules(
    @Ctx() { services, language }: LedgerContext,
    @Arg('on', () => InstantScalar, { nullable: true, description: 'The moment; now unless given.' }) on?: number | null,
    @Arg('kind', () => RuleKindEnum, { nullable: true, description: 'Only rules of this kind.' }) kind?: RuleKind | null,
  ): readonly Rule[] {
    const { rules } = services;
    return rulesInForce(rules.parts, momentText(on, services))
      .filter((rule) => kind === null || kind === undefined || rule.kind === kind)
      .map((rule) => new Rule(rule, rules.configuredRules.includes(rule.id), language, rules.parts.configured.find((each) => each === rule)?.table));
  }

  @Query(() => Ruleset, { description: 'What decisions are made by at a moment: the figures, and the digest that decisions name.' })
  ruleset(
    @Ctx() { services }: LedgerContext,
    @Arg('on', () => InstantScalar, { nullable: true, description: 'The moment; now unless given.' }) on?: number | null,
  ): Ruleset {
    const { parts, digest } = services.rules;
    const moment = momentText(on, services);
    return new Ruleset(digest, FIGURE_IDS.map((id) => new RuleFigure(figureInForce(parts.figures, id, moment))));
  }
}

function momentText(on: number | null | undefined, services: LedgerContext['services']): string {
  return on === null || on === undefined ? services.now() : new Date(on).toISOString();
}
