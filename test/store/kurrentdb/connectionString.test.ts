import { describe, expect, test } from 'vitest';
import { checkConnectionString } from '../../../src/store/kurrentdb/connectionString.js';
import { checkStreamPrefix } from '../../../src/store/kurrentdb/streamPrefix.js';

describe('a connection string', () => {
  test.each([
    'kurrentdb://ledger:secret@db.example:2113',
    'kurrentdb://ledger:secret@a.example:2113,b.example:2113,c.example:2113?nodePreference=leader',
    'kurrentdb+discover://cluster.example:2113?tls=true&tlsCAFile=/etc/ca.pem',
    'esdb://db.example',
    'kurrentdb://127.0.0.1:2113?tls=false',
    'kurrentdb://localhost?tls=false',
    'kurrentdb://[::1]:2113/?tls=false',
    'kurrentdb://db.example?tls=false&tls=true',
  ])('is taken: %s', (connectionString) => {
    expect(() => checkConnectionString(connectionString, false)).not.toThrow();
  });

  test.each([
    'kurrentdb://ledger:secret@db.example:2113?tls=false',
    'kurrentdb://127.0.0.1:2113,db.example:2113?tls=false',
    'kurrentdb://127.0.0.1.example:2113?tls=false',
    'kurrentdb://db.example:2113?TLS=false',
    'kurrentdb://db.example:2113/?keepAliveInterval=10000&tls=false',
  ])('is refused where it would send everything unencrypted and without a password, unless that is meant: %s', (connectionString) => {
    expect(() => checkConnectionString(connectionString, false)).toThrow('tls=false');
    expect(() => checkConnectionString(connectionString, true)).not.toThrow();
  });

  test.each(['kurrentdb://127.0.0.1?tls=false&throwOnAppendFailure=false', 'kurrentdb://db.example?throw-on-append-failure=false'])('is refused where it would hide conflicts: %s', (connectionString) => {
    expect(() => checkConnectionString(connectionString, true)).toThrow('throwOnAppendFailure');
  });

  test.each(['', 'nats://db.example', 'kurrentdb://', 'ledger:secret@db.example'])('is refused where it is none, without showing it: %s', (connectionString) => {
    expect(() => checkConnectionString(connectionString, true)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.not.stringContaining('secret') }) as Error);
  });
});

describe('a stream prefix', () => {
  test.each(['acme.', 'a1.', `${'a'.repeat(63)}.`])('is taken: %s', (prefix) => {
    expect(() => checkStreamPrefix(prefix)).not.toThrow();
  });

  test.each(['', '.', 'acme', 'acme-', 'Acme.', '1a.', 'acme.test.', 'ac-me.', '$acme.', 'acme. ', `${'a'.repeat(64)}.`])('is refused where it could match the streams of others: %j', (prefix) => {
    expect(() => checkStreamPrefix(prefix)).toThrow('stream prefix');
  });
});
