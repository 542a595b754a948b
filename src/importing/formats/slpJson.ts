import type { InputFormat, ParseContext, ParsedRecord, RecordParser } from '../parser.js';
import { cutJsonObjects } from '../syntax/jsonObjects.js';
import { SOFTWARE_LICENSING_VERSION, readSoftwareLicensingRecord } from '../records/softwareLicensingProduct.js';
import type { RefusalCode } from '../refusals.js';

/** `Get-CimInstance SoftwareLicensingProduct | ConvertTo-Json`: one object, an array, or either in a wrapper `{ "value": [ … ] }`. */
export const slpJson: InputFormat = {
  name: 'slp-json',
  version: SOFTWARE_LICENSING_VERSION,
  title: 'SoftwareLicensingProduct or SoftwareLicensingService as JSON (Get-CimInstance … | ConvertTo-Json)',
  needsHost: false,
  recognises(beginning) {
    if (!/^[\uFEFF\s]*[[{]/.test(beginning) || /"FullyQualifiedDomainName"\s*:/i.test(beginning)) return 0;
    const known = TELLING_PROPERTIES.filter((property) => property.test(beginning)).length;
    return known === 0 ? 0 : Math.min(97, 55 + 15 * known);
  },
  open: (context, emit) => openSlpJson(context, emit),
};

const TELLING_PROPERTIES = ['PartialProductKey', 'LicenseStatus', 'GracePeriodRemaining', 'LicenseStatusReason', 'ClientMachineID', 'KeyManagementServiceMachine'].map(
  (name) => new RegExp(`"${name}"\\s*:`, 'i'),
);

function openSlpJson(context: ParseContext, emit: (record: ParsedRecord) => void): RecordParser {
  let record = 0;

  function refuse(code: RefusalCode, reason: string): void {
    record += 1;
    emit({ kind: 'refused', record, code, reason });
  }

  const objects = cutJsonObjects({
    object(text) {
      const properties = propertiesIn(text);
      if (properties === undefined) {
        refuse('MALFORMED_JSON', 'The object is not JSON: it is damaged or was edited; export it again with ConvertTo-Json.');
        return;
      }
      record += 1;
      emit(readSoftwareLicensingRecord(properties, record, context));
    },
    bad: refuse,
  });
  return {
    write: (text) => objects.write(text),
    end() {
      objects.end();
      if (record === 0) refuse('NO_RECORDS', 'No SoftwareLicensingProduct or SoftwareLicensingService objects were found in the text.');
    },
  };
}

function propertiesIn(text: string): ReadonlyMap<string, string> | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold a key.
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const properties = new Map<string, string>();
  for (const [name, value] of Object.entries(parsed)) {
    const text_ = textOf(value);
    if (text_ !== undefined) properties.set(name.toLowerCase(), text_);
    else if (name === 'CimSystemProperties') properties.set('cimsystemproperties.servername', textOf(memberOf(value, 'ServerName')) ?? '');
  }
  return properties;
}

/** Plain values as text; a date that Windows PowerShell has decorated (`{ "value": …, "DateTime": … }`) as its value. Undefined for the rest. */
function textOf(value: unknown): string | undefined {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const inner = memberOf(value, 'value');
  return typeof inner === 'string' || typeof inner === 'number' ? String(inner) : undefined;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}
