import { describe, expect, test } from 'vitest';
import { activationMeans, openActivationMeansQueries } from '../../projections/activationMeans.js';
import type { EventEnvelope } from '../../src/kernel/envelope.js';
import type { StreamId } from '../../src/kernel/identifiers.js';
import { envelopeWriter } from '../readmodel/support/envelopes.js';
import { given } from '../readmodel/support/folding.js';

const KEY = 'productKey-1' as StreamId;
const OTHER_KEY = 'productKey-2' as StreamId;
const HOST = 'host-kms-1' as StreamId;
const decision = { ruleset: '0'.repeat(64), judgements: [] };
const LIMIT = 10;

async function queriesOn(write: (add: ReturnType<typeof envelopeWriter>) => readonly EventEnvelope[]) {
  return openActivationMeansQueries(await given(write(envelopeWriter()), [activationMeans]));
}

describe('KMS hosts that are set up', () => {
  test('are told with each of their keys, their system, and whether they have the update', async () => {
    const queries = await queriesOn((add) => [
      add(KEY, 'KmsHostConfigured', { host: HOST, operatingSystem: 'Windows Server 2008', products: [], slot: 1, decision }),
      add(OTHER_KEY, 'KmsHostConfigured', { host: HOST, products: ['Office 2010'], slot: 1, decision }),
      add(KEY, 'KmsHostUpdated', { host: HOST, update: 'KB968912' }),
    ]);
    expect(queries.kmsSetups(LIMIT)).toEqual([
      { productKey: KEY, host: HOST, operatingSystem: 'Windows Server 2008', updated: true, activations: 1, removed: false },
      { productKey: OTHER_KEY, host: HOST, operatingSystem: undefined, updated: true, activations: 1, removed: false },
    ]);
    expect(queries.kmsSetups(1)).toHaveLength(1);
  });

  test('are told no more once they are removed, for that key alone', async () => {
    const queries = await queriesOn((add) => [
      add(KEY, 'KmsHostConfigured', { host: HOST, products: [], slot: 1, decision }),
      add(OTHER_KEY, 'KmsHostConfigured', { host: HOST, products: [], slot: 1, decision }),
      add(KEY, 'KmsHostRemoved', { host: HOST }),
    ]);
    expect(queries.kmsSetups(LIMIT).map(({ productKey }) => productKey)).toEqual([OTHER_KEY]);
    expect(queries.kmsSetupsWith(KEY).map(({ host, removed }) => [host, removed])).toEqual([[HOST, true]]);
  });
});

test('activation objects are told until they are removed', async () => {
  const queries = await queriesOn((add) => [
    add(KEY, 'ActivationObjectCreated', { name: 'Volume A', forest: 'corp.example' }),
    add(KEY, 'ActivationObjectCreated', { name: 'Volume B', forest: 'corp.example' }),
    add(KEY, 'ActivationObjectRemoved', { name: 'Volume A', forest: 'corp.example' }),
  ]);
  expect(queries.activationObjects(LIMIT)).toEqual([{ productKey: KEY, forest: 'corp.example', name: 'Volume B' }]);
});

test('of confirmation ids the newest of a host and key is told, those that the vault does not keep are not', async () => {
  const confirmed = { host: HOST, consumption: 'CONSUMED', confirmedBy: 'REQUESTER', countsAs: 'CONFIRMED' } as const;
  const queries = await queriesOn((add) => [
    add(KEY, 'ActivationConfirmed', { ...confirmed, activation: 'a1', confirmationIdStored: true, hardware: 'board-1' }),
    add(KEY, 'ActivationConfirmed', { ...confirmed, activation: 'a2', confirmationIdStored: true, hardware: 'board-2' }),
    add(KEY, 'ActivationConfirmed', { ...confirmed, activation: 'a3' }),
    add(OTHER_KEY, 'ActivationConfirmed', { ...confirmed, activation: 'a4', confirmationIdStored: true }),
  ]);
  expect(queries.confirmationIds(HOST, LIMIT)).toEqual([
    { host: HOST, productKey: OTHER_KEY, activation: 'a4', hardware: undefined },
    { host: HOST, productKey: KEY, activation: 'a2', hardware: 'board-2' },
  ]);
  expect(queries.confirmationIds('host-other' as StreamId, LIMIT)).toEqual([]);
});
