import { GraphQLError, GraphQLScalarType } from 'graphql';

/** Output only: the data of an event, whose shape its type decides. */
export const JsonScalar = new GraphQLScalarType<never, unknown>({
  name: 'JSON',
  description: 'A JSON value. The shape of event data is described per event type in the event catalogue.',
  serialize: (value) => value,
  parseValue() {
    throw new GraphQLError('JSON values are not taken as input.');
  },
});
