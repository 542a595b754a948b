import { Option, type Command } from 'commander';
import { INSTALLATION_STATUSES, type InstallationStatus } from '../domain/host/licenceState.js';
import { PRODUCT_KEY_KINDS, type ProductKeyKind } from '../domain/vocabulary.js';
import { ask } from './ask.js';
import { EXIT, type CliEnvironment, type ExitCode } from './environment.js';
import { wholeNumber, withPlace, type LedgerPlace, type Verb } from './verb.js';
import { groupDigits } from './numbers.js';
import { shownProduct } from './productName.js';
import type { Cell, Column } from './table.js';
import { openTerminal, type Terminal } from './terminal.js';

/** Rows of a list at most; the API pages through more. */
const ROWS_MAX = 200;
const ROWS_DEFAULT = 50;

const HOSTS = /* GraphQL */ `
  query Hosts($first: Int!, $filter: HostFilter) {
    hosts(first: $first, filter: $filter) {
      nodes { id name domain lastSeenAt installations { productName skuId status until method keyLastFive } }
      pageInfo { hasNextPage }
    }
  }
`;

interface HostsAnswer {
  readonly hosts: {
    readonly nodes: readonly {
      readonly name: string;
      readonly domain: string | null;
      readonly lastSeenAt: string;
      readonly installations: readonly {
        readonly productName: string | null;
        readonly skuId: string | null;
        readonly status: InstallationStatus;
        readonly until: string | null;
        readonly method: string | null;
        readonly keyLastFive: string | null;
      }[];
    }[];
    readonly pageInfo: { readonly hasNextPage: boolean };
  };
}

const KEYS = /* GraphQL */ `
  query Keys($first: Int!, $filter: ProductKeyFilter) {
    productKeys(first: $first, filter: $filter) {
      nodes { id lastFive kind product registered allowed used remaining active reported { remaining occurredAt } }
      pageInfo { hasNextPage }
    }
  }
`;

interface KeysAnswer {
  readonly productKeys: {
    readonly nodes: readonly {
      readonly lastFive: string;
      readonly kind: ProductKeyKind;
      readonly product: string | null;
      readonly registered: boolean;
      readonly allowed: number | null;
      readonly used: number | null;
      readonly remaining: number | null;
      readonly active: number | null;
      readonly reported: { readonly remaining: number; readonly occurredAt: string } | null;
    }[];
    readonly pageInfo: { readonly hasNextPage: boolean };
  };
}

export interface ListOptions extends LedgerPlace {
  readonly first: number;
}

/** `hosts`: which hosts are activated, by what, until when. */
export const hostsVerb: Verb = (program, run, environment) => {
  listVerb(program, 'hosts', 'list hosts: what is activated, by what, until when')
    .addOption(new Option('--status <status>', 'only hosts with an installation in this state').choices([...INSTALLATION_STATUSES]))
    .option('--search <text>', 'only names, domains or hardware ids beginning like this')
    .action((options: ListOptions & { status?: string; search?: string }) => {
      const filter = { status: options.status === undefined ? undefined : [options.status], search: options.search };
      return run(() => list<HostsAnswer>(options, environment, program.version() ?? '', HOSTS, filter, printHosts));
    });
};

/** `keys`: how many activations each product key carries. */
export const keysVerb: Verb = (program, run, environment) => {
  listVerb(program, 'keys', 'list product keys: allowed, used, remaining, reported, active')
    .addOption(new Option('--kind <kind>', 'only keys of this kind').choices([...PRODUCT_KEY_KINDS]))
    .action((options: ListOptions & { kind?: string }) => {
      const filter = { kind: options.kind === undefined ? undefined : [options.kind] };
      return run(() => list<KeysAnswer>(options, environment, program.version() ?? '', KEYS, filter, printKeys));
    });
};

/** A verb that shows a list, with the options of each. */
export function listVerb(program: Command, name: string, description: string): Command {
  return withPlace(program.command(name))
    .description(description)
    .option('--first <n>', 'rows at most', wholeNumber(1, ROWS_MAX), ROWS_DEFAULT);
}

async function list<Answer>(
  options: ListOptions,
  environment: CliEnvironment,
  version: string,
  query: string,
  filter: object,
  print: (answer: Answer, terminal: Terminal) => void,
): Promise<ExitCode> {
  const terminal = openTerminal(environment);
  const answer = await ask<Answer>(options, environment, version, query, { first: options.first, filter });
  if (options.json === true) terminal.print(JSON.stringify(answer));
  else print(answer, terminal);
  return EXIT.done;
}

