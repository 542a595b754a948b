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
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Activation Ledger</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(EMBLEM.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"'))}">
<link rel="stylesheet" href="${base}/graphiql.css">
<link rel="stylesheet" href="${base}/page.css">
</head>
<body data-endpoint="${path}" data-view="sign-in">
<noscript>This page needs JavaScript.</noscript>
<header>
${EMBLEM}
<h1>Activation Ledger</h1>
<output id="state" for="token"></output>
<button id="sign-out" type="button">Sign out</button>
</header>
<main>
<form id="access">
<h2>Sign in</h2>
<p>Everything here is asked with an access token: the one the first start printed, or one made with <code>activation-ledger token create NAME</code>.</p>
<label for="token">Access token</label>
<input id="token" type="password" autocomplete="off" spellcheck="false" required autofocus>
<p id="refusal" role="alert"></p>
<button type="submit">Sign in</button>
<p class="aside">It stays in this tab and is forgotten with it.</p>
</form>
</main>
<div id="root"></div>
<script src="${base}/graphiql.js"></script>
<script src="${base}/page.js"></script>
</body>
</html>
`;
}

/** A ledger's page with a check mark. */
const EMBLEM =
  '<svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" fill="none" stroke="#2f5fd0" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"><path d="M6 3h12a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1z"/><path d="M8.5 3v18M11.5 8H16M12 14l1.6 1.7 3-3.4"/></svg>';

/** In the colours and the type of the editor, which follows the system's theme or the one chosen in its settings. */
const PAGE_STYLE = `body { --paper: #fff; --wash: #f0f2f5; --ink: #3b4b68; --ink-soft: #6b7a95; --line: #d9dee7; --accent: #2f5fd0; --good: #2aa876; --bad: #c8321f; }
@media (prefers-color-scheme: dark) { body:not(.graphiql-light) { --paper: #212a3b; --wash: #2b3548; --ink: #d5dbe6; --ink-soft: #97a3b8; --line: #3d4960; --accent: #7ba2ff; --good: #3ccf95; --bad: #ff8a75; } }
body.graphiql-dark { --paper: #212a3b; --wash: #2b3548; --ink: #d5dbe6; --ink-soft: #97a3b8; --line: #3d4960; --accent: #7ba2ff; --good: #3ccf95; --bad: #ff8a75; }
html, body { height: 100%; margin: 0; }
body { display: flex; flex-direction: column; background: var(--paper); color: var(--ink); font: 15px/1.5 Roboto, system-ui, sans-serif; }
header { display: flex; align-items: center; gap: 12px; padding: 12px 16px 0 18px; min-height: 32px; }
header svg { flex: none; stroke: var(--accent); }
h1 { margin: 0; font-size: 18px; font-weight: 500; }
#state { margin-left: auto; color: var(--ink-soft); font-size: 14px; }
#state:not(:empty)::before { content: ''; display: inline-block; width: 8px; height: 8px; margin-right: 8px; border-radius: 50%; background: var(--good); }
button { font: inherit; cursor: pointer; }
#sign-out { padding: 4px 12px; border: 1px solid var(--line); border-radius: 8px; background: none; color: var(--ink); }
#sign-out:hover { background: var(--wash); }
main { flex: 1; display: flex; align-items: center; justify-content: center; margin: 16px; border-radius: 24px; background: var(--wash); }
#access { width: min(26rem, 100% - 64px); padding: 32px; border-radius: 16px; background: var(--paper); box-shadow: 0 6px 28px rgb(20 30 60 / .12); }
#access h2 { margin: 0 0 8px; font-size: 22px; font-weight: 500; }
#access p { margin: 0 0 20px; color: var(--ink-soft); }
#access code { font: 13px 'Fira Code', monospace; color: var(--ink); white-space: nowrap; }
#access label { display: block; margin-bottom: 6px; font-weight: 500; }
#access input { box-sizing: border-box; width: 100%; padding: 10px 12px; border: 1px solid var(--line); border-radius: 8px; background: var(--paper); color: var(--ink); font: 15px 'Fira Code', monospace; }
#access input:focus-visible, button:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
#access #refusal { min-height: 22px; margin: 6px 0; color: var(--bad); font-size: 14px; }
#access button { width: 100%; padding: 10px; border: 0; border-radius: 8px; background: #2f5fd0; color: #fff; font-weight: 500; }
#access button:hover { background: #274fae; }
#access .aside { margin: 14px 0 0; font-size: 13px; text-align: center; }
#root { flex: 1; min-height: 0; overflow: hidden; }
#root .graphiql-container { height: 100%; --color-primary: 222, 63%, 50%; }
#root .graphiql-logo { display: none; }
[data-view="sign-in"] #root, [data-view="sign-in"] #sign-out, [data-view="explorer"] main { display: none; }
`;

/*
 * Nothing is asked before there is a token. It stays in this tab (sessionStorage) and goes into the Authorization header of
 * every request and into connection_init of every socket. The editor keeps its document in the address (`query`), so that it
 * survives a reload.
 */
const PAGE_SCRIPT = `(() => {
  const { endpoint } = document.body.dataset;
  const base = endpoint + '/page/';
  const TOKEN = 'activation-ledger-token';
  const element = (id) => document.getElementById(id);
  const authorization = (token) => ({ authorization: 'Bearer ' + token });

  const worker = { editorWorkerService: 'editor.worker.js', json: 'json.worker.js', graphql: 'graphql.worker.js' };
  self.MonacoEnvironment = {
    globalAPI: false,
    getWorker: (_id, label) => {
      const source = 'importScripts(' + JSON.stringify(new URL(base + (worker[label] ?? worker.editorWorkerService), location.href).href) + ')';
      return new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
    },
  };

  const HOSTS = [
    '# Which activations end soonest? Ctrl+Enter asks.',
    'query Hosts {',
    '  hosts(first: 20, order: EXPIRES) {',
    '    totalCount',
    '    nodes {',
    '      name',
    '      domain',
    '      expiresAt',
    '      installations {',
    '        productName',
    '        status',
    '        until',
    '        method',
    '      }',
    '    }',
    '  }',
    '}',
    '',
  ].join('\\n');
  const KEYS = [
    '# How many activations does each key carry?',
    'query Keys {',
    '  productKeys(first: 20) {',
    '    nodes {',
    '      lastFive',
    '      product',
    '      kind',
    '      allowed',
    '      used',
    '      remaining',
    '      active',
    '    }',
    '  }',
    '}',
    '',
  ].join('\\n');
  const EVENTS = [
    '# What is recorded from now on; "after: 0" begins with the whole history.',
    'subscription Events {',
    '  ledgerEvents {',
    '    cursor',
    '    events {',
    '      type',
    '      stream',
    '      occurredAt',
    '      actor {',
    '        name',
    '      }',
    '    }',
    '  }',
    '}',
    '',
  ].join('\\n');

  /** The ledger's own data, or why it is not told. */
  const askWith = async (token) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization(token) },
      body: JSON.stringify({ query: '{ ledger { sequence } }' }),
    }).catch(() => undefined);
    if (response === undefined) return { refusal: 'The server does not answer.' };
    if (response.status === 401) return { refusal: 'This token is not valid.' };
    const { data } = await response.json();
    return data ? { ledger: data.ledger } : { refusal: 'The server answers with an error.' };
  };

  const explore = (token, { sequence }) => {
    document.body.dataset.view = 'explorer';
    element('state').textContent = 'Signed in · ' + sequence.toLocaleString('en') + (sequence === 1 ? ' event' : ' events');
    const asked = new URLSearchParams(location.search).get('query');
    YogaGraphiQL.renderYogaGraphiQL(element('root'), {
      title: 'Activation Ledger',
      endpoint,
      additionalHeaders: () => authorization(token),
      subscriptionsProtocol: 'WS',
      subscriptionsEndpoint: new URL(endpoint, location.href.replace(/^http/, 'ws')).href,
      connectionParams: () => authorization(token),
      shouldPersistHeaders: false,
      ...(asked === null ? { defaultTabs: [{ query: HOSTS }, { query: KEYS }, { query: EVENTS }] } : {}),
    });
  };

  const signIn = async (token) => {
    const { ledger, refusal } = await askWith(token);
    if (refusal !== undefined) {
      sessionStorage.removeItem(TOKEN);
      element('refusal').textContent = refusal;
      return;
    }
    sessionStorage.setItem(TOKEN, token);
    element('token').value = '';
    explore(token, ledger);
  };

  element('access').addEventListener('submit', (event) => {
    event.preventDefault();
    void signIn(element('token').value.trim());
  });
  element('sign-out').addEventListener('click', () => {
    sessionStorage.removeItem(TOKEN);
    location.reload();
  });
  const kept = sessionStorage.getItem(TOKEN);
  if (kept !== null) void signIn(kept);
})();
`;
