/** What a host can be activated by without spending an activation, over HTTP: stored confirmation IDs, KMS hosts, activation objects. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi, type ApiLedger } from './apiLedger.js';
import { registerMak, requestActivation, send } from './requests.js';

let api: ApiLedger;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

test('a confirmation ID is offered again while the hardware is what it was', async () => {
  const key = await registerMak(api, 'AAAA7', 5);
  const { request } = await requestActivation(api, { productKey: key, hostName: 'kept.means.example', installationId: '123456789'.repeat(6) });
  const confirmationId = '135792'.repeat(8);
  expect(await send(api, 'confirmActivation', { productKey: key, activation: request, confirmationId, hardware: 'board-1' })).toMatchObject({ __typename: 'ProductKeyCommandSuccess' });
  const { host } = await api.data('{ host(name: "kept.means.example") { id } }');
  const offered = async (hardware?: string) =>
    (await api.data('query Q($host: ID!, $hardware: String) { confirmationIds(host: $host, hardware: $hardware) { activation usable confirmationId productKey { lastFive } } }', { host: host.id, hardware })).confirmationIds;
  const kept = { activation: request, productKey: { lastFive: 'AAAA7' } };
  expect(await offered('board-1')).toEqual([{ ...kept, usable: 'YES', confirmationId }]);
  expect(await offered('board-2')).toEqual([{ ...kept, usable: 'NO', confirmationId: null }]);
  expect(await offered()).toEqual([{ ...kept, usable: 'NOT_KNOWN', confirmationId }]);
  expect(api.logText()).not.toContain(confirmationId);
  const { events } = await api.data('{ events(first: 100) { nodes { data } } }');
  expect(JSON.stringify(events)).not.toContain(confirmationId);
});

test('a key shows the computers it has set up, and the objects made with it', async () => {
  const { registerProductKey } = await api.data(
    'mutation { registerProductKey(input: { lastFive: "KKKK7", kind: KMS_HOST, product: "Windows Server 2019" }) { ... on RegisterProductKeySuccess { productKey { id } } } }',
  );
  const productKey = registerProductKey.productKey.id;
  const configure = { productKey, hostName: 'kms.means.example', operatingSystem: 'Windows Server 2019', acceptWarnings: ['K-5', 'K-6', 'K-7', 'K-12'] };
  expect(await send(api, 'configureKmsHost', configure)).toMatchObject({ __typename: 'ProductKeyCommandSuccess' });
  expect(await send(api, 'configureKmsHost', configure)).toMatchObject({ __typename: 'ProductKeyCommandSuccess' });
  const { host } = await api.data('{ host(name: "kms.means.example") { id } }');
  await send(api, 'updateKmsHost', { productKey, host: host.id, update: 'KB5000001' });
  await send(api, 'createActivationObject', { productKey, name: 'Windows', forest: 'Corp.Example' });
  const shown = () =>
    api.data('query Q($id: ID!) { productKey(id: $id) { slotsTaken kmsHosts { host { name } operatingSystem activations updated removed } } activationObjects(productKey: $id) { name forest } }', { id: productKey });
  const setUp = { host: { name: 'kms' }, operatingSystem: 'Windows Server 2019', activations: 2, updated: true, removed: false };
  expect(await shown()).toEqual({ productKey: { slotsTaken: 1, kmsHosts: [setUp] }, activationObjects: [{ name: 'Windows', forest: 'corp.example' }] });
  await send(api, 'removeKmsHost', { productKey, host: host.id });
  await send(api, 'removeActivationObject', { productKey, name: 'Windows', forest: 'corp.example' });
  expect(await shown()).toEqual({ productKey: { slotsTaken: 1, kmsHosts: [{ ...setUp, removed: true }] }, activationObjects: [] });
});
