import { EXIT } from './environment.js';
import { groupDigits } from './numbers.js';
import { openTerminal } from './terminal.js';
import { withDirectory, type LedgerPlace, type Verb } from './verb.js';

/** `fsck`: whether a data directory still is what was written. */
export const fsckVerb: Verb = (program, run, environment) => {
  const terminal = openTerminal(environment);
  withDirectory(program.command('fsck'))
    .description('derive everything in the data directory anew, and tell what is not as it was written')
    .action((options: LedgerPlace) =>
      run(async () => {
        // Loaded where it is used: it brings every projection along.
        const { checkDirectory } = await import('../embedded/selfCheck.js');
        let bar: ReturnType<typeof terminal.progress> | undefined;
        const onProgress = (events: number, of: number): void => {
          bar ??= terminal.progress('fsck', of, 'events');
          bar.update(events);
        };
        const { events, findings, more } = await checkDirectory({ directory: options.data, environment, onProgress });
        bar?.stop();
        if (options.json === true) terminal.print(JSON.stringify({ events, findings, more }));
        else {
          for (const { code, place, message } of findings) terminal.print(`${terminal.paint.red(code)}  ${place}: ${message}`);
          if (more) terminal.print('… and more.');
          if (findings.length === 0) terminal.print(`${terminal.paint.green('intact')}  ${groupDigits(events)} events, and everything derived from them.`);
        }
        return findings.length === 0 ? EXIT.done : EXIT.damaged;
      }),
    );
};
