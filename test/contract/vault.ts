import { describe, expect, test } from 'vitest';
import type { EventId, StreamId, SubjectId } from '../../src/kernel/identifiers.js';
import { REDACTED, type Vault } from '../../src/vault/port.js';

export interface VaultFixture {
  open(): Promise<Vault>;
  /** The same vault again, after it was closed. */
  reopen(): Promise<Vault>;
  /** Everything the vault has written to disk. */
  bytes(): Promise<Buffer>;
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
      expect((await fixture.bytes()).includes(name)).toBe(true);
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
  });
}
