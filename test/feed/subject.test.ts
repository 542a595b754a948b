import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allEventSubjects, checkpointSubject, eventSubject, readEventSubject } from '../../src/feed/subject.js';
import type { StreamId } from '../../src/kernel/identifiers.js';

test.each([
  ['ledger', 'LedgerOpened', 'acme.ledger.LedgerOpened._'],
  ['host-0199a000-0000-8000-8000-000000000001', 'HostRegistered', 'acme.host.HostRegistered.0199a000-0000-8000-8000-000000000001'],
  ['host-pc 1.fleet.example', 'HostRegistered', 'acme.host.HostRegistered.pc%201%2Efleet%2Eexample'],
  ['host-a*>%é', 'HostRegistered', 'acme.host.HostRegistered.a%2A%3E%25%C3%A9'],
  ['host-_', 'HostRegistered', 'acme.host.HostRegistered.%5F'],
  ['host-', 'HostRegistered', 'acme.host.HostRegistered.%'],
])('an event of %s of type %s is published on %s', (stream, type, subject) => {
  expect(eventSubject('acme', stream as StreamId, type)).toBe(subject);
  expect(readEventSubject('acme', subject)).toEqual({ stream, type });
});

test('any stream and any type is read back from its subject, which has the tokens and the characters that NATS allows', () => {
  const text = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(fc.constantFrom('acme', 'acme.eu'), text, text, (prefix, stream, type) => {
      const subject = eventSubject(prefix, stream as StreamId, type);
      expect(readEventSubject(prefix, subject)).toEqual({ stream, type });
      const tokens = subject.slice(prefix.length + 1).split('.');
      expect(tokens).toHaveLength(3);
      expect(tokens.filter((token) => !/^[A-Za-z0-9_%-]+$/.test(token))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('what is not an event of the prefix is not read', () => {
  expect(readEventSubject('acme', 'acme2.host.HostRegistered.1')).toBeUndefined();
  expect(readEventSubject('acme', checkpointSubject('acme'))).toBeUndefined();
  expect(readEventSubject('acme', 'acme.host.HostRegistered.1.2')).toBeUndefined();
});

test('checkpoints are not among the subjects of events', () => {
  expect(allEventSubjects('acme')).toBe('acme.*.*.*');
  expect(checkpointSubject('acme')).toBe('acme.checkpoint');
});
