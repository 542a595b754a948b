import { getNamedType, isLeafType, type GraphQLField, type GraphQLSchema } from 'graphql';
import { getMetadataStorage } from 'type-graphql';
import type { LedgerContext } from './context.js';

type Reader = (args: Readonly<Record<string, unknown>>, context: LedgerContext) => unknown;
type Method = (...parameters: readonly unknown[]) => unknown;

/**
 * Calls the methods of queries directly where all they are given is the context and single values. The resolver that type-graphql
 * makes puts each argument through a promise, for a validation that is switched off: for one object that takes as long as
 * reading it. What answers at once then stays without a promise altogether.
 */
export function resolveDirectly(schema: GraphQLSchema): void {
  const fields = schema.getQueryType()?.getFields() ?? {};
  for (const { target, methodName, schemaName, params = [] } of getMetadataStorage().queries) {
    const field = fields[schemaName];
    if (field === undefined) continue;
    const readers = params.toSorted((a, b) => a.index - b.index).map((parameter) => readerOf(parameter, field));
    if (!readers.every((reader) => reader !== undefined)) continue;
    const resolver = new (target as new () => Readonly<Record<string, Method>>)();
    field.resolve = (_root, args: Readonly<Record<string, unknown>>, context: LedgerContext) =>
      resolver[methodName]?.(...readers.map((read) => read(args, context)));
  }
}

interface Parameter {
  readonly kind: string;
  readonly name?: string;
  readonly propertyName?: string | undefined;
}

/** Undefined for what only type-graphql can make: classes of arguments and of input objects. */
function readerOf({ kind, name, propertyName }: Parameter, field: GraphQLField<unknown, unknown>): Reader | undefined {
  if (kind === 'context' && propertyName === undefined) return (_args, context) => context;
  const argument = kind === 'arg' ? field.args.find((each) => each.name === name) : undefined;
  if (argument === undefined || name === undefined || !isLeafType(getNamedType(argument.type))) return undefined;
  return (args) => args[name];
}
