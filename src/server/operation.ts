import {
  getOperationAST,
  GraphQLError,
  Kind,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type TypeNode,
} from 'graphql';
import { compileQuery, isCompiledQuery, type CompiledQuery } from 'graphql-jit';
import {
  complexityOf,
  DOCUMENT_CHARACTERS_MAX,
  DOCUMENT_TOKENS_MAX,
  documentLimits,
  limitError,
  OPERATION_COMPLEXITY_MAX,
} from './limits.js';

/** Documents kept parsed, validated and compiled; the least recently used one makes room. */
export const DOCUMENTS_CACHED_MAX = 500;
/** Complexities kept for one operation whose pages are sized by variables. */
const COMPLEXITIES_CACHED_MAX = 64;

/** A request as it came in over any transport, not looked at yet. */
export interface OperationRequest {
  readonly query?: unknown;
  readonly operationName?: unknown;
  readonly variables?: unknown;
}

/** An operation that may be executed: parsed, within all limits, valid and compiled. */
export interface PreparedOperation {
  readonly document: DocumentNode;
  readonly node: OperationDefinitionNode;
  readonly compiled: CompiledQuery;
  readonly variables: Readonly<Record<string, unknown>>;
}

export type Preparation =
  | { readonly kind: 'ready'; readonly operation: PreparedOperation }
  | { readonly kind: 'rejected'; readonly errors: readonly GraphQLError[] };

export type PrepareOperation = (request: OperationRequest) => Preparation;

/** Steps between a request and its execution, the same for HTTP, WebSocket and event streams: none executes anything that has not passed here. */
export function operationPreparer(schema: GraphQLSchema): PrepareOperation {
  const documents = new Map<string, CachedDocument>();
  return (request) => {
    const shape = readRequest(request);
    if (shape.kind === 'rejected') return shape;
    try {
      const document = recent(documents, shape.query) ?? remember(documents, shape.query, new CachedDocument(schema, shape.query));
      const entry = document.operation(shape.operationName);
      if (!entry.withinComplexity(shape.variables)) {
        return rejected(limitError(`The operation asks for more than ${OPERATION_COMPLEXITY_MAX} values; ask for smaller pages or fewer fields.`));
      }
      return { kind: 'ready', operation: { document: document.node, node: entry.node, compiled: entry.compiled, variables: shape.variables } };
    } catch (error) {
      if (error instanceof DocumentRejected) return { kind: 'rejected', errors: error.errors };
      throw error;
    }
  };
}

class DocumentRejected extends Error {
  readonly errors: readonly GraphQLError[];

  constructor(errors: readonly GraphQLError[]) {
    super('The document was rejected.');
    this.errors = errors;
  }
}

type RequestShape = {
  readonly kind: 'request';
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
};

function readRequest(request: OperationRequest): RequestShape | (Preparation & { kind: 'rejected' }) {
  const { query, operationName, variables } = request;
  if (typeof query !== 'string' || query.trim() === '') return rejected(requestError('The request needs a "query": the text of a GraphQL document.'));
  if (query.length > DOCUMENT_CHARACTERS_MAX) {
    return rejected(limitError(`The document is longer than ${DOCUMENT_CHARACTERS_MAX} characters; put large values into variables.`));
  }
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') {
    return rejected(requestError('"operationName" must be a string.'));
  }
  if (variables !== undefined && variables !== null && !isRecord(variables)) return rejected(requestError('"variables" must be an object.'));
  return { kind: 'request', query, operationName: operationName ?? undefined, variables: variables ?? {} };
}

/** One document text: what is expensive about it is done once. */
class CachedDocument {
  readonly node: DocumentNode;
  readonly #schema: GraphQLSchema;
  readonly #operations = new Map<string, CachedOperation>();

  constructor(schema: GraphQLSchema, text: string) {
    this.#schema = schema;
    this.node = parseWithinLimits(text);
    // The limits are looked at first: a document beyond them is not worth the other rules' time.
    const beyond = validate(schema, this.node, [documentLimits]);
    const errors = beyond.length > 0 ? beyond : validate(schema, this.node, specifiedRules).map(asValidationError);
    if (errors.length > 0) throw new DocumentRejected(errors);
  }

