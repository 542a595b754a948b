import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** UUID text, lower case inside. */
export const UuidScalar = new GraphQLScalarType<string, string>({
  name: 'UUID',
  description: 'A universally unique identifier: 32 hexadecimal digits with dashes. Version 7 keeps indexes ordered by time.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc9562',
  serialize: parseUuid,
  parseValue: parseUuid,
  parseLiteral(node) {
    if (node.kind !== Kind.STRING) throw notAUuid();
    return parseUuid(node.value);
  },
});

function parseUuid(value: unknown): string {
  if (typeof value !== 'string' || !UUID_PATTERN.test(value)) throw notAUuid();
  return value.toLowerCase();
}

function notAUuid(): GraphQLError {
  return new GraphQLError('A UUID has 32 hexadecimal digits with dashes: "0198f0c0-0000-7000-8000-000000000000".');
}
