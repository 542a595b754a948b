import { afterAll, describe, it } from 'vitest';
import { EVENT_STORE_CHECKS } from './eventStore.js';
import { sqliteFixture } from './sqliteFixture.js';

describe('the SQLite store', () => {
  const fixture = sqliteFixture();
  afterAll(() => fixture.cleanUp());
  for (const check of EVENT_STORE_CHECKS) it(check.name, () => check.run(fixture));
});
