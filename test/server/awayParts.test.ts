import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SubjectId } from '../../src/kernel/identifiers.js';
import { RESUME_ELSEWHERE_CODE, RESUME_ELSEWHERE_REASON } from '../../src/server/closeCodes.js';
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

  it('a socket whose token cannot be looked up is closed with the code that means try again', async () => {
    const away = vi.spyOn(ledger.vault, 'authenticate').mockRejectedValueOnce(new VaultError('VAULT_UNAVAILABLE', HOST_DETAIL, { retryable: true }));
    const socket = new WebSocket(ledger.url.replace('http', 'ws'), 'graphql-transport-ws');
    const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve));
    socket.addEventListener('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer alt_never_seen' } })));
    const { code, reason } = await closed;
    away.mockRestore();
    expect([code, reason]).toEqual([RESUME_ELSEWHERE_CODE, RESUME_ELSEWHERE_REASON]);
  });

  it('an operation whose token cannot be looked up fails alone, and its socket stays', async () => {
    const socket = new WebSocket(ledger.url.replace('http', 'ws'), 'graphql-transport-ws');
    const messages: { readonly type: string; readonly payload?: unknown }[] = [];
    const lookUp = vi.spyOn(ledger.vaultInUse, 'authenticate');
    lookUp.mockResolvedValueOnce({ tokenId: 'token-1', name: 'Ada', subject: 'subject-ada' as SubjectId });
    lookUp.mockRejectedValueOnce(new VaultError('VAULT_UNAVAILABLE', HOST_DETAIL, { retryable: true }));
    const failed = new Promise<void>((resolve) => {
      socket.addEventListener('message', ({ data }) => {
        const message = JSON.parse(String(data)) as { readonly type: string };
        messages.push(message);
        if (message.type === 'connection_ack') socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: '{ __typename }' } }));
        else resolve();
      });
    });
    socket.addEventListener('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer alt_another' } })));
    await failed;
    lookUp.mockRestore();
    expect(messages).toMatchObject([{ type: 'connection_ack' }, { type: 'error', payload: [{ extensions: { code: 'VAULT_UNAVAILABLE', retryable: true } }] }]);
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.close();
  });
});
