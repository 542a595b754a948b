import { describe, expect, onTestFinished, it } from 'vitest';
import { createMetrics } from '../../src/server/metrics.js';
import type { PartHealth, ServedPart } from '../../src/server/parts.js';
import { hostRegistered, startLedger, TOKEN, type LedgerFixture } from './ledgerFixture.js';

const AUTHORISED = { headers: { authorization: `Bearer ${TOKEN}` } };

function part(name: string, health: PartHealth): ServedPart {
  return { name, health: () => health, stop: async () => undefined };
}

async function serve(parts: readonly ServedPart[]): Promise<LedgerFixture> {
  const ledger = await startLedger({ parts, metrics: createMetrics });
  onTestFinished(() => ledger.close());
  return ledger;
}

describe('what is served beside the API', () => {
  it('tells the health of each part and the worst of them, and stays in service', async () => {
    const ledger = await serve([part('feed', { status: 'degraded', lag: 12 }), part('audit', { status: 'ok' }), { name: 'quiet', stop: async () => undefined }]);
    const health = await fetch(`${ledger.server.address}/healthz`);
    expect([health.status, await health.json()]).toEqual([200, { status: 'degraded', parts: { feed: { status: 'degraded', lag: 12 }, audit: { status: 'ok' } } }]);
  });

  it('says failed when a part has failed, whatever the others say', async () => {
    const ledger = await serve([part('feed', { status: 'degraded' }), part('check', { status: 'failed', error: 'a byte differs' })]);
    expect(await (await fetch(`${ledger.server.address}/healthz`)).json()).toMatchObject({ status: 'failed' });
  });

  it('serves a route of a part, guarded where the part says so', async () => {
    const ledger = await serve([
      {
        name: 'tiles',
        routes(app, { requireToken }) {
          app.get('/open', async () => ({ open: true }));
          app.get('/guarded', { onRequest: requireToken }, async (request) => ({ actor: request.ledgerContext?.actor.name }));
        },
        stop: async () => undefined,
      },
    ]);
    const at = (path: string, init?: RequestInit) => fetch(`${ledger.server.address}${path}`, init);
    expect(await (await at('/open')).json()).toEqual({ open: true });
    expect((await at('/guarded')).status).toBe(401);
    expect(await (await at('/guarded', AUTHORISED)).json()).toEqual({ actor: 'Ada' });
  });

  it('serves metrics to whoever has a token, computed when asked', async () => {
    const ledger = await serve([]);
    expect((await fetch(`${ledger.server.address}/metrics`)).status).toBe(401);
    await ledger.record('host-synthetic', hostRegistered('lab-01'));
    const answer = await fetch(`${ledger.server.address}/metrics`, AUTHORISED);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    const text = await answer.text();
    expect(text).toContain('activation_ledger_log_events 1\n');
    expect(text).toContain('activation_ledger_read_model_events 1\n');
    expect(text).toContain('activation_ledger_read_model_rebuilding 0\n');
  });
});
