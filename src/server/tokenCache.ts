import type { TokenOwner, Vault } from '../vault/port.js';

/** How long a valid token is believed without asking the vault, in milliseconds: bounds how late another process's revocation is noticed. */
export const TOKEN_BELIEVED_MS_MAX = 5_000;
/** Most valid tokens remembered. */
export const TOKENS_REMEMBERED_MAX = 1_000;

/**
 * The same vault, which remembers valid tokens for a moment, so that not each request hashes and queries.
 * A revocation or a forgotten subject through this object takes effect at once.
 * `now`: milliseconds of a clock that never goes back.
 */
export function rememberTokens(vault: Vault, now: () => number): Vault {
  const known = new Map<string, { readonly owner: TokenOwner; readonly until: number }>();
  let forgotten = 0;
  const forget = (): void => {
    forgotten += 1;
    known.clear();
  };
  return {
    ledgerId: () => vault.ledgerId(),
    bindLedger: (ledgerId) => vault.bindLedger(ledgerId),
    exportEntries: () => vault.exportEntries(),
    importEntries: (entries) => vault.importEntries(entries),
    fingerprintKey: () => vault.fingerprintKey(),
    signingKeys: () => vault.signingKeys(),
    rotateSigningKey: () => vault.rotateSigningKey(),
    findSubject: (name) => vault.findSubject(name),
    subjectFor: (name) => vault.subjectFor(name),
    nameOf: (subject) => vault.nameOf(subject),
    seal: (subject, text, place) => vault.seal(subject, text, place),
    unseal: (sealed, place) => vault.unseal(sealed, place),
    keepConfirmationId: (origin, confirmationId) => vault.keepConfirmationId(origin, confirmationId),
    findConfirmationId: (place) => vault.findConfirmationId(place),
    confirmationIdsOf: (host, productKey) => vault.confirmationIdsOf(host, productKey),
    forgetConfirmationId: (place) => vault.forgetConfirmationId(place),
    createToken: (name) => vault.createToken(name),
    listTokens: () => vault.listTokens(),
    close: () => vault.close(),

    async authenticate(secret) {
      const found = known.get(secret);
      if (found !== undefined && found.until > now()) return found.owner;
      known.delete(secret);
      const generation = forgotten;
      const owner = await vault.authenticate(secret);
      // A revocation while the vault was asked may have come after its answer.
      if (owner !== undefined && generation === forgotten) {
        if (known.size >= TOKENS_REMEMBERED_MAX) known.clear();
        known.set(secret, { owner, until: now() + TOKEN_BELIEVED_MS_MAX });
      }
      return owner;
    },

    async revokeToken(tokenId) {
      const revoked = await vault.revokeToken(tokenId);
      forget();
      return revoked;
    },

    async forgetSubject(subject) {
      const forgot = await vault.forgetSubject(subject);
      forget();
      return forgot;
    },
  };
}
