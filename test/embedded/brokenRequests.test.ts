/** Commands on a real ledger whose handler is busy once, as where a process dies between two streams, and under another policy. */
import { expect, test } from 'vitest';
import { servicesOf } from '../../src/embedded/services.js';
import type { EmbeddedLedger } from '../../src/embedded/embeddedLedger.js';
import { importContent } from '../../src/embedded/importFile.js';
import type { CommandHandler } from '../../src/kernel/commandHandler.js';
import type { StreamId } from '../../src/kernel/identifiers.js';
import { kmsCsv, newDirectory, openTestLedger, testEnvironment, type TestEnvironment } from '../support/embedded.js';

const COMMAND_ID = '0199f0c0-0000-7000-8000-000000000031';

/** A ledger with a MAK of five, whose handler refuses as BUSY what `isBusy` says. */
async function setUp(isBusy: (stream: StreamId, command: any) => boolean) {
  const environment = testEnvironment();
  const ledger = await openTestLedger(newDirectory(), environment);
  const application = applicationWith(ledger, environment, isBusy);
  const meta = { actor: ledger.localActor, correlationId: 'correlation-1' };
  const key = await application.registerProductKey({ lastFive: 'BBBBB', kind: 'MAK', product: 'Windows 10 Enterprise', allowed: 5 }, meta);
  if (key.kind !== 'done') throw new Error('The key was refused.');
  await ledger.readModel.catchUp();
  return { ledger, environment, application, meta, key: key.id, counts: () => ledger.readModel.productKeys.byKey(key.id) };
}

function applicationWith(ledger: EmbeddedLedger, environment: TestEnvironment, isBusy: (stream: StreamId, command: any) => boolean) {
  const { handler } = ledger.recorder;
  const failing: CommandHandler = {
    ...handler,
    execute: async (request) => (isBusy(request.stream, request.command) ? { kind: 'refused', refusal: { code: 'BUSY', message: 'Busy.', rules: [] } } : handler.execute(request)),
  };
  return servicesOf({ ...ledger, recorder: { ...ledger.recorder, handler: failing } }, environment, 'test').application;
}

const copy = { product: 'Windows 10', edition: 'Enterprise' };
const reimaging = (key: StreamId) => ({
  hostName: 'desk-1.corp.example',
  productKey: key,
  device: { channel: 'VOLUME', ...copy } as const,
  image: { image: 'lab', ...copy },
  method: 'MAK_INDEPENDENT' as const,
  acceptWarnings: ['R-1', 'R-2', 'B-1', 'B-6', 'P-4', 'R-8'],
});

test('a reimaging that its host refused once is not granted on the reservation that was given back', async () => {
  let refusals = 1;
  const { ledger, application, meta, key, counts } = await setUp((stream) => stream.startsWith('host-') && refusals-- > 0);
  const identified = { ...meta, commandId: COMMAND_ID };
  expect(await application.requestReimaging(reimaging(key), identified)).toMatchObject({ kind: 'refused', code: 'BUSY' });
  expect(await application.requestReimaging(reimaging(key), identified)).toMatchObject({ kind: 'refused', code: 'RESERVATION_ENDED', path: ['commandId'] });
  expect(await application.requestReimaging(reimaging(key), meta)).toMatchObject({ kind: 'granted' });
  await ledger.readModel.catchUp();
  expect(counts()).toMatchObject({ reserved: 1, used: 1 });
  await ledger.close();
});

test('a reimaging whose key was busy at its end says so, and sent again ends on the key too', async () => {
  let refusals = 1;
  const { ledger, application, meta, key, counts } = await setUp((_stream, { kind }) => kind === 'confirmActivation' && refusals-- > 0);
  const asked = await application.requestReimaging(reimaging(key), meta);
  if (asked.kind !== 'granted' || asked.host === undefined) throw new Error(`The reimaging was not granted: ${JSON.stringify(asked)}`);
  await ledger.readModel.catchUp();
  const completion = { host: asked.host, request: asked.request, activationConsumed: 'YES' } as const;
  const identified = { ...meta, commandId: COMMAND_ID };
  expect(await application.completeReimaging(completion, identified)).toMatchObject({ kind: 'refused', code: 'BUSY' });
  expect(await application.completeReimaging(completion, identified)).toMatchObject({ kind: 'done' });
  await ledger.readModel.catchUp();
  expect(counts()).toMatchObject({ reserved: 0, confirmed: 1, used: 1 });
  await ledger.close();
});

