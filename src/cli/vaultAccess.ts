import { existingDataDirectory, openDataDirectory } from '../embedded/dataDirectory.js';
import type { NatsVaultPlace } from '../embedded/nodeParts.js';
import type { Vault } from '../vault/port.js';
import { openSqliteVault } from '../vault/sqlite/sqliteVault.js';
import type { CliEnvironment } from './environment.js';
import { vaultPlaceOf, type VaultOptions } from './nodeOptions.js';

/**
 * Works on the vault of these options: the shared one that is named, or that of the data directory, beside a running server. `absent`: what
 * to do where the directory has none.
 */
export async function withVaultOf<Result>(
  options: VaultOptions & { readonly data: string },
  absent: 'make' | 'refuse',
  { now, random }: Pick<CliEnvironment, 'now' | 'random'>,
  work: (vault: Vault) => Promise<Result>,
): Promise<Result> {
  const place = await vaultPlaceOf(options);
  const path = (): string => (absent === 'make' ? openDataDirectory(options.data) : existingDataDirectory(options.data, 'vault.db')).vaultPath;
  const vault = place === undefined ? openSqliteVault({ path: path(), now, random }) : await openShared(place, { now, random });
  try {
    return await work(vault);
  } finally {
    await vault.close();
  }
}

/** Loaded where it is used: the client of NATS costs the other vault's users time for nothing. */
async function openShared(place: NatsVaultPlace, outside: Pick<CliEnvironment, 'now' | 'random'>): Promise<Vault> {
  const { openNatsVault } = await import('../vault/nats/natsVault.js');
  return openNatsVault({ ...place, ...outside });
}
