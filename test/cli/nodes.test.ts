import { join } from 'node:path';
import { expect, test } from 'vitest';
import { verifyCheckpoint } from '../../src/audit/checkpoint.js';
import { parseVerifierKey, verifierKeyText } from '../../src/audit/signedNote.js';
import { countingCommandIds } from '../support/deterministic.js';
import { describeWithNats } from '../support/natsServer.js';
import { askServer, run, STACK_TRACE, start, temporaryDirectory, until, type Running } from './program.js';
import { sharedServers } from './sharedLedger.js';

/** Each test takes about a dozen processes. */
const TEST_MS_MAX = 240_000;
const ALLOWED = 30;
const BEYOND = 30;
/** Requests of which so many are answered when a node is killed. */
const ANSWERED_BEFORE_KILL = 8;

interface Node extends Running {
  readonly address: string;
}

async function startNode(data: string, flags: readonly string[]): Promise<Node> {
  const running = start(['serve', '--data', data, '--port', '0', ...flags]);
  const [, address = ''] = await running.saying(/GraphQL\s+(http:\/\/\S+)\/graphql/);
  return { ...running, address };
}

function sizeOf(note: string): number {
  return Number(note.split('\n')[1]);
}

const REQUEST = `mutation Q($input: RequestActivationInput!) { requestActivation(input: $input) { __typename ... on DecidedRequest { request sequence } ... on UserError { code } } }`;

