import type { StreamId } from '../../kernel/identifiers.js';
import { readGlobalId, type NodeKind } from './globalId.js';

/** No stream has it: a command that names it is refused as one about something unknown, at the field that named it. */
const NO_STREAM = '' as StreamId;

/** The stream that a global id in a command names. */
export function streamIdOf(kind: NodeKind, text: string): StreamId {
  const read = readGlobalId(text);
  return read?.kind === kind ? (read.id as StreamId) : NO_STREAM;
}

export function optionalStreamId(kind: NodeKind, text: string | undefined): StreamId | undefined {
  return text === undefined ? undefined : streamIdOf(kind, text);
}
