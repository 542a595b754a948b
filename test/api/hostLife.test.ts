import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { productCsv } from '../support/embedded.js';
import { startApi, type ApiLedger } from './apiLedger.js';
import { OUTCOME, registerMak, requestActivation, send } from './requests.js';

const COPY = { product: 'Windows 10', version: '22H2', edition: 'Enterprise', language: 'fr-FR' };

let api: ApiLedger;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.stop());

async function registered(name: string): Promise<string> {
  const document = 'mutation Q($input: RegisterHostInput!) { registerHost(input: $input) { ... on RegisterHostSuccess { host { id } } } }';
  return (await api.data(document, { input: { name } })).registerHost.host.id;
}

async function observed(host: string): Promise<void> {
  const document = 'mutation Q($input: ImportObservationsInput!) { importObservations(input: $input) { __typename ... on ImportObservationsSuccess { applied } } }';
  expect((await api.data(document, { input: { content: productCsv({ host }) } })).importObservations).toEqual({ __typename: 'ImportObservationsSuccess', applied: true });
}

async function reimage(host: string, productKey: string, image = 'lab-1'): Promise<any> {
  const input = { host, productKey, method: 'MAK_INDEPENDENT', device: { ...COPY, channel: 'VOLUME' }, image: { ...COPY, image }, team: 'imaging', acceptWarnings: ['R-1', 'R-2', 'R-6'] };
  return (await api.data(`mutation Q($input: RequestReimagingInput!) { requestReimaging(input: $input) { ${OUTCOME} } }`, { input })).requestReimaging;
}

const hostOf = async (id: string, fields: string): Promise<any> => (await api.data(`query Q($id: ID!) { host(id: $id) { ${fields} } }`, { id })).host;

describe('a reimaging, from the request to the report', () => {
  test('is shown on the host, in the list of requests, and in the report', async () => {
    const mak = await registerMak(api, 'MMMMM', 5);
    const host = await registered('pc1.lab.example');
    await observed('pc1.lab.example');
    const granted = await reimage(host, mak);
    expect(granted).toMatchObject({ __typename: 'RequestGranted' });
    const { request } = granted;

    const open = await hostOf(host, 'openRequests { request kind state team image productKey { lastFive } activation { kind state purpose onBehalfOf { request } } host { name } acceptedWarnings refusal { code } }');
    expect(open.openRequests).toEqual([
      {
        request, kind: 'REIMAGING', state: 'GRANTED', team: 'imaging', image: 'lab-1', productKey: { lastFive: 'MMMMM' }, host: { name: 'pc1' }, refusal: null,
        activation: { kind: 'ACTIVATION', state: 'GRANTED', purpose: 'REIMAGING', onBehalfOf: { request } },
        acceptedWarnings: expect.any(Array),
      },
    ]);

    expect(await send(api, 'completeReimaging', { host, request, activationConsumed: 'YES' })).not.toHaveProperty('code');
    const after = await hostOf(host, 'openRequests { request } installations { number status started { cause request { request state } } ended { cause } replaces replacedBy why { effect status event { type } } }');
    expect(after).toEqual({
      openRequests: [],
      installations: [
        { number: 1, status: 'PERMANENT', started: null, ended: { cause: 'REIMAGING' }, replaces: null, replacedBy: 2, why: [
          { effect: 'STATE_CHANGED', status: 'PERMANENT', event: { type: 'LicenseStateObserved' } },
          { effect: 'ENDED', status: 'PERMANENT', event: { type: 'ReimagingCompleted' } },
        ] },
        { number: 2, status: 'PERMANENT', started: { cause: 'REIMAGING', request: { request, state: 'COMPLETED' } }, ended: null, replaces: 1, replacedBy: null, why: [
          { effect: 'STARTED', status: 'UNKNOWN', event: { type: 'ReimagingCompleted' } },
          { effect: 'STATE_CHANGED', status: 'PERMANENT', event: { type: 'LicenseStateObserved' } },
        ] },
      ],
    });

    const { requests, requestCounts, reimagingReport } = await api.data(
      `query Q($host: ID!) {
        requests(filter: { host: $host }, direction: ASCENDING) { totalCount nodes { kind state consumed } }
        requestCounts(filter: { host: $host }) { kind state count }
        reimagingReport(filter: { host: $host }) { image team reimagings consumed notConsumed unknown }
      }`,
      { host },
    );
    expect(requests.totalCount).toBe(2);
    // The activation is reserved first; the host's decision names it.
    expect(requests.nodes).toEqual([
      { kind: 'ACTIVATION', state: 'COMPLETED', consumed: 'YES' },
      { kind: 'REIMAGING', state: 'COMPLETED', consumed: 'YES' },
    ]);
    expect(requestCounts).toEqual([
      { kind: 'ACTIVATION', state: 'COMPLETED', count: 1 },
      { kind: 'REIMAGING', state: 'COMPLETED', count: 1 },
    ]);
    expect(reimagingReport).toEqual([{ image: 'lab-1', team: 'imaging', reimagings: 1, consumed: 1, notConsumed: 0, unknown: 0 }]);
  });

  test('refused for want of activations, tells so in the list and by its id', async () => {
    const mak = await registerMak(api, 'NNNNN', 0);
    const host = await registered('pc2.lab.example');
    expect(await reimage(host, mak)).toMatchObject({ __typename: 'RequestDenied' });
    const { requests } = await api.data('query Q($host: ID!) { requests(filter: { host: $host, kinds: [REIMAGING], states: [REFUSED] }) { nodes { id refusal { code rules message } } } }', { host });
    expect(requests.nodes).toEqual([{ id: expect.any(String), refusal: { code: 'ACTIVATION_NOT_GRANTED', rules: ['R-3'], message: expect.stringContaining('NNNNN') } }]);
    const inFrench = await api.ask('query Q($id: ID!) { request(id: $id) { refusal { message } } }', { id: requests.nodes[0].id }, 'fr');
    expect(inFrench.body.data.request.refusal.message).toContain('n’accorde pas d’activation');
    const { request, node } = await api.data('query Q($id: ID!) { request(id: $id) { kind state } node(id: $id) { __typename id } }', { id: requests.nodes[0].id });
    expect([request, node]).toEqual([{ kind: 'REIMAGING', state: 'REFUSED' }, { __typename: 'Request', id: requests.nodes[0].id }]);
  });

  test('a past list shows a request as it stood', async () => {
    const mak = await registerMak(api, 'PPPPP', 5);
    const host = await registered('pc3.lab.example');
    const { request } = await requestActivation(api, { host, productKey: mak, product: 'Windows 10 Enterprise', method: 'MAK_INDEPENDENT', purpose: 'PRODUCTION' });
    const { requests: before } = await api.data('query Q($host: ID!) { requests(filter: { host: $host }) { nodes { lastSequence } } }', { host });
    const { event } = await api.data('query Q($sequence: Sequence!) { event(sequence: $sequence) { recordedAt } }', { sequence: before.nodes[0].lastSequence });
    expect(await send(api, 'cancelActivation', { productKey: mak, activation: request })).not.toHaveProperty('code');
    const states = await api.data(
      'query Q($host: ID!, $asOf: Instant!) { now: requests(filter: { host: $host }) { nodes { state } } before: requests(filter: { host: $host }, asOf: $asOf) { totalCount nodes { state } } }',
      { host, asOf: event.recordedAt },
    );
    expect(states).toEqual({ now: { nodes: [{ state: 'CANCELLED' }] }, before: { totalCount: 1, nodes: [{ state: 'GRANTED' }] } });
  });
});

