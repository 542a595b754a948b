import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run, serve, STACK_TRACE, temporaryDirectory } from './program.js';

/** Synthetic: the second row has no key, the third a number that is none. */
const KEYS_WITH_FAULTS = 'Product,Product Key,Limit\nExample Office,BBBBB-CCCCC-DDDDD-FFFFF-GGGGG,50\nExample Server,none,\nExample Windows,BBBBB-CCCCC-DDDDD-FFFFF-HHHHH,many\n';

function places() {
  const directory = temporaryDirectory();
  const file = (name: string, content: string): string => {
    const path = join(directory, name);
    writeFileSync(path, content);
    return path;
  };
  return { data: join(directory, 'data'), file, path: (name: string) => join(directory, name) };
}

describe('import', () => {
  test('ends with a table that accounts for every record, and exit 0', async () => {
    const { data } = places();
    const { code, stdout, stderr } = await run(['import', 'examples/exports/kms-events.xml', 'examples/exports/product-keys.csv', '--data', data]);
    expect(stdout).toBe(
      [
        'file              format     records  events appended  already known  nothing new  refused',
        'kms-events.xml    event-xml       15               23              0            0        0',
        'product-keys.csv  key-list         3                4              0            0        0',
        'total                             18               27              0            0        0',
        '',
      ].join('\n'),
    );
    expect(code).toBe(0);
    expect(stderr).not.toMatch(STACK_TRACE);
  });

  test('appends nothing the second time', async () => {
    const { data } = places();
    const [first, second] = [await run(['import', 'examples/exports/kms-events.xml', '--data', data, '--json']), await run(['import', 'examples/exports/kms-events.xml', '--data', data, '--json'])];
    expect(JSON.parse(first.stdout)).toMatchObject([{ recordsRead: 15, eventsAppended: 23, recordsAlreadyKnown: 0 }]);
    expect(JSON.parse(second.stdout)).toMatchObject([{ recordsRead: 15, eventsAppended: 0, recordsAlreadyKnown: 15 }]);
  });

  test('takes the good records around bad ones, says exit 3, and writes every refused one to the report', async () => {
    const { data, file, path } = places();
    const keys = file('keys.csv', KEYS_WITH_FAULTS);
    const { code, stdout, stderr } = await run(['import', keys, '--data', data, '--report', path('refused.ndjson')]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/keys\.csv\s+key-list\s+3\s+1\s+0\s+0\s+2\n$/);
    expect(stderr.match(/^refused  keys\.csv record \d: /gm)).toEqual(['refused  keys.csv record 2: ', 'refused  keys.csv record 3: ']);
    const report = readFileSync(path('refused.ndjson'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
    expect(report).toEqual([
      { file: keys, record: 2, code: 'MISSING_KEY', reason: expect.any(String) },
      { file: keys, record: 3, code: 'INVALID_FIELD', reason: expect.any(String) },
    ]);
  });

  test('shows the first refusals alone, and counts the rest', async () => {
    const { data, file } = places();
    const { stderr } = await run(['import', file('keys.csv', `Product Key\n${'none\n'.repeat(25)}`), '--data', data]);
    expect(stderr.match(/^refused {2}/gm)).toHaveLength(10);
    expect(stderr).toContain('and 15 more; --report FILE writes them all');
  });

  test('takes the good files around a missing one and one of no known format, and says exit 1', async () => {
    const { data, file, path } = places();
    const junk = file('junk.bin', '\0\x01\x02 nothing that anybody exports');
    const { code, stdout, stderr } = await run(['import', path('absent.csv'), junk, 'examples/exports/product-keys.csv', '--data', data]);
    expect(code).toBe(1);
    expect(stdout.split('\n')).toHaveLength(3);
    expect(stdout).toContain('product-keys.csv');
    expect(stderr).toContain(`refused  ${path('absent.csv')}: There is no such file. (FILE_MISSING)`);
    expect(stderr).toMatch(/refused {2}\S+junk\.bin: .+ \([A-Z_]+\)/);
    expect(stderr).not.toMatch(STACK_TRACE);
  });

  test('takes the machine from the file name where the format does not name it, and refuses the file without', async () => {
    const { data, file } = places();
    const text = 'Name: Windows(R), Enterprise edition\nDescription: Windows(R) Operating System, VOLUME_MAK channel\nPartial Product Key: GGGGG\nLicense Status: Licensed\n';
    const slmgr = file('PC-0301.txt', text);
    const nameless = await run(['import', slmgr, '--data', data]);
    expect([nameless.code, nameless.stderr]).toEqual([1, expect.stringContaining('--host-from-filename')]);
    expect((await run(['import', slmgr, '--data', data, '--host-from-filename', '--observed-at', '2026-03-01T10:00:00+01:00'])).code).toBe(0);
    const { stdout } = await run(['hosts', '--data', data, '--json']);
    expect(JSON.parse(stdout).hosts.nodes).toMatchObject([{ name: 'pc-0301', lastSeenAt: '2026-03-01T09:00:00.000Z' }]);
  });

  test('reads local times in the zone that is given', async () => {
    const { data, file } = places();
    const message = 'An activation request has been processed.\r\nInfo:\r\n0x0,25,pc7.ledger.example,36f27b39-2fd5-440b-be67-a09996d27a38,2026/3/24 15:05,0,1,250000,73111121-5638-40f6-bc11-f1d7b0d64300';
    const csv = file('events.csv', `"Message","Id","Version","RecordId","ProviderName","LogName","MachineName","TimeCreated"\r\n"${message}","12290","0","7","Microsoft-Windows-Security-SPP","Key Management Service","kms1.ledger.example","3/24/2026 4:05:54 PM"\r\n`);
    expect((await run(['import', csv, '--data', data, '--timezone', 'Europe/Paris'])).code).toBe(0);
    const { stdout } = await run(['hosts', '--data', data, '--json']);
    expect(JSON.parse(stdout).hosts.nodes).toMatchObject([{ name: 'pc7', lastSeenAt: '2026-03-24T15:05:54.000Z' }]);
  });

  test.each([
    ['a format there is not', ['--format', 'cilx'], /Allowed choices are .*event-xml/],
    ['a zone there is not', ['--timezone', 'Europe/Atlantis'], /no time zone Europe\/Atlantis/],
    ['a time without a zone', ['--observed-at', '2026-03-01 10:00'], /with its zone/],
    ['two sources for the host', ['--host', 'a', '--host-from-filename'], /not both/],
    ['standard input', ['-'], /standard input is not read/],
    ['an option of data directories for a server', ['--url', 'http://127.0.0.1:1', '--observed-at', '2026-03-01T10:00:00Z'], /--observed-at goes with a data directory/],
  ])('refuses %s with exit 2, before anything is written', async (_, words, reason) => {
    const { data } = places();
    const { code, stdout, stderr } = await run(['import', 'examples/exports/product-keys.csv', '--data', data, ...words]);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(reason)]);
    expect((await run(['status', '--data', data])).stderr).toContain('STORE_MISSING');
  });

  test.each([
    ['a report that cannot be written', ['--report', '/dev/null/refused.ndjson'], /report cannot be written/],
    ['a catalogue that is not there', ['--catalogue', 'absent.json'], /absent\.json/],
    ['a catalogue of another shape', ['--catalogue', 'package.json'], /CATALOGUE_REFUSED/],
  ])('refuses %s with exit 1 and no stack trace', async (_, words, reason) => {
    const { code, stdout, stderr } = await run(['import', 'examples/exports/product-keys.csv', '--data', places().data, ...words]);
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(reason)]);
    expect(stderr).not.toMatch(STACK_TRACE);
  });
});

