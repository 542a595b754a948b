import { expect, test, vi } from 'vitest';
import { openBundleFiles } from '../../src/audit/verify/bundleFiles.js';
import { readCsvRows } from '../../src/audit/verify/csvCells.js';
import { applicationOf } from '../support/embedded.js';
import { exportingLedger } from './exportingLedger.js';

vi.setConfig({ testTimeout: 60_000 });

async function rowsOf(directory: string, name: string): Promise<Record<string, string>[]> {
  const files = await openBundleFiles(directory);
  if (files === undefined) throw new Error(`There is no ${directory}.`);
  const read: (readonly string[])[] = [];
  for await (const row of readCsvRows(files, name)) read.push(row);
  await files.close();
  const [titles = [], ...rows] = read;
  return rows.map((row) => Object.fromEntries(titles.map((title, at) => [title, row[at] ?? ''])));
}

test('the table of events tells the code and the ticket of a reason, also when its words and its actor are forgotten', async () => {
  const origin = await exportingLedger({ hosts: [1] });
  const { ledger, environment } = origin;
  const actor = await ledger.vault.subjectFor('Grace Example');
  const why = { reason: 'words of a person', reasonCode: 'LAB_REFRESH', reasonTicket: 'CHG-4711' };
  await applicationOf(ledger, environment).registerHost({ name: 'lab-9.harbour.example' }, { actor, correlationId: 'change', ...why });
  const registered = async () => (await rowsOf((await origin.export({ format: 'CSV' })).path, 'events.csv')).filter(({ correlationId }) => correlationId === 'change').map(({ actorName, reason, reasonCode, reasonTicket }) => ({ actorName, reason, reasonCode, reasonTicket }));
  expect(await registered()).toEqual([{ actorName: 'Grace Example', ...why }]);
  await ledger.vault.forgetSubject(actor);
  expect(await registered()).toEqual([{ actorName: 'redacted', reason: 'redacted', reasonCode: 'LAB_REFRESH', reasonTicket: 'CHG-4711' }]);
  await ledger.close();
});

test('beside tables stands what each of their columns means', async () => {
  const origin = await exportingLedger({ hosts: [1] });
  const { path } = await origin.export({ format: 'CSV' });
  const told = await rowsOf(path, 'columns.csv');
  const tables = ['events', 'activations', 'key-counts', 'host-status', 'requests', 'licence-position', 'columns'];
  expect([...new Set(told.map(({ table }) => table))]).toEqual(tables);
  for (const table of tables.filter((name) => !['activations', 'requests'].includes(name))) {
    const [row = {}] = await rowsOf(path, `${table}.csv`);
    expect(told.filter((one) => one.table === table).map(({ column }) => column), table).toEqual(Object.keys(row));
  }
  expect(told.filter(({ meaning }) => meaning === '')).toEqual([]);
  expect(told.filter(({ table, fromVault }) => table === 'events' && fromVault === 'true').map(({ column }) => column)).toEqual(['actorName', 'reason']);
  await origin.ledger.close();
});
