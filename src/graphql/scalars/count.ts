import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

/** How many of something that may outgrow `Int`: events of a log, bytes of a file. */
export const CountScalar = new GraphQLScalarType<number, number>({
  name: 'Count',
  description: 'How many: a whole number from 0 to 2^53 - 1, as a JSON number. For what may outgrow `Int`.',
  serialize: parseCount,
  parseValue: parseCount,
  parseLiteral(node) {
    if (node.kind !== Kind.INT) throw notACount();
    return parseCount(Number(node.value));
  },
});

function parseCount(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw notACount();
  return value;
}

function notACount(): GraphQLError {
  return new GraphQLError('A count is a whole number from 0 to 2^53 - 1.');
}
