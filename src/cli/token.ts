import { EXIT } from './environment.js';
import { VerbError } from './failure.js';
import { withVault, type VaultOptions } from './nodeOptions.js';
import { withVaultOf } from './vaultAccess.js';
import { withDirectory, type LedgerPlace, type Verb } from './verb.js';
import type { Column } from './table.js';
import { openTerminal } from './terminal.js';

interface TokenOptions extends LedgerPlace, VaultOptions {}

/** `token create|list|revoke`: access to the server. Works beside a running server: it takes a new token at once, and refuses a revoked one within five seconds. */
export const tokenVerb: Verb = (program, run, environment) => {
  const terminal = openTerminal(environment);
  const token = program.command('token').description('make, list and revoke access tokens');

  withVault(withDirectory(token.command('create <name>')))
    .description('make a token; prints it, once, and nothing else on standard output')
    .action((name: string, options: TokenOptions) =>
      run(() =>
        withVaultOf(options, 'make', environment, async (vault) => {
          const { tokenId, secret } = await vault.createToken(name);
          if (options.json === true) terminal.print(JSON.stringify({ tokenId, name, token: secret }));
          else terminal.print(secret);
          terminal.note(terminal.paint.dim(`Token ${tokenId} for ${name}. It is shown this once; only its hash is kept.`));
          return EXIT.done;
        }),
      ),
    );

  withVault(withDirectory(token.command('list')))
    .description('list tokens, without their secrets')
    .action((options: TokenOptions) =>
      run(() =>
        withVaultOf(options, 'refuse', environment, async (vault) => {
          const tokens = await vault.listTokens();
          if (options.json === true) terminal.print(JSON.stringify(tokens));
          else terminal.table(COLUMNS, tokens.map(({ tokenId, name, createdAt, revokedAt }) => [tokenId, name, minuteOf(createdAt), minuteOf(revokedAt)]));
          return EXIT.done;
        }),
      ),
    );

  withVault(withDirectory(token.command('revoke <tokenId>')))
    .description('revoke a token; a running server refuses it within five seconds')
    .action((tokenId: string, options: TokenOptions) =>
      run(() =>
        withVaultOf(options, 'refuse', environment, async (vault) => {
          if (!(await vault.revokeToken(tokenId))) throw new VerbError(`There is no valid token ${tokenId}; "token list" shows them.`);
          if (options.json === true) terminal.print(JSON.stringify({ tokenId, revoked: true }));
          else terminal.print(`Token ${tokenId} is revoked.`);
          return EXIT.done;
        }),
      ),
    );
};

const COLUMNS: readonly Column[] = [{ title: 'token' }, { title: 'name', shrinkTo: 12 }, { title: 'created (UTC)' }, { title: 'revoked (UTC)' }];

/** `2026-11-22T13:00:00.000Z` as `2026-11-22 13:00`. */
function minuteOf(instant: string | undefined): string {
  return instant === undefined ? '' : instant.slice(0, 16).replace('T', ' ');
}
