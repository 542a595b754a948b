import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';

/** Stands between a client and a server on loopback, and loses what it is told to lose. */
export interface LossyProxy {
  readonly port: number;
  /** Loses the next answer of the server that matches; resolves when it is lost. */
  loseAnswer(pattern: RegExp): Promise<void>;
  stop(): Promise<void>;
}

export async function startLossyProxy(serverPort: number): Promise<LossyProxy> {
  const sockets = new Set<Socket>();
  let loss: { readonly pattern: RegExp; readonly lost: () => void } | undefined;

  const proxy = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1');
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    }
    client.pipe(server);
    server.on('data', (bytes: Buffer) => {
      if (loss?.pattern.test(bytes.toString('latin1')) !== true) return void client.write(bytes);
      loss.lost();
      loss = undefined;
    });
    server.on('end', () => client.end());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');

  return {
    port: (proxy.address() as AddressInfo).port,
    loseAnswer(pattern) {
      return new Promise((resolve) => {
        loss = { pattern, lost: resolve };
      });
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
