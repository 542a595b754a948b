import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import type { Sequence } from '../../kernel/identifiers.js';

/** A place in the log as users see it. */
export const SequenceScalar = new GraphQLScalarType<Sequence, number>({
  name: 'Sequence',
  description: 'The number of an event in the ledger: 1, 2, 3, … without gaps, the same on every node; a JSON number. 0 stands before the first event.',
  serialize(value) {
    return parseSequence(value);
  },
  parseValue: parseSequence,
  parseLiteral(node) {
    if (node.kind !== Kind.INT) throw notASequence();
    return parseSequence(Number(node.value));
  },
});

function parseSequence(value: unknown): Sequence {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw notASequence();
  return value as Sequence;
}

function notASequence(): GraphQLError {
  return new GraphQLError('A sequence is a whole number from 0.');
}
