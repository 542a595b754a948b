import type { InputFormat, ParseContext, ParsedRecord, RecordParser } from '../parser.js';
import { SOFTWARE_LICENSING_VERSION, readSoftwareLicensingRecord } from '../records/softwareLicensingProduct.js';
import type { RefusalCode } from '../refusals.js';
import { firstRowsOf, openCsv } from '../syntax/csvRows.js';

/** `Get-CimInstance SoftwareLicensingProduct | Export-Csv`: comma, semicolon or tab, with or without the `#TYPE` line. */
export const slpCsv: InputFormat = {
  name: 'slp-csv',
  version: SOFTWARE_LICENSING_VERSION,
  title: 'SoftwareLicensingProduct or SoftwareLicensingService as CSV (Get-CimInstance … | Export-Csv)',
  needsHost: false,
  recognises(beginning) {
    if (/^\uFEFF?"?#TYPE\b.*(?:SoftwareLicensing|OfficeSoftwareProtection)/i.test(beginning)) return 99;
    return headerScore(columnsOf(firstRowsOf(beginning, 1)[0] ?? []));
  },
  open,
};

/** The header decides; VAMT's tables have some of the same columns, and one that WMI has not. */
function headerScore(columns: readonly string[]): number {
  if (!isHeader(columns) || columns.includes('fullyqualifieddomainname')) return 0;
  const known = ['graceperiodremaining', 'applicationid', 'licensestatusreason', 'productkeychannel', 'remainingskurearmcount', 'keymanagementservicemachine'];
  return Math.min(98, 60 + 10 * known.filter((name) => columns.includes(name)).length);
}

function isHeader(columns: readonly string[]): boolean {
  return columns.length > 1 && (columns.includes('partialproductkey') || columns.includes('licensestatus') || columns.includes('clientmachineid'));
}

function columnsOf(cells: readonly string[]): readonly string[] {
  return cells.map((cell) => cell.trim().toLowerCase());
}

function open(context: ParseContext, emit: (record: ParsedRecord) => void): RecordParser {
  let header: readonly string[] | undefined;
  let record = 0;

  function refuse(code: RefusalCode, reason: string): void {
    record += 1;
    emit({ kind: 'refused', record, code, reason });
  }

  function takeRow(cells: readonly string[], isCut: boolean): void {
    if (cells.length === 1 && cells[0]?.trim() === '') return;
    const names = columnsOf(cells);
    // Exports put one after another repeat the header.
    if (isHeader(names)) {
      header = names;
    } else if (header === undefined) {
      refuse('MISSING_HEADER', 'No header line with LicenseStatus, PartialProductKey or ClientMachineID comes before this row: export with Export-Csv.');
    } else if (cells.length === header.length) {
      record += 1;
      emit(readSoftwareLicensingRecord(new Map(header.map((name, index) => [name, cells[index] ?? ''])), record, context));
    } else if (isCut && cells.length < header.length) {
      refuse('TRUNCATED', 'The file ends within the row; export it again.');
    } else {
      refuse('WRONG_COLUMN_COUNT', `The row has ${cells.length} values and the header ${header.length} columns: a quotation mark or a separator is missing; export it again.`);
    }
  }

  const rows = openCsv(takeRow, refuse);
  return {
    write: (text) => rows.write(text),
    end() {
      rows.end();
      if (record === 0 && header === undefined) refuse('NO_RECORDS', 'No SoftwareLicensingProduct or SoftwareLicensingService rows were found in the text.');
    },
  };
}
