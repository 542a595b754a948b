import { expect, test } from 'vitest';
import { rulesInForce } from '../../src/domain/rules/makeRuleBook.js';
import { loadRules } from '../../src/embedded/loadRules.js';
import type { LedgerContext } from '../../src/graphql/context.js';
import { RuleResolver } from '../../src/graphql/rule/resolver.js';

const ON = Date.UTC(2030, 0, 1);

test('rules show the cases that a configuration decides by, and no others', async () => {
  const rules = await loadRules('examples/rules.json');
  const context = { services: { rules }, language: 'en' } as unknown as LedgerContext;
  const listed = new RuleResolver().rules(context, ON);
  const configured = rulesInForce(rules.parts, new Date(ON).toISOString()).filter((rule) => rules.parts.configured.some((each) => each === rule));
  expect(listed.filter(({ cases }) => cases !== undefined).map(({ id }) => id)).toEqual(configured.map(({ id }) => id));
  for (const { id } of configured) {
    const shown = listed.find((rule) => rule.id === id);
    const { cases, otherwise } = rules.parts.configured.findLast((rule) => rule.id === id)!.table;
    expect(shown?.otherwise).toBe(otherwise);
    expect(shown?.cases?.map(({ outcome }) => outcome)).toEqual(cases.map(({ outcome }) => outcome));
    expect(shown?.cases?.map(({ when }) => when.map(({ input }) => input))).toEqual(cases.map(({ when }) => Object.keys(when)));
  }
  const condition = listed.flatMap(({ cases }) => cases ?? []).flatMap(({ when }) => when).find(({ oneOf }) => oneOf !== undefined);
  expect(condition).toMatchObject({ min: undefined, max: undefined });
});