describe('import through a server', () => {
  test('gives the same account, and the same refusals', async () => {
    const { data, file, path } = places();
    const server = await serve(data);
    const keys = file('keys.csv', KEYS_WITH_FAULTS);
    const there = ['--url', server.address, '--token', server.token];
    const { code, stdout } = await run(['import', keys, 'examples/exports/kms-events.xml', ...there, '--json', '--report', path('refused.ndjson')]);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject([
      { file: keys, format: 'key-list', recordsRead: 3, eventsAppended: 1, recordsRefused: 2 },
      { format: 'event-xml', recordsRead: 15, eventsAppended: 23, recordsRefused: 0 },
    ]);
    expect(readFileSync(path('refused.ndjson'), 'utf8').trimEnd().split('\n')).toHaveLength(2);
    const { stdout: hosts } = await run(['hosts', '--url', server.address, '--json'], { ACTIVATION_LEDGER_TOKEN: server.token });
    expect(JSON.parse(hosts).hosts.nodes).toHaveLength(8);
  });

  test('refuses a file that is too large for one call, and says what to do', async () => {
    const { data, file } = places();
    const server = await serve(data);
    const { code, stderr } = await run(['import', file('large.csv', 'x'.repeat(8 * 1_048_576 + 1)), '--url', server.address, '--token', server.token]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/8\.0 MiB.*--data.*\(FILE_TOO_LARGE\)/)]);
  });
});
