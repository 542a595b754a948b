import type { DatabaseSchema } from './databaseFile.js';

/**
 * The file of the log.
 *
 * `position` is counted by the store, 1, 2, 3, … without gaps, and is the event's sequence too. Ids are kept as bytes:
 * they begin with a time, so their index grows at its end. The triggers keep a careless hand from rewriting the log.
 */
export const LOG_SCHEMA: DatabaseSchema = {
  name: 'ledger',
  applicationId: 0x41_4c_65_67,
  migrations: [
    `CREATE TABLE streams (
       id INTEGER PRIMARY KEY,
       name TEXT NOT NULL UNIQUE
     ) STRICT;
     CREATE TABLE events (
       position INTEGER PRIMARY KEY,
       stream INTEGER NOT NULL REFERENCES streams (id),
       revision INTEGER NOT NULL,
       id BLOB NOT NULL UNIQUE,
       text TEXT NOT NULL,
       UNIQUE (stream, revision)
     ) STRICT;
     CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
       BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
     CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
       BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;`,
  ],
};
