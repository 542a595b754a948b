import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { median, type Scenario } from '../bench.js';
import { startServer } from '../processes/child.js';

/** Start of the built program to its printed address, with all events and with none, by turns. */
export const startScenario: Scenario = {
  name: 'start',
  title: 'Start of the server',
  async run(bench) {
    const { directory } = await bench.importedLedger();
    const none = join(bench.workDirectory, 'none');
    rmSync(none, { recursive: true, force: true });
    // Each once before it counts: an empty ledger is made only once, and files are in memory afterwards.
    await secondsToStart(none);
    await secondsToStart(directory);
    const subject: number[] = [];
    const floor: number[] = [];
    for (let turn = 0; turn < bench.settings.startRuns; turn += 1) {
      floor.push(await secondsToStart(none));
      subject.push(await secondsToStart(directory));
    }
    bench.say(`${median(subject).toFixed(2)} s with all events, ${median(floor).toFixed(2)} s with none`);
    const value = median(subject) / median(floor);
    return [{ name: 'start with all events to start with none', value, target: 1.5, unit: 'ratio', sense: 'atMost', samples: { subject, floor } }];
  },
};

async function secondsToStart(directory: string): Promise<number> {
  const start = performance.now();
  const server = await startServer(['dist/src/main.js', 'serve', '--data', directory, '--port', '0', '--json']);
  const seconds = (performance.now() - start) / 1_000;
  await server.stop();
  return seconds;
}
