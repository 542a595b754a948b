/** The floor of a list: `node:http` and graphql-js with cached documents, reading the hosts from the same file by one statement. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema, execute, parse, validate, type DocumentNode } from 'graphql';
import { PROJECTIONS } from '../../src/embedded/projections.js';
import { globalId } from '../../src/graphql/relay/globalId.js';
import { openForReading, readModelPath } from '../../src/readmodel/readModelFile.js';
import { answer, taskOfProcess } from './child.js';

interface Row {
  readonly stream: string;
  readonly facts: string;
}

const { source } = taskOfProcess<{ source: string }>();
const database = openForReading(readModelPath(source, PROJECTIONS));
const select = database.prepare<[number], Row>('SELECT stream, facts FROM hostStatus_host ORDER BY name, domain, id LIMIT ?');
const schema = buildSchema(`
  type Query { hosts(first: Int!): Hosts! }
  type Hosts { nodes: [Host!]! pageInfo: PageInfo! }
  type PageInfo { hasNextPage: Boolean! }
  type Host { id: ID! name: String! domain: String rawName: String! cmid: String kmsHost: String isKmsHost: Boolean! firstSeenAt: String! }
`);
const documents = new Map<string, DocumentNode>();
const rootValue = {
  hosts({ first }: { first: number }) {
    const rows = select.all(first + 1);
    const nodes = rows.slice(0, first).map(({ stream, facts }) => {
      const host = JSON.parse(facts) as { readonly firstSeenAt: number };
      return { ...host, id: globalId('Host', stream), firstSeenAt: new Date(host.firstSeenAt).toISOString() };
    });
    return { nodes, pageInfo: { hasNextPage: rows.length > first } };
  },
};

const server = createServer((request, response) => {
  void respond(request, response);
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  answer({ graphql: `http://127.0.0.1:${port}/`, token: '' });
});
process.once('SIGTERM', () => process.exit(0));

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { query, variables } = JSON.parse(await bodyOf(request)) as { query: string; variables: Record<string, unknown> };
  const result = await execute({ schema, document: documentOf(query), rootValue, variableValues: variables });
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(result));
}

function documentOf(query: string): DocumentNode {
  let document = documents.get(query);
  if (document === undefined) {
    document = parse(query);
    const errors = validate(schema, document);
    if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('; '));
    documents.set(query, document);
  }
  return document;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  request.setEncoding('utf8');
  let body = '';
  for await (const chunk of request) body += chunk as string;
  return body;
}
