import { describe, expect, test } from 'vitest';
import { createHostDirectory } from '../../src/application/hostDirectory.js';
import { createKeyDirectory } from '../../src/application/keyDirectory.js';
import { parseHostName } from '../../src/domain/host/hostName.js';
import type { StreamId } from '../../src/kernel/identifiers.js';

function hosts(known: Record<string, { domain: string; stream: string }[]> = {}) {
  const directory = createHostDirectory((name) => (known[name] ?? []) as { domain: string; stream: StreamId }[]);
  return (text: string) => {
    const name = parseHostName(text);
    if (name === undefined) throw new Error(`${text} is no name`);
    return directory.resolve(name);
  };
}

describe('host directory', () => {
  test('the same name is the same host, in any case', () => {
    const resolve = hosts();
    expect(resolve('PC1.corp.example')).toBe(resolve('pc1.CORP.example'));
  });
  test('two directories that meet a new name agree', () => expect(hosts()('PC1.corp.example')).toBe(hosts()('pc1.corp.example')));
  test('a bare name joins the only host that has it', () => {
    const resolve = hosts();
    expect(resolve('PC1.corp.example')).toBe(resolve('PC1'));
  });
  test('a full name joins the host that was met by the bare name, and no second one does', () => {
    const resolve = hosts();
    const bare = resolve('PC1');
    expect(resolve('PC1.corp.example')).toBe(bare);
    expect(resolve('PC1.other.example')).not.toBe(bare);
  });
  test('a bare name that two domains have stays apart', () => {
    const resolve = hosts();
    const streams = new Set([resolve('PC1.a.example'), resolve('PC1.b.example'), resolve('PC1')]);
    expect(streams.size).toBe(3);
  });
  test('the names of a merged host are the survivor\'s', () => {
    const directory = createHostDirectory((name) => (name === 'old' ? [{ domain: 'corp.example', stream: 'host-old' as StreamId }] : []));
    const resolve = (text: string) => directory.resolve(parseHostName(text)!);
    const [survivor, other] = [resolve('PC1.corp.example'), resolve('PC2.corp.example')];
    expect(resolve('old.corp.example')).toBe('host-old');
    directory.merged('host-old' as StreamId, survivor);
    expect([resolve('old'), resolve('OLD.corp.example'), resolve('PC2')]).toEqual([survivor, survivor, other]);
  });
  test('what the read model knows comes first', () => expect(hosts({ pc1: [{ domain: 'corp.example', stream: 'host-known' }] })('PC1')).toBe('host-known'));
});

describe('key directory', () => {
  const keys = () => createKeyDirectory(() => []);
  test('a last five met before is the same key', () => {
    const directory = keys();
    const first = directory.resolve({ lastFive: 'AAAAA' });
    expect(first?.isNew).toBe(true);
    if (first !== undefined) directory.recorded({ lastFive: 'AAAAA' }, first.stream);
    expect(directory.resolve({ lastFive: 'AAAAA' })).toEqual({ stream: first?.stream, isNew: false });
  });
  test('a key whose recording failed stays new', () => {
    const directory = keys();
    const first = directory.resolve({ lastFive: 'AAAAA' });
    expect(directory.resolve({ lastFive: 'AAAAA' })).toEqual({ stream: first?.stream, isNew: true });
  });
  test('a whole key joins the only one known by its last five, and teaches it the fingerprint', () => {
    const directory = keys();
    const first = directory.resolve({ lastFive: 'AAAAA' });
    expect(directory.resolve({ lastFive: 'AAAAA', fingerprint: 'f1' })).toEqual({ stream: first?.stream, isNew: true });
    if (first !== undefined) directory.recorded({ lastFive: 'AAAAA', fingerprint: 'f1' }, first.stream);
    expect(directory.resolve({ lastFive: 'AAAAA', fingerprint: 'f1' })).toEqual({ stream: first?.stream, isNew: false });
  });
  test('two whole keys with the same last five are two keys, and the last five alone then name neither', () => {
    const directory = keys();
    const one = directory.resolve({ lastFive: 'AAAAA', fingerprint: 'f1' });
    const other = directory.resolve({ lastFive: 'AAAAA', fingerprint: 'f2' });
    expect(one?.stream).not.toBe(other?.stream);
    expect(directory.resolve({ lastFive: 'AAAAA' })).toBeUndefined();
    expect(directory.resolve({ lastFive: 'AAAAA', fingerprint: 'f2' })?.stream).toBe(other?.stream);
  });
});
