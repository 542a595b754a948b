import {
  getNamedType,
  GraphQLError,
  Kind,
  type ASTVisitor,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';
import { getComplexity, type ComplexityEstimator } from 'graphql-query-complexity';
import { PAGE_SIZE_DEFAULT } from '../graphql/relay/page.js';

/** Longest document text, in characters. Large values belong in variables, whose size the body limit bounds. */
export const DOCUMENT_CHARACTERS_MAX = 32_768;
/** Most tokens of one document; what later stages cost is bounded by it. */
export const DOCUMENT_TOKENS_MAX = 2_000;
/** Deepest nesting of fields; GraphiQL's own introspection query needs 15. */
export const DOCUMENT_DEPTH_MAX = 20;
/** Most fields of one operation, fragments unfolded. */
export const DOCUMENT_FIELDS_MAX = 500;
/** Most aliases of one operation, fragments unfolded. */
export const DOCUMENT_ALIASES_MAX = 50;
/** Most values one operation may ask for: fields, those of a page times its size. */
export const OPERATION_COMPLEXITY_MAX = 50_000;
/** Largest HTTP request body, in bytes: an import of the largest content, escaped as JSON, and its envelope. */
export const HTTP_BODY_BYTES_MAX = 17 * 1_048_576;
/** Largest WebSocket message, in bytes; imports go over HTTP. */
export const SOCKET_MESSAGE_BYTES_MAX = 1_048_576;
/** Most WebSocket connections at a time. */
export const SOCKETS_MAX = 1_000;
/** Most operations at a time on one WebSocket connection. */
export const SOCKET_OPERATIONS_MAX = 100;
/** Most event streams (SSE) at a time. */
export const EVENT_STREAMS_MAX = 1_000;

interface Extent {
  readonly depth: number;
  readonly fields: number;
  readonly aliases: number;
}

/** Validation rule: depth, fields and aliases of each operation are within their bounds. */
export function documentLimits(context: ValidationContext): ASTVisitor {
  const fragments = new Map<string, Extent>();
  return {
    OperationDefinition(operation) {
      const extent = extentOf(operation.selectionSet, context.getDocument(), fragments, new Set());
      for (const [name, measured, bound] of [
        ['fields deep', extent.depth, DOCUMENT_DEPTH_MAX],
        ['fields', extent.fields, DOCUMENT_FIELDS_MAX],
        ['aliases', extent.aliases, DOCUMENT_ALIASES_MAX],
      ] as const) {
        if (measured > bound) context.reportError(limitError(`The operation has ${measured} ${name}; at most ${bound} are allowed.`, operation));
      }
      return false;
    },
  };
}

/** Values the operation asks for. A field with `first` or `last` costs its selection times the page size. */
export function complexityOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): number {
  return getComplexity({
    schema,
    query: document,
    variables: { ...variables },
    ...(operation.name === undefined ? {} : { operationName: operation.name.value }),
    estimators: [pagedEstimator],
  });
}

export function limitError(message: string, node?: OperationDefinitionNode): GraphQLError {
  return new GraphQLError(message, { ...(node === undefined ? {} : { nodes: node }), extensions: { code: 'LIMIT_EXCEEDED' } });
}

const pagedEstimator: ComplexityEstimator = ({ field, args, childComplexity }) => {
  if (!getNamedType(field.type).name.endsWith('Connection')) return 1 + childComplexity;
  const size: unknown = args['first'] ?? args['last'];
  return 1 + childComplexity * (typeof size === 'number' && size > 0 ? size : PAGE_SIZE_DEFAULT);
};

function extentOf(
  selectionSet: SelectionSetNode,
  document: DocumentNode,
  known: Map<string, Extent>,
  open: ReadonlySet<string>,
): Extent {
  let depth = 0;
  let fields = 0;
  let aliases = 0;
  for (const selection of selectionSet.selections) {
    let inner: Extent = { depth: 0, fields: 0, aliases: 0 };
    if (selection.kind === Kind.FRAGMENT_SPREAD) inner = fragmentExtent(selection.name.value, document, known, open);
    else if (selection.selectionSet !== undefined) inner = extentOf(selection.selectionSet, document, known, open);
    const isField = selection.kind === Kind.FIELD;
    depth = Math.max(depth, inner.depth + (isField ? 1 : 0));
    fields += inner.fields + (isField ? 1 : 0);
    aliases += inner.aliases + (isField && selection.alias !== undefined ? 1 : 0);
  }
  return { depth, fields, aliases };
}

// Each fragment is measured once, so that fragments which spread each other repeatedly cost no more than their text.
// A cycle measures nothing here: the specification's own rule refuses it.
function fragmentExtent(name: string, document: DocumentNode, known: Map<string, Extent>, open: ReadonlySet<string>): Extent {
  const measured = known.get(name);
  if (measured !== undefined) return measured;
  const fragment = document.definitions.find(
    (definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name,
  );
  if (fragment === undefined || open.has(name)) return { depth: 0, fields: 0, aliases: 0 };
  const extent = extentOf(fragment.selectionSet, document, known, new Set([...open, name]));
  known.set(name, extent);
  return extent;
}
