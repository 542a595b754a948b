/** Resumes a subscription over a WebSocket and takes what was missed. */
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { answer, taskOfProcess } from './child.js';

interface SubscriberTask {
  readonly url: string;
  readonly token: string;
  readonly after: number;
  readonly until: number;
}

interface Batch {
  readonly ledgerEvents: { readonly cursor: number; readonly events: readonly { readonly sequence: number }[] };
}

const { url, token, after, until } = taskOfProcess<SubscriberTask>();
const client = createClient({ url, webSocketImpl: WebSocket, connectionParams: { authorization: `Bearer ${token}` }, lazy: false });
const query = 'subscription ($after: Sequence) { ledgerEvents(after: $after) { cursor events { sequence type occurredAt stream } } }';
await new Promise((resolve) => {
  client.on('connected', resolve);
});
const start = performance.now();
let received = 0;
for await (const { data, errors } of client.iterate<Batch>({ query, variables: { after } })) {
  if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join('; '));
  const batch = data?.ledgerEvents;
  received += batch?.events.length ?? 0;
  if ((batch?.cursor ?? 0) >= until) break;
}
const rate = received / ((performance.now() - start) / 1_000);
if (received !== until - after) throw new Error(`${received} events arrived instead of ${until - after}.`);
await client.dispose();
answer({ rate });
