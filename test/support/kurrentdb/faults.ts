import { Metadata, status } from '@grpc/grpc-js';

/** What a node does to a call instead of answering it as it should. */
export type Fault =
  /** The call is taken and never answered; nothing is written. */
  | { readonly kind: 'silent' }
  /** It is written, and the answer is lost. */
  | { readonly kind: 'answerLost' }
  /** It is written, and instead of the answer the connection's stream breaks. */
  | { readonly kind: 'brokenAfter' }
  /** UNAVAILABLE, and nothing is written. */
  | { readonly kind: 'unavailable' }
  /** The node is not the leader, and names who is. */
  | { readonly kind: 'notLeader'; readonly leaderPort: number }
  /** ACCESS_DENIED. */
  | { readonly kind: 'denied' }
  /** It is written when `until` resolves, and answered then. */
  | { readonly kind: 'held'; readonly until: Promise<void> };

/** Faults by kind of call, each met once, in order; a call for which none is left is answered as it should be. */
export interface Faults {
  append(...faults: readonly Fault[]): void;
  read(...faults: readonly Fault[]): void;
  subscribe(...faults: readonly Fault[]): void;
  /** How many of them have not been met. */
  left(): number;
  /** Forgets those. */
  clear(): void;
}

export interface FaultQueue extends Faults {
  next(kind: Call): Fault | undefined;
  /** How often a fault of that kind was asked for: the number of calls. */
  asked(kind: Call): number;
}

type Call = 'append' | 'read' | 'subscribe';

export function openFaults(): FaultQueue {
  const asked = { append: 0, read: 0, subscribe: 0 };
  const queues = { append: [] as Fault[], read: [] as Fault[], subscribe: [] as Fault[] };
  return {
    append: (...faults) => void queues.append.push(...faults),
    read: (...faults) => void queues.read.push(...faults),
    subscribe: (...faults) => void queues.subscribe.push(...faults),
    left: () => queues.append.length + queues.read.length + queues.subscribe.length,
    clear() {
      for (const queue of Object.values(queues)) queue.length = 0;
    },
    next(kind) {
      asked[kind] += 1;
      return queues[kind].shift();
    },
    asked: (kind) => asked[kind],
  };
}

/** How the server refuses a call. */
export function failure(fault: Fault): Error & { readonly code: number; readonly details: string; readonly metadata: Metadata } {
  const metadata = new Metadata();
  switch (fault.kind) {
    case 'notLeader':
      metadata.set('exception', 'not-leader');
      metadata.set('leader-endpoint-host', '127.0.0.1');
      metadata.set('leader-endpoint-port', String(fault.leaderPort));
      return Object.assign(new Error('Leader info available'), { code: status.NOT_FOUND, details: 'Leader info available', metadata });
    case 'denied':
      metadata.set('exception', 'access-denied');
      return Object.assign(new Error('Access Denied'), { code: status.PERMISSION_DENIED, details: 'Access Denied', metadata });
    default:
      return Object.assign(new Error('Server Is Not Ready'), { code: status.UNAVAILABLE, details: 'Server Is Not Ready', metadata });
  }
}
