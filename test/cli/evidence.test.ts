import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { verifyCheckpoint } from '../../src/audit/checkpoint.js';
import { leafHash } from '../../src/audit/merkle.js';
import { verifyReceipt } from '../../src/audit/receipt.js';
import { parseVerifierKey, type VerifierKey } from '../../src/audit/signedNote.js';
import { decodeEntries, hashesOfTile, lastTiles, rootFromTiles, subtreesFromTiles, tilePath } from '../../src/audit/tiles.js';
import { askServer, run, serve, start, temporaryDirectory, type Server } from './program.js';

const SEALED = 'query Sealed($sequence: Sequence!) { sealed(sequence: $sequence, withinMs: 10000) }';
const FILES = ['examples/exports/installed-products.csv', 'examples/exports/kms-events.xml', 'examples/exports/product-keys.csv'];

describe('a served ledger', () => {
  test('seals what is recorded, and gives everything it takes to check that without trusting it', async () => {
    const directory = temporaryDirectory();
    const [data, outside] = [join(directory, 'data'), join(directory, 'outside', 'checkpoint')];
    const server = await serve(data, '--checkpoint-file', outside);
    await run(['import', ...FILES, '--url', server.address, '--token', server.token]);
    const sequence = (await askServer(server, '{ ledger { sequence } }')).body.data.ledger.sequence as number;
    expect((await askServer(server, SEALED, { sequence })).body).toEqual({ data: { sealed: true } });
    expect((await askServer(server, SEALED.replace('10000', '1'), { sequence: sequence + 1 })).body).toEqual({ data: { sealed: false } });

    const keys = keysOf(await text(server, 'key'));
    const note = await text(server, 'checkpoint');
    const { ledger } = (await askServer(server, '{ ledger { ledgerId sealedSequence verifierKeys checkpoint { sequence root note } } }')).body.data;
    const checkpoint = verified(note, keys, `activation-ledger/${ledger.ledgerId}`);
    expect(ledger).toMatchObject({ sealedSequence: sequence, checkpoint: { sequence, root: Buffer.from(checkpoint.root).toString('base64'), note } });
    expect((await run(['key', 'show', '--data', data])).stdout).toBe(await text(server, 'key'));
    expect(ledger.verifierKeys.map((key: string) => `${key}\n`).join('')).toBe(await text(server, 'key'));

    // The tiles lead to the root, and the entries to the tiles.
    const root = await rootFromTiles(sequence, subtreesFromTiles(sequence, (tile) => bytes(server, tilePath(tile))));
    expect(Buffer.from(root)).toEqual(Buffer.from(checkpoint.root));
    const [bundle] = lastTiles(sequence);
    const entries = decodeEntries(await bytes(server, tilePath(bundle!)));
    const leaves = hashesOfTile(await bytes(server, tilePath({ ...bundle!, level: 0 })), bundle!.width);
    expect(entries.map((entry) => Buffer.from(leafHash(entry)))).toEqual(leaves.map((leaf) => Buffer.from(leaf)));

    // A receipt of an event, by either way, is checked with its bytes and the key alone.
    const { event } = (await askServer(server, `{ event(sequence: ${sequence}) { receipt { sealed proof checkpoint { sequence } } } }`)).body.data;
    expect(event.receipt).toMatchObject({ sealed: true, checkpoint: { sequence } });
    expect(event.receipt.proof).toBe(await text(server, `proof/${sequence}`));
    expect(verifyReceipt(event.receipt.proof, entries.at(-1)!, keys)).toMatchObject({ kind: 'verified', index: sequence - 1 });
    expect(verifyReceipt(event.receipt.proof, entries.at(-2)!, keys)).toMatchObject({ kind: 'notIncluded' });

    server.child.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
    const last = readFileSync(join(data, 'log', 'checkpoint'), 'utf8');
    expect(verified(last, keys).size).toBe(sequence);
    expect(readFileSync(outside, 'utf8')).toBe(last);
  });

  test('serves its log to whoever has a token, and its hashes to others only where it is told to', async () => {
    const status = async (server: Server, path: string, token?: string): Promise<number> =>
      (await fetch(`${server.address}/log/${path}`, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } })).status;
    const hashes = ['checkpoint', 'key', 'tile/0/000.p/2'];
    const contents = ['tile/entries/000.p/2', 'proof/1'];

    const closed = await serve(temporaryDirectory());
    await askServer(closed, SEALED, { sequence: 2 });
    for (const path of [...hashes, ...contents]) expect([path, await status(closed, path), await status(closed, path, closed.token)]).toEqual([path, 401, 200]);
    for (const path of ['proof/3', 'proof/0', 'proof/x', 'tile/0/000', 'tile/0/000.p/3', 'tile/1/000', 'tile/entries/..%2f..%2fhead', 'head']) {
      expect([path, await status(closed, path, closed.token)]).toEqual([path, 404]);
    }

    const open = await serve(temporaryDirectory(), '--log-public');
    await askServer(open, SEALED, { sequence: 2 });
    for (const path of hashes) expect([path, await status(open, path)]).toEqual([path, 200]);
    for (const path of contents) expect([path, await status(open, path)]).toEqual([path, 401]);
  });

  test('tells in its health and its metrics how far it is sealed', async () => {
    const server = await serve(temporaryDirectory());
    await askServer(server, SEALED, { sequence: 2 });
    const health = await (await fetch(`${server.address}/healthz`)).json();
    expect(health).toMatchObject({ status: 'ok', parts: { evidence: { status: 'ok', sealed: 2, fault: null } } });
    const metrics = await (await fetch(`${server.address}/metrics`, { headers: { authorization: `Bearer ${server.token}` } })).text();
    expect(metrics).toMatch(/^activation_ledger_sealed_events 2$/m);
  });

  test('does not start on a log that is behind the checkpoint kept outside, or has another past', async () => {
    const directory = temporaryDirectory();
    const [data, copy, outside] = ['data', 'copy', 'outside'].map((name) => join(directory, name)) as [string, string, string];
    const first = await serve(data, '--checkpoint-file', outside);
    await askServer(first, SEALED, { sequence: 2 });
    first.child.kill('SIGTERM');
    await first.ended;
    cpSync(data, copy, { recursive: true });
    await run(['import', FILES[0]!, '--data', data]);
    writeFileSync(outside, readFileSync(join(data, 'log', 'checkpoint')));
    const behind = await run(['serve', '--data', copy, '--port', '0', '--checkpoint-file', outside]);
    expect([behind.code, behind.stderr]).toEqual([1, expect.stringContaining('(LOG_BEHIND_HEAD)')]);

    await run(['import', FILES[1]!, '--data', copy]);
    const fork = await run(['serve', '--data', copy, '--port', '0', '--checkpoint-file', outside]);
    expect([fork.code, fork.stderr]).toEqual([1, expect.stringMatching(/\((HEAD_MISMATCH|LOG_BEHIND_HEAD)\)/)]);
    writeFileSync(outside, 'not a checkpoint\n');
    const unusable = await run(['serve', '--data', data, '--port', '0', '--checkpoint-file', outside]);
    expect([unusable.code, unusable.stderr]).toEqual([1, expect.stringContaining('(CHECKPOINT_UNUSABLE)')]);
  });
});

