import { describe, expect, it } from 'vitest';
import type { SubjectId } from '../../src/kernel/identifiers.js';
import { rememberTokens, TOKEN_BELIEVED_MS_MAX } from '../../src/server/tokenCache.js';
import type { TokenOwner, Vault } from '../../src/vault/port.js';

const OWNER: TokenOwner = { tokenId: 'token-1', name: 'Ada', subject: 'subject-ada' as SubjectId };

function counting(answer: (secret: string) => Promise<TokenOwner | undefined> = async () => OWNER) {
  const asked: string[] = [];
  let time = 0;
  const vault = {
    authenticate: (secret: string) => {
      asked.push(secret);
      return answer(secret);
    },
    revokeToken: async () => true,
    forgetSubject: async () => true,
  } as unknown as Vault;
  return { asked, vault: rememberTokens(vault, () => time), pass: (ms: number) => (time += ms) };
}

describe('the memory of tokens', () => {
  it('believes a valid token for its time, and then asks again', async () => {
    const { asked, vault, pass } = counting();
    expect(await vault.authenticate('a')).toBe(OWNER);
    pass(TOKEN_BELIEVED_MS_MAX - 1);
    await vault.authenticate('a');
    expect(asked).toHaveLength(1);
    pass(1);
    await vault.authenticate('a');
    expect(asked).toHaveLength(2);
  });

  it('does not remember a wrong token', async () => {
    const { asked, vault } = counting(async () => undefined);
    expect(await vault.authenticate('wrong')).toBeUndefined();
    expect(await vault.authenticate('wrong')).toBeUndefined();
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['a revocation', (vault: Vault) => vault.revokeToken('token-1')],
    ['a forgotten subject', (vault: Vault) => vault.forgetSubject(OWNER.subject)],
  ])('asks again after %s', async (_what, change) => {
    const { asked, vault } = counting();
    await vault.authenticate('a');
    await change(vault);
    await vault.authenticate('a');
    expect(asked).toHaveLength(2);
  });

  it('does not remember an answer that a revocation overtook', async () => {
    let answer: (owner: TokenOwner) => void = () => undefined;
    const { asked, vault } = counting(() => new Promise((resolve) => (answer = resolve)));
    const first = vault.authenticate('a');
    await vault.revokeToken('token-1');
    answer(OWNER);
    await first;
    void vault.authenticate('a');
    expect(asked).toHaveLength(2);
  });
});
