import { describe, expect, onTestFinished, test } from 'vitest';
import type { SealedLog } from '../../src/application/sealedLog.js';
import { parseTilePath } from '../../src/audit/tiles.js';
import type { Log } from '../../src/server/log.js';
import { evidencePart } from '../../src/server/logRoutes.js';
import { startLedger, TOKEN } from './ledgerFixture.js';

const AUTHORISED = { headers: { authorization: `Bearer ${TOKEN}` } };
const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A log that has every tile it is asked for: whatever is kept back, the routes keep back. */
const everyTile: SealedLog & { readonly failed: Promise<Error> } = {
  origin: 'synthetic.example/log',
  verifierKeys: [],
  checkpoint: () => undefined,
  receipt: async () => undefined,
  tile: async (path) => (parseTilePath(path) === undefined ? undefined : Buffer.from(path)),
  waitUntilSealed: async () => true,
  fault: () => undefined,
  failed: new Promise(() => undefined),
};

async function statuses(isPublic: boolean, paths: readonly string[], init?: RequestInit): Promise<readonly number[]> {
  const ledger = await startLedger({ parts: [evidencePart(everyTile, SILENT, { isPublic })] });
  onTestFinished(() => ledger.close());
  return Promise.all(paths.map(async (path) => (await fetch(`${ledger.server.address}/log/${path}`, init)).status));
}

describe('entries of the log', () => {
  test('are shown to nobody without a token, however their path is written, also where hashes are public', async () => {
    const spellings = ['tile/entries/000', 'tile/entries%2F000', 'tile/entries%2f000.p/7', 'tile/%65ntries/000', 'tile/%65ntries%2F000', 'tile//entries/000', 'tile/./entries/000'];
    for (const status of await statuses(true, spellings)) expect([401, 404]).toContain(status);
    expect(await statuses(true, ['tile/0/000'])).toEqual([200]);
  });

  test('are shown to whoever has a token', async () => {
    expect(await statuses(true, ['tile/entries/000'], AUTHORISED)).toEqual([200]);
  });
});

test('without the operator\'s word, nothing of the log is shown without a token', async () => {
  expect(await statuses(false, ['checkpoint', 'key', 'tile/0/000', 'tile/entries/000', 'tile/entries%2F000', 'proof/1'])).toEqual([401, 401, 401, 401, 401, 401]);
});
