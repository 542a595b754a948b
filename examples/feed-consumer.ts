/**
 * A durable consumer of the feed: prints each event once, in order, and stops if one is missing.
 *
 *     node examples/feed-consumer.ts nats://127.0.0.1:4222 my-consumer [activation-ledger]
 *
 * The NATS server keeps under its name where to go on, and moves that place along when it drops events. So the consumer keeps the number
 * of the last event it has handled too, in the file `my-consumer.last`: only that shows a gap. What stores its results in a database keeps
 * the number there, in the same transaction, and then handles no event twice.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager, type Consumer } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

/** How long the server waits for an acknowledgement before it sends the event again. */
const ACKNOWLEDGE_NANOSECONDS = 5_000_000_000;

const [server = 'nats://127.0.0.1:4222', name = 'feed-consumer', prefix = 'activation-ledger'] = process.argv.slice(2);
const stream = prefix.replaceAll('.', '_');
// The client takes no notice of tls://; with this it talks to no server that does not encrypt.
const encryption = server.startsWith('tls://') ? { tls: {} } : {};
const connection = await connect({ servers: server, maxReconnectAttempts: -1, ...encryption });
const lastFile = `${name}.last`;
let last = lastHandled();
const messages = await (await durableConsumer()).consume({ max_messages: 1 });
process.once('SIGTERM', () => messages.stop());
process.once('SIGINT', () => messages.stop());

for await (const message of messages) {
  // The number of the message is that of the event: 1, 2, 3, … without gaps.
  const event = message.json<{ sequence: string; type: string; subject: string; time: string }>();
  if (Number(event.sequence) !== message.seq) stopWith(`message ${message.seq} is not an event of the ledger; something else publishes on the feed`);
  if (message.seq > last + 1) {
    if (last > 0) stopWith(`events ${last + 1} to ${message.seq - 1} are missing: the feed dropped them before they were read. Read them from the ledger, then let this consumer begin anew`);
    console.error(`the feed begins with event ${message.seq}; earlier ones are in the ledger`);
  }
  if (message.seq > last) {
    handle(message.seq, event);
    last = message.seq;
    writeFileSync(lastFile, String(last));
  }
  message.ack();
}
await connection.drain();

/** Here goes what is to be done with an event. */
function handle(sequence: number, { type, subject, time }: { type: string; subject: string; time: string }): void {
  console.log(`${sequence} ${time} ${type} ${subject}`);
}

/** One event under way at a time, so that they come in order also when one comes again. */
async function durableConsumer(): Promise<Consumer> {
  const { consumers } = await jetstreamManager(connection);
  const settings = { ack_policy: AckPolicy.Explicit, deliver_policy: DeliverPolicy.All, ack_wait: ACKNOWLEDGE_NANOSECONDS, max_ack_pending: 1 };
  // The same settings again change nothing.
  await consumers.add(stream, { durable_name: name, ...settings });
  return jetstream(connection).consumers.get(stream, name);
}

function lastHandled(): number {
  try {
    return Number(readFileSync(lastFile, 'utf8'));
  } catch {
    return 0;
  }
}

function stopWith(problem: string): never {
  console.error(problem);
  process.exit(1);
}
