/** What two whole nodes on one log and one vault promise together, whatever these are. Real HTTP; the nodes' clocks differ. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { START } from '../../src/kernel/identifiers.js';
import type { LedgerParts } from '../../src/embedded/ledgerParts.js';
import type { OutsideWorld } from '../../src/embedded/outsideWorld.js';
import { startNodeApi, type ApiLedger } from '../api/apiLedger.js';
import { keyCounts, registerMak, requestActivation, send } from '../api/requests.js';
import { newDirectory } from '../support/embedded.js';

/** A log and a vault that nodes share. */
export interface SharedLedger {
  /** The parts of a node in its own directory. */
  openParts(directory: string, environment: OutsideWorld): Promise<LedgerParts>;
  close(): Promise<void>;
}

const ALLOWED = 40;
const BEYOND = 50;
const HOOK_MS_MAX = 60_000;
const CLOCKS = ['2026-04-01T00:00:00.000Z', '2026-04-01T00:07:31.000Z'];

export function testTwoNodes(open: () => Promise<SharedLedger>): void {
  const directories = [newDirectory(), newDirectory()];
  let shared: SharedLedger;
  let nodes: ApiLedger[] = [];

  const startNode = (index: number): Promise<ApiLedger> => startNodeApi((environment) => shared.openParts(directories[index]!, environment), CLOCKS[index]);
  beforeAll(async () => {
    shared = await open();
    nodes = await Promise.all([startNode(0), startNode(1)]);
  }, HOOK_MS_MAX);
  afterAll(async () => {
    for (const node of nodes) await node.stop();
    await shared.close();
  }, HOOK_MS_MAX);

  const logOf = async ({ ledger: { store } }: ApiLedger) => (await store.readAll(START, 10_000)).map(({ sequence, stream, revision, id, text }) => ({ sequence, stream, revision, id, text }));
  const headOf = async (node: ApiLedger): Promise<number> => (await node.ledger.store.head()).sequence;

  test('that begin a ledger at the same moment serve one', async () => {
    const [one, other] = nodes as [ApiLedger, ApiLedger];
    expect(other.ledger.ledgerId).toBe(one.ledger.ledgerId);
    expect((await logOf(one)).filter(({ text }) => text.includes('"LedgerOpened"')).length).toBe(1);
    expect((await one.data('{ ledger { ledgerId } }')).ledger.ledgerId).toBe(one.ledger.ledgerId);
  });

  test('let a token of one be used at the other, and fingerprint keys alike', async () => {
    const [one, other] = nodes as [ApiLedger, ApiLedger];
    const response = await fetch(other.url, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${one.token.secret}` }, body: '{"query":"{ __typename }"}' });
    expect(response.status).toBe(200);
    expect(other.ledger.fingerprint('BBBBB-CCCCC-DDDDD-FFFFF-GGGGG')).toBe(one.ledger.fingerprint('BBBBB-CCCCC-DDDDD-FFFFF-GGGGG'));
  });

  test('of allowed + 50 requests, half to each at once, grant exactly allowed', async () => {
    const [one, other] = nodes as [ApiLedger, ApiLedger];
    const key = await registerMak(one, 'AAAAA', ALLOWED);
    await other.dataAtLeast(await headOf(one), '{ __typename }');
    const outcomes = await Promise.all(
      Array.from({ length: ALLOWED + BEYOND }, (_, index) => requestActivation(nodes[index % 2]!, { productKey: key, hostName: `pc${index}.ledger.example` })),
    );
    const granted = outcomes.filter(({ __typename }) => __typename === 'RequestGranted');
    const denied = outcomes.filter(({ __typename, code }) => __typename === 'RequestDenied' && code === 'LIMIT_REACHED');
    expect([granted.length, denied.length]).toEqual([ALLOWED, BEYOND]);
    const head = Math.max(await headOf(one), await headOf(other));
    for (const node of nodes) {
      await node.dataAtLeast(head, '{ __typename }');
      expect(await keyCounts(node, key)).toMatchObject({ allowed: ALLOWED, used: ALLOWED, reserved: ALLOWED, remaining: 0 });
    }
  });

  test('show at once, where it is asked for, what the other has recorded', async () => {
    const [one, other] = nodes as [ApiLedger, ApiLedger];
    for (let round = 0; round < 10; round += 1) {
      const { registerHost } = await one.data(`mutation { registerHost(input: { name: "fresh${round}.ledger.example" }) { ... on RegisterHostSuccess { sequence host { id } } } }`);
      const { host } = await other.dataAtLeast(registerHost.sequence, 'query Q($id: ID!) { host(id: $id) { name } }', { id: registerHost.host.id });
      expect(host.name.toLowerCase()).toContain(`fresh${round}`);
    }
  });

  test('recognise a command that the other has recorded: the same answer to the same input, a refusal to another', async () => {
    const [one, other] = nodes as [ApiLedger, ApiLedger];
    const key = await registerMak(one, 'BBBBC', 5);
    await other.dataAtLeast(await headOf(one), '{ __typename }');
    const commandId = '0199f0c0-0000-7000-8000-00000000aaaa';
    const input = { productKey: key, hostName: 'twice.ledger.example', commandId };
    const first = await requestActivation(one, input);
    expect(first).toMatchObject({ __typename: 'RequestGranted', request: commandId });
    expect(await requestActivation(other, input)).toEqual(first);
    expect(await requestActivation(other, { ...input, hostName: 'third.ledger.example' })).toMatchObject({ __typename: 'CommandRefused', code: 'COMMAND_ID_REUSED' });
    const together = { ...input, hostName: 'together.ledger.example', commandId: '0199f0c0-0000-7000-8000-00000000bbbb' };
    const [here, there] = await Promise.all([requestActivation(one, together), requestActivation(other, together)]);
    expect(there).toEqual(here);
    await one.dataAtLeast(Math.max(first.sequence, here.sequence), '{ __typename }');
    expect(await keyCounts(one, key)).toMatchObject({ reserved: 2, used: 2, remaining: 3 });
  });

  test('judge what they refuse on what the other has recorded', async () => {
    const [one, other] = nodes as [ApiLedger, ApiLedger];
    const key = await registerMak(one, 'CCCCD', 5);
    await other.dataAtLeast(await headOf(one), '{ __typename }');
    // Both have the key in their memory, and the other's is older.
    for (const node of [other, one]) {
      const { request } = await requestActivation(node, { productKey: key, hostName: `known.${node === one ? 'one' : 'other'}.example` });
      expect(await send(nodes.find((each) => each !== node)!, 'confirmActivation', { productKey: key, activation: request })).toMatchObject({ __typename: 'ProductKeyCommandSuccess' });
    }
  });

  test('have the same events under the same sequences', async () => {
    const [one, other] = nodes as [ApiLedger, ApiLedger];
    const events = await headOf(one);
    await other.dataAtLeast(events, '{ __typename }');
    const log = await logOf(one);
    expect(log.map(({ sequence }) => sequence)).toEqual(Array.from({ length: log.length }, (_, index) => index + 1));
    expect(await logOf(other)).toEqual(log);
    const listed = await Promise.all(nodes.map((node) => node.ask('{ ledger { sequence projections { sequence lag } } }')));
    expect(listed.map(({ body, sequence }) => [body.data.ledger, sequence])).toEqual(Array.from({ length: 2 }, () => [{ sequence: log.length, projections: { sequence: log.length, lag: 0 } }, String(log.length)]));
  });

  test('go on when one is away, and it catches up when it is back', async () => {
    const [one, other] = nodes as [ApiLedger, ApiLedger];
    await other.stop();
    const { registerHost } = await one.data('mutation { registerHost(input: { name: "away.ledger.example" }) { ... on RegisterHostSuccess { sequence host { id } } } }');
    nodes[1] = await startNode(1);
    const { host } = await nodes[1].dataAtLeast(registerHost.sequence, 'query Q($id: ID!) { host(id: $id) { name } }', { id: registerHost.host.id });
    expect(host.name.toLowerCase()).toContain('away');
    expect(await logOf(nodes[1])).toEqual(await logOf(one));
  });
}
