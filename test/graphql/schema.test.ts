import { readFileSync } from 'node:fs';
import { getNamedType, isUnionType, type GraphQLObjectType, isEnumType, isInputObjectType, isInterfaceType, isIntrospectionType, isNonNullType, isObjectType, isSpecifiedScalarType, type GraphQLSchema, buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { buildLedgerSchema, schemaText } from '../../src/graphql/schema.js';

const committed = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');

describe('the schema', () => {
  it('is committed byte for byte as the code emits it', () => {
    expect(schemaText(buildLedgerSchema())).toBe(committed);
  });

  it('differs from the committed text when anything changes', () => {
    const changed = committed.replace('type Host implements Node {', 'type Host implements Node {\n  "Not committed."\n  surprise: Int\n');
    expect(schemaText(buildSchema(changed))).not.toBe(committed);
  });

  it('describes every type, field, argument and enum value', () => {
    expect(undescribed(buildLedgerSchema())).toEqual([]);
  });

  it('counts in whole numbers, deprecates nothing, and refuses in every mutation by types that are UserErrors', () => {
    expect(committed).not.toMatch(/\bFloat\b|@deprecated/);
    const schema = buildLedgerSchema();
    for (const { name, type } of Object.values(schema.getMutationType()?.getFields() ?? {})) {
      const result = getNamedType(type);
      if (!isUnionType(result)) throw new Error(`${name} answers with no union.`);
      const [refusals, successes] = [true, false].map((refusal) => result.getTypes().filter((each) => isUserError(each) === refusal)) as [GraphQLObjectType[], GraphQLObjectType[]];
      expect(refusals.map((each) => each.name), name).toContain('CommandRefused');
      expect(successes.length, name).toBe(1);
      for (const success of successes) {
        const fields = Object.keys(success.getFields());
        // Items that are sent together are answered each for itself.
        if (success.name.endsWith('Answered')) expect(fields, name).toContain('results');
        else expect(fields, name).toEqual(expect.arrayContaining(['sequence', 'applied']));
      }
    }
  });

  it('gives no default to a required field of an input: compiled execution would ask for it all the same', () => {
    const inputs = Object.values(buildLedgerSchema().getTypeMap()).filter((type) => isInputObjectType(type));
    const defaulted = inputs.flatMap((type) => Object.values(type.getFields()).filter((field) => isNonNullType(field.type) && field.defaultValue !== undefined).map(({ name }) => `${type.name}.${name}`));
    expect(defaulted).toEqual([]);
  });

  it('would notice a missing description of each kind', () => {
    const bare = buildSchema(`
      type Query { field(argument: Choice): Choice }
      enum Choice { ONE }
      input Extra { value: Int }
    `);
    expect(undescribed(bare)).toEqual([
      'Query',
      'Query.field',
      'Query.field(argument)',
      'Choice',
      'Choice.ONE',
      'Extra',
      'Extra.value',
    ]);
  });
});

function isUserError(type: GraphQLObjectType): boolean {
  return type.getInterfaces().some(({ name }) => name === 'UserError');
}

function undescribed(schema: GraphQLSchema): string[] {
  const missing: string[] = [];
  const look = (place: string, described: { readonly description?: string | null | undefined }): void => {
    if (!described.description) missing.push(place);
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    look(type.name, type);
    if (isEnumType(type)) for (const value of type.getValues()) look(`${type.name}.${value.name}`, value);
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        look(`${type.name}.${field.name}`, field);
        for (const argument of field.args) look(`${type.name}.${field.name}(${argument.name})`, argument);
      }
    }
    if (isInputObjectType(type)) for (const field of Object.values(type.getFields())) look(`${type.name}.${field.name}`, field);
  }
  return missing;
}
