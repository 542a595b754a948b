import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { askServer, run, serve, temporaryDirectory, until, type Server } from './program.js';

const EXAMPLES = ['examples/exports/installed-products.csv', 'examples/exports/kms-events.xml', 'examples/exports/product-keys.csv'];

async function ledgerOfExamples(): Promise<{ readonly directory: string; readonly data: string }> {
  const directory = temporaryDirectory();
  const data = join(directory, 'data');
  expect((await run(['import', ...EXAMPLES, '--data', data])).code).toBe(0);
  return { directory, data };
}

describe('an auditor', () => {
  test('checks an export, then the next one from the checkpoint of the first, and the ledger itself', async () => {
    const { directory, data } = await ledgerOfExamples();
    const [first, second] = [join(directory, 'first'), join(directory, 'second.tar')];
    const exported = await run(['export', '--data', data, '--out', first, '--reason', 'the audit of the year', '--views', 'csv', 'xlsx', 'parquet', '--json']);
    expect(exported.code, exported.stderr).toBe(0);
    const { verifierKey, events, to, sequence } = JSON.parse(exported.stdout);
    expect([events, sequence]).toEqual([to, to + 1]);
    const key = ['--key', verifierKey];
    expect(await run(['verify', first, ...key])).toMatchObject({ code: 0, stdout: expect.stringContaining('intact') });
    expect(await run(['verify', first])).toMatchObject({ code: 3, stdout: expect.stringContaining('unanchored') });

    const since = ['--since', join(first, 'checkpoint')];
    expect((await run(['export', '--data', data, '--out', second, '--reason', 'the next quarter', ...since])).code).toBe(0);
    expect(await run(['verify', second, ...key, ...since, '--json'])).toMatchObject({ code: 0, stdout: expect.stringContaining('"verdict":"intact"') });
    expect(await run(['verify', data, ...key, ...since])).toMatchObject({ code: 0 });

    const lines = readFileSync(join(first, 'events.ndjson'), 'utf8').split('\n');
    writeFileSync(join(first, 'events.ndjson'), lines.with(4, String(lines[4]).replace('"revision":', '"revision": ')).join('\n'));
    expect(await run(['verify', first, ...key])).toMatchObject({ code: 1, stdout: expect.stringContaining('The first event that differs is 5') });
    writeFileSync(join(first, 'events.ndjson'), lines.slice(0, 4).map((line) => `${line}\n`).join(''));
    expect(await run(['verify', first, ...key])).toMatchObject({ code: 2, stdout: expect.stringContaining('from 5 on are missing') });
    expect(await run(['verify', first, '--key', 'nonsense'])).toMatchObject({ code: 3 });
  });

  test('is given what was asked for, and nothing without a reason or over what is there', async () => {
    const { directory, data } = await ledgerOfExamples();
    const place = (name: string): string => join(directory, name);
    const lines = (name: string): string[] => readFileSync(place(name), 'utf8').split('\n').slice(0, -1);
    const to = (name: string, ...more: readonly string[]) => run(['export', '--data', data, '--out', place(name), '--reason', 'a look', ...more]);
    expect((await run(['export', '--data', data, '--out', place('none')])).code).toBe(2);
    expect(await to('blank', '--reason', ' ')).toMatchObject({ code: 1, stderr: expect.stringContaining('REASON_MISSING') });
    expect((await to('all.ndjson', '--format', 'ndjson')).code).toBe(0);
    expect(await to('all.ndjson', '--format', 'ndjson')).toMatchObject({ code: 1, stderr: expect.stringContaining('is there already') });
    expect((await to('part.ndjson', '--format', 'ndjson', '--from', '3', '--to', '5')).code).toBe(0);
    expect(lines('part.ndjson')).toEqual(lines('all.ndjson').slice(2, 5));
    expect((await to('types.ndjson', '--format', 'ndjson', '--type', 'KmsRequestObserved', 'ImportStarted', '--to', '50')).code).toBe(0);
    const wanted = lines('all.ndjson').slice(0, 50).filter((line) => /,"type":"(?:KmsRequestObserved|ImportStarted)"\}$/.test(line));
    expect(lines('types.ndjson')).toEqual(wanted);
    expect((await to('host.ndjson', '--format', 'ndjson', '--host', 'lab-201')).code).toBe(0);
    expect(lines('host.ndjson').length).toBeGreaterThan(1);
    expect(lines('host.ndjson').length).toBeLessThan(lines('all.ndjson').length);
    expect(await to('nobody.ndjson', '--format', 'ndjson', '--host', 'nobody')).toMatchObject({ code: 1, stderr: expect.stringContaining('HOST_UNKNOWN') });
    expect((await to('future.ndjson', '--format', 'ndjson', '--from', '2199-01-01')).code).toBe(0);
    expect(lines('future.ndjson')).toEqual([]);
    expect((await to('tables', '--format', 'csv')).code).toBe(0);
    expect(existsSync(join(place('tables'), 'host-status.csv'))).toBe(true);
    expect(existsSync(place('nobody.ndjson'))).toBe(false);
  });
});