test('a merge that was cut between its two hosts is completed by another command', async () => {
  let refusals = 1;
  const { ledger, application, meta } = await setUp((_stream, { role }) => role === 'SURVIVOR' && refusals-- > 0);
  const survivor = await application.registerHost({ name: 'desk-1.corp.example' }, meta);
  const absorbed = await application.registerHost({ name: 'desk-2.corp.example' }, meta);
  if (survivor.kind !== 'done' || absorbed.kind !== 'done') throw new Error('A host was refused.');
  await ledger.readModel.catchUp();
  const merge = { survivor: survivor.id, absorbed: absorbed.id };
  expect(await application.mergeHosts(merge, meta)).toMatchObject({ kind: 'refused', code: 'BUSY' });
  await ledger.readModel.catchUp();
  expect(await application.mergeHosts(merge, meta)).toMatchObject({ kind: 'done' });
  await ledger.readModel.catchUp();
  expect(ledger.readModel.hosts.byHost(survivor.id, { now: 0 })?.life?.absorbed).toEqual([absorbed.id]);
  expect(await application.mergeHosts({ survivor: absorbed.id, absorbed: survivor.id }, meta)).toMatchObject({ kind: 'refused', code: 'HOST_MERGED' });
  await ledger.close();
});

test('of merges that cross, on one node or on two, as many are refused as would make a circle', async () => {
  const { ledger, environment, application, meta } = await setUp(() => false);
  const hosts: StreamId[] = [];
  for (const name of ['desk-1', 'desk-2', 'desk-3', 'desk-4', 'desk-5'].map((each) => `${each}.corp.example`)) {
    const registered = await application.registerHost({ name }, meta);
    if (registered.kind !== 'done') throw new Error(registered.code);
    hosts.push(registered.id);
  }
  await ledger.readModel.catchUp();
  const [a, b, c, d, e] = hosts as [StreamId, StreamId, StreamId, StreamId, StreamId];
  const kinds = async (merges: readonly Promise<{ readonly kind: string }>[]) => (await Promise.all(merges)).map(({ kind }) => kind).toSorted();
  const otherNode = applicationWith(ledger, environment, () => false);
  const crossing = [application.mergeHosts({ survivor: a, absorbed: b }, meta), otherNode.mergeHosts({ survivor: b, absorbed: a }, meta)];
  expect(await kinds(crossing)).toEqual(['done', 'refused']);
  const circle = [[c, d], [d, e], [e, c]] as const;
  expect(await kinds(circle.map(([survivor, absorbed]) => application.mergeHosts({ survivor, absorbed }, meta)))).toEqual(['done', 'done', 'refused']);
  await ledger.readModel.catchUp();
  const survivors = hosts.map((host) => ledger.readModel.hosts.survivorOf(host));
  expect([survivors[0] === survivors[1], new Set(survivors.slice(2)).size]).toEqual([true, 1]);
  // Nothing is said of the merge that was refused.
  const lives = hosts.map((host) => ledger.readModel.hosts.byHost(host, { now: 0 })?.life);
  expect(lives.flatMap((life) => life?.absorbed ?? []).length).toBe(3);
  expect(lives.filter((life) => life?.mergedInto !== undefined).length).toBe(3);
  await ledger.close();
});

test('a read model that several ask at once to catch up folds each event once', async () => {
  const { ledger, environment, counts } = await setUp(() => false);
  await importContent(ledger, Buffer.from(kmsCsv([1, 2, 3])), { commandId: environment.newId(), actor: ledger.localActor });
  await Promise.all([ledger.readModel.catchUp(), ledger.readModel.catchUp(), ledger.readModel.catchUp()]);
  expect(ledger.readModel.progress().sequence).toBe((await ledger.store.head()).sequence);
  expect([ledger.readModel.hosts.count({}, 0), counts()?.used]).toEqual([3, 0]);
  await ledger.close();
});

test('a limit increase for which a reason is required takes none that the ledger made up', async () => {
  const { ledger, environment, meta, key } = await setUp(() => false);
  const { application } = servicesOf(ledger, environment, 'test', { reasonRequired: new Set(['requestLimitIncrease']) });
  const increase = { productKey: key, limitKind: 'MAK_ACTIVATIONS', quantity: 5 } as const;
  expect(await application.requestLimitIncrease(increase, meta)).toMatchObject({ kind: 'refused', code: 'REASON_REQUIRED' });
  expect(await application.requestLimitIncrease(increase, { ...meta, reasonTicket: 'CHG-4711' })).toMatchObject({ kind: 'refused', code: 'REASON_REQUIRED' });
  expect(await application.requestLimitIncrease({ ...increase, justification: 'A new lab.' }, meta)).toMatchObject({ kind: 'done' });
  await ledger.close();
});
