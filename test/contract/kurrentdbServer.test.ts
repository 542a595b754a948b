import { afterAll, beforeAll, describe, it } from 'vitest';
import { EVENT_STORE_CHECKS } from './eventStore.js';
import { kurrentdbFixture } from './kurrentdbFixture.js';

// `npm run test:kurrentdb` asks for it: then it fails without a server.
const { KURRENTDB_URL: connectionString, KURRENTDB_REQUIRED: isRequired } = process.env;
const isAsked = connectionString !== undefined || isRequired !== undefined;
if (!isAsked) console.log('Passed over: the KurrentDB store on a real server. `KURRENTDB_URL=kurrentdb://… npm run test:kurrentdb` runs it.');

describe.runIf(isAsked)('the KurrentDB store on the server that KURRENTDB_URL names', () => {
  // What other runs have left on the server is of other prefixes.
  const fixture = kurrentdbFixture(() => connectionString ?? '', `contract${Date.now().toString(36)}x`);
  beforeAll(() => {
    if (connectionString === undefined) throw new Error('KURRENTDB_URL must name a server: kurrentdb://user:password@host:2113?tls=true');
  });
  afterAll(() => fixture.cleanUp());
  for (const check of EVENT_STORE_CHECKS) it(check.name, () => check.run(fixture));
});