const FIELDS = 'id state failureCode events digest sequence download { path expiresAt }';

describe('a served ledger', () => {
  const request = async (server: Server, input: object): Promise<any> =>
    (await askServer(server, `mutation E($input: RequestExportInput!) { requestExport(input: $input) { __typename ... on RequestExportSuccess { export { ${FIELDS} } } ... on UserError { code } } }`, { input })).body.data.requestExport;
  const look = async (server: Pick<Server, 'address' | 'token'>, id: string): Promise<any> => (await askServer(server, `query E($id: ID!) { export(id: $id) { ${FIELDS} } }`, { id })).body.data.export;

  test('makes an export as a job, records it, and gives it to whoever has its link', async () => {
    const { directory, data } = await ledgerOfExamples();
    const server = await serve(data);
    const token = (await run(['token', 'create', 'somebody else', '--data', data])).stdout.trim();
    expect(await request(server, { format: 'BUNDLE' })).toEqual({ __typename: 'CommandRefused', code: 'REASON_REQUIRED' });
    expect(await request(server, { format: 'NDJSON', reason: 'a look', hosts: ['nobody'] })).toEqual({ __typename: 'CommandRefused', code: 'HOST_UNKNOWN' });
    const { id } = (await request(server, { format: 'BUNDLE', reason: 'the audit of the year' })).export;
    await until('the export is complete', async () => (await look(server, id)).state !== 'RUNNING');
    const job = await look(server, id);
    expect([job.state, job.failureCode]).toEqual(['COMPLETED', null]);
    expect(await look({ address: server.address, token }, id)).toBeNull();
    const { body } = await askServer(server, 'query E($sequence: Sequence!) { event(sequence: $sequence) { type data reason actor { name } } }', { sequence: job.sequence });
    expect(body.data.event).toMatchObject({ type: 'ExportCompleted', data: { exportId: id, digest: job.digest, events: job.events }, reason: 'the audit of the year', actor: { name: 'administrator' } });

    const link = `${server.address}${job.download.path}`;
    const fetched = await fetch(link);
    expect([fetched.status, fetched.headers.get('content-disposition')]).toEqual([200, `attachment; filename="activation-ledger-${id}.tar"`]);
    const bundle = join(directory, 'fetched.tar');
    writeFileSync(bundle, Buffer.from(await fetched.arrayBuffer()));
    expect(JSON.parse((await run(['verify', bundle, '--json'])).stdout)).toMatchObject({ verdict: 'unanchored' });
    for (const wrong of [link.replace(/signature=./, 'signature=_'), link.replace(/expires=\d/, 'expires=9'), link.split('?')[0] ?? '', link.replace(id, 'other')]) expect((await fetch(wrong)).status, wrong).toBe(404);

    const other = join(directory, 'other.tar');
    const byUrl = await run(['export', '--url', server.address, '--token', server.token, '--format', 'csv', '--out', other, '--reason', 'for the accountants', '--json']);
    expect([byUrl.code, byUrl.stderr]).toMatchObject([0, expect.anything()]);
    expect(existsSync(other)).toBe(true);

    // An erasure takes what was exported with it, and is recorded by the server.
    expect((await run(['forget', 'somebody else', '--data', data, '--yes'])).code).toBe(0);
    expect((await fetch(link)).status).toBe(404);
    server.child.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
    expect(existsSync(join(data, 'exports'))).toBe(false);
  });

  test('stops an export on demand, and says so', async () => {
    const { data } = await ledgerOfExamples();
    const server = await serve(data);
    const ids = await Promise.all([1, 2, 3].map(async () => (await request(server, { format: 'XLSX', reason: 'a look' })).export.id as string));
    const last = String(ids.at(-1));
    const cancelled = (await askServer(server, 'mutation C($id: ID!) { cancelExport(id: $id) { ... on CancelExportSuccess { export { state } } } }', { id: last })).body.data.cancelExport.export;
    expect(['RUNNING', 'CANCELLED']).toContain(cancelled.state);
    await until('all are over', async () => (await Promise.all(ids.map((id) => look(server, id)))).every(({ state }) => state !== 'RUNNING'));
    expect((await Promise.all(ids.map((id) => look(server, id)))).map(({ state }) => state)).toEqual(['COMPLETED', 'COMPLETED', 'CANCELLED']);
    expect((await look(server, last)).download).toBeNull();
  });
});
