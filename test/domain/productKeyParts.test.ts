import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ProductKeyCommand } from '../../src/domain/productKey/commands.js';
import { productKeyDeciderWith } from '../../src/domain/productKey/decider.js';
import { productKeyParts } from '../../src/domain/productKey/parts.js';
import { initialProductKey, type ProductKeyState } from '../../src/domain/productKey/state.js';
import { builtInRules } from '../../src/domain/rules/builtIn.js';
import { NOW } from '../support/givenWhenThen.js';

const decider = productKeyDeciderWith(builtInRules);

function after(state: ProductKeyState, command: ProductKeyCommand): ProductKeyState {
  const decision = decider.decide(state, command, { now: NOW });
  if (decision.kind === 'refused') throw new Error(decision.refusal.code);
  return decision.events.reduce((folded, event) => decider.evolve(folded, event), state);
}

function host(number: number): string {
  return `host-${createHash('sha256').update(String(number)).digest('hex').slice(0, 32)}`;
}

/** A key with so many activations, as a snapshot would keep it. */
function keptKey(activations: number) {
  const key = { lastFive: 'BBBBB', keyKind: 'MAK' as const, evidence: 'API' as const };
  let state = after(initialProductKey, { kind: 'registerKey', lastFive: 'BBBBB', keyKind: 'MAK', product: 'Windows 10 Enterprise', allowed: 1_000_000 });
  for (let number = 0; number < activations; number += 1) state = after(state, { kind: 'observeActivation', key, host: host(number), installation: 1 });
  const parts = new Map<string, string>();
  const head = productKeyParts.split(state, (_part, content) => {
    const text = JSON.stringify(content());
    const name = createHash('sha256').update(text).digest('hex');
    parts.set(name, text);
    return name;
  });
  return { state, parts, head: JSON.parse(JSON.stringify(head)) as object };
}

test('a key that was kept in parts is the same key', () => {
  const { state, parts, head } = keptKey(3_000);
  const names = new Set<string>();
  const joined = productKeyParts.join(
    head,
    (name) => JSON.parse(parts.get(name) ?? '') as string[],
    (_part, name) => names.add(name),
  );
  expect(names).toEqual(new Set(parts.keys()));
  expect(JSON.parse(JSON.stringify(joined))).toEqual(JSON.parse(JSON.stringify(state)));
});

test('a request reads of the parts only those that its host and id fall into', () => {
  const { parts, head } = keptKey(3_000);
  const read: string[] = [];
  const joined = productKeyParts.join(
    head,
    (name) => (read.push(name), JSON.parse(parts.get(name) ?? '') as string[]),
    () => undefined,
  );
  const warned = ['R-1', 'B-6'];
  const request = { kind: 'requestActivation' as const, activation: 'a1', host: host(9_999), product: 'Windows 10 Enterprise', method: 'MAK_INDEPENDENT' as const, purpose: 'PRODUCTION' as const, acceptedWarnings: warned };
  const asked = after(joined, request);
  after(asked, { kind: 'confirmActivation', activation: 'a1', installation: 1 });
  expect(parts.size).toBeGreaterThan(5);
  expect(new Set(read).size).toBeLessThanOrEqual(2);
});
