import type { Database } from 'better-sqlite3';

/** Read transactions of one connection, each for what is asked in one turn of the event loop. */
export interface ReadTurns {
  /** Begins one unless it is begun; it ends by itself with the turn. */
  begin(): void;
  /** Ends it early: what is read next is of a later moment. */
  end(): void;
}

/**
 * Without a transaction around them SQLite locks the file, looks for commits and unlocks it for every statement, which takes as long
 * as finding a row. A turn is short, so that a checkpoint of the write-ahead log never waits for long.
 */
export function openReadTurns(database: Database): ReadTurns {
  const begin = database.prepare('BEGIN');
  const commit = database.prepare('COMMIT');
  let current: NodeJS.Immediate | undefined;

  const end = (): void => {
    if (current === undefined) return;
    clearImmediate(current);
    current = undefined;
    commit.run();
  };

  return {
    begin() {
      if (current !== undefined) return;
      begin.run();
      current = setImmediate(end);
    },
    end,
  };
}
