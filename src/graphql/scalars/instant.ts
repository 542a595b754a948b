import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

const INSTANT_PATTERN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** A moment: epoch milliseconds inside, ISO 8601 text outside. */
export const InstantScalar = new GraphQLScalarType<number, string>({
  name: 'Instant',
  description: 'A moment: ISO 8601 text with its offset from UTC, to the minute or finer (`2026-11-22T14:00+01:00`). Answers are in UTC with milliseconds: `2026-11-22T13:00:00.000Z`.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize(value) {
    if (typeof value === 'number') return new Date(value).toISOString();
    if (typeof value === 'string') return value;
    throw new TypeError('An instant is epoch milliseconds or ISO 8601 text.');
  },
  parseValue: parseInstant,
  parseLiteral(node) {
    if (node.kind !== Kind.STRING) throw notAnInstant();
    return parseInstant(node.value);
  },
});

function parseInstant(value: unknown): number {
  if (typeof value !== 'string' || !INSTANT_PATTERN.test(value)) throw notAnInstant();
  const time = Date.parse(value);
  if (Number.isNaN(time)) throw notAnInstant();
  return time;
}

function notAnInstant(): GraphQLError {
  return new GraphQLError('An instant is ISO 8601 text with its offset from UTC, such as "2026-11-22T13:00:00Z".');
}
