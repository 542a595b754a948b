import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { agreementDecider } from '../../src/domain/agreement/decider.js';
import type { AnyEvent } from '../../src/domain/events.js';
import { hostDecider } from '../../src/domain/host/decider.js';
import { ledgerDecider } from '../../src/domain/ledger/decider.js';
import { productKeyDecider } from '../../src/domain/productKey/decider.js';
import { upcast } from '../../src/domain/upcast.js';
import { canonicalText } from '../../src/kernel/canonical.js';
import type { EventEnvelope } from '../../src/kernel/envelope.js';
import { CATALOGUE_PATH, eventSources, eventsOf, renderCatalogue, STREAMS } from '../../tools/eventCatalogue.js';

/** Synthetic: invented ids, machines and keys. A golden event is never changed once a ledger may hold its like. */
const GOLDEN = new URL('./', import.meta.url);
const files = readdirSync(GOLDEN).filter((file) => file.endsWith('.json'));
const events = files.map((file) => JSON.parse(readFileSync(new URL(file, GOLDEN), 'utf8')) as EventEnvelope);
const domain = Object.keys(STREAMS).map((stream) => ({ stream, types: eventSources('.', stream), decider: decidingSources(stream) }));
const DECIDERS = { ledger: ledgerDecider, host: hostDecider, productKey: productKeyDecider, agreement: agreementDecider } as const;

/** All that decides for a kind of stream; what every stream records is decided in one place. */
function decidingSources(stream: string): string {
  if (stream === 'any') return readFileSync('src/domain/correction.ts', 'utf8');
  const folder = `src/domain/${stream}`;
  return readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
}

describe('golden events', () => {
  test('there is one of each type and version that a decider records', () => {
    const recorded = domain.flatMap(({ decider }) => [...decider.matchAll(/type: '(\w+)', schemaVersion: (\d+)/g)].map(([, type, version]) => `${type}.${version}.json`));
    const declared = domain.flatMap(({ types, stream }) => eventsOf(types, stream).map(({ type }) => type));
    expect(new Set(recorded.map((name) => name.split('.')[0]))).toEqual(new Set(declared));
    expect(new Set(files)).toEqual(new Set([...recorded, ...files.filter((file) => !file.endsWith('.1.json'))]));
  });

  test.each(events.map((event, index) => [files[index], event] as const))('%s names itself, has a canonical form, and is still read', (file, event) => {
    expect(file).toBe(`${event.type}.${event.schemaVersion}.json`);
    expect(JSON.parse(canonicalText(event))).toEqual(event);
    const newest = upcast(event);
    const stream = event.stream.split('-')[0] as keyof typeof DECIDERS;
    const decider = DECIDERS[stream] as { readonly initial: unknown; evolve(state: unknown, read: unknown): unknown };
    const before = JSON.stringify(decider.initial);
    const state = decider.evolve(decider.initial, newest);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    expect(JSON.stringify(decider.initial)).toBe(before);
    expect(declaredFields(newest)).toEqual([]);
  });
});

/** Fields that a golden event has and its type does not declare, and those that are required and absent. */
function declaredFields({ type, data }: Pick<AnyEvent, 'type' | 'data'> | EventEnvelope): string[] {
  const declared = domain.flatMap(({ types, stream }) => eventsOf(types, stream)).find((event) => event.type === type)?.fields ?? [];
  const unknown = Object.keys(data).filter((name) => !declared.some((field) => field.name === name));
  const absent = declared.filter(({ name, optional }) => !optional && !(name in data)).map(({ name }) => `${name} is absent`);
  return [...unknown, ...absent];
}

describe('the event catalogue', () => {
  test('is what the code says', () => {
    expect(readFileSync(CATALOGUE_PATH, 'utf8')).toBe(renderCatalogue('.'));
  });

  test('differs as soon as a field, its meaning or an example does', () => {
    const committed = readFileSync(CATALOGUE_PATH, 'utf8');
    const changes: [string, string, string][] = [
      ['src/domain/ledger/events.ts', 'readonly sourceBytes: number;', 'readonly sourceBytes: string;'],
      ['src/domain/host/events.ts', 'Client machine id, the one', 'Another id, the one'],
      ['test/golden/LedgerOpened.1.json', '"ledgerId": "0199a000', '"ledgerId": "0199a001'],
      ['src/domain/vocabulary.ts', "'KEY_LIST',", "'KEY_LIST', 'SURPRISE',"],
    ];
    for (const [file, before, after] of changes) {
      const root = mkdtempSync(join(tmpdir(), 'activation-ledger-catalogue-'));
      for (const folder of ['src/domain', 'test/golden']) cpSync(folder, join(root, folder), { recursive: true });
      const text = readFileSync(join(root, file), 'utf8');
      expect(text).toContain(before);
      writeFileSync(join(root, file), text.replace(before, after));
      expect(renderCatalogue(root), file).not.toBe(committed);
      rmSync(root, { recursive: true });
    }
  });

  test('refuses an event or a field that says nothing of itself', () => {
    const said = "/** It happened. */\nexport type Happened = Fact<'Happened', { /** What. */ readonly what: string; }>;";
    expect(eventsOf(said, 'host')).toEqual([
      { type: 'Happened', stream: 'host', meaning: 'It happened.', fields: [{ name: 'what', optional: false, type: 'string', meaning: 'What.' }] },
    ]);
    expect(() => eventsOf(said.replace('/** It happened. */', ''), 'host')).toThrow('Happened has no docstring.');
    expect(() => eventsOf(said.replace('/** What. */', ''), 'host')).toThrow('Happened.what has no docstring.');
  });
});