describe('hosts out of use', () => {
  test('a retired host leaves the list, and its installations end', async () => {
    const host = await registered('old1.lab.example');
    await observed('old1.lab.example');
    expect(await send(api, 'retireHost', { host })).not.toHaveProperty('code');
    const listed = async (retired?: string) =>
      (await api.data(`query Q { hosts(filter: { search: "old1" ${retired === undefined ? '' : `retired: ${retired}`} }) { totalCount nodes { name seenSinceRetired } } }`)).hosts;
    expect([await listed(), await listed('ONLY'), await listed('INCLUDED')]).toEqual([
      { totalCount: 0, nodes: [] },
      { totalCount: 1, nodes: [{ name: 'old1', seenSinceRetired: false }] },
      { totalCount: 1, nodes: [{ name: 'old1', seenSinceRetired: false }] },
    ]);
    expect(await hostOf(host, 'retiredAt installations { ended { cause } }')).toEqual({ retiredAt: expect.any(String), installations: [{ ended: { cause: 'RETIREMENT' } }] });
  });

  test('a merged host leads to the survivor, by its page and by its name', async () => {
    const survivor = await registered('one.lab.example');
    const absorbed = await registered('two.other.example');
    expect(await send(api, 'mergeHosts', { survivor, absorbed })).not.toHaveProperty('code');
    expect(await hostOf(absorbed, 'mergedInto { id name } absorbed { name }')).toEqual({ mergedInto: { id: survivor, name: 'one' }, absorbed: [] });
    expect(await hostOf(survivor, 'mergedInto { id } absorbed { id name }')).toEqual({ mergedInto: null, absorbed: [{ id: absorbed, name: 'two' }] });
    const { byName, hosts } = await api.data('query { byName: host(name: "two.other.example") { name } hosts(filter: { search: "two" }) { totalCount } }');
    expect([byName, hosts]).toEqual([{ name: 'one' }, { totalCount: 0 }]);
    await observed('two.other.example');
    expect(await hostOf(survivor, 'installations { number }')).toEqual({ installations: [{ number: 1 }] });
    expect(await hostOf(absorbed, 'installations { number }')).toEqual({ installations: [] });
  });

  test('two hosts are merged one way only, and a refused merge records nothing', async () => {
    const [first, second] = [await registered('first.lab.example'), await registered('second.lab.example')];
    expect(await send(api, 'mergeHosts', { survivor: first, absorbed: second })).not.toHaveProperty('code');
    expect(await send(api, 'mergeHosts', { survivor: second, absorbed: first })).toMatchObject({ code: 'HOST_MERGED' });
    expect(await hostOf(first, 'mergedInto { id }')).toEqual({ mergedInto: null });
  });

  test('each identity tells the event that showed it', async () => {
    const host = await registered('known.lab.example');
    await observed('known');
    expect(await hostOf(host, 'identities { raw event { type } }')).toEqual({
      identities: [
        { raw: 'known.lab.example', event: { type: 'HostRegistered' } },
        { raw: 'known', event: { type: 'HostIdentityObserved' } },
      ],
    });
  });

  test('a change of method is told with the status', async () => {
    const host = await registered('method.lab.example');
    await observed('method.lab.example');
    expect(await send(api, 'changeActivationMethod', { host, installation: 1, method: 'KMS' })).not.toHaveProperty('code');
    expect(await hostOf(host, 'methodChanges { installation from to } installations { method why { effect event { type } } }')).toEqual({
      methodChanges: [{ installation: 1, from: expect.anything(), to: 'KMS' }],
      installations: [{ method: 'KMS', why: [{ effect: 'STATE_CHANGED', event: { type: 'LicenseStateObserved' } }, { effect: 'METHOD_CHANGED', event: { type: 'ActivationMethodChanged' } }] }],
    });
  });
});
