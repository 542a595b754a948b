import type { InputFormat, ParseContext, ParsedRecord, RecordParser } from '../parser.js';
import { delimitedRows, delimiterOf, splitRow, type Row } from './delimitedRows.js';
import { SOFTWARE_LICENSING_VERSION, readSoftwareLicensingRecord } from './softwareLicensingProduct.js';

/** `Get-CimInstance SoftwareLicensingProduct | Export-Csv`: comma, semicolon or tab, with or without the `#TYPE` line. */
export const slpCsvFormat: InputFormat = {
  name: 'slp-csv',
  version: SOFTWARE_LICENSING_VERSION,
  title: 'SoftwareLicensingProduct or SoftwareLicensingService as CSV (Get-CimInstance … | Export-Csv)',
  needsHost: false,
  recognises(beginning) {
    const lines = beginning.replace(/^\uFEFF/, '').split(/\r?\n/, 3);
    if (TYPE_LINE.test(lines[0] ?? '')) return /SoftwareLicensing|OfficeSoftwareProtection/i.test(lines[0] ?? '') ? 99 : headerScore(lines[1] ?? '');
    return headerScore(lines[0] ?? '');
  },
  open: (context, emit) => openSlpCsv(context, emit),
};

const TYPE_LINE = /^"?#TYPE\b/;

/** The header decides; VAMT's tables have some of the same columns, and one that WMI has not. */
function headerScore(line: string): number {
  const columns = columnsOf(line, delimiterOf(line));
  if (!isHeader(columns) || columns.includes('fullyqualifieddomainname')) return 0;
  const known = ['graceperiodremaining', 'applicationid', 'licensestatusreason', 'productkeychannel', 'remainingskurearmcount', 'keymanagementservicemachine'];
  return Math.min(98, 60 + 10 * known.filter((name) => columns.includes(name)).length);
}

function isHeader(columns: readonly string[]): boolean {
  return columns.length > 1 && (columns.includes('partialproductkey') || columns.includes('licensestatus') || columns.includes('clientmachineid'));
}

function columnsOf(line: string, delimiter: string): readonly string[] {
  return (splitRow(line, delimiter) ?? []).map((name) => name.trim().toLowerCase());
}

function openSlpCsv(context: ParseContext, emit: (record: ParsedRecord) => void): RecordParser {
  let columns: readonly string[] | undefined;
  let record = 0;
  let isFirstRow = true;

  function refuse(code: string, reason: string): void {
    record += 1;
    emit({ kind: 'refused', record, code, reason });
  }

  function take(row: Row): void {
    const isFirst = isFirstRow;
    isFirstRow = false;
    if (row.kind === 'bad') {
      refuse(row.code, row.reason);
      return;
    }
    const [firstCell = ''] = row.cells;
    if (row.cells.length === 1 && (firstCell.trim() === '' || (isFirst && TYPE_LINE.test(firstCell)))) {
      isFirstRow = isFirst;
      return;
    }
    const names = row.cells.map((cell) => cell.trim().toLowerCase());
    // Exports put one after another repeat the header.
    if (isHeader(names)) {
      columns = names;
      return;
    }
    if (columns === undefined) {
      if (!TYPE_LINE.test(firstCell)) refuse('MISSING_HEADER', 'No header line with LicenseStatus, PartialProductKey or ClientMachineID comes before this row: export with Export-Csv.');
      return;
    }
    if (TYPE_LINE.test(firstCell)) return;
    takeValues(columns, row);
  }

  function takeValues(header: readonly string[], row: Extract<Row, { kind: 'row' }>): void {
    if (row.cells.length !== header.length) {
      const truncated = row.isLast && row.cells.length < header.length;
      refuse(
        truncated ? 'TRUNCATED' : 'WRONG_COLUMN_COUNT',
        `The row has ${row.cells.length} values and the header ${header.length} columns: ${truncated ? 'the file ends within it' : 'a quotation mark or a separator is missing'}; export it again.`,
      );
      return;
    }
    record += 1;
    emit(readSoftwareLicensingRecord(new Map(header.map((name, index) => [name, row.cells[index] ?? ''])), record, context));
  }

  const rows = delimitedRows(take);
  return {
    write: (text) => rows.write(text),
    end() {
      rows.end();
      if (record === 0 && columns === undefined) refuse('NO_RECORDS', 'No SoftwareLicensingProduct or SoftwareLicensingService rows were found in the text.');
    },
  };
}
