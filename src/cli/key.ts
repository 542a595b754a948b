import { signerKeyOf, verifierKeyText } from '../audit/signedNote.js';
import { existingDataDirectory } from '../embedded/dataDirectory.js';
import { openEmbeddedLedger } from '../embedded/embeddedLedger.js';
import { logOrigin } from '../audit/origin.js';
import { rotateSigningKey } from '../embedded/rotateKey.js';
import { openSqliteVault } from '../vault/sqlite/sqliteVault.js';
import { EXIT } from './environment.js';
import { VerbError } from './failure.js';
import { openTerminal } from './terminal.js';
import { withDirectory, type LedgerPlace, type Verb } from './verb.js';

/** `key show|rotate`: what checkpoints of the log are signed with. */
export const keyVerb: Verb = (program, run, environment) => {
  const terminal = openTerminal(environment);
  const key = program.command('key').description('show and change the key that signs checkpoints of the log');

  withDirectory(key.command('show'))
    .description('print the verifier key to give to auditors, and those before it')
    .action((options: LedgerPlace) =>
      run(async () => {
        const { vaultPath } = existingDataDirectory(options.data, 'vault.db');
        const vault = openSqliteVault({ path: vaultPath, now: environment.now, random: environment.random });
        try {
          const ledgerId = await vault.ledgerId();
          if (ledgerId === undefined) throw new VerbError('The ledger was not begun yet; "serve" or "import" begins it.');
          const keys = (await vault.signingKeys()).map(({ seed, madeAt }) => ({ verifierKey: verifierKeyText(signerKeyOf(logOrigin(ledgerId), seed)), madeAt }));
          if (options.json === true) terminal.print(JSON.stringify(keys));
          else for (const { verifierKey } of keys) terminal.print(verifierKey);
          return EXIT.done;
        } finally {
          await vault.close();
        }
      }),
    );

  withDirectory(key.command('rotate'))
    .description('sign with a new key from here on, and record that; the old one stays valid for what it has signed')
    .action((options: LedgerPlace) =>
      run(async () => {
        existingDataDirectory(options.data, 'ledger.db');
        const ledger = await openEmbeddedLedger({ directory: options.data, environment, follow: 'onDemand', sealing: 'off' });
        try {
          const rotated = await rotateSigningKey(ledger, environment.newId);
          if (options.json === true) terminal.print(JSON.stringify(rotated));
          else terminal.print(rotated.verifierKey);
          terminal.note(terminal.paint.dim(`Recorded as event ${rotated.sequence}, and sealed with both keys. Give auditors the new one.`));
          return EXIT.done;
        } finally {
          await ledger.close();
        }
      }),
    );
};
