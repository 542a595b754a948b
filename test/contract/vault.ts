import { describe, expect, test } from 'vitest';
import type { EventId, StreamId, SubjectId } from '../../src/kernel/identifiers.js';
import { copyVault } from '../../src/vault/copyVault.js';
import { REDACTED, type Vault, type VaultEntry } from '../../src/vault/port.js';

export interface VaultFixture {
  open(): Promise<Vault>;
  /** The same vault again, after it was closed. */
  reopen(): Promise<Vault>;
  /** Everything the vault has written to disk. */
  bytes(): Promise<Buffer>;
  /** Whether names stand there in the clear until they are forgotten. */
  readonly namesAreClear: boolean;
}

const EVENT = '00000000-0000-8000-8000-000000000001' as EventId;
const KEY = 'productKey-one' as StreamId;
const OTHER_KEY = 'productKey-two' as StreamId;
const HOST = 'host-desk-1' as StreamId;
const CONFIRMATION_ID = '123456'.repeat(8);
const PLACE = { event: EVENT, field: 'reason' };

/** What every vault promises (`src/vault/port.ts`). */
export function vaultContract(adapter: string, setUp: () => Promise<VaultFixture>): void {
  describe(`vault: ${adapter}`, () => {
    test('a fingerprint key of 32 bytes is made once and kept', async () => {
      const fixture = await setUp();
      const vault = await fixture.open();
      const key = Buffer.from(await vault.fingerprintKey());
      expect(key.length).toBe(32);
      await vault.close();
      const again = await fixture.reopen();
      expect(Buffer.from(await again.fingerprintKey()).equals(key)).toBe(true);
      await again.close();
    });

    test('a signing key of 32 bytes is made once, and a new one leaves those before it in place', async () => {
      const fixture = await setUp();
      const vault = await fixture.open();
      const [first, ...others] = await vault.signingKeys();
      expect(others).toEqual([]);
      expect(Buffer.from(first!.seed)).toHaveLength(32);
      const rotated = await vault.rotateSigningKey();
      expect(rotated.slice(1)).toEqual([first]);
      expect(rotated[0]!.seed).not.toEqual(first!.seed);
      await vault.close();
      const again = await fixture.reopen();
      expect(await again.signingKeys()).toEqual(rotated);
      await again.close();
    });

    test('belongs to one ledger and refuses another', async () => {
      const vault = await (await setUp()).open();
      expect(await vault.ledgerId()).toBeUndefined();
      await vault.bindLedger('ledger-a');
      await vault.bindLedger('ledger-a');
      expect(await vault.ledgerId()).toBe('ledger-a');
      await expect(vault.bindLedger('ledger-b')).rejects.toMatchObject({ code: 'VAULT_OF_ANOTHER_LEDGER' });
      await vault.close();
    });

    test('a name has one subject, another name another', async () => {
      const vault = await (await setUp()).open();
      const one = await vault.subjectFor('Ada');
      expect(await vault.subjectFor(' Ada ')).toBe(one);
      expect(await vault.subjectFor('Bo')).not.toBe(one);
      expect(await vault.nameOf(one)).toBe('Ada');
      expect(await vault.findSubject('Ada')).toBe(one);
      expect(await vault.findSubject('Cy')).toBeUndefined();
      await expect(vault.subjectFor(' ')).rejects.toMatchObject({ code: 'NAME_OUT_OF_RANGE' });
      await vault.close();
    });

    test('a sealed text opens at its place and nowhere else', async () => {
      const vault = await (await setUp()).open();
      const subject = await vault.subjectFor('Ada');
      const sealed = await vault.seal(subject, 'Zürich office, ticket 7', PLACE);
      expect(sealed.sealed).not.toContain('ticket');
      expect(await vault.unseal(sealed, PLACE)).toBe('Zürich office, ticket 7');
      await expect(vault.unseal(sealed, { ...PLACE, field: 'data.note' })).rejects.toMatchObject({ code: 'SEAL_BROKEN' });
      const bent = Buffer.from(sealed.sealed, 'base64');
      bent[20] = (bent[20] ?? 0) ^ 1;
      await expect(vault.unseal({ subject, sealed: bent.toString('base64') }, PLACE)).rejects.toMatchObject({ code: 'SEAL_BROKEN' });
      await vault.close();
    });

    test('a forgotten subject is redacted, its texts cannot be opened, its tokens are void, and its name is nowhere on disk', async () => {
      const fixture = await setUp();
      const vault = await fixture.open();
      const name = 'Quetzalcoatl Unmistakable';
      const { secret } = await vault.createToken(name);
      const subject = await vault.subjectFor(name);
      const sealed = await vault.seal(subject, 'a text', PLACE);
      expect((await fixture.bytes()).includes(name)).toBe(fixture.namesAreClear);
      expect(await vault.forgetSubject(subject)).toBe(true);
      expect(await vault.forgetSubject(subject)).toBe(false);
      expect(await vault.nameOf(subject)).toBe(REDACTED);
      expect(await vault.unseal(sealed, PLACE)).toBe(REDACTED);
      expect(await vault.authenticate(secret)).toBeUndefined();
      expect(await vault.subjectFor(name)).not.toBe(subject);
      await vault.forgetSubject(await vault.subjectFor(name));
      await vault.close();
      expect((await fixture.bytes()).includes(name)).toBe(false);
    });

    test('an unknown subject has no name and no texts', async () => {
      const vault = await (await setUp()).open();
      const nobody = 'subject-nobody' as SubjectId;
      expect(await vault.nameOf(nobody)).toBe(REDACTED);
      await expect(vault.seal(nobody, 'text', PLACE)).rejects.toMatchObject({ code: 'SUBJECT_UNKNOWN' });
      await vault.close();
    });

    test('a confirmation id is found by its activation and by its machine, and its digits are not on disk', async () => {
      const fixture = await setUp();
      const vault = await fixture.open();
      const first = { productKey: KEY, activation: 'activation-1', host: HOST, hardware: 'board-7' };
      const second = { productKey: OTHER_KEY, activation: 'activation-2', host: HOST };
      await vault.keepConfirmationId(first, CONFIRMATION_ID);
      await vault.keepConfirmationId(second, CONFIRMATION_ID.replaceAll('1', '9'));
      await vault.close();
      const again = await fixture.reopen();
      expect(await again.findConfirmationId(first)).toMatchObject({ ...first, confirmationId: CONFIRMATION_ID });
      expect(await again.findConfirmationId({ ...first, productKey: OTHER_KEY })).toBeUndefined();
      expect((await again.confirmationIdsOf(HOST)).map(({ activation }) => activation)).toEqual(['activation-2', 'activation-1']);
      expect((await again.confirmationIdsOf(HOST, KEY)).map(({ confirmationId }) => confirmationId)).toEqual([CONFIRMATION_ID]);
      expect(await again.confirmationIdsOf('host-other' as StreamId)).toEqual([]);
      await again.close();
      expect((await fixture.bytes()).includes(CONFIRMATION_ID)).toBe(false);
    });

    test('a confirmation id is replaced, and forgotten for good', async () => {
      const vault = await (await setUp()).open();
      const place = { productKey: KEY, activation: 'activation-1' };
      await vault.keepConfirmationId(place, '0'.repeat(48));
      await vault.keepConfirmationId(place, CONFIRMATION_ID);
      expect((await vault.findConfirmationId(place))?.confirmationId).toBe(CONFIRMATION_ID);
      expect(await vault.forgetConfirmationId(place)).toBe(true);
      expect(await vault.forgetConfirmationId(place)).toBe(false);
      expect(await vault.findConfirmationId(place)).toBeUndefined();
      await vault.close();
    });

    test.each(['', '1'.repeat(47), '1'.repeat(49), `${'1'.repeat(47)}x`, `${'1'.repeat(48)}\n`])('%j is no confirmation id, and is not repeated', async (text) => {
      const vault = await (await setUp()).open();
      const place = { productKey: KEY, activation: 'activation-1' };
      const message = 'A confirmation id has 48 digits and nothing else.';
      await expect(vault.keepConfirmationId(place, text)).rejects.toMatchObject({ code: 'CONFIRMATION_ID_MALFORMED', message });
      expect(await vault.findConfirmationId(place)).toBeUndefined();
      await vault.close();
    });

    test('a token names its owner until it is revoked, and its secret is not on disk', async () => {
      const fixture = await setUp();
      const vault = await fixture.open();
      const { tokenId, secret } = await vault.createToken('imaging station');
      const other = await vault.createToken('imaging station');
      const owner = await vault.authenticate(secret);
      expect(owner).toMatchObject({ tokenId, name: 'imaging station', subject: await vault.subjectFor('imaging station') });
      expect(await vault.authenticate(`${secret}x`)).toBeUndefined();
      expect(await vault.authenticate('')).toBeUndefined();
      expect(await vault.revokeToken(tokenId)).toBe(true);
      expect(await vault.revokeToken(tokenId)).toBe(false);
      expect(await vault.authenticate(secret)).toBeUndefined();
      expect((await vault.authenticate(other.secret))?.tokenId).toBe(other.tokenId);
      expect((await vault.listTokens()).map((token) => [token.tokenId, token.name, token.revokedAt !== undefined])).toEqual([
        [tokenId, 'imaging station', true],
        [other.tokenId, 'imaging station', false],
      ]);
      await vault.close();
      expect((await fixture.bytes()).includes(secret)).toBe(false);
    });

    test('every promise holds in a copy, and after it was opened again', async () => {
      const target = await setUp();
      await holdsAllPromises(await (await setUp()).open(), await target.open(), () => target.reopen());
    });

    test('a copy that broke off is completed by copying again; what was revoked and replaced since is carried over', async () => {
      const from = await (await setUp()).open();
      const to = await (await setUp()).open();
      const { tokenId, secret } = await from.createToken('Ada');
      const place = { productKey: KEY, activation: 'activation-1' };
      await from.keepConfirmationId(place, CONFIRMATION_ID);
      expect(await copyVault(from, to)).toEqual({ fingerprintKey: 1, ledger: 0, signingKey: 0, subject: 1, token: 1, confirmationId: 1 });
      await from.bindLedger('ledger-a');
      await from.subjectFor('Bo');
      await from.revokeToken(tokenId);
      await from.keepConfirmationId(place, '0'.repeat(48));
      expect(await copyVault(from, to)).toEqual({ fingerprintKey: 1, ledger: 1, signingKey: 0, subject: 2, token: 1, confirmationId: 1 });
      expect(await to.authenticate(secret)).toBeUndefined();
      expect((await to.findConfirmationId(place))?.confirmationId).toBe('0'.repeat(48));
      await from.close();
      await to.close();
    });

    test('a vault that holds anything else is not copied into, and stays what it was', async () => {
      const from = await (await setUp()).open();
      const to = await (await setUp()).open();
      const key = Buffer.from(await to.fingerprintKey()).toString('hex');
      await from.subjectFor('Ada');
      const bo = await to.subjectFor('Bo');
      await expect(copyVault(from, to)).rejects.toMatchObject({ code: 'VAULT_NOT_EMPTY' });
      expect(Buffer.from(await to.fingerprintKey()).toString('hex')).toBe(key);
      expect(await to.nameOf(bo)).toBe('Bo');
      expect(await to.findSubject('Ada')).toBeUndefined();
      await from.close();
      await to.close();
    });

    test('a subject forgotten since an earlier copy is not left behind in silence', async () => {
      const from = await (await setUp()).open();
      const to = await (await setUp()).open();
      const ada = await from.subjectFor('Ada');
      await copyVault(from, to);
      await from.forgetSubject(ada);
      await expect(copyVault(from, to)).rejects.toMatchObject({ code: 'VAULT_NOT_EMPTY' });
      await from.close();
      await to.close();
    });

    test('a copy that differs in the end is no copy', async () => {
      const from = await (await setUp()).open();
      const to = await (await setUp()).open();
      await from.subjectFor('Ada');
      const lossy: Vault = { ...to, importEntries: (entries) => to.importEntries(entries.filter(({ kind }) => kind !== 'subject')) };
      await expect(copyVault(from, lossy)).rejects.toMatchObject({ code: 'VAULT_COPY_DIFFERS' });
      const late: Vault = { ...from, exportEntries: () => withAnother(from) };
      await expect(copyVault(late, to)).rejects.toMatchObject({ code: 'VAULT_COPY_DIFFERS' });
      await from.close();
      await to.close();
    });
  });
}

