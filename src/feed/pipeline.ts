import { JetStreamApiCodes } from '@nats-io/jetstream';
import { createInbox, headers, type Msg, type NatsConnection } from '@nats-io/transport-node';

/** Messages sent one after the other without waiting, each expecting the one before it to be the stream's last. */
export interface Pipeline {
  hasRoom(): boolean;
  /** Resolves when half of the window is free, and when none will be any more: messages are written to the socket many at a time. */
  room(): Promise<void>;
  /** Sends message `sequence`; the one before it must be the stream's last by then, or the server refuses. */
  send(sequence: number, subject: string, message: string, id: string): void;
  readonly close: () => void;
}

export interface PipelineOptions {
  /** The last sequence that the stream holds. */
  readonly after: number;
  /** Longest wait for an acknowledgement while any is due. */
  readonly acknowledgementMs: number;
  /** Everything up to this sequence was acknowledged. */
  readonly onAcknowledged: (sequence: number) => void;
  /** Once, when a message was refused or not acknowledged: which were taken is then to be read from the stream. */
  readonly onBroken: (error: PublishError) => void;
}

/** `duplicate`: the server knows the message already. `refused`: it is not next. Else what came instead of an acknowledgement. */
export class PublishError extends Error {
  readonly kind: 'duplicate' | 'refused' | 'failed';
  readonly sequence: number;

  constructor(kind: PublishError['kind'], sequence: number, message: string) {
    super(message);
    this.name = 'PublishError';
    this.kind = kind;
    this.sequence = sequence;
  }
}

/** Messages on their way: many round trips' worth, and few enough that an interrupted window is soon sent again. */
export const WINDOW_MESSAGES = 512;
/** Bytes of all messages on their way; one more may exceed it. */
export const WINDOW_BYTES = 4_194_304;

export function openPipeline(connection: NatsConnection, options: PipelineOptions): Pipeline {
  const inbox = createInbox();
  /** Sizes of the messages on their way, the oldest first. */
  const sizes: number[] = [];
  let acknowledged = options.after;
  let sent = options.after;
  let bytes = 0;
  let isOpen = true;
  let release: (() => void) | undefined;
  let deadline: NodeJS.Timeout | undefined;

  const subscription = connection.subscribe(`${inbox}.*`, {
    callback: (error, message) => {
      if (!isOpen) return;
      const sequence = Number(message.subject.slice(inbox.length + 1));
      const problem = error === null ? problemOf(message, sequence) : new PublishError('failed', sequence, error.message);
      if (problem === undefined) acknowledge(sequence);
      else breakWith(problem);
    },
  });

  const acknowledge = (sequence: number): void => {
    if (sequence !== acknowledged + 1) {
      // One is missing before it. That it was refused is possible, although this one was taken: a stranger's message may have its number.
      breakWith(new PublishError('failed', acknowledged + 1, `message ${sequence} was acknowledged, and ${acknowledged + 1} was not`));
      return;
    }
    bytes -= sizes.shift() ?? 0;
    acknowledged = sequence;
    if (acknowledged === sent) {
      clearTimeout(deadline);
      deadline = undefined;
    } else deadline?.refresh();
    if (isHalfFree()) release?.();
    options.onAcknowledged(sequence);
  };

  const breakWith = (error: PublishError): void => {
    close();
    options.onBroken(error);
  };

  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    clearTimeout(deadline);
    release?.();
    subscription.unsubscribe();
  };

  const hasRoom = (): boolean => sent - acknowledged < WINDOW_MESSAGES && bytes < WINDOW_BYTES;
  const isHalfFree = (): boolean => sent - acknowledged <= WINDOW_MESSAGES / 2 && bytes <= WINDOW_BYTES / 2;

  return {
    hasRoom,
    async room() {
      while (isOpen && !isHalfFree()) {
        await new Promise<void>((resolve) => {
          release = resolve;
        });
      }
    },

    send(sequence, subject, message, id) {
      const payload = Buffer.from(message, 'utf8');
      const given = headers();
      given.set('Nats-Expected-Last-Sequence', String(sequence - 1));
      given.set('Nats-Msg-Id', id);
      connection.publish(subject, payload, { reply: `${inbox}.${sequence}`, headers: given });
      sent = sequence;
      sizes.push(payload.length);
      bytes += payload.length;
      deadline ??= setTimeout(() => {
        const next = acknowledged + 1;
        breakWith(new PublishError('failed', next, `message ${next} was not acknowledged within ${options.acknowledgementMs} ms`));
      }, options.acknowledgementMs);
    },

    close,
  };
}

/** Error codes by which the server says that a message is not next. */
const WRONG_LAST_SEQUENCE: readonly number[] = [JetStreamApiCodes.StreamWrongLastSequence, JetStreamApiCodes.StreamWrongLastSequenceUnknown];

/** What the server answers a publish: the message's number, or why it was not taken. No data at all: no stream listens. */
interface Acknowledgement {
  readonly seq?: number;
  readonly duplicate?: boolean;
  readonly error?: { readonly err_code?: number; readonly description?: string };
}

/**
 * A message that is known already is a problem too: a cluster may remember it from a leader that died before the others had it,
 * so whether it is in the stream is read from the stream.
 */
function problemOf(message: Msg, sequence: number): PublishError | undefined {
  if (message.data.length === 0) return new PublishError('failed', sequence, `no stream took message ${sequence}: it has no leader at the moment, or JetStream is off`);
  const { seq, duplicate, error } = message.json<Acknowledgement>();
  if (error !== undefined) {
    const kind = WRONG_LAST_SEQUENCE.includes(error.err_code ?? 0) ? 'refused' : 'failed';
    return new PublishError(kind, sequence, `message ${sequence} was refused: ${error.description ?? 'no reason given'}`);
  }
  if (duplicate === true) return new PublishError('duplicate', sequence, `message ${sequence} is in the stream already`);
  if (seq !== sequence) return new PublishError('failed', sequence, `message ${sequence} was given the number ${seq ?? 'none'}`);
  return undefined;
}
