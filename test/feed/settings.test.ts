import { expect, test } from 'vitest';
import { checkFeedSettings, checkpointStreamName, streamName, type FeedSettings } from '../../src/feed/settings.js';

test.each<[FeedSettings]>([
  [{}],
  [{ prefix: 'acme.activation-ledger_2', replicas: 3, storage: 'memory', maxAgeMs: 1_000, maxBytes: 1_048_576, maxMessages: 1 }],
  [{ maxAgeMs: 0, maxBytes: 0, maxMessages: 0 }],
])('%j is taken', (settings) => {
  expect(() => checkFeedSettings(settings)).not.toThrow();
});

test.each<[FeedSettings]>([
  [{ prefix: '' }],
  [{ prefix: 'acme.' }],
  [{ prefix: 'acme..ledger' }],
  [{ prefix: 'acme.*' }],
  [{ prefix: 'acme ledger' }],
  [{ prefix: 'a'.repeat(101) }],
  [{ replicas: 2 }],
  [{ replicas: 0 }],
  [{ storage: 'tape' as 'file' }],
  [{ maxAgeMs: 999 }],
  [{ maxAgeMs: -1 }],
  [{ maxAgeMs: 4_000_000_000_000 }],
  [{ maxBytes: 1_048_575 }],
  [{ maxMessages: 0.5 }],
  [{ maxMessages: Number.NaN }],
])('%j is refused', (settings) => {
  expect(() => checkFeedSettings(settings)).toThrow(expect.objectContaining({ code: 'FEED_SETTINGS_REFUSED' }));
});

test('streams are named after the prefix, without the dots that a name may not have', () => {
  expect(streamName('acme.activation-ledger')).toBe('acme_activation-ledger');
  expect(checkpointStreamName('acme.activation-ledger')).toBe('acme_activation-ledger-checkpoints');
});
