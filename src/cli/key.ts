import { signerKeyOf, verifierKeyText } from '../audit/signedNote.js';
import { existingDataDirectory } from '../embedded/dataDirectory.js';
import { openEmbeddedLedger, openLedger, type EmbeddedLedger } from '../embedded/embeddedLedger.js';
import type { LedgerParts } from '../embedded/ledgerParts.js';
import type { NodePlace } from '../embedded/nodeParts.js';
import { logOrigin } from '../audit/origin.js';
import { rotateSigningKey } from '../embedded/rotateKey.js';
import { EXIT, type CliEnvironment } from './environment.js';
import { VerbError } from './failure.js';
import { nodePlaceOf, withNode, withVault, type NodeOptions, type VaultOptions } from './nodeOptions.js';
import { openTerminal } from './terminal.js';
import { withVaultOf } from './vaultAccess.js';
import { withDirectory, type LedgerPlace, type Verb } from './verb.js';

/** `key show|rotate`: what checkpoints of the log are signed with. */
export const keyVerb: Verb = (program, run, environment) => {
  const terminal = openTerminal(environment);
  const key = program.command('key').description('show and change the key that signs checkpoints of the log');

  withVault(withDirectory(key.command('show')))
    .description('print the verifier key to give to auditors, and those before it')
    .action((options: LedgerPlace & VaultOptions) =>
      run(() =>
        withVaultOf(options, 'refuse', environment, async (vault) => {
          const ledgerId = await vault.ledgerId();
          if (ledgerId === undefined) throw notBegun();
          const keys = (await vault.signingKeys()).map(({ seed, madeAt }) => ({ verifierKey: verifierKeyText(signerKeyOf(logOrigin(ledgerId), seed)), madeAt }));
          if (options.json === true) terminal.print(JSON.stringify(keys));
          else for (const { verifierKey } of keys) terminal.print(verifierKey);
          return EXIT.done;
        }),
      ),
    );

  withNode(withDirectory(key.command('rotate')))
    .description('sign with a new key from here on, and record that; the old one stays valid for what it has signed')
    .action((options: LedgerPlace & NodeOptions) =>
      run(async () => {
        const node = await nodePlaceOf(options);
        const ledger = await openUnsealed(options, node, environment);
        try {
          const rotated = await rotateSigningKey(ledger, environment.newId);
          if (options.json === true) terminal.print(JSON.stringify(rotated));
          else terminal.print(rotated.verifierKey);
          const sealed = rotated.checkpoint === undefined ? 'to be sealed with both keys when a node is started on this directory' : 'sealed with both keys';
          const nodes = node === undefined ? '' : ' Nodes that run sign with the old one until they are started again.';
          terminal.note(terminal.paint.dim(`Recorded as event ${rotated.sequence}, and ${sealed}. Give auditors the new one.${nodes}`));
          return EXIT.done;
        } finally {
          await ledger.close();
        }
      }),
    );
};

async function openUnsealed({ data }: LedgerPlace, node: NodePlace | undefined, environment: CliEnvironment): Promise<EmbeddedLedger> {
  const options = { environment, follow: 'onDemand', sealing: 'off' } as const;
  if (node === undefined) {
    existingDataDirectory(data, 'ledger.db');
    return openEmbeddedLedger({ directory: data, ...options });
  }
  // Loaded where they are used: the clients of KurrentDB and NATS cost an embedded ledger time and memory for nothing.
  const { openNodeParts } = await import('../embedded/nodeParts.js');
  return openLedger(() => openNodeParts(node, environment).then(ofLedgerThatIs), options);
}

/** Opening begins a ledger where there is none, and a mistyped prefix and bucket are no ledger to be begun. */
async function ofLedgerThatIs(parts: LedgerParts): Promise<LedgerParts> {
  if ((await parts.vault.ledgerId()) !== undefined) return parts;
  await parts.close();
  throw notBegun();
}

function notBegun(): VerbError {
  return new VerbError('The ledger was not begun yet; "serve" or "import" begins it.');
}