const HOST_COLUMNS: readonly Column[] = [
  { title: 'host', shrinkTo: 20 },
  { title: 'status' },
  { title: 'until' },
  { title: 'product', shrinkTo: 12 },
  { title: 'method' },
  { title: 'key' },
  { title: 'seen' },
];

function printHosts({ hosts }: HostsAnswer, terminal: Terminal): void {
  const { dim } = terminal.paint;
  const rows = hosts.nodes.flatMap(({ name, domain, lastSeenAt, installations }): Cell[][] => {
    const host = domain === null || domain === '' ? name : `${name}.${domain}`;
    const seen = { text: day(lastSeenAt), paint: dim };
    if (installations.length === 0) return [[host, { text: 'no product seen', paint: dim }, '', '', '', '', seen]];
    return installations.map(({ status, until, productName, skuId, method, keyLastFive }, index) => [
      index === 0 ? host : { text: host, paint: dim },
      statusCell(status, terminal),
      day(until),
      shownProduct(productName, skuId),
      methodWord(method),
      keyLastFive ?? '',
      seen,
    ]);
  });
  if (rows.length === 0) terminal.note('No host is known yet, or none that matches: "import" records what exports show.');
  else terminal.table(HOST_COLUMNS, rows);
  more(hosts.pageInfo.hasNextPage, terminal);
}

const KEY_COLUMNS: readonly Column[] = [
  { title: 'key' },
  { title: 'kind' },
  { title: 'product', shrinkTo: 12 },
  { title: 'allowed', align: 'right' },
  { title: 'used', align: 'right' },
  { title: 'remaining', align: 'right' },
  { title: 'reported', align: 'right' },
  { title: 'on' },
  { title: 'active', align: 'right' },
];

function printKeys({ productKeys }: KeysAnswer, terminal: Terminal): void {
  const { dim, red } = terminal.paint;
  const rows = productKeys.nodes.map(({ lastFive, kind, product, registered, allowed, used, remaining, reported, active }): Cell[] => [
    registered ? lastFive : `${lastFive}${UNREGISTERED_MARK}`,
    enumWord(kind),
    product === null ? '' : shownProduct(product, null),
    allowed ?? '',
    used ?? '',
    remaining === null ? '' : remaining < 0 ? { text: groupDigits(remaining), paint: red } : remaining,
    reported === null ? '' : reported.remaining,
    { text: day(reported === null ? null : reported.occurredAt), paint: dim },
    active ?? '',
  ]);
  if (rows.length === 0) terminal.note('No product key is known yet, or none that matches: "import" records what exports and key lists show.');
  else terminal.table(KEY_COLUMNS, rows);
  if (productKeys.nodes.some(({ registered }) => !registered)) terminal.note(dim(`${UNREGISTERED_MARK} not registered: met in observations only`));
  more(productKeys.pageInfo.hasNextPage, terminal);
}

/** Behind the last five of a key that nobody has registered. */
const UNREGISTERED_MARK = '*';

function statusCell(status: InstallationStatus, { paint }: Terminal): Cell {
  const { word, colour } = STATUS_LOOKS[status];
  return { text: word, paint: paint[colour] };
}

/** Until when stands in the next column. */
const STATUS_LOOKS: Readonly<Record<InstallationStatus, { readonly word: string; readonly colour: 'green' | 'yellow' | 'red' | 'dim' }>> = {
  PERMANENT: { word: 'permanent', colour: 'green' },
  ACTIVE_UNTIL: { word: 'active', colour: 'green' },
  NOT_REQUIRED: { word: 'not required', colour: 'green' },
  RENEWAL_OVERDUE: { word: 'overdue', colour: 'yellow' },
  GRACE: { word: 'grace', colour: 'yellow' },
  NOTIFICATION: { word: 'notification', colour: 'red' },
  UNLICENSED: { word: 'unlicensed', colour: 'red' },
  UNKNOWN: { word: 'unknown', colour: 'dim' },
};

/** `KMS_HOST` as `KMS host`. */
function enumWord(value: string): string {
  return value.split('_').map((part) => (ABBREVIATIONS.has(part) ? part : part.toLowerCase())).join(' ');
}

const ABBREVIATIONS: ReadonlySet<string> = new Set(['KMS', 'MAK', 'OEM', 'ADBA', 'AVMA']);

/** A MAK is independent unless it says otherwise. */
function methodWord(method: string | null): string {
  return method === null ? '' : method === 'MAK_INDEPENDENT' ? 'MAK' : enumWord(method);
}

function day(instant: string | null): string {
  return instant === null ? '' : instant.slice(0, 10);
}

/** Says that rows were left out. */
export function more(hasMore: boolean, { note, paint }: Terminal): void {
  if (hasMore) note(paint.dim('There are more: raise --first, or page through the API.'));
}
