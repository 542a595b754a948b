import { inputError } from '../clientError.js';

export const NODE_KINDS = ['Host', 'ProductKey', 'KmsHost', 'LedgerEvent', 'Import', 'Request', 'Agreement', 'Entitlement', 'Organisation'] as const;
/** The types that `node(id)` can find. */
export type NodeKind = (typeof NODE_KINDS)[number];

/** Opaque to clients: base64url of `Type:id`. */
export function globalId(kind: NodeKind, id: string | number): string {
  return Buffer.from(`${kind}:${id}`, 'utf8').toString('base64url');
}

/** Kind and inner id; undefined for text that is no global id. */
export function readGlobalId(text: string): { readonly kind: NodeKind; readonly id: string } | undefined {
  const plain = Buffer.from(text, 'base64url').toString('utf8');
  const colon = plain.indexOf(':');
  const kind = NODE_KINDS.find((candidate) => candidate === plain.slice(0, Math.max(colon, 0)));
  if (kind === undefined) return undefined;
  const id = plain.slice(colon + 1);
  return globalId(kind, id) === text ? { kind, id } : undefined;
}

/** The inner id of an argument that must name a node of this kind; throws an error meant for the client. */
export function requireId(kind: NodeKind, text: string, argument: string): string {
  const read = readGlobalId(text);
  if (read?.kind === kind) return read.id;
  throw inputError('NO_ID', { argument, kind });
}
