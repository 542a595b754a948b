import { GraphQLError, type GraphQLFieldResolver } from 'graphql';
import { expect, test } from 'vitest';
import type { LedgerContext } from '../../src/graphql/context.js';
import { globalId } from '../../src/graphql/relay/globalId.js';
import { buildLedgerSchema } from '../../src/graphql/schema.js';

const fields = buildLedgerSchema().getQueryType()?.getFields() ?? {};

/** Calls the resolver of a query on a read model that knows one host and one key. */
function resolve(query: string, args: object): unknown {
  const readModel = {
    hosts: { byHost: (host: string) => (host === 'host-1' ? { host } : undefined) },
    productKeys: { byKey: (key: string) => (key === 'productKey-1' ? { key } : undefined) },
  };
  const context = { services: { readModel, catalogue: {}, now: () => '2026-01-01T00:00:00.000Z' } } as unknown as LedgerContext;
  const resolver = fields[query]?.resolve as unknown as GraphQLFieldResolver<undefined, LedgerContext>;
  return resolver(undefined, { ...args }, context, undefined as never);
}

test('one object is answered at once, without a promise', () => {
  expect(resolve('host', { id: globalId('Host', 'host-1') })).toMatchObject({ row: { host: 'host-1' } });
  expect(resolve('host', { id: globalId('Host', 'host-2') })).toBeUndefined();
  expect(resolve('productKey', { id: globalId('ProductKey', 'productKey-1') })).toMatchObject({ row: { key: 'productKey-1' } });
});

test('an id of another kind is refused in words for the client', () => {
  expect(() => resolve('host', { id: globalId('ProductKey', 'productKey-1') })).toThrow(GraphQLError);
});
