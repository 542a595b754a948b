import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Without the alias vitest loads graphql twice (as ESM and as CommonJS) and
  // every schema fails with "another realm".
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/buildProgram.ts'],
    setupFiles: ['test/setup.ts'],
    pool: 'forks',
    // One less than there are cores is the default: on two that is one file after another, most of which wait for the processes they start.
    maxWorkers: Math.max(2, availableParallelism()),
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // The data modules of graphql must stay one copy too.
    server: { deps: { inline: [] } },
  },
});