describeWithNats('serve --store', () => {
  const servers = sharedServers();

  test('on two nodes grants exactly what is allowed, also when one is killed under load and its requests are sent to the other', async () => {
    const { flags } = servers.newLedger();
    const data = join(temporaryDirectory(), 'other');
    const one = await startNode(join(temporaryDirectory(), 'one'), flags);
    const [, token = ''] = await one.saying(/sign in\s+(alt_\S+)/);
    const other = await startNode(data, flags);
    const ask = async ({ address }: Pick<Node, 'address'>, query: string, variables: object = {}, atLeast = 0) => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'ledger-at-least': String(atLeast) };
      const response = await fetch(`${address}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
      const body: any = await response.json();
      if (body.errors !== undefined) throw new Error(JSON.stringify(body.errors));
      return body.data;
    };
    const input = { lastFive: 'AAAAA', kind: 'MAK', product: 'Synthetic', allowed: ALLOWED };
    const { registerProductKey } = await ask(one, 'mutation Q($input: RegisterProductKeyInput!) { registerProductKey(input: $input) { ... on RegisterProductKeySuccess { sequence productKey { id } } } }', { input });
    const productKey = registerProductKey.productKey.id;
    await ask(other, '{ __typename }', {}, registerProductKey.sequence);

    const newId = countingCommandIds();
    let answered = 0;
    const request = async (index: number): Promise<any> => {
      const variables = { input: { productKey, hostName: `pc${index}.ledger.example`, commandId: newId() } };
      const answer = await ask(index % 2 === 0 ? one : other, REQUEST, variables).catch(() => ask(one, REQUEST, variables));
      answered += 1;
      if (answered === ANSWERED_BEFORE_KILL) other.child.kill('SIGKILL');
      return answer.requestActivation;
    };
    const outcomes = await Promise.all(Array.from({ length: ALLOWED + BEYOND }, (_, index) => request(index)));
    const counts: Record<string, number> = {};
    for (const { __typename } of outcomes) counts[__typename] = (counts[__typename] ?? 0) + 1;
    expect(counts).toEqual({ RequestGranted: ALLOWED, RequestDenied: BEYOND });
    expect(new Set(outcomes.map((outcome) => outcome.request)).size).toBe(ALLOWED + BEYOND);
    expect((await other.ended).code).toBeNull();

    const back = await startNode(data, flags);
    const last = Math.max(...outcomes.map(({ sequence }) => Number(sequence)));
    const state = 'query Q($id: ID!) { ledger { ledgerId store } productKey(id: $id) { used remaining } }';
    expect(await ask(back, state, { id: productKey }, last)).toMatchObject({ ledger: { store: 'kurrentdb' }, productKey: { used: ALLOWED, remaining: 0 } });
    expect(await ask(back, state, { id: productKey }, last)).toEqual(await ask(one, state, { id: productKey }, last));
  }, TEST_MS_MAX);

  test('tells where log and vault are without what signs in, and its tokens are made and revoked in the shared vault', async () => {
    const { flags, prefix, bucket } = servers.newLedger();
    const node = await startNode(join(temporaryDirectory(), 'data'), flags);
    const [said] = await node.saying(/log\s+(.*)\n\s+vault\s+(.*)\n/);
    expect(said).toContain(`127.0.0.1:${servers.kurrentdb().port} ${prefix}`);
    expect(said).toContain(`${servers.nats().url} ${bucket}`);
    expect(said).not.toContain('?');
    const vault = flags.slice(flags.indexOf('--vault'));
    const { tokenId, token } = JSON.parse((await run(['token', 'create', 'Bob Example', '--json', ...vault])).stdout);
    expect((await askServer({ ...node, token }, '{ __typename }')).status).toBe(200);
    expect((await run(['token', 'list', ...vault])).stdout).toContain('Bob Example');
    expect((await run(['token', 'revoke', tokenId, ...vault])).code).toBe(0);
    expect((await run(['forget', 'Bob Example', '--yes', ...vault])).stdout).toContain('is forgotten');
  }, TEST_MS_MAX);

  test('shows the key of the nodes and changes it, sealed with both where the other node goes on, which signs with it from its next start', async () => {
    const { flags } = servers.newLedger();
    const vault = flags.slice(flags.indexOf('--vault'));
    expect(await run(['key', 'rotate', '--data', join(temporaryDirectory(), 'early'), ...flags])).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('not begun') });
    const [data, stopped] = [join(temporaryDirectory(), 'one'), join(temporaryDirectory(), 'two')];
    const one = await startNode(data, flags);
    const [, token = ''] = await one.saying(/sign in\s+(alt_\S+)/);
    const other = await startNode(stopped, flags);
    other.child.kill('SIGTERM');
    expect((await other.ended).code).toBe(0);
    const shown = async () => (await run(['key', 'show', ...vault])).stdout.trim().split('\n').map((line) => parseVerifierKey(line)!);
    const [old] = await shown();
    expect(await run(['key', 'show', '--data', stopped])).toMatchObject({ code: 1, stderr: expect.stringContaining('--vault') });
    expect(await run(['rebuild', '--data', stopped])).toMatchObject({ code: 1, stderr: expect.stringContaining('delete readmodel-*.db') });
    expect((await run(['key', 'rotate', '--data', data, ...flags])).code, 'beside the node of that directory').toBe(4);
    const { code, stdout } = await run(['key', 'rotate', '--json', '--data', stopped, ...flags]);
    const { verifierKey, checkpoint, sequence } = JSON.parse(stdout);
    const [current, before, ...more] = await shown();
    expect([code, verifierKeyText(current!), before, more]).toEqual([0, verifierKey, old, []]);
    for (const key of [old!, current!]) expect(verifyCheckpoint(checkpoint, [key])).toMatchObject({ kind: 'verified', checkpoint: { size: sequence } });

    const sealedBy = async (address: string, least: number) => {
      await until(`event ${least} is sealed`, async () => sizeOf(await served(address)) >= least);
      const note = await served(address);
      return [old!, current!].map((key) => verifyCheckpoint(note, [key]).kind === 'verified');
    };
    const served = async (address: string) => (await fetch(`${address}/log/checkpoint`, { headers: { authorization: `Bearer ${token}` } })).text();
    expect(await sealedBy(one.address, sequence), 'the node that runs').toEqual([true, false]);
    one.child.kill('SIGTERM');
    expect((await one.ended).code).toBe(0);
    const again = await startNode(data, flags);
    await askServer({ ...again, token }, 'mutation { registerOrganisation(input: { name: "Synthetic Harbour" }) { __typename } }');
    expect(await sealedBy(again.address, sequence + 1), 'started again').toEqual([false, true]);
  }, TEST_MS_MAX);

  test('refuses what would not be one ledger: no shared vault, another key, another log, a directory of another kind', async () => {
    const there = servers.newLedger();
    const [node, embedded] = [join(temporaryDirectory(), 'node'), join(temporaryDirectory(), 'embedded')];
    const refused = async (...args: readonly string[]) => {
      const { code, stdout, stderr } = await run(['serve', '--port', '0', ...args]);
      expect([stdout, stderr.match(STACK_TRACE), stderr.includes('sesame')]).toEqual(['', null, false]);
      return [code, /\((?<code>[A-Z_]+)\)/.exec(stderr)?.groups?.['code']];
    };
    const vaultAt = there.flags.indexOf('--vault');
    expect(await refused('--data', node, ...there.flags.slice(0, vaultAt))).toEqual([2, undefined]);
    expect(await refused('--data', node, ...there.flags.slice(vaultAt))).toEqual([2, undefined]);
    expect(await refused('--data', node, ...there.flags, '--store', 'postgres://admin:sesame@db')).toEqual([2, undefined]);
    expect(await refused('--data', node, ...there.flags, '--vault', 'nats://ada:sesame@127.0.0.1:4222')).toEqual([2, undefined]);
    const first = await startNode(node, there.flags);
    first.child.kill('SIGTERM');
    expect((await first.ended).code).toBe(0);
    expect(await refused('--data', node)).toEqual([1, 'DIRECTORY_OF_NODE']);
    expect((await run(['status', '--data', node])).stderr).toContain('--url');
    expect(await refused('--data', join(temporaryDirectory(), 'new'), ...there.flags, '--prefix', 'mistyped.')).toEqual([1, 'LOG_MISSING']);
    expect(await refused('--data', join(temporaryDirectory(), 'new'), ...there.flags, '--vault-bucket', servers.newLedger().bucket)).toEqual([1, 'VAULT_MISSING']);
    expect(await refused('--data', join(temporaryDirectory(), 'new'), ...there.flags, '--vault-key-file', join(node, 'kurrentdb-index.db'))).toEqual([1, 'VAULT_KEY_MALFORMED']);
    expect((await run(['import', 'examples/exports/product-keys.csv', '--data', embedded])).code).toBe(0);
    expect(await refused('--data', embedded, ...there.flags)).toEqual([1, 'DIRECTORY_OF_LEDGER']);
  }, TEST_MS_MAX);
});
