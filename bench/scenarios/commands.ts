import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { median, type Scenario } from '../bench.js';
import { runModule } from '../processes/child.js';

/** Commands that wait for their own durable event, many at a time, against raw inserts of the same events. */
export const commandsScenario: Scenario = {
  name: 'commands',
  title: '64 concurrent commands in process, each one durable event',
  async run({ settings, workDirectory, say }) {
    const directory = join(workDirectory, 'commands');
    rmSync(directory, { recursive: true, force: true });
    const { commandRounds: rounds, commands, concurrentCommands: concurrent } = settings;
    const { subject, floor } = await runModule<{ subject: number[]; floor: number[] }>('commands', { directory, rounds, commands, concurrent });
    rmSync(directory, { recursive: true, force: true });
    say(`${Math.round(median(subject))} commands/s, ${Math.round(median(floor))} raw inserts/s`);
    const ratios = subject.map((rate, round) => rate / (floor[round] ?? Number.NaN));
    return [{ name: 'commands', value: median(ratios), target: 0.5, unit: 'ratio', sense: 'atLeast', samples: { subject, floor } }];
  },
};
