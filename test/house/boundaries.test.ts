import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Lints one small house with the project's own configuration: a file that imports, and the file it imports. */
function problemsOf(file: string, specifier: string): string {
  const house = mkdtempSync(join(tmpdir(), 'house-'));
  cpSync('.oxlintrc.json', join(house, '.oxlintrc.json'));
  const path = join(house, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `import { thing } from '${specifier}';\nexport const used = thing;\n`);
  const run = spawnSync(process.execPath, [join(process.cwd(), 'node_modules/oxlint/bin/oxlint'), '--quiet', '.'], { cwd: house, encoding: 'utf8' });
  return run.stdout + run.stderr;
}

describe('who may import whom', () => {
  test.each([
    ['src/domain/host/decider.ts', '../../kernel/envelope.js'],
    ['src/domain/host/decider.ts', 'node:crypto'],
    ['src/domain/rules.ts', '../store/port.js'],
    ['src/kernel/handler.ts', '../domain/events.js'],
    ['src/kernel/handler.ts', '../store/port.js'],
    ['src/kernel/handler.ts', 'better-sqlite3'],
    ['src/store/sqlite/store.ts', '../../domain/events.js'],
    ['src/importing/formats/slmgr.ts', '../../application/runImport.js'],
    ['src/readmodel/follow.ts', '../store/sqlite/sqliteStore.js'],
    ['src/readmodel/follow.ts', '../../projections/hostStatus.js'],
    ['src/application/ledger.ts', '../store/sqlite/sqliteStore.js'],
    ['src/feed/publisher.ts', '../store/sqlite/sqliteStore.js'],
    ['src/feed/publisher.ts', '../audit/merkle.js'],
    ['src/nats/encryption.ts', '../vault/port.js'],
    ['src/kernel/handler.ts', '../nats/encryption.js'],
    ['src/audit/export.ts', '../../projections/hostStatus.js'],
    ['src/audit/export.ts', '../readmodel/follow.js'],
    ['src/graphql/host/resolver.ts', '../../store/sqlite/sqliteStore.js'],
    ['src/graphql/host/resolver.ts', '../../server/server.js'],
    ['src/server/server.ts', '../cli/serve.js'],
    ['projections/hostStatus.ts', './keyCounts.js'],
    ['projections/hostStatus.ts', '../src/graphql/schema.js'],
  ])('%s may not import %s', (file, specifier) => {
    expect(problemsOf(file, specifier)).toContain('no-restricted-imports');
  });

  test.each([
    ['src/domain/host/decider.ts', '../decision.js'],
    ['src/kernel/handler.ts', 'node:crypto'],
    ['src/store/sqlite/store.ts', '../../kernel/envelope.js'],
    ['src/importing/formats/slmgr.ts', '../../domain/observation.js'],
    ['src/application/ledger.ts', '../store/port.js'],
    ['src/feed/publisher.ts', '../store/port.js'],
    ['src/feed/publisher.ts', '../nats/encryption.js'],
    ['src/vault/nats/bucket.ts', '../../nats/encryption.js'],
    ['src/audit/export.ts', '../vault/port.js'],
    ['src/graphql/host/resolver.ts', '../../../projections/hostStatus.js'],
    ['projections/hostStatus.ts', '../src/readmodel/definition.js'],
    ['src/cli/serve.ts', '../store/sqlite/sqliteStore.js'],
  ])('%s may import %s', (file, specifier) => {
    expect(problemsOf(file, specifier)).not.toContain('no-restricted-imports');
  });
});
