import { createHash } from 'node:crypto';
import { jetstream, JetStreamApiError, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { FeedError } from './errors.js';
import type { FeedSettings } from './settings.js';
import { openCheckpointStream } from './stream.js';
import { checkpointSubject } from './subject.js';

/** Holds the last signed checkpoint until it is published. */
export interface CheckpointBox {
  put(text: string): void;
  /** From now on there is a connection to publish over; `onTrouble` when it turns out to be none. */
  attach(context: CheckpointContext, onTrouble: (error: Error) => void): void;
  detach(): void;
}

export interface CheckpointContext {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  readonly prefix: string;
  readonly settings: FeedSettings;
  readonly ledgerId: string;
}

/** `onRefused`: the server does not want a checkpoint, or its stream, and it is given up; the events go on. */
export function openCheckpointBox(onRefused: (error: Error) => void): CheckpointBox {
  let waiting: string | undefined;
  let attached: { readonly context: CheckpointContext; readonly onTrouble: (error: Error) => void } | undefined;
  let isPublishing = false;

  const publishWaiting = async (): Promise<void> => {
    if (isPublishing) return;
    isPublishing = true;
    try {
      while (waiting !== undefined && attached !== undefined) {
        const text = waiting;
        const { context, onTrouble } = attached;
        const error = await publishCheckpoint(context, text).then(() => undefined, (reason: unknown) => reason as Error);
        if (error === undefined || isRefusal(error)) {
          // A newer one may have come meanwhile.
          if (waiting === text) waiting = undefined;
          if (error !== undefined) onRefused(error);
        } else if (attached?.context === context) {
          attached = undefined;
          onTrouble(error);
        }
      }
    } finally {
      isPublishing = false;
    }
  };

  return {
    put(text) {
      waiting = text;
      void publishWaiting();
    },
    attach(context, onTrouble) {
      attached = { context, onTrouble };
      void publishWaiting();
    },
    detach() {
      attached = undefined;
    },
  };
}

/** Publishes one signed checkpoint on `<prefix>.checkpoint`, in a stream of its own; the same text twice in a row is one message. */
export async function publishCheckpoint({ connection, manager, prefix, settings, ledgerId }: CheckpointContext, text: string): Promise<void> {
  await openCheckpointStream(manager, prefix, settings, ledgerId);
  const msgID = createHash('sha256').update(text, 'utf8').digest('hex');
  await jetstream(connection, { timeout: CHECKPOINT_MS }).publish(checkpointSubject(prefix), Buffer.from(text, 'utf8'), { msgID });
}

/** The server's own word for a request that is wrong, whenever it is asked. */
const BAD_REQUEST = 400;
/** Until a checkpoint must have been acknowledged. */
const CHECKPOINT_MS = 8_000;

function isRefusal(error: Error): boolean {
  return error instanceof FeedError || (error instanceof JetStreamApiError && error.status === BAD_REQUEST);
}
