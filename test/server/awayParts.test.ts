import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { StoreError } from '../../src/store/port.js';
import { VaultError } from '../../src/vault/port.js';
import { startLedger, type LedgerFixture } from './ledgerFixture.js';

const HOST_DETAIL = 'nats-1.ledger.example';
let failure: Error;

describe('while log or vault do not answer', () => {
  let ledger: LedgerFixture;
  beforeAll(async () => {
    ledger = await startLedger({
      application: {
        registerHost: async () => {
          throw failure;
        },
      },
    });
  });
  afterAll(() => ledger.close());

  it.each([new StoreError('STORE_UNAVAILABLE', HOST_DETAIL, { retryable: true }), new VaultError('VAULT_UNAVAILABLE', HOST_DETAIL, { retryable: true })])(
    'a mutation says by its code that it may be sent again, and tells no more (%s)',
    async (error) => {
      failure = error;
      const before = ledger.log.length;
      const { status, body } = await ledger.ask('mutation { registerHost(input: { name: "alpha" }) { __typename } }');
      expect(status).toBe(200);
      expect(body.errors).toEqual([{ message: 'A part of the ledger does not answer now; the same request may succeed later.', path: ['registerHost'], extensions: { code: error.code, retryable: true } }]);
      expect(ledger.log.slice(before).map(({ level, fields }) => [level, fields['err']])).toEqual([['warn', error]]);
    },
  );

  it('what will not pass by itself stays hidden', async () => {
    failure = new VaultError('VAULT_DAMAGED', HOST_DETAIL);
    const { body } = await ledger.ask('mutation { registerHost(input: { name: "alpha" }) { __typename } }');
    expect(body.errors[0].extensions.code).toBe('INTERNAL_SERVER_ERROR');
    expect(JSON.stringify(body)).not.toContain(HOST_DETAIL);
  });

  it('a request whose token cannot be looked up is answered 503, not 401', async () => {
    const away = vi.spyOn(ledger.vault, 'authenticate').mockRejectedValueOnce(new VaultError('VAULT_UNAVAILABLE', HOST_DETAIL, { retryable: true }));
    const answer = await ledger.ask('{ __typename }', {}, { token: 'alt_never_seen' });
    away.mockRestore();
    expect(answer.status).toBe(503);
    expect(answer.body.errors[0].extensions).toEqual({ code: 'VAULT_UNAVAILABLE', retryable: true });
    expect((await ledger.ask('{ __typename }', {}, { token: 'alt_never_seen' })).status).toBe(401);
  });
});
