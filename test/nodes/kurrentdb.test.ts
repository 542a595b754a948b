import { openNodeParts } from '../../src/embedded/nodeParts.js';
import { startKurrentdbDouble } from '../support/kurrentdb/double.js';
import { describeWithNats, startNatsServer } from '../support/natsServer.js';
import { testTwoNodes } from './twoNodes.js';

const KEY = new Uint8Array(32).fill(7);

describeWithNats('two nodes on a double of KurrentDB and a NATS server', () => {
  testTwoNodes(async () => {
    const [kurrentdb, nats] = await Promise.all([startKurrentdbDouble(), startNatsServer()]);
    return {
      openParts: (directory, environment) =>
        openNodeParts(
          { directory, log: { connectionString: kurrentdb.connectionString, prefix: 'acme.' }, vault: { servers: [nats.url], bucket: 'nodes', key: KEY } },
          environment,
        ),
      async close() {
        await kurrentdb.stop();
        await nats.stop();
      },
    };
  });
});