/** Copies one vault into another and tries in the copy whatever was done in the first. Closes both. */
export async function holdsAllPromises(from: Vault, to: Vault, reopen: () => Promise<Vault>): Promise<void> {
  await from.bindLedger('ledger-a');
  const valid = await from.createToken('Ada');
  const revoked = await from.createToken('Bo');
  await from.revokeToken(revoked.tokenId);
  const subject = await from.subjectFor('Ada');
  const sealed = await from.seal(subject, 'ticket 7', PLACE);
  const forgotten = await from.subjectFor('Cy');
  const lost = await from.seal(forgotten, 'ticket 8', PLACE);
  await from.forgetSubject(forgotten);
  const kept = { productKey: KEY, activation: 'activation-1', host: HOST, hardware: 'board-7' };
  await from.keepConfirmationId(kept, CONFIRMATION_ID);
  await from.keepConfirmationId({ productKey: OTHER_KEY, activation: 'activation-2' }, '0'.repeat(48));
  await from.signingKeys();
  const signingKeys = await from.rotateSigningKey();
  const [key, tokens, confirmationIds] = [await from.fingerprintKey(), await from.listTokens(), await from.confirmationIdsOf(HOST)];

  expect(await copyVault(from, to)).toEqual({ fingerprintKey: 1, ledger: 1, signingKey: 2, subject: 2, token: 2, confirmationId: 2 });
  expect(Buffer.from(await to.fingerprintKey()).equals(key)).toBe(true);
  await from.close();
  await to.close();

  const copy = await reopen();
  expect(await copy.ledgerId()).toBe('ledger-a');
  await expect(copy.bindLedger('ledger-b')).rejects.toMatchObject({ code: 'VAULT_OF_ANOTHER_LEDGER' });
  expect(Buffer.from(await copy.fingerprintKey()).equals(key)).toBe(true);
  expect(await copy.signingKeys()).toEqual(signingKeys);
  expect(await copy.subjectFor('Ada')).toBe(subject);
  expect(await copy.unseal(sealed, PLACE)).toBe('ticket 7');
  expect(await copy.unseal(lost, PLACE)).toBe(REDACTED);
  expect(await copy.authenticate(valid.secret)).toEqual({ tokenId: valid.tokenId, name: 'Ada', subject });
  expect(await copy.authenticate(revoked.secret)).toBeUndefined();
  expect(await copy.listTokens()).toEqual(tokens);
  expect(await copy.confirmationIdsOf(HOST)).toEqual(confirmationIds);
  expect(await copy.findConfirmationId(kept)).toMatchObject({ ...kept, confirmationId: CONFIRMATION_ID });
  expect(await copy.forgetSubject(subject)).toBe(true);
  expect(await copy.unseal(sealed, PLACE)).toBe(REDACTED);
  expect(await copy.authenticate(valid.secret)).toBeUndefined();
  await copy.close();
}

/** What a vault holds, and one subject more each time it is asked. */
async function* withAnother(vault: Vault): AsyncGenerator<VaultEntry> {
  let count = 0;
  for await (const entry of vault.exportEntries()) {
    if (entry.kind === 'subject') count += 1;
    yield entry;
  }
  await vault.subjectFor(`somebody ${count}`);
}
