import { describe } from 'vitest';
import { openDataDirectory } from '../../src/embedded/dataDirectory.js';
import { openMemoryStore } from '../../src/store/memory/memoryStore.js';
import { openSqliteVault } from '../../src/vault/sqlite/sqliteVault.js';
import { countingRandom, steppingClock } from '../support/deterministic.js';
import { newDirectory } from '../support/embedded.js';
import { testTwoNodes } from './twoNodes.js';

describe('two nodes on a log in memory', () => {
  testTwoNodes(async () => {
    const store = openMemoryStore();
    const vault = openSqliteVault({ path: openDataDirectory(newDirectory()).vaultPath, now: steppingClock(), random: countingRandom() });
    return {
      openParts: async (directory) => ({ directory: openDataDirectory(directory), store, vault, log: undefined, shared: true, close: async () => undefined }),
      async close() {
        await store.close();
        await vault.close();
      },
    };
  });
});
