import { GraphQLError, type ExecutionResult } from 'graphql';
import type { ReadModel } from '../graphql/readModel.js';
import type { Sequence } from '../kernel/identifiers.js';

/** Request header, and connection parameter of a WebSocket: the event that an answer must rest on. */
export const AT_LEAST_HEADER = 'ledger-at-least';
/** Response header: the last event that queries of this node see. */
export const SEQUENCE_HEADER = 'ledger-sequence';

/** How far this node's read model is, for those who go from node to node and want to read what they have read or written elsewhere. */
export interface ReadPlace {
  /**
   * Waits, as long as a mutation waits for its own events, until queries see the event that a request asks for. Answers with why it is not
   * answered: BAD_USER_INPUT for what is no sequence, STALE_READ (retryable) for one that was not reached in time.
   */
  reach(asked: unknown): Promise<GraphQLError | undefined>;
  /** The last event that queries see, as text. */
  text(): string;
  /** The result of a query or mutation with the last event that queries see, for transports that have no headers by then. */
  told(result: ExecutionResult): ExecutionResult;
}

const SEQUENCE = /^\d{1,16}$/;

export function readPlace(readModel: () => Pick<ReadModel, 'progress' | 'waitUntilApplied'>): ReadPlace {
  // Every response tells it, and most tell the same as the one before.
  let told: Sequence | undefined;
  let text = '';
  const sequence = (): Sequence => readModel().progress().sequence;
  return {
    async reach(asked) {
      const atLeast = sequenceOf(asked);
      if (atLeast === undefined) return malformed();
      if (sequence() >= atLeast || (await readModel().waitUntilApplied(atLeast))) return undefined;
      return stale(sequence(), atLeast);
    },
    text() {
      const now = sequence();
      if (now !== told) {
        told = now;
        text = String(now);
      }
      return text;
    },
    told: (result) => ({ ...result, extensions: { ...result.extensions, ledgerSequence: sequence() } }),
  };
}

function sequenceOf(asked: unknown): Sequence | undefined {
  const sequence = typeof asked === 'string' && SEQUENCE.test(asked) ? Number(asked) : asked;
  return typeof sequence === 'number' && Number.isSafeInteger(sequence) && sequence >= 0 ? (sequence as Sequence) : undefined;
}

function malformed(): GraphQLError {
  return new GraphQLError('"Ledger-At-Least" must be the sequence of an event: a whole number.', { extensions: { code: 'BAD_USER_INPUT' } });
}

function stale(sequence: Sequence, atLeast: Sequence): GraphQLError {
  const message = `Queries of this node see event ${sequence}, and the request asks for ${atLeast}: ask again in a while, or another node.`;
  return new GraphQLError(message, { extensions: { code: 'STALE_READ', retryable: true, sequence, atLeast } });
}
