import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager, StorageType, type JetStreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { EventId, StreamId } from '../../src/kernel/identifiers.js';
import { copyVault } from '../../src/vault/copyVault.js';
import { openNatsVault, type NatsVaultOptions } from '../../src/vault/nats/natsVault.js';
import { REDACTED, type Vault } from '../../src/vault/port.js';
import { openSqliteVault } from '../../src/vault/sqlite/sqliteVault.js';
import { countingRandom, steppingClock } from '../support/deterministic.js';
import { describeWithNats, startNatsServer, type NatsServer } from '../support/natsServer.js';
import { holdsAllPromises, vaultContract } from './vault.js';

const KEY = Buffer.from('00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff', 'hex');
const OTHER_KEY = Buffer.alloc(32, 7);
const PLACE = { event: '00000000-0000-8000-8000-000000000001' as EventId, field: 'reason' };
const ACTIVATION = { productKey: 'productKey-one' as StreamId, activation: 'activation-1' };
const HOST = 'host-desk-1' as StreamId;
const NAME = 'Quetzalcoatl Unmistakable';
/** Nodes or calls that do the same thing at once. */
const RACERS = 8;

/** One for all, so that no two vaults make the same secrets. */
const random = countingRandom();
let buckets = 0;

describeWithNats('the vault in a NATS bucket', () => {
  let server: NatsServer;
  const open: Vault[] = [];

  beforeAll(async () => {
    server = await startNatsServer();
  }, 60_000);
  afterAll(() => server.stop());
  afterEach(async () => {
    await Promise.all(open.splice(0).map((vault) => vault.close()));
  });

  function newBucket(): string {
    buckets += 1;
    return `vault-${buckets}`;
  }

  async function node(bucket: string, options: Partial<NatsVaultOptions> = {}): Promise<Vault> {
    const vault = await openNatsVault({ servers: [server.url], bucket, key: KEY, now: steppingClock(), random, personBelievedMs: 0, ...options });
    open.push(vault);
    return vault;
  }

  /** Connections of several nodes to one new bucket, all made at once. */
  async function nodes(count: number): Promise<Vault[]> {
    const bucket = newBucket();
    return Promise.all(Array.from({ length: count }, () => node(bucket)));
  }

  async function withManager<Answer>(use: (manager: JetStreamManager) => Promise<Answer>): Promise<Answer> {
    const connection = await connect({ servers: server.url });
    try {
      return await use(await jetstreamManager(connection));
    } finally {
      await connection.close();
    }
  }

  /** All messages of a bucket, as they are stored. */
  function messagesOf(bucket: string): Promise<{ readonly subject: string; readonly text: string }[]> {
    return withManager(async (manager) => {
      const { state } = await manager.streams.info(`KV_${bucket}`, { subjects_filter: '>' });
      const subjects = Object.keys(state.subjects ?? {});
      return Promise.all(subjects.map(async (subject) => ({ subject, text: (await manager.streams.getMessage(`KV_${bucket}`, { last_by_subj: subject }))?.string() ?? '' })));
    });
  }

  vaultContract('nats', async () => {
    const bucket = newBucket();
    const options = { now: steppingClock(), personBelievedMs: 0 };
    return { open: () => node(bucket, options), reopen: () => node(bucket, options), bytes: () => bytesUnder(server.directory), namesAreClear: false };
  });

  describe('two nodes at once', () => {
    test('make one fingerprint key', async () => {
      const keys = await Promise.all((await nodes(RACERS)).map((vault) => vault.fingerprintKey()));
      expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(1);
    });

    test('make one subject of a name, whose texts each opens', async () => {
      const all = await nodes(RACERS);
      const subjects = await Promise.all(all.flatMap((vault) => [vault.subjectFor('Ada'), vault.subjectFor('Ada')]));
      expect(new Set(subjects).size).toBe(1);
      const [one, other] = [all[0]!, all[1]!];
      const sealed = await one.seal(subjects[0]!, 'ticket 7', PLACE);
      expect(await other.unseal(sealed, PLACE)).toBe('ticket 7');
    });

    test('bind the vault to one ledger, and exactly the others are refused', async () => {
      const bound = await Promise.allSettled((await nodes(RACERS)).map((vault, index) => vault.bindLedger(`ledger-${index}`)));
      expect(bound.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const refused = bound.filter((result) => result.status === 'rejected').map(({ reason }) => (reason as { code: string }).code);
      expect(refused).toEqual(Array.from({ length: RACERS - 1 }, () => 'VAULT_OF_ANOTHER_LEDGER'));
    });

    test('make tokens that are valid on each, and a revocation on one holds on the other at once', async () => {
      const all = await nodes(RACERS);
      const tokens = await Promise.all(all.map((vault) => vault.createToken('imaging station')));
      const [one, other] = [all[0]!, all[1]!];
      expect(await one.listTokens()).toHaveLength(RACERS);
      const owners = await Promise.all(tokens.map(({ secret }) => other.authenticate(secret)));
      expect(owners.map((owner) => owner?.tokenId)).toEqual(tokens.map(({ tokenId }) => tokenId));
      const revocations = await Promise.all([one, other].map((vault) => vault.revokeToken(tokens[0]!.tokenId)));
      expect(revocations.filter(Boolean)).toHaveLength(1);
      expect(await other.authenticate(tokens[0]!.secret)).toBeUndefined();
      expect(await one.authenticate(tokens[0]!.secret)).toBeUndefined();
    });

    test('forget a subject once, and exactly one is told that it did', async () => {
      const all = await nodes(RACERS);
      const subject = await all[0]!.subjectFor(NAME);
      const { secret } = await all[0]!.createToken(NAME);
      const forgotten = await Promise.all(all.map((vault) => vault.forgetSubject(subject)));
      expect(forgotten.filter(Boolean)).toHaveLength(1);
      for (const vault of all) {
        expect(await vault.nameOf(subject)).toBe(REDACTED);
        expect(await vault.authenticate(secret)).toBeUndefined();
        expect(await vault.listTokens()).toEqual([]);
      }
    });

    test('a name that is forgotten and met again all the time always has a subject that leads to it, or to nobody', async () => {
      const [one, other] = (await nodes(2)) as [Vault, Vault];
      const met = Array.from({ length: 20 }, async () => one.subjectFor(NAME));
      const forgotten = Array.from({ length: 20 }, async () => other.forgetSubject(await other.subjectFor(NAME)));
      const subjects = await Promise.all(met);
      await Promise.all(forgotten);
      const last = await one.subjectFor(NAME);
      expect(await other.nameOf(last)).toBe(NAME);
      const names = await Promise.all(subjects.filter((subject) => subject !== last).map((subject) => other.nameOf(subject)));
      expect(names.every((name) => name === REDACTED)).toBe(true);
    });

    test('keep one confirmation id of an activation: the last one', async () => {
      const all = await nodes(RACERS);
      const places = all.map((_, index) => ({ ...ACTIVATION, host: `${HOST}-${index}` as StreamId }));
      await Promise.all(all.map((vault, index) => vault.keepConfirmationId(places[index]!, String(index).repeat(48))));
      const kept = await all[0]!.findConfirmationId(ACTIVATION);
      const found = await Promise.all(places.map(({ host }) => all[1]!.confirmationIdsOf(host)));
      expect(found.flat()).toEqual([kept]);
      expect(await all[0]!.forgetConfirmationId(ACTIVATION)).toBe(true);
      expect(await all[1]!.findConfirmationId(ACTIVATION)).toBeUndefined();
    });
  });

  test('a node that believes names for a moment notices within that moment that another forgot one', async () => {
    const bucket = newBucket();
    const forgetting = await node(bucket);
    const believing = await node(bucket, { personBelievedMs: 1 });
    const subject = await forgetting.subjectFor(NAME);
    expect(await believing.nameOf(subject)).toBe(NAME);
    await forgetting.forgetSubject(subject);
    await expect.poll(() => believing.nameOf(subject)).toBe(REDACTED);
    const remembering = await node(bucket, { personBelievedMs: 60_000 });
    const again = await remembering.subjectFor(NAME);
    expect(await remembering.nameOf(again)).toBe(NAME);
    await remembering.forgetSubject(again);
    expect(await remembering.nameOf(again)).toBe(REDACTED);
  });

  test('a host finds the confirmation ids that are its own now', async () => {
    const vault = await node(newBucket());
    const digits = '1'.repeat(48);
    const other = 'host-desk-2' as StreamId;
    await vault.keepConfirmationId({ ...ACTIVATION, host: HOST }, digits);
    await vault.keepConfirmationId({ ...ACTIVATION, host: other }, digits);
    expect(await vault.confirmationIdsOf(HOST)).toEqual([]);
    expect(await vault.confirmationIdsOf(other)).toHaveLength(1);
    await vault.forgetConfirmationId(ACTIVATION);
    expect(await vault.confirmationIdsOf(other)).toEqual([]);
  });

  test('neither names nor values of entries tell a person, a token, a machine or a key', async () => {
    const bucket = newBucket();
    const vault = await node(bucket);
    await vault.bindLedger('ledger-a');
    const { tokenId, secret } = await vault.createToken(NAME);
    const subject = await vault.subjectFor(NAME);
    await vault.keepConfirmationId({ ...ACTIVATION, host: HOST, hardware: 'board-7' }, '1'.repeat(48));
    const fingerprintKey = Buffer.from(await vault.fingerprintKey());
    const messages = await messagesOf(bucket);
    expect(messages.map(({ subject: name }) => name.replaceAll(/[0-9a-f]{64}/g, '…').slice(`$KV.${bucket}.`.length)).sort()).toEqual(
      ['head', 'ledger.…', 'fingerprintKey.…', 'person.…', 'subject.…', 'token.…', 'confirmationId.…', 'hostIndex.….…'].sort(),
    );
    const told = messages.map(({ subject: name, text }) => `${name}\n${text}\n${Buffer.from(text, 'base64').toString('latin1')}`).join('\n');
    const secrets = [NAME, 'ledger-a', tokenId, secret, subject, HOST, ACTIVATION.productKey, 'board-7', '1'.repeat(48), fingerprintKey.toString('base64'), fingerprintKey.toString('latin1')];
    expect(secrets.filter((text) => told.includes(text))).toEqual([]);
  });

  test('the length of an entry does not tell the length of a name', async () => {
    const bucket = newBucket();
    const vault = await node(bucket);
    await vault.subjectFor('Bo');
    await vault.subjectFor('Bartholomea of the Longest Corridor');
    const people = (await messagesOf(bucket)).filter(({ subject }) => subject.includes('.person.'));
    expect(new Set(people.map(({ text }) => text.length)).size).toBe(1);
    expect(people).toHaveLength(2);
  });

  test('what is forgotten is overwritten in the files of the server', async () => {
    const bucket = newBucket();
    const vault = await node(bucket);
    const subject = await vault.subjectFor(NAME);
    const { secret } = await vault.createToken(NAME);
    await vault.keepConfirmationId({ ...ACTIVATION, host: HOST }, '1'.repeat(48));
    await vault.keepConfirmationId({ ...ACTIVATION, host: HOST }, '2'.repeat(48));
    const stored = (await messagesOf(bucket)).filter(({ subject: name }) => !name.endsWith('.head'));
    expect(stored).toHaveLength(5);
    const before = await bytesUnder(server.directory);
    expect(stored.filter(({ text }) => before.includes(text))).toHaveLength(5);
    await vault.forgetSubject(subject);
    await vault.forgetConfirmationId(ACTIVATION);
    expect(await vault.authenticate(secret)).toBeUndefined();
    const after = await bytesUnder(server.directory);
    expect(stored.filter(({ text }) => after.includes(text))).toEqual([]);
    expect((await messagesOf(bucket)).map(({ subject: name }) => name)).toEqual([`$KV.${bucket}.head`]);
  });

  test('a confirmation id that is replaced is overwritten too', async () => {
    const bucket = newBucket();
    const vault = await node(bucket);
    await vault.keepConfirmationId(ACTIVATION, '1'.repeat(48));
    const [first] = (await messagesOf(bucket)).filter(({ subject }) => subject.includes('.confirmationId.'));
    await vault.keepConfirmationId(ACTIVATION, '2'.repeat(48));
    expect((await bytesUnder(server.directory)).includes(first?.text ?? '')).toBe(false);
  });

  test('a value that is put under another name does not open', async () => {
    const bucket = newBucket();
    const vault = await node(bucket);
    await vault.subjectFor('Ada');
    await vault.subjectFor('Bo');
    const [one, other] = (await messagesOf(bucket)).filter(({ subject }) => subject.includes('.person.'));
    const connection = await connect({ servers: server.url });
    await (await new Kvm(connection).open(bucket)).put(one!.subject.slice(`$KV.${bucket}.`.length), other!.text);
    await connection.close();
    await expect(Promise.all([vault.subjectFor('Ada'), vault.subjectFor('Bo')])).rejects.toMatchObject({ code: 'VAULT_DAMAGED' });
  });

  describe('what is not ours to open is refused', () => {
    test('with another key', async () => {
      const bucket = newBucket();
      await node(bucket);
      await expect(node(bucket, { key: OTHER_KEY })).rejects.toMatchObject({ code: 'VAULT_KEY_WRONG', retryable: false, message: expect.stringContaining('another key') });
    });

    test('with another key at the same moment: one of the two has the bucket', async () => {
      const bucket = newBucket();
      const opened = await Promise.allSettled([node(bucket), node(bucket, { key: OTHER_KEY })]);
      expect(opened.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    });

    test('a bucket of somebody else', async () => {
      const bucket = newBucket();
      const connection = await connect({ servers: server.url });
      const entries = await new Kvm(connection).create(bucket, { history: 1 });
      await entries.put('colour', 'blue');
      await expect(node(bucket)).rejects.toMatchObject({ code: 'VAULT_FOREIGN' });
      await entries.put('head', 'blue');
      await expect(node(bucket)).rejects.toMatchObject({ code: 'VAULT_FOREIGN' });
      await entries.put('head', '{"format":"activation-ledger vault","version":99}');
      await expect(node(bucket)).rejects.toMatchObject({ code: 'VAULT_TOO_NEW' });
      await connection.close();
    });

    test.each([
      ['does not allow messages to be deleted', { deny_delete: true }],
      ['keeps more than the last value', { max_msgs_per_subject: 2 }],
      ['is kept in memory', { storage: StorageType.Memory }],
      ['drops entries after a time', { max_age: 3_600_000_000_000 }],
    ])('a bucket that %s', async (message, settings) => {
      const bucket = newBucket();
      const usual = { name: `KV_${bucket}`, subjects: [`$KV.${bucket}.>`], max_msgs_per_subject: 1, discard: 'new' as never };
      await withManager((manager) => manager.streams.add({ ...usual, ...settings }));
      await expect(node(bucket)).rejects.toMatchObject({ code: 'VAULT_BUCKET_UNSUITABLE', message: expect.stringContaining(message) });
    });
  });

  describe('copied from and to a vault file', () => {
    async function fileVault(): Promise<() => Promise<Vault>> {
      const path = join(await mkdtemp(join(tmpdir(), 'vault-')), 'vault.db');
      return async () => openSqliteVault({ path, now: steppingClock(), random });
    }

    test('every promise holds in the bucket', async () => {
      const bucket = newBucket();
      await holdsAllPromises(await (await fileVault())(), await node(bucket), () => node(bucket));
    });

    test('every promise holds in the file', async () => {
      const openFile = await fileVault();
      await holdsAllPromises(await node(newBucket()), await openFile(), openFile);
    });

    test('a bucket under another key has the same contents', async () => {
      const [from, to] = [await node(newBucket()), await node(newBucket(), { key: OTHER_KEY })];
      const subject = await from.subjectFor(NAME);
      const sealed = await from.seal(subject, 'ticket 7', PLACE);
      await copyVault(from, to);
      expect(await to.unseal(sealed, PLACE)).toBe('ticket 7');
    });
  });
});

async function bytesUnder(directory: string): Promise<Buffer> {
  const files = await readdir(directory, { recursive: true, withFileTypes: true });
  return Buffer.concat(await Promise.all(files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name)))));
}
