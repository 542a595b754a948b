import type { Table, TableColumn } from './table.js';

const COLUMNS: readonly TableColumn[] = [
  { name: 'table', kind: 'text', meaning: 'Name of the table.' },
  { name: 'column', kind: 'text', meaning: 'Name of the column.' },
  { name: 'kind', kind: 'text', meaning: 'text, integer, instant (UTC), date or boolean.' },
  { name: 'meaning', kind: 'text', meaning: 'What stands in it.' },
  { name: 'fromVault', kind: 'boolean', meaning: 'Whether it is what the vault held at the time of the export, and does not follow from the events.' },
];

/** What the columns of tables mean, itself included. */
export function dictionaryTable(tables: readonly Table[]): Table {
  const own: Table = {
    name: 'columns',
    title: 'What the columns mean',
    columns: COLUMNS,
    rows: () => [[...tables, own].flatMap((table) => table.columns.map(({ name, kind, meaning, fromVault = false }) => [table.name, name, kind, meaning, fromVault]))],
  };
  return own;
}
