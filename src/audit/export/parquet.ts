import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import type { Sink } from './fileSink.js';
import type { CellKind, Table, TableCell, TableRow } from './table.js';

/** Rows of a group: what is held in memory at a time. */
const GROUP_ROWS = 10_000;
/** What a column repeats is written once, up to so much: ids repeat nothing. */
const DICTIONARY_BYTES_MAX = 65_536;
const DAY_MS = 86_400_000;

/** How a kind of cell is stored. */
const TYPES: Readonly<Record<CellKind, Omit<SchemaElement, 'name'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT64' },
  instant: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
  date: { type: 'INT32', converted_type: 'DATE' },
  boolean: { type: 'BOOLEAN' },
};

/** Writes a table as Parquet with typed, nullable columns. `about` goes into the file's metadata. Answers with the number of rows. */
export async function writeParquet(table: Table, sink: Sink, about: Readonly<Record<string, string>>, onRows: (rows: number) => void = () => undefined): Promise<number> {
  const { columns } = table;
  const schema: SchemaElement[] = [{ name: 'root', num_children: columns.length }, ...columns.map(({ name, kind }) => ({ name, repetition_type: 'OPTIONAL' as const, ...TYPES[kind] }))];
  const bytes = new ByteWriter();
  const kvMetadata = Object.entries(about).map(([key, value]) => ({ key, value }));
  const writer = new ParquetWriter({ writer: bytes, schema, kvMetadata, createdBy: 'activation-ledger', statistics: false });
  const flush = async (): Promise<void> => {
    await sink.write(Buffer.from(bytes.buffer.slice(0, bytes.index)));
    bytes.index = 0;
  };
  let written = 0;
  const writeGroup = async (group: readonly TableRow[]): Promise<void> => {
    const columnData = columns.map(({ name, kind, random = false }, index) => ({ name, data: group.map((row) => stored(row[index], kind)), codec: random ? ('UNCOMPRESSED' as const) : ('SNAPPY' as const) }));
    await writer.write({ columnData, rowGroupSize: GROUP_ROWS, dictionarySize: DICTIONARY_BYTES_MAX });
    await flush();
    written += group.length;
    onRows(written);
  };
  let group: TableRow[] = [];
  for await (const batch of table.rows()) {
    for (const row of batch) group.push(row);
    if (group.length < GROUP_ROWS) continue;
    for (; group.length >= GROUP_ROWS; group = group.slice(GROUP_ROWS)) await writeGroup(group.slice(0, GROUP_ROWS));
  }
  if (group.length > 0) await writeGroup(group);
  await writer.finish();
  await flush();
  return written;
}

function stored(cell: TableCell, kind: CellKind): string | bigint | number | boolean | null {
  if (cell === undefined) return null;
  if (kind === 'integer' || kind === 'instant') return BigInt(cell);
  return kind === 'date' ? Math.floor(Date.parse(String(cell)) / DAY_MS) : cell;
}
