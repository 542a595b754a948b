import type { LedgerContext, LedgerServices } from '../graphql/context.js';
import { languageOf } from '../graphql/language.js';
import type { Vault } from '../vault/port.js';

const BEARER_PATTERN = /^Bearer +([!-~]{1,512}) *$/i;

/**
 * The context of a request that carries these values of `Authorization` and `Accept-Language`; undefined when its token is missing,
 * wrong or revoked.
 */
export type Authenticate = (authorization: unknown, acceptLanguage: unknown) => Promise<LedgerContext | undefined>;

export function authenticator(vault: Pick<Vault, 'authenticate'>, services: LedgerServices): Authenticate {
  return async (authorization, acceptLanguage) => {
    const secret = typeof authorization === 'string' ? BEARER_PATTERN.exec(authorization)?.[1] : undefined;
    const actor = secret === undefined ? undefined : await vault.authenticate(secret);
    if (secret === undefined || actor === undefined) return undefined;
    return { services, actor, language: languageOf(acceptLanguage), stillAuthorised: async () => (await vault.authenticate(secret)) !== undefined };
  };
}