  operation(name: string | undefined): CachedOperation {
    const known = this.#operations.get(name ?? '');
    if (known !== undefined) return known;
    const node = getOperationAST(this.node, name);
    if (node === null || node === undefined) {
      throw new DocumentRejected([
        requestError(name === undefined ? 'The document has several operations: name one in "operationName".' : 'The document has no operation of that name.'),
      ]);
    }
    const operation = new CachedOperation(this.#schema, this.node, node);
    this.#operations.set(name ?? '', operation);
    return operation;
  }
}

class CachedOperation {
  readonly node: OperationDefinitionNode;
  readonly compiled: CompiledQuery;
  readonly #schema: GraphQLSchema;
  readonly #document: DocumentNode;
  /** The variables that can change the complexity: page sizes, and conditions of @skip and @include. */
  readonly #sizing: readonly string[];
  readonly #within = new Map<string, boolean>();

  constructor(schema: GraphQLSchema, document: DocumentNode, node: OperationDefinitionNode) {
    this.#schema = schema;
    this.#document = document;
    this.node = node;
    this.#sizing = (node.variableDefinitions ?? [])
      .filter((definition) => ['Int', 'Boolean'].includes(namedType(definition.type)))
      .map((definition) => definition.variable.name.value);
    // fast-json-stringify stays off, since it cannot write custom scalars.
    const compiled = compileQuery(schema, document, node.name?.value, { disablingCapturingStackErrors: true });
    if (!isCompiledQuery(compiled)) throw new DocumentRejected((compiled.errors ?? []).map(asValidationError));
    this.compiled = compiled;
  }

  withinComplexity(variables: Readonly<Record<string, unknown>>): boolean {
    const key = this.#sizing.length === 0 ? '' : JSON.stringify(this.#sizing.map((name) => variables[name]));
    const known = this.#within.get(key);
    if (known !== undefined) return known;
    const within = this.#measure(variables);
    if (this.#within.size >= COMPLEXITIES_CACHED_MAX) this.#within.clear();
    this.#within.set(key, within);
    return within;
  }

  #measure(variables: Readonly<Record<string, unknown>>): boolean {
    try {
      return complexityOf(this.#schema, this.#document, this.node, variables) <= OPERATION_COMPLEXITY_MAX;
    } catch (error) {
      // A variable that cannot be coerced, or fragments that unfold beyond what is measured: nothing to remember.
      if (error instanceof GraphQLError) throw new DocumentRejected([withCode(error, 'BAD_USER_INPUT')]);
      throw error;
    }
  }
}

function parseWithinLimits(text: string): DocumentNode {
  try {
    return parse(text, { maxTokens: DOCUMENT_TOKENS_MAX });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    // graphql-js has no code for it, and misspells the sentence.
    const tooMany = /Document contains more tha[nt] /.test(error.message);
    throw new DocumentRejected([tooMany ? limitError(`The document has more than ${DOCUMENT_TOKENS_MAX} tokens.`) : withCode(error, 'GRAPHQL_PARSE_FAILED')]);
  }
}

function recent(documents: Map<string, CachedDocument>, text: string): CachedDocument | undefined {
  const found = documents.get(text);
  if (found === undefined) return undefined;
  documents.delete(text);
  documents.set(text, found);
  return found;
}

function remember(documents: Map<string, CachedDocument>, text: string, document: CachedDocument): CachedDocument {
  if (documents.size >= DOCUMENTS_CACHED_MAX) {
    const oldest = documents.keys().next();
    if (oldest.done !== true) documents.delete(oldest.value);
  }
  documents.set(text, document);
  return document;
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

function asValidationError(error: GraphQLError): GraphQLError {
  return withCode(error, 'GRAPHQL_VALIDATION_FAILED');
}

function withCode(error: GraphQLError, code: string): GraphQLError {
  return new GraphQLError(error.message, {
    ...(error.nodes === undefined ? {} : { nodes: error.nodes }),
    ...(error.source === undefined ? {} : { source: error.source }),
    ...(error.positions === undefined ? {} : { positions: error.positions }),
    extensions: { code },
  });
}

export function requestError(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } });
}

function rejected(error: GraphQLError): { readonly kind: 'rejected'; readonly errors: readonly GraphQLError[] } {
  return { kind: 'rejected', errors: [error] };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
