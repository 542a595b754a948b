import { VaultError, type Vault, type VaultEntry } from './port.js';

/** How many of each kind stand in the target now. */
export type CopiedEntries = Readonly<Record<VaultEntry['kind'], number>>;

/**
 * Carries all of a vault over into another, and reads both again to see that they are the same. Nothing else may write to either.
 * A copy that broke off is completed by copying again.
 *
 * Rejects with `VaultError` VAULT_NOT_EMPTY, and writes nothing, when the target holds anything that the source does not hold (the
 * fingerprint key that a vault makes by itself does not count in a vault that holds nothing else), and with VAULT_COPY_DIFFERS when the two
 * are not the same in the end.
 */
export async function copyVault(from: Vault, to: Vault): Promise<CopiedEntries> {
  const wanted = await entriesOf(from);
  refuseOthers(wanted, await entriesOf(to));
  await to.importEntries(wanted);
  const copied = await entriesOf(to);
  if (!sameTexts(wanted.map(contentOf), copied.map(contentOf)) || !sameTexts(wanted.map(contentOf), (await entriesOf(from)).map(contentOf))) {
    throw new VaultError('VAULT_COPY_DIFFERS', 'The copied vault differs from its source: something wrote to one of them. Stop what uses them, and copy again.');
  }
  return counted(copied);
}

async function entriesOf(vault: Vault): Promise<readonly VaultEntry[]> {
  const entries: VaultEntry[] = [];
  for await (const entry of vault.exportEntries()) entries.push(entry);
  return entries;
}

function refuseOthers(wanted: readonly VaultEntry[], present: readonly VaultEntry[]): void {
  if (present.every(({ kind }) => kind === 'fingerprintKey')) return;
  const known = new Set(wanted.map(identityOf));
  const others = present.filter((entry) => !known.has(identityOf(entry)));
  if (others.length === 0) return;
  const message = `The target vault holds ${others.length} entries that the source does not hold: copy into an empty vault.`;
  throw new VaultError('VAULT_NOT_EMPTY', message);
}

/** What makes it that entry; the rest (a token's revocation, a replaced confirmation id) may have changed since an earlier copy. */
function identityOf(entry: VaultEntry): string {
  switch (entry.kind) {
    case 'fingerprintKey':
    case 'ledger':
    case 'signingKey':
    case 'subject':
      return contentOf(entry);
    case 'token':
      return JSON.stringify([entry.kind, entry.tokenId, hex(entry.hash), entry.subject]);
    case 'confirmationId':
      return JSON.stringify([entry.kind, entry.productKey, entry.activation]);
  }
}

/** The whole entry as a text; equal exactly when all of it is. */
function contentOf(entry: VaultEntry): string {
  const fields = Object.entries(entry)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => JSON.stringify([name, value instanceof Uint8Array ? hex(value) : value]));
  return JSON.stringify(fields.toSorted());
}

function sameTexts(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && JSON.stringify(one.toSorted()) === JSON.stringify(other.toSorted());
}

function counted(entries: readonly VaultEntry[]): CopiedEntries {
  const counts = { fingerprintKey: 0, ledger: 0, signingKey: 0, subject: 0, token: 0, confirmationId: 0 };
  for (const { kind } of entries) counts[kind] += 1;
  return counts;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
