/** Before Windows Vista nothing was volume-activated in this way: earlier dates are unset clocks and sentinels. */
const EARLIEST_YEAR = 2006;
const LATEST_YEAR = 2199;

/** CIM_DATETIME: local digits and their offset from UTC in minutes. */
const CIM_DATETIME = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})\.(\d{3})\d{3}([+-]\d{3})$/;
/** ConvertTo-Json of Windows PowerShell: milliseconds since 1970, UTC. */
const JSON_DATE = /^\/Date\((-?\d{1,15})\)\/$/;
const ISO_WITH_OFFSET = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})$/;

/** The instant of a date that says its own offset; undefined for local dates, sentinels and anything else. */
export function unambiguousInstant(text: string): string | undefined {
  const milliseconds = millisecondsOf(text);
  if (milliseconds === undefined) return undefined;
  const date = new Date(milliseconds);
  const year = date.getUTCFullYear();
  return year >= EARLIEST_YEAR && year <= LATEST_YEAR ? date.toISOString() : undefined;
}

function millisecondsOf(text: string): number | undefined {
  const json = JSON_DATE.exec(text);
  if (json !== null) return Number(json[1]);
  if (ISO_WITH_OFFSET.test(text)) return Date.parse(text.replace(/(\.\d{3})\d+/, '$1'));
  const cim = CIM_DATETIME.exec(text);
  if (cim === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, offset] = cim;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction}Z`) - Number(offset) * 60_000;
}
