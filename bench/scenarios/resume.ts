import { join } from 'node:path';
import { median, type Scenario } from '../bench.js';
import { runModule } from '../processes/child.js';
import { serveLedger } from '../served.js';

/** A subscription that resumes after many missed events, against reading and parsing them. */
export const resumeScenario: Scenario = {
  name: 'resume',
  title: 'A subscription resumes after missed events',
  async run(bench) {
    const { directory } = await bench.importedLedger();
    const { missedEvents: events, resumeRuns } = bench.settings;
    const path = join(directory, 'ledger.db');
    const server = await serveLedger(directory);
    const subject: number[] = [];
    const floor: number[] = [];
    try {
      for (let turn = 0; turn < resumeRuns; turn += 1) {
        const { rate, head } = await runModule<{ rate: number; head: number }>('readLog', { path, events });
        floor.push(rate);
        const url = server.graphql.replace(/^http/, 'ws');
        subject.push((await runModule<{ rate: number }>('subscriber', { url, token: server.token, after: head - events, until: head })).rate);
      }
    } finally {
      await server.stop();
    }
    bench.say(`${Math.round(median(subject))} events/s delivered, ${Math.round(median(floor))} read and parsed`);
    const value = median(subject) / median(floor);
    return [{ name: 'missed events delivered', value, target: 0.3, unit: 'ratio', sense: 'atLeast', samples: { subject, floor } }];
  },
};
