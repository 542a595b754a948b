/**
 * Every code by which a file or a record can be refused while it is read. They stand in events and reports, so none is ever renamed
 * or given another meaning; what the ledger itself refuses has codes of its own.
 */
export const REFUSALS = {
  // The file as a whole.
  EMPTY_INPUT: 'There is nothing in the file.',
  FORMAT_UNKNOWN: 'The format is not recognised, or the one named does not exist.',
  BINARY_INPUT: 'The file is no text: an event log, an archive, a database, or junk.',
  WRONG_ENCODING: 'From some byte on the file is not in the encoding it began in.',
  UNKNOWN_ENCODING: 'The encoding named is not known.',
  WRONG_COLUMNS: 'The heading of a table lacks columns without which its rows say nothing.',
  WRONG_SHAPE: 'The record or the document is well-formed and about something else.',
  NO_RECORDS: 'The file is in the format and holds no record.',

  // How a record is written.
  TRUNCATED: 'The file ends within the record.',
  RECORD_TOO_LONG: 'The record, or a line of it, is longer than any real one.',
  FIELD_TOO_LONG: 'A field is longer than any real one.',
  MALFORMED_CSV: 'The quotation marks of a row do not match.',
  MALFORMED_JSON: 'The record is not JSON.',
  MALFORMED_XML: 'The record is not well-formed XML.',
  XML_ENTITY: 'The XML declares a document type or uses an entity: neither is ever resolved.',
  MISSING_HEADER: 'No heading came before the row.',
  WRONG_COLUMN_COUNT: 'The row has more or fewer values than the heading has columns.',
  TEXT_NOT_WELL_FORMED: 'A text holds half of a character.',

  // What a record says.
  MISSING_HOST: 'The record does not name its machine, and nobody else has.',
  MISSING_KMS_HOST: 'The record does not name the KMS host that was asked.',
  MISSING_EVENT_ID: 'The record has no event id.',
  MISSING_SKU: 'The record does not name the product.',
  MISSING_KEY: 'The record holds no product key.',
  INCOMPLETE_RECORD: 'Fields that make the record what it is are not there.',
  INVALID_FIELD: 'A field holds what it cannot hold.',
  NUMBER_OUT_OF_RANGE: 'A number is none, or out of its range.',
} as const satisfies Readonly<Record<string, string>>;

export type RefusalCode = keyof typeof REFUSALS;
