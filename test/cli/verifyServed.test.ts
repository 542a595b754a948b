import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { leafHash } from '../../src/audit/merkle.js';
import { parseVerifierKey, signerKeyOf, verifierKeyText } from '../../src/audit/signedNote.js';
import { decodeEntries, encodeEntries, encodeHashes, hashesOfTile } from '../../src/audit/tiles.js';
import { verifyServedLog } from '../../src/cli/verifyServedLog.js';
import { askServer, run, serve, temporaryDirectory, type Server } from './program.js';

const FILE = 'examples/exports/installed-products.csv';

interface Verified {
  readonly code: number | null;
  readonly verdict: string;
  readonly sequences: readonly number[];
  readonly text: string;
}

interface Audited {
  readonly server: Server;
  readonly data: string;
  readonly key: string;
  readonly sequence: number;
  /** The verb at this server, with the options given. */
  readonly check: (...more: readonly string[]) => Promise<Verified>;
}

/** A served ledger of a few events, all of them sealed. */
async function audited(...options: readonly string[]): Promise<Audited> {
  const data = join(temporaryDirectory(), 'data');
  const server = await serve(data, ...options);
  await run(['import', FILE, '--url', server.address, '--token', server.token]);
  const { sequence } = (await askServer(server, '{ ledger { sequence } }')).body.data.ledger as { readonly sequence: number };
  await askServer(server, `{ sealed(sequence: ${sequence}, withinMs: 10000) }`);
  const key = (await run(['key', 'show', '--data', data])).stdout.trim();
  return { server, data, key, sequence, check: (...more) => verify(server.address, ...more) };
}

async function verify(address: string, ...more: readonly string[]): Promise<Verified> {
  const { code, stdout, stderr } = await run(['verify', address, '--json', ...more]);
  if (stdout === '') return { code, verdict: '', sequences: [], text: stderr };
  const { verdict, findings, notes } = JSON.parse(stdout) as { verdict: string; findings: readonly { sequence?: number; message: string }[]; notes: readonly string[] };
  return { code, verdict, sequences: findings.flatMap((finding) => finding.sequence ?? []), text: [...findings.map(({ message }) => message), ...notes].join('\n') };
}

describe('the log of a server', () => {
  test('is intact for whoever has its key, goes on from what was kept, and another key verifies nothing', async () => {
    const { server, data, key, sequence, check } = await audited();
    const kept = join(data, '..', 'kept');
    writeFileSync(kept, readFileSync(join(data, 'log', 'checkpoint')));
    const known = ['--key', key, '--token', server.token];
    const first = await check(...known);
    expect([first.code, first.verdict, first.text]).toEqual([0, 'intact', expect.stringContaining(`${sequence} events.`)]);
    expect(first.text).not.toContain('give a token');

    await run(['import', 'examples/exports/kms-events.xml', '--url', server.address, '--token', server.token]);
    const grown = (await askServer(server, '{ ledger { sequence } }')).body.data.ledger.sequence as number;
    await askServer(server, `{ sealed(sequence: ${grown}, withinMs: 10000) }`);
    expect(grown).toBeGreaterThan(sequence);
    const later = await check(...known, '--since', kept);
    expect([later.code, later.verdict, later.text]).toEqual([0, 'intact', `${grown} events.`]);
    writeFileSync(join(data, '..', 'later'), readFileSync(join(data, 'log', 'checkpoint')));

    const other = verifierKeyText(signerKeyOf(key.slice(0, key.indexOf('+')), Buffer.alloc(32, 9)));
    expect(await check('--key', other, '--token', server.token)).toMatchObject({ code: 3, verdict: 'cannot verify' });
    expect(await check('--token', server.token)).toMatchObject({ code: 3, verdict: 'unanchored' });
    server.child.kill('SIGTERM');
    await server.ended;

    // Another ledger: neither its key nor its past is the one that was kept.
    const stranger = await audited();
    const strangers = ['--key', stranger.key, '--token', stranger.server.token];
    expect(await stranger.check(...strangers, '--since', join(data, '..', 'later'))).toMatchObject({ code: 3, verdict: 'cannot verify' });
    // Neither does it without a key: a checkpoint of another log says nothing of this one.
    expect(await stranger.check('--token', stranger.server.token, '--since', kept)).toMatchObject({ code: 3, verdict: 'cannot verify' });
    expect(await check(...known)).toMatchObject({ code: 3, verdict: '', text: expect.stringContaining('No server answers') });
  });

  test('is checked by its hashes alone without a token, where the server shows them', async () => {
    const open = await audited('--log-public');
    const byHashes = await open.check('--key', open.key);
    expect([byHashes.code, byHashes.verdict, byHashes.text]).toEqual([0, 'intact', expect.stringContaining('give a token')]);
    expect(await open.check('--key', open.key, '--token', 'alt_wrong')).toMatchObject({ code: 3, verdict: '', text: expect.stringContaining('token') });

    const closed = await audited();
    expect(await closed.check('--key', closed.key)).toMatchObject({ code: 3, verdict: '', text: expect.stringContaining('--token') });
  });

  test('in which an event was changed is altered, and the event is named', async () => {
    const { server, data, key, sequence } = await audited('--log-public');
    const keys = [parseVerifierKey(key)].filter((one) => one !== undefined);
    const look = async (token?: string) => {
      const { verdict, findings } = await verifyServedLog(server.address, token, { keys });
      return { verdict, sequences: findings.flatMap((finding) => finding.sequence ?? []), messages: findings.map(({ message }) => message).join(' ') };
    };
    const tile = (level: string): string => join(data, 'log', 'tile', level, '000.p', String(sequence));
    const [entries, hashes] = [readFileSync(tile('entries')), readFileSync(tile('0'))];
    const verdicts = async () => ({ withToken: await look(server.token), without: await look() });
    const change = 5;
    const changed = decodeEntries(entries).map((entry, at) => (at === change - 1 ? Buffer.from(Buffer.from(entry).toString('utf8').replace('"actor":"', '"actor":"x')) : entry));

    // Behind its hashes: they alone show nothing of it.
    writeFileSync(tile('entries'), encodeEntries(changed));
    expect(await verdicts()).toMatchObject({ withToken: { verdict: 'altered', sequences: [change] }, without: { verdict: 'intact' } });
    expect((await verify(server.address, '--key', key, '--token', server.token)).code).toBe(1);
    // With its hash: the root is another one.
    writeFileSync(tile('0'), encodeHashes(hashesOfTile(hashes, sequence).with(change - 1, leafHash(changed[change - 1] ?? Buffer.of()))));
    expect(await verdicts()).toMatchObject({ withToken: { verdict: 'altered', messages: expect.stringContaining('do not lead to the root') }, without: { verdict: 'altered' } });
    // Its hash alone: with the events it is told which one it is.
    writeFileSync(tile('entries'), entries);
    expect(await verdicts()).toMatchObject({ withToken: { verdict: 'altered', sequences: [change] }, without: { verdict: 'altered' } });
    // As it was.
    writeFileSync(tile('0'), hashes);
    expect(await verdicts()).toMatchObject({ withToken: { verdict: 'intact' }, without: { verdict: 'intact' } });
  });
});
