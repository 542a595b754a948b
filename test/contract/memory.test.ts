import { describe, it } from 'vitest';
import { openMemoryStore } from '../../src/store/memory/memoryStore.js';
import { EVENT_STORE_CHECKS } from './eventStore.js';

describe('the memory store', () => {
  const fixture = { open: () => Promise.resolve(openMemoryStore()) };
  for (const check of EVENT_STORE_CHECKS.filter(({ durable }) => !durable)) it(check.name, () => check.run(fixture));
});
