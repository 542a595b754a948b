import { existingDataDirectory, isDirectoryOfNode } from '../embedded/dataDirectory.js';
import { PROJECTIONS } from '../embedded/projections.js';
import { upcast } from '../domain/upcast.js';
import { buildReadModel } from '../readmodel/build.js';
import { planReadModel, removeOtherReadModels, removeReadModel } from '../readmodel/rebuild.js';
import { lockDirectory } from '../store/sqlite/directoryLock.js';
import { openSqliteStore } from '../store/sqlite/sqliteStore.js';
import { EXIT } from './environment.js';
import { VerbError } from './failure.js';
import { groupDigits } from './numbers.js';
import { openTerminal } from './terminal.js';
import { withDirectory, type LedgerPlace, type Verb } from './verb.js';

/** `rebuild`: the read model anew from the log. With `--prepare` the one this program wants, beside a running older server. */
export const rebuildVerb: Verb = (program, run, environment) => {
  const terminal = openTerminal(environment);
  withDirectory(program.command('rebuild'))
    .description('build the read model anew from the log')
    .option('--prepare', 'build what this version needs beside a running server of another version, and switch nothing')
    .action((options: LedgerPlace & { readonly prepare?: boolean }) =>
      run(async () => {
        if (isDirectoryOfNode(options.data)) throw new VerbError(`${options.data} is the directory of a node: stop the node, delete readmodel-*.db in it, and start the node, which builds it anew.`);
        const directory = existingDataDirectory(options.data, 'ledger.db');
        // Preparing writes only a file of its own and reads the log, so the server may go on.
        const lock = options.prepare === true ? undefined : lockDirectory(directory.path);
        const store = openSqliteStore({ path: directory.logPath, readOnly: true });
        try {
          if (options.prepare !== true) removeReadModel(directory.path, PROJECTIONS);
          const { sequence } = await store.head();
          const wasThere = options.prepare === true && planReadModel(directory.path, PROJECTIONS).kind === 'current';
          const progress = terminal.progress('rebuild', sequence, 'events');
          await buildReadModel({
            store,
            directory: directory.path,
            projections: PROJECTIONS,
            upcast,
            onProgress: ({ applied }) => progress.update(applied),
          });
          progress.stop();
          if (options.prepare !== true) removeOtherReadModels(directory.path, PROJECTIONS);
          if (options.json === true) terminal.print(JSON.stringify({ sequence, prepared: options.prepare === true, built: !wasThere }));
          else if (options.prepare === true) terminal.print(`Prepared up to event ${groupDigits(sequence)}; a server of this version starts with it.`);
          else terminal.print(`Rebuilt from ${groupDigits(sequence)} events.`);
          return EXIT.done;
        } finally {
          await store.close();
          lock?.release();
        }
      }),
    );
};
