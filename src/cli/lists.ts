import { Option, type Command } from 'commander';
import { INSTALLATION_STATUSES, type InstallationStatus } from '../domain/host/licenceState.js';
import { PRODUCT_KEY_KINDS, type ProductKeyKind } from '../domain/vocabulary.js';
import { ask } from './ask.js';
import { EXIT, type CliEnvironment, type ExitCode } from './environment.js';
import { wholeNumber, withPlace, type LedgerPlace, type Verb } from './verb.js';
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

interface ListOptions extends LedgerPlace {
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

function listVerb(program: Command, name: string, description: string): Command {
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

function printHosts({ hosts }: HostsAnswer, terminal: Terminal): void {
  const rows = hosts.nodes.flatMap(({ name, domain, lastSeenAt, installations }) => {
    const host = domain === null || domain === '' ? name : `${name}.${domain}`;
    return installations.length === 0
      ? [[host, '', terminal.paint.dim('no product seen'), '', '', '', day(lastSeenAt)]]
      : installations.map((each) => [
          host,
          each.productName ?? each.skuId ?? '',
          paintStatus(each.status, terminal),
          day(each.until),
          each.method ?? '',
          each.keyLastFive ?? '',
          day(lastSeenAt),
        ]);
  });
  terminal.table(['host', 'product', 'status', 'until', 'method', 'key', 'last seen'], rows);
  more(hosts.pageInfo.hasNextPage, terminal);
}

function printKeys({ productKeys }: KeysAnswer, terminal: Terminal): void {
  const rows = productKeys.nodes.map((key) => [
    key.lastFive,
    key.kind,
    key.product ?? '',
    key.registered ? '' : 'unregistered',
    number(key.allowed),
    number(key.used),
    key.remaining !== null && key.remaining < 0 ? terminal.paint.red(String(key.remaining)) : number(key.remaining),
    key.reported === null ? '' : `${key.reported.remaining} (${day(key.reported.occurredAt)})`,
    number(key.active),
  ]);
  terminal.table(['key', 'kind', 'product', '', 'allowed', 'used', 'remaining', 'reported', 'active'], rows);
  more(productKeys.pageInfo.hasNextPage, terminal);
}

function paintStatus(status: InstallationStatus, { paint }: Terminal): string {
  switch (status) {
    case 'PERMANENT':
    case 'ACTIVE_UNTIL':
    case 'NOT_REQUIRED':
      return paint.green(status);
    case 'RENEWAL_OVERDUE':
    case 'GRACE':
      return paint.yellow(status);
    case 'NOTIFICATION':
    case 'UNLICENSED':
      return paint.red(status);
    case 'UNKNOWN':
      return paint.dim(status);
  }
}

function number(value: number | null): string {
  return value === null ? '' : String(value);
}

function day(instant: string | null): string {
  return instant === null ? '' : instant.slice(0, 10);
}

function more(hasMore: boolean, { note, paint }: Terminal): void {
  if (hasMore) note(paint.dim('There are more: raise --first, or page through the API.'));
}
