import { execFileSync } from 'node:child_process';
import { NODE_FLAGS, startServer } from './processes/child.js';

/** The built program at work on a data directory. */
export interface ServedLedger {
  /** Where GraphQL is. */
  readonly graphql: string;
  readonly token: string;
  stop(): Promise<void>;
}

export async function serveLedger(directory: string): Promise<ServedLedger> {
  const server = await startServer(['dist/src/main.js', 'serve', '--data', directory, '--port', '0', '--json']);
  const token = execFileSync(process.execPath, [...NODE_FLAGS, 'dist/src/main.js', 'token', 'create', 'bench', '--data', directory], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
  const { graphql } = server.answer as { graphql: string };
  return { graphql, token, stop: () => server.stop() };
}
