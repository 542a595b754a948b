import type { LedgerContext, LedgerServices } from '../graphql/context.js';
import type { Vault } from '../vault/port.js';

const BEARER_PATTERN = /^Bearer +([!-~]{1,512}) *$/i;

/** The context of a request that carries this `Authorization` value; undefined when its token is missing, wrong or revoked. */
export type Authenticate = (authorization: unknown) => Promise<LedgerContext | undefined>;

export function authenticator(vault: Pick<Vault, 'authenticate'>, services: LedgerServices): Authenticate {
  return async (authorization) => {
    const secret = typeof authorization === 'string' ? BEARER_PATTERN.exec(authorization)?.[1] : undefined;
    const actor = secret === undefined ? undefined : await vault.authenticate(secret);
    if (secret === undefined || actor === undefined) return undefined;
    return { services, actor, stillAuthorised: async () => (await vault.authenticate(secret)) !== undefined };
  };
}
