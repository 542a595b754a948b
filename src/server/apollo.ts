import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import type { LedgerContext } from '../graphql/context.js';
import type { ErrorMask } from './errorMask.js';
import type { Execution } from './execution.js';
import { DOCUMENTS_CACHED_MAX, type PreparedOperation } from './operation.js';

/** The context of an HTTP request: its operation has been prepared before Apollo Server sees it. */
export interface HttpContext extends LedgerContext {
  readonly operation: PreparedOperation;
}

/**
 * Apollo Server as the HTTP side of GraphQL: content negotiation, protection against cross-site requests, statuses.
 * Documents arrive parsed and validated through the document store, and execution is the compiled one of all transports,
 * handed in as a gateway executor.
 */
export function createApollo(schema: GraphQLSchema, execution: Execution, mask: ErrorMask): ApolloServer<HttpContext> {
  const prepared = new Map<string, DocumentNode>();
  return new ApolloServer<HttpContext>({
    gateway: {
      onSchemaLoadOrUpdate(loaded) {
        loaded({ apiSchema: schema, coreSupergraphSdl: '' });
        return () => undefined;
      },
      load: async () => ({
        executor: async ({ context }) => {
          const { operation } = context as HttpContext;
          return execution.execute(operation, context as HttpContext);
        },
      }),
      stop: async () => undefined,
    },
    documentStore: {
      // The key is the schema's hash, a colon, and the document's.
      get: async (key) => prepared.get(key.slice(key.lastIndexOf(':') + 1)),
      set: async () => undefined,
      delete: async () => undefined,
    },
    plugins: [
      preparedDocuments(prepared),
      // Cache hints alone halve the speed of lists.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
    introspection: true,
    // A page of another origin cannot send this header without asking first, and no request comes this far without it.
    csrfPrevention: { requestHeaders: ['authorization'] },
    cache: 'bounded',
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    // What execution says is masked already; this is for what Apollo Server itself finds.
    formatError: (formatted, error) => (typeof formatted.extensions?.['code'] === 'string' && formatted.extensions['code'] !== 'INTERNAL_SERVER_ERROR' ? formatted : masked(error, mask)),
  });
}

function preparedDocuments(prepared: Map<string, DocumentNode>): ApolloServerPlugin<HttpContext> {
  const listener = {
    async didResolveSource({ queryHash, contextValue }: { readonly queryHash: string; readonly contextValue: HttpContext }): Promise<void> {
      if (prepared.get(queryHash) === contextValue.operation.document) return;
      if (prepared.size >= DOCUMENTS_CACHED_MAX) prepared.clear();
      prepared.set(queryHash, contextValue.operation.document);
    },
  };
  return { requestDidStart: async () => listener };
}

function masked(error: unknown, mask: ErrorMask): { message: string; extensions: Record<string, unknown> } {
  const { message, extensions } = isMasked(error) ? error : mask.error(error);
  return { message, extensions: { ...extensions } };
}

function isMasked(error: unknown): error is { readonly message: string; readonly extensions: Record<string, unknown> } {
  return typeof error === 'object' && error !== null && 'extensions' in error && typeof (error.extensions as Record<string, unknown> | null)?.['errorId'] === 'string';
}
