/** Two whole nodes that seal one log: a double of KurrentDB, a real NATS server for the vault, real HTTP. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SealedCheckpoint } from '../../src/application/sealedLog.js';
import { verifyCheckpoint } from '../../src/audit/checkpoint.js';
import { verifyReceipt } from '../../src/audit/receipt.js';
import { parseVerifierKey, type VerifierKey } from '../../src/audit/signedNote.js';
import type { MerkleLog } from '../../src/embedded/merkleLog.js';
import { openNodeParts } from '../../src/embedded/nodeParts.js';
import { START, type Sequence } from '../../src/kernel/identifiers.js';
import { openKurrentdbHeadStream } from '../../src/store/kurrentdb/headStream.js';
import { startNodeApi, type ApiLedger } from '../api/apiLedger.js';
import { newDirectory } from '../support/embedded.js';
import { startKurrentdbDouble, type KurrentdbDouble } from '../support/kurrentdb/double.js';
import { describeWithNats, startNatsServer, type NatsServer } from '../support/natsServer.js';

const KEY = new Uint8Array(32).fill(9);
const PREFIX = 'acme.';
const HOOK_MS_MAX = 60_000;
const SEALED_MS_MAX = 30_000;
const CLOCKS = ['2026-04-01T00:00:00.000Z', '2026-04-01T00:07:31.000Z'];
const ROUNDS = 4;
const HOSTS_PER_ROUND = 12;

describeWithNats('two nodes that seal one log', () => {
  const directories = [newDirectory(), newDirectory()];
  let kurrentdb: KurrentdbDouble;
  let nats: NatsServer;
  let nodes: ApiLedger[] = [];
  /** All that each has published since the beginning. */
  const published: SealedCheckpoint[][] = [[], []];

  const startNode = async (index: number): Promise<ApiLedger> => {
    const vault = { servers: [nats.url], bucket: 'nodes', key: KEY };
    const log = { connectionString: kurrentdb.connectionString, prefix: PREFIX };
    const node = await startNodeApi((environment) => openNodeParts({ directory: directories[index]!, log, vault }, environment), CLOCKS[index]);
    const present = sealing(node).checkpoint();
    if (present !== undefined) published[index]!.push(present);
    sealing(node).onSealed((checkpoint) => published[index]!.push(checkpoint));
    return node;
  };
  beforeAll(async () => {
    [kurrentdb, nats] = await Promise.all([startKurrentdbDouble(), startNatsServer()]);
    nodes = await Promise.all([startNode(0), startNode(1)]);
  }, HOOK_MS_MAX);
  afterAll(async () => {
    for (const node of nodes) await node.stop();
    await kurrentdb.stop();
    await nats.stop();
  }, HOOK_MS_MAX);

  /** The last event of the log, once all nodes that run have sealed it. */
  async function sealedByAll(): Promise<number> {
    const heads = await Promise.all(nodes.map(async ({ ledger }) => (await ledger.store.head()).sequence));
    const head = Math.max(...heads) as Sequence;
    expect(await Promise.all(nodes.map((node) => sealing(node).waitUntilSealed(head, SEALED_MS_MAX)))).toEqual(nodes.map(() => true));
    return head;
  }

  let hosts = 0;
  const registerAtBoth = (count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, index) => {
        hosts += 1;
        return nodes[index % nodes.length]!.data(`mutation { registerHost(input: { name: "sealed${hosts}.ledger.example" }) { __typename } }`);
      }),
    );

  test('never publish two different heads of one size, and both come to the same', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await registerAtBoth(HOSTS_PER_ROUND);
      await sealedByAll();
    }
    const head = await sealedByAll();
    expectOneRootForEachSize(published.flat());
    const keys = keysOf(nodes[0]!);
    const shown = await Promise.all(nodes.map(async (node) => (await node.data('{ ledger { checkpoint { sequence root note } } }')).ledger.checkpoint));
    for (const [index, { sequence, root, note }] of shown.entries()) {
      expect([sequence, root]).toEqual([head, published[index]!.at(-1)!.root]);
      expect(verifyCheckpoint(note, keys)).toMatchObject({ kind: 'verified', checkpoint: { size: head } });
    }
    expect(shown[1].root).toBe(shown[0].root);
    // Each has published more than once, and only ever forwards.
    for (const own of published) {
      const sizes = own.map(({ sequence }) => sequence);
      expect(sizes.length).toBeGreaterThan(1);
      expect(sizes).toEqual([...new Set(sizes)].toSorted((one, other) => one - other));
    }
    expect(await lastAgreed()).toEqual([sealing(nodes[0]!).origin, String(head), shown[0].root]);
  });

  test('give receipts that verify with the key of the other', async () => {
    await sealedByAll();
    const [one, other] = nodes as [ApiLedger, ApiLedger];
    expect(keysOf(other)).toEqual(keysOf(one));
    const events = await one.ledger.store.readAll(START, 10_000);
    for (const [giver, checker] of [[one, other], [other, one]] as const) {
      for (const { sequence, text } of events) {
        const receipt = await sealing(giver).receipt(sequence);
        expect(verifyReceipt(receipt!.proof, Buffer.from(text), keysOf(checker))).toMatchObject({ kind: 'verified', index: sequence - 1 });
      }
    }
  });

  test('go on to one head when one was away, and when it lost its tiles', async () => {
    await nodes[1]!.stop();
    nodes = nodes.slice(0, 1);
    await registerAtBoth(HOSTS_PER_ROUND);
    await sealedByAll();
    directories[1] = newDirectory();
    nodes.push(await startNode(1));
    await registerAtBoth(HOSTS_PER_ROUND);
    const head = await sealedByAll();
    expectOneRootForEachSize(published.flat());
    expect(nodes.map((node) => [sealing(node).checkpoint()?.sequence, sealing(node).fault()])).toEqual([[head, undefined], [head, undefined]]);
  });

  test('find two heads of one size when there are two', () => {
    const [checkpoint] = published[0]!;
    expect(() => expectOneRootForEachSize([checkpoint!, { ...checkpoint!, root: 'another' }])).toThrow();
  });

  /** Origin, size and root of the last head in the stream that the nodes share. */
  async function lastAgreed(): Promise<readonly string[]> {
    const stream = openKurrentdbHeadStream({ connectionString: kurrentdb.connectionString, prefix: PREFIX, indexPath: '' });
    try {
      return (await stream.last())?.text.split('\n').slice(0, 3) ?? [];
    } finally {
      await stream.close();
    }
  }
});

function sealing({ ledger: { merkleLog } }: ApiLedger): MerkleLog {
  if (merkleLog === undefined) throw new Error('the node seals nothing');
  return merkleLog;
}

function keysOf(node: ApiLedger): readonly VerifierKey[] {
  return sealing(node).verifierKeys.map((text) => parseVerifierKey(text)!);
}

function expectOneRootForEachSize(checkpoints: readonly SealedCheckpoint[]): void {
  const roots = new Map(checkpoints.map(({ sequence, root }) => [sequence, root]));
  for (const { sequence, root } of checkpoints) expect([sequence, root]).toEqual([sequence, roots.get(sequence)]);
}
