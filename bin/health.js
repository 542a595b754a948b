#!/usr/bin/env node
// Says by its exit code whether the server on this machine is healthy: for containers, which have no curl.
//   node bin/health.js [http://127.0.0.1:4000]
const ANSWER_MS_MAX = 4_000;
const server = process.argv[2] ?? 'http://127.0.0.1:4000';

try {
  const { status } = await fetch(new URL('/healthz', server), { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  if (status !== 200) {
    process.stderr.write(`${server} answers ${status}.\n`);
    process.exitCode = 1;
  }
} catch (error) {
  process.stderr.write(`${server} does not answer: ${error instanceof Error ? error.message : String(error)}.\n`);
  process.exitCode = 1;
}
