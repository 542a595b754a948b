import { ask } from './ask.js';
import { EXIT } from './environment.js';
import { groupDigits } from './numbers.js';
import { withPlace, type LedgerPlace, type Verb } from './verb.js';
import { openTerminal } from './terminal.js';

const LEDGER = /* GraphQL */ `
  query Status {
    ledger { ledgerId sequence version store projections { sequence lag rebuilding } }
  }
`;

interface LedgerAnswer {
  readonly ledger: {
    readonly ledgerId: string;
    readonly sequence: number;
    readonly version: string;
    readonly store: string;
    readonly projections: { readonly sequence: number; readonly lag: number; readonly rebuilding: boolean };
  };
}

/** `status`: which ledger it is, how long, and how far its read model has followed. */
export const statusVerb: Verb = (program, run, environment) => {
  withPlace(program.command('status'))
    .description('tell which ledger it is, how long it is, and how far queries have followed')
    .action((options: LedgerPlace) =>
      run(async () => {
        const { print, paint } = openTerminal(environment);
        const { ledger } = await ask<LedgerAnswer>(options, environment, program.version() ?? '', LEDGER);
        if (options.json === true) {
          print(JSON.stringify(ledger));
          return EXIT.done;
        }
        const { projections } = ledger;
        const progress = projections.rebuilding ? paint.yellow('rebuilding') : projections.lag === 0 ? paint.green('up to date') : paint.yellow(`${groupDigits(projections.lag)} behind`);
        const rows: readonly (readonly [string, string])[] = [
          ['ledger', ledger.ledgerId],
          ['events', groupDigits(ledger.sequence)],
          ['store', ledger.store],
          ['queries', progress],
          ['version', ledger.version],
        ];
        for (const [label, value] of rows) print(`${paint.dim(label.padEnd(9))}${value}`);
        return EXIT.done;
      }),
    );
};
