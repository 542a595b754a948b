import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createErrorMask } from '../../src/server/errorMask.js';
import {
  DOCUMENT_ALIASES_MAX,
  DOCUMENT_CHARACTERS_MAX,
  DOCUMENT_DEPTH_MAX,
  DOCUMENT_FIELDS_MAX,
  DOCUMENT_TOKENS_MAX,
} from '../../src/server/limits.js';
import { DOCUMENTS_CACHED_MAX, operationPreparer } from '../../src/server/operation.js';
import { PAGE_SIZE_MAX } from '../../src/graphql/relay/page.js';
import { schema, startLedger, type LedgerFixture } from './ledgerFixture.js';

const prepare = operationPreparer(schema);

function codes(query: unknown, variables?: unknown, operationName?: unknown): readonly unknown[] {
  const preparation = prepare({ query, variables, operationName });
  return preparation.kind === 'ready' ? [] : preparation.errors.map(({ extensions }) => extensions['code']);
}

describe('preparing an operation', () => {
  it('takes an ordinary query', () => {
    expect(codes('{ hosts(first: 100) { nodes { id name domain lastSeenAt installations { status until method keyLastFive } } } }')).toEqual([]);
  });

  it.each([
    ['no text', undefined, 'BAD_REQUEST'],
    ['an empty text', '  ', 'BAD_REQUEST'],
    ['text that is no document', '{ ledger {', 'GRAPHQL_PARSE_FAILED'],
    ['a field that does not exist', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a document that is too long', `{ ledger { sequence } } #${'x'.repeat(DOCUMENT_CHARACTERS_MAX)}`, 'LIMIT_EXCEEDED'],
    ['too many tokens', `{ ledger { ${'sequence '.repeat(DOCUMENT_TOKENS_MAX)} } }`, 'LIMIT_EXCEEDED'],
    ['too many fields', `{ ledger { ${'sequence '.repeat(DOCUMENT_FIELDS_MAX)} } }`, 'LIMIT_EXCEEDED'],
    ['too many aliases', `{ ${Array.from({ length: DOCUMENT_ALIASES_MAX + 1 }, (_, n) => `a${n}: __typename`).join(' ')} }`, 'LIMIT_EXCEEDED'],
    ['too many aliases by fragments', `{ ${'...A '.repeat(DOCUMENT_ALIASES_MAX + 1)} } fragment A on Query { a: __typename }`, 'LIMIT_EXCEEDED'],
    ['nesting that is too deep', nested(DOCUMENT_DEPTH_MAX), 'LIMIT_EXCEEDED'],
    ['more values than one operation may ask for', `{ hosts(first: ${PAGE_SIZE_MAX}) { nodes { events(first: ${PAGE_SIZE_MAX}) { nodes { id type } } } } }`, 'LIMIT_EXCEEDED'],
  ])('refuses %s', (_what, query, code) => {
    expect(codes(query)).toEqual([code]);
  });

  it('measures pages that are sized by variables with their values', () => {
    const query = 'query Page($n: Int!) { hosts(first: $n) { nodes { events(first: $n) { nodes { id type } } } } }';
    expect(codes(query, { n: 5 })).toEqual([]);
    expect(codes(query, { n: PAGE_SIZE_MAX })).toEqual(['LIMIT_EXCEEDED']);
    expect(codes(query, { n: 5 })).toEqual([]);
    expect(codes(query, {})).toEqual(['BAD_USER_INPUT']);
  });

  it('asks for a name where there are several operations, and for one that exists', () => {
    const query = 'query A { ledger { sequence } } query B { ledger { sequence } }';
    expect(codes(query)).toEqual(['BAD_REQUEST']);
    expect(codes(query, {}, 'C')).toEqual(['BAD_REQUEST']);
    expect(codes(query, {}, 'B')).toEqual([]);
  });

  it('prepares a document once, however often it comes', () => {
    const query = '{ ledger { sequence version } }';
    const [first, second] = [prepare({ query }), prepare({ query })];
    expect(first.kind === 'ready' && second.kind === 'ready' && first.operation.compiled === second.operation.compiled).toBe(true);
  });

  it('forgets the documents not used for longest', () => {
    const bounded = operationPreparer(schema);
    const compiledOf = (query: string): unknown => {
      const preparation = bounded({ query });
      return preparation.kind === 'ready' ? preparation.operation.compiled : undefined;
    };
    const first = compiledOf('{ __typename }');
    for (let n = 0; n < DOCUMENTS_CACHED_MAX; n += 1) compiledOf(`{ a${n}: __typename }`);
    expect(compiledOf('{ __typename }')).not.toBe(first);
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (query, variables, operationName) => {
        expect(['ready', 'rejected']).toContain(prepare({ query, variables, operationName }).kind);
      }),
      { numRuns: 200 },
    );
  });
});

describe('masking', () => {
  let ledger: LedgerFixture;
  beforeAll(async () => {
    ledger = await startLedger({
      application: {
        registerHost: async () => {
          throw new Error('secret detail');
        },
      },
    });
  });
  afterAll(() => ledger.close());

  it('hides an unexpected error behind an id that is in the log', async () => {
    const { body } = await ledger.ask('mutation { registerHost(input: { name: "alpha" }) { __typename } }');
    const { errorId, code } = body.errors[0].extensions;
    expect(code).toBe('INTERNAL_SERVER_ERROR');
    expect(JSON.stringify(body)).not.toContain('secret detail');
    const lines = ledger.log.filter(({ fields }) => fields['errorId'] === errorId);
    expect(lines).toHaveLength(1);
    expect((lines[0]!.fields['err'] as Error).message).toBe('secret detail');
  });

  it('shows an error that was meant for the client, and does not log it', async () => {
    const before = ledger.log.length;
    const { body } = await ledger.ask(`{ hosts(first: ${PAGE_SIZE_MAX + 1}) { nodes { id } } }`);
    expect(body.errors).toMatchObject([
      { message: `"first" must be between 1 and ${PAGE_SIZE_MAX}; it is ${PAGE_SIZE_MAX + 1}.`, path: ['hosts'], extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    expect(ledger.log).toHaveLength(before);
  });

  it('shows what is wrong with a variable', async () => {
    const { body } = await ledger.ask('query One($id: ID!) { host(id: $id) { name } }', { id: { not: 'an id' } });
    expect(body.errors).toHaveLength(1);
    expect(body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });

  it('leaves a result without errors as it is', () => {
    const mask = createErrorMask({ info: () => undefined, warn: () => undefined, error: () => undefined }, () => 'id');
    const result = { data: { a: 1 } };
    expect(mask.result(result)).toBe(result);
  });
});

function nested(levels: number): string {
  const link = ['installations', 'productKeys', 'activations(first: 1)', 'nodes', 'host'];
  const path = ['hosts(first: 1)', 'nodes', ...Array.from({ length: levels }, (_, n) => link[n % link.length]!)];
  return `${path.map((field) => `{ ${field} `).join('')}{ __typename }${' }'.repeat(path.length)}`;
}
