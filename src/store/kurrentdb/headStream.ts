import { hash } from 'node:crypto';
import { jsonEvent } from '@kurrent/kurrentdb-client';
import { openConnection } from './connection.js';
import type { KurrentdbLog } from './options.js';

/** A stream of the same server that is no part of the ledger: texts, each appended only where its writer expects. */
export interface KurrentdbHeadStream {
  last(): Promise<{ readonly revision: bigint; readonly text: string } | undefined>;
  /** False when the last event is not the one of that revision (`undefined`: none) any more. */
  append(expected: bigint | undefined, text: string): Promise<boolean>;
  close(): Promise<void>;
}

/** Of the stream of signed heads; with the prefix behind it, it is not among the streams that begin with the prefix. */
const NAME = 'signedHeads-';
const TYPE = 'HeadSigned';

/** Opens the stream in which the nodes of a ledger agree on what was signed. Throws `StoreError` INVALID_ARGUMENT; its calls what those of the log throw. */
export function openKurrentdbHeadStream(options: KurrentdbLog): KurrentdbHeadStream {
  const connection = openConnection(options);
  const stream = `${NAME}${options.prefix}`;
  return {
    async last() {
      const [resolved] = await connection.readStream(stream, { from: 0n, direction: 'backwards', limit: 1 });
      const event = resolved?.event;
      if (event === undefined) return undefined;
      const { text } = event.data as { readonly text: string };
      return { revision: event.revision, text };
    },
    async append(expected, text) {
      // The id derives from what is said and where, so that a repeated attempt, or another node with the same head, is the same event.
      const event = jsonEvent({ id: idOf(`${stream}|${expected ?? 'none'}|${text}`), type: TYPE, data: { text } });
      return (await connection.append(stream, expected ?? 'none', [event], () => false)) === 'stands';
    },
    close: () => connection.close(),
  };
}

/** A UUIDv8 of a text. */
function idOf(text: string): string {
  const digest = hash('sha256', text, 'hex');
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}
