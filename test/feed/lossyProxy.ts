import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { undoLater } from './feedFixture.js';

/** Stands between a client and a server, and loses acknowledgements of publishes; everything else passes. */
export interface LossyProxy {
  readonly url: string;
  /** Acknowledgements that did not arrive. */
  lost(): number;
}

/** An acknowledgement is told from other answers by what it holds. */
const ACKNOWLEDGEMENT = /^\{"stream":"[^"]*", ?"seq":\d+/;
const MESSAGE = /^H?MSG /;

/** `isLost`: called for each acknowledgement, which are counted from 1 on each connection. */
export async function startLossyProxy(target: string, isLost: (count: number, connection: number) => boolean): Promise<LossyProxy> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let connections = 0;
  let lost = 0;
  const server = createServer((client) => {
    connections += 1;
    const own = connections;
    let count = 0;
    const upstream = connect(Number(port), hostname);
    const passing = frames((frame, payload) => {
      if (ACKNOWLEDGEMENT.test(payload)) {
        count += 1;
        if (isLost(count, own)) {
          lost += 1;
          return;
        }
      }
      client.write(frame);
    });
    client.pipe(upstream);
    upstream.on('data', passing);
    for (const [socket, other] of [[client, upstream], [upstream, client]] as const) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  undoLater(async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of open) socket.destroy();
    await closed;
  });
  return { url: `nats://127.0.0.1:${(server.address() as AddressInfo).port}`, lost: () => lost };
}

/** Cuts what a server sends into the frames of its protocol: a line, and for messages the bytes it announces. */
function frames(take: (frame: Buffer, payload: string) => void): (data: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (data) => {
    rest = Buffer.concat([rest, data]);
    for (;;) {
      const end = rest.indexOf('\r\n');
      if (end === -1) return;
      const line = rest.toString('latin1', 0, end);
      const head = end + 2;
      const bytes = MESSAGE.test(line) ? Number(line.slice(line.lastIndexOf(' ') + 1)) + 2 : 0;
      if (rest.length < head + bytes) return;
      take(rest.subarray(0, head + bytes), rest.toString('utf8', head, head + bytes));
      rest = rest.subarray(head + bytes);
    }
  };
}