test('an import into a directory seals what it brought before it ends', async () => {
  const data = temporaryDirectory();
  await run(['import', ...FILES, '--data', data]);
  const status = JSON.parse((await run(['status', '--data', data, '--json'])).stdout) as { readonly sequence: number };
  const keys = keysOf((await run(['key', 'show', '--data', data])).stdout);
  expect(verified(readFileSync(join(data, 'log', 'checkpoint'), 'utf8'), keys).size).toBe(status.sequence);
});

test('a new key is recorded, and the checkpoint that covers the event is signed by the old key and the new one', async () => {
  const data = temporaryDirectory();
  const server = await serve(data);
  expect((await run(['key', 'rotate', '--data', data])).code).toBe(4);
  server.child.kill('SIGTERM');
  await server.ended;
  const before = readFileSync(join(data, 'log', 'checkpoint'), 'utf8');
  const [old] = keysOf((await run(['key', 'show', '--data', data])).stdout);

  const rotated = await run(['key', 'rotate', '--data', data]);
  const [current] = keysOf(rotated.stdout);
  expect([rotated.code, keysOf((await run(['key', 'show', '--data', data])).stdout)]).toEqual([0, [current, old]]);
  const both = readFileSync(join(data, 'log', 'checkpoint'), 'utf8');
  for (const key of [old!, current!]) expect(verified(both, [key]).size).toBe(3);
  expect(verified(before, [old!]).size).toBe(2);

  const again = start(['serve', '--data', data, '--port', '0', '--json']);
  const { address, verifierKey } = JSON.parse((await again.saying(/^\{.*\}\n$/))[0]) as { readonly address: string; readonly verifierKey: string };
  expect(`${verifierKey}\n`).toBe(rotated.stdout);
  const token = (await run(['token', 'create', 'auditor', '--data', data])).stdout.trim();
  const asked = await askServer({ address, token }, '{ events(filter: { types: ["SigningKeyIntroduced"] }) { nodes { sequence data } } }');
  expect(asked.body.data.events.nodes).toEqual([{ sequence: 3, data: expect.objectContaining({ verifierKey, origin: current!.name }) }]);
  await run(['import', FILES[0]!, '--url', address, '--token', token]);
  await askServer({ address, token }, SEALED, { sequence: 4 });
  const later = await text({ address, token }, 'checkpoint');
  expect([verifyCheckpoint(later, [old!]).kind, verifyCheckpoint(later, [current!]).kind]).toEqual(['noKnownKey', 'verified']);
});

async function bytes({ address, token }: Pick<Server, 'address' | 'token'>, path: string): Promise<Uint8Array> {
  const response = await fetch(`${address}/log/${path}`, { headers: { authorization: `Bearer ${token}` } });
  if (response.status !== 200) throw new Error(`${path}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

async function text(server: Pick<Server, 'address' | 'token'>, path: string): Promise<string> {
  return Buffer.from(await bytes(server, path)).toString('utf8');
}

function keysOf(lines: string): readonly VerifierKey[] {
  return lines.trim().split('\n').map((line) => {
    const key = parseVerifierKey(line);
    if (key === undefined) throw new Error(`${line} is no verifier key`);
    return key;
  });
}

function verified(note: string, keys: readonly VerifierKey[], origin?: string) {
  const verdict = verifyCheckpoint(note, keys, origin);
  if (verdict.kind !== 'verified') throw new Error(`the checkpoint is ${verdict.kind}: ${note}`);
  return verdict.checkpoint;
}
