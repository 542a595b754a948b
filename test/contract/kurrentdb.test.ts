import { afterAll, beforeAll, describe, it } from 'vitest';
import { startKurrentdbDouble, type KurrentdbDouble } from '../support/kurrentdb/double.js';
import { EVENT_STORE_CHECKS } from './eventStore.js';
import { kurrentdbFixture } from './kurrentdbFixture.js';

describe('the KurrentDB store on a double of the server', () => {
  let double: KurrentdbDouble | undefined;
  const fixture = kurrentdbFixture(() => double?.connectionString ?? '', 'contract');
  beforeAll(async () => {
    double = await startKurrentdbDouble();
  });
  afterAll(async () => {
    await double?.stop();
    fixture.cleanUp();
  });
  for (const check of EVENT_STORE_CHECKS) it(check.name, () => check.run(fixture));
});
