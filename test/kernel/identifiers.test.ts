import { expect, test } from 'vitest';
import { streamCategory, type StreamId } from '../../src/kernel/identifiers.js';

test('the category of a stream is the part of its id before the first dash', () => {
  expect(streamCategory('host-abc-def' as StreamId)).toBe('host');
  expect(streamCategory('ledger' as StreamId)).toBe('ledger');
});
