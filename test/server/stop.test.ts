import { expect, it } from 'vitest';
import type { CommandOutcome } from '../../src/application/port.js';
import type { Sequence, StreamId } from '../../src/kernel/identifiers.js';
import { startLedger } from './ledgerFixture.js';

it('finishes what is under way before it stops, and takes nothing more', async () => {
  let begun: () => void = () => undefined;
  let finish: (outcome: CommandOutcome) => void = () => undefined;
  const hasBegun = new Promise<void>((resolve) => (begun = resolve));
  const ledger = await startLedger({
    application: {
      registerHost: () => {
        begun();
        return new Promise((resolve) => (finish = resolve));
      },
    },
  });
  const answer = ledger.ask('mutation { registerHost(input: { name: "alpha" }) { ... on RegisterHostSuccess { sequence applied } } }');
  await hasBegun;
  let stopped = false;
  const stop = ledger.server.stop().then(() => (stopped = true));
  expect(stopped).toBe(false);
  finish({ kind: 'done', sequence: 7 as Sequence, applied: false, id: 'host-1' as StreamId });
  expect(await answer).toEqual({ status: 200, body: { data: { registerHost: { sequence: 7, applied: false } } } });
  await stop;
  await expect(fetch(`${ledger.server.address}/healthz`)).rejects.toThrow();
  await ledger.close();
});

it('stops once, however often it is told to', async () => {
  const ledger = await startLedger();
  await Promise.all([ledger.server.stop(), ledger.server.stop()]);
  expect(ledger.log.filter(({ message }) => message === 'stopped')).toHaveLength(1);
  await ledger.close();
});
