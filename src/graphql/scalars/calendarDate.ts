import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { isCalendarDate } from '../../domain/calendarDate.js';

/** A day without a time: text inside and outside. */
export const CalendarDateScalar = new GraphQLScalarType<string, string>({
  name: 'Date',
  description: 'A day of the calendar: `2026-11-22`.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339#section-5.6',
  serialize: parseDate,
  parseValue: parseDate,
  parseLiteral(node) {
    if (node.kind !== Kind.STRING) throw notADate();
    return parseDate(node.value);
  },
});

function parseDate(value: unknown): string {
  if (typeof value !== 'string' || !isCalendarDate(value)) throw notADate();
  return value;
}

function notADate(): GraphQLError {
  return new GraphQLError('A date is a day that the calendar has, written as "2026-11-22".');
}
