import { openSqliteVault } from '../vault/sqlite/sqliteVault.js';
import { existingDataDirectory, openDataDirectory, type DataDirectory } from '../embedded/dataDirectory.js';
import { EXIT } from './environment.js';
import { VerbError } from './failure.js';
import { withDirectory, type LedgerPlace, type Verb } from './verb.js';
import type { Column } from './table.js';
import { openTerminal } from './terminal.js';

/** `token create|list|revoke`: access to the server. Works beside a running server: it takes a new token at once, and refuses a revoked one within five seconds. */
export const tokenVerb: Verb = (program, run, environment) => {
  const terminal = openTerminal(environment);
  const token = program.command('token').description('make, list and revoke access tokens');

  withDirectory(token.command('create <name>'))
    .description('make a token; prints it, once, and nothing else on standard output')
    .action((name: string, options: LedgerPlace) =>
      run(() =>
        withVault(openDataDirectory(options.data), async (vault) => {
          const { tokenId, secret } = await vault.createToken(name);
          if (options.json === true) terminal.print(JSON.stringify({ tokenId, name, token: secret }));
          else terminal.print(secret);
          terminal.note(terminal.paint.dim(`Token ${tokenId} for ${name}. It is shown this once; only its hash is kept.`));
          return EXIT.done;
        }),
      ),
    );

  withDirectory(token.command('list'))
    .description('list tokens, without their secrets')
    .action((options: LedgerPlace) =>
      run(() =>
        withVault(existing(options), async (vault) => {
          const tokens = await vault.listTokens();
          if (options.json === true) terminal.print(JSON.stringify(tokens));
          else terminal.table(COLUMNS, tokens.map(({ tokenId, name, createdAt, revokedAt }) => [tokenId, name, minuteOf(createdAt), minuteOf(revokedAt)]));
          return EXIT.done;
        }),
      ),
    );

  withDirectory(token.command('revoke <tokenId>'))
    .description('revoke a token; a running server refuses it within five seconds')
    .action((tokenId: string, options: LedgerPlace) =>
      run(() =>
        withVault(existing(options), async (vault) => {
          if (!(await vault.revokeToken(tokenId))) throw new VerbError(`There is no valid token ${tokenId}; "token list" shows them.`);
          if (options.json === true) terminal.print(JSON.stringify({ tokenId, revoked: true }));
          else terminal.print(`Token ${tokenId} is revoked.`);
          return EXIT.done;
        }),
      ),
    );

  async function withVault<Result>({ vaultPath }: DataDirectory, work: (vault: ReturnType<typeof openSqliteVault>) => Promise<Result>): Promise<Result> {
    const vault = openSqliteVault({ path: vaultPath, now: environment.now, random: environment.random });
    try {
      return await work(vault);
    } finally {
      await vault.close();
    }
  }
};

function existing({ data }: LedgerPlace): DataDirectory {
  return existingDataDirectory(data, 'vault.db');
}

const COLUMNS: readonly Column[] = [{ title: 'token' }, { title: 'name', shrinkTo: 12 }, { title: 'created (UTC)' }, { title: 'revoked (UTC)' }];

/** `2026-11-22T13:00:00.000Z` as `2026-11-22 13:00`. */
function minuteOf(instant: string | undefined): string {
  return instant === undefined ? '' : instant.slice(0, 16).replace('T', ' ');
}
