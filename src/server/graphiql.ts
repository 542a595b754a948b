import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** One file of the GraphiQL page. */
export interface PageAsset {
  readonly contentType: string;
  readonly gzipped: Buffer;
}

/**
 * Locks the page to this server: no script but the page's own files, no connection but to this origin.
 * The editor makes its workers of blobs and writes styles at run time.
 */
export const PAGE_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' blob:",
  'worker-src blob:',
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const compress = promisify(gzip);

/**
 * The files of the page, by name. Nothing of them is loaded before a browser asks for the first time: the editor alone has
 * nine megabytes.
 */
export function graphiqlAssets(path: string): (name: string) => Promise<PageAsset | undefined> {
  const makers: Readonly<Record<string, { readonly contentType: string; readonly text: () => Promise<string> }>> = {
    'index.html': { contentType: 'text/html; charset=utf-8', text: async () => pageHtml(path) },
    'page.js': { contentType: 'text/javascript; charset=utf-8', text: async () => PAGE_SCRIPT },
    'page.css': { contentType: 'text/css; charset=utf-8', text: async () => PAGE_STYLE },
    'graphiql.js': { contentType: 'text/javascript; charset=utf-8', text: async () => (await editor()).js },
    'graphiql.css': { contentType: 'text/css; charset=utf-8', text: async () => (await editor()).css },
    'editor.worker.js': { contentType: 'text/javascript; charset=utf-8', text: async () => (await editor()).editorWorkerService },
    'json.worker.js': { contentType: 'text/javascript; charset=utf-8', text: async () => (await editor()).jsonWorker },
    'graphql.worker.js': { contentType: 'text/javascript; charset=utf-8', text: async () => (await editor()).graphqlWorker },
  };
  const ready = new Map<string, Promise<PageAsset>>();
  return async (name) => {
    const maker = Object.hasOwn(makers, name) ? makers[name] : undefined;
    if (maker === undefined) return undefined;
    const made = ready.get(name) ?? maker.text().then(async (text) => ({ contentType: maker.contentType, gzipped: await compress(text) }));
    ready.set(name, made);
    return made;
  };
}

function editor(): Promise<typeof import('@graphql-yoga/render-graphiql/graphiql')> {
  return import('@graphql-yoga/render-graphiql/graphiql');
}

function pageHtml(path: string): string {
  const base = `${path}/page`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Activation Ledger</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${base}/graphiql.css">
<link rel="stylesheet" href="${base}/page.css">
</head>
<body id="body" class="no-focus-outline" data-endpoint="${path}">
<noscript>This page needs JavaScript.</noscript>
<form id="access">
<label for="token">Access token</label>
<input id="token" type="password" autocomplete="off" spellcheck="false" placeholder="from activation-ledger token create NAME">
<button type="submit">Use</button>
<output id="state" for="token"></output>
</form>
<div id="root"></div>
<script src="${base}/graphiql.js"></script>
<script src="${base}/page.js"></script>
</body>
</html>
`;
}

const PAGE_STYLE = `html, body { height: 100%; margin: 0; }
body { display: flex; flex-direction: column; }
#access { display: flex; gap: 8px; align-items: center; padding: 8px 16px; font: 14px system-ui, sans-serif; background: #1b2240; color: #fff; }
#access input { flex: 0 1 32rem; padding: 4px 8px; font: inherit; }
#access button { padding: 4px 12px; font: inherit; }
#root { flex: 1; min-height: 0; overflow: hidden; }
#root .graphiql-container { height: 100%; }
`;

/*
 * The token stays in this tab (sessionStorage) and goes into the Authorization header of every request and into
 * connection_init of every socket. Both are functions of the moment, so that a new token needs no new page; the page is
 * drawn again all the same, for the schema to be fetched with it.
 */
const PAGE_SCRIPT = `(() => {
  const endpoint = document.body.dataset.endpoint;
  const base = endpoint + '/page/';
  const field = document.getElementById('token');
  const state = document.getElementById('state');
  const token = () => sessionStorage.getItem('activation-ledger-token') ?? '';
  const authorization = () => (token() === '' ? {} : { authorization: 'Bearer ' + token() });
  const worker = { editorWorkerService: 'editor.worker.js', json: 'json.worker.js', graphql: 'graphql.worker.js' };
  self.MonacoEnvironment = {
    globalAPI: false,
    getWorker: (_id, label) => {
      const source = 'importScripts(' + JSON.stringify(new URL(base + (worker[label] ?? worker.editorWorkerService), location.href).href) + ')';
      return new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
    },
  };
  const socketUrl = new URL(endpoint, location.href.replace(/^http/, 'ws')).href;
  field.value = token();
  document.getElementById('access').addEventListener('submit', (event) => {
    event.preventDefault();
    sessionStorage.setItem('activation-ledger-token', field.value.trim());
    location.reload();
  });
  if (token() === '') {
    state.textContent = 'Enter a token to see the schema and to ask.';
  } else {
    fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization() },
      body: JSON.stringify({ query: '{ __typename }' }),
    }).then(
      (response) => { state.textContent = response.ok ? 'Signed in.' : 'This token is not valid.'; },
      () => { state.textContent = 'The server does not answer.'; },
    );
  }
  YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), {
    title: 'Activation Ledger',
    endpoint,
    additionalHeaders: authorization,
    subscriptionsProtocol: 'WS',
    subscriptionsEndpoint: socketUrl,
    connectionParams: authorization,
    shouldPersistHeaders: false,
    query: '# Which hosts lapse soonest?\\nquery Hosts {\\n  hosts(first: 20, order: EXPIRES) {\\n    nodes { name domain expiresAt installations { productName status until method } }\\n  }\\n}\\n',
  });
})();
`;
