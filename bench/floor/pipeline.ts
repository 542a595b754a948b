import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, createInbox } from '@nats-io/transport-node';

/** A message as bytes, made before the clock runs. */
export interface RawMessage {
  readonly subject: string;
  readonly payload: Uint8Array;
}

/** Publishes with the client's own `publish`, so many on their way at once, and expects nothing of the stream. Messages per second. */
export async function publishPipelined(server: string, stream: string, messages: readonly RawMessage[], window: number): Promise<number> {
  const connection = await emptyStream(server, stream, messages);
  const client = jetstream(connection, { timeout: ANSWER_MS });
  let next = 0;
  const publisher = async (): Promise<void> => {
    for (let message = messages[next]; message !== undefined; message = messages[next]) {
      next += 1;
      await client.publish(message.subject, message.payload);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: window }, publisher));
  const seconds = (performance.now() - start) / 1_000;
  await connection.close();
  return messages.length / seconds;
}

/** The same with nothing kept for each message: the least that publishing costs. Messages per second. */
export async function publishBare(server: string, stream: string, messages: readonly RawMessage[], window: number): Promise<number> {
  const connection = await emptyStream(server, stream, messages);
  const inbox = createInbox();
  let sent = 0;
  let acknowledged = 0;
  const start = performance.now();
  await new Promise<void>((resolve, reject) => {
    const send = (): void => {
      for (let message = messages[sent]; message !== undefined && sent - acknowledged < window; message = messages[sent]) {
        connection.publish(message.subject, message.payload, { reply: inbox });
        sent += 1;
      }
    };
    connection.subscribe(inbox, {
      callback: (error, message) => {
        if (error !== null || !message.string().startsWith('{"stream"')) reject(error ?? new Error('A message was not taken.'));
        acknowledged += 1;
        if (acknowledged === messages.length) resolve();
        else send();
      },
    });
    send();
  });
  const seconds = (performance.now() - start) / 1_000;
  await connection.close();
  return messages.length / seconds;
}

const ANSWER_MS = 30_000;

async function emptyStream(server: string, name: string, messages: readonly RawMessage[]): ReturnType<typeof connect> {
  const connection = await connect({ servers: server });
  const [prefix = ''] = messages[0]?.subject.split('.') ?? [];
  await (await jetstreamManager(connection)).streams.add({ name, subjects: [`${prefix}.*.*.*`] });
  return connection;
}
