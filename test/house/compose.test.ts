import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { describeWithNats } from '../support/natsServer.js';

// No container is started here: the files are read, and checked as far as that goes.

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly profiles?: readonly string[];
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly restart?: string;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

/** The one service that others reach from outside the machine. */
const PROXY = 'proxy';
const PINNED = /:\d+\.\d+\.\d+(?:-[a-z0-9-]+)?$/;
const SECRET_NAME = /PASSWORD|SECRET|TOKEN|_KEY$/;
const SECRET_TEXT = /\/\/[^/@\s]+:[^$@/\s][^@/\s]*@|[0-9a-f]{32,}|alt_|BEGIN [A-Z ]*PRIVATE KEY/;

const text = readFileSync('docker-compose.yml', 'utf8');
const compose = read(text);

function read(yaml: string): Compose {
  return parse(yaml, { merge: true }) as Compose;
}

/** What is wrong with each service, one sentence each. */
function problemsOf({ services, volumes, secrets }: Compose): string[] {
  return Object.entries(services).flatMap(([name, service]) => {
    const problems: string[] = [];
    const check = (holds: boolean, problem: string): void => void (holds || problems.push(`${name}: ${problem}`));
    check(service.image !== undefined && PINNED.test(service.image), `image ${service.image} is not pinned`);
    check((service.profiles ?? []).length === 1, 'has no profile');
    check(service.user !== undefined && !/^(?:root|0)(?::|$)/.test(service.user), 'runs as root');
    check(service.read_only === true, 'may write its root file system');
    check(service.cap_drop?.includes('ALL') === true, 'keeps capabilities');
    check(service.security_opt?.includes('no-new-privileges:true') === true, 'may gain privileges');
    check(isWatched(service), 'has no health check');
    for (const port of service.ports ?? []) check(name === PROXY || port.startsWith('127.0.0.1:'), `publishes ${port} beyond this machine`);
    for (const [variable, value] of Object.entries(service.environment ?? {})) {
      check(!SECRET_NAME.test(variable) || value.startsWith('${'), `${variable} is in the file`);
    }
    for (const volume of service.volumes ?? []) {
      const [source = ''] = volume.split(':');
      check(source.startsWith('.') ? existsSync(source) && volume.endsWith(':ro') : source in volumes, `${source} is not there, or may be written`);
    }
    for (const secret of service.secrets ?? []) check(secret in secrets, `${secret} is no secret of the file`);
    for (const needed of Array.isArray(service.depends_on) ? service.depends_on : Object.keys(service.depends_on ?? {})) {
      check(services[needed]?.profiles?.[0] === service.profiles?.[0], `needs ${needed}, which its profile has not`);
    }
    return problems;
  });
}

/** What ends by itself needs no watching. */
function isWatched({ healthcheck, restart }: Service): boolean {
  return restart === 'no' || (healthcheck?.test?.[0] === 'CMD' && healthcheck.disable !== true);
}

/** Options and variables by which the program is told anything. */
function optionsOf({ services }: Compose): string[] {
  const words = Object.values(services)
    .filter(({ build }) => build !== undefined)
    .flatMap(({ command = [], environment = {} }) => [...command.map((word) => word.replace(/=.*$/s, '')), ...Object.keys(environment)]);
  return [...new Set(words.filter((word) => word.startsWith('--') || word.startsWith('ACTIVATION_LEDGER_')))];
}

describe('docker-compose.yml', () => {
  test('pins images, runs nothing as root, writes no root file system, watches what runs, publishes on loopback, mounts what is there', () => {
    expect(problemsOf(compose)).toEqual([]);
  });

  test.each([
    ['an image without a version', 'nats:2.11.16-alpine', 'nats:latest', 'nats: image nats:latest is not pinned'],
    ['root', 'user: node', 'user: root', 'ledger: runs as root'],
    ['a writable root', 'read_only: true', 'read_only: false', 'proxy: may write its root file system'],
    ['an open port', '"127.0.0.1:4222:4222"', '"4222:4222"', 'nats: publishes 4222:4222 beyond this machine'],
    ['a password', 'KURRENTDB_DEFAULT_ADMIN_PASSWORD: ${KURRENTDB_ADMIN_PASSWORD-}', 'KURRENTDB_DEFAULT_ADMIN_PASSWORD: hunter2', 'kurrentdb-1: KURRENTDB_DEFAULT_ADMIN_PASSWORD is in the file'],
    ['a file that is not there', './deploy/nats/single.conf', './deploy/nats/none.conf', 'nats: ./deploy/nats/none.conf is not there, or may be written'],
    ['no health check', 'test: [CMD, bash', 'none: [CMD, bash', 'proxy: has no health check'],
    ['a service of another profile', 'depends_on: [nats]', 'depends_on: [nats-1]', 'ledger-with-feed: needs nats-1, which its profile has not'],
  ])('would be refused with %s', (_what, from, to, problem) => {
    expect(text).toContain(from);
    expect(problemsOf(read(text.replace(from, to)))).toContain(problem);
  });

  test('has the three profiles with their nodes', () => {
    const profiles = Map.groupBy(Object.entries(compose.services), ([, { profiles: [profile = ''] = [] }]) => profile);
    expect(Object.fromEntries([...profiles].map(([profile, services]) => [profile, services.map(([name]) => name)]))).toEqual({
      embedded: ['ledger'],
      nats: ['ledger-with-feed', 'nats'],
      cluster: ['certificates', 'kurrentdb-1', 'kurrentdb-2', 'kurrentdb-3', 'nats-1', 'nats-2', 'nats-3', 'ledger-1', 'ledger-2', 'proxy'],
    });
  });

  test('holds no secret, and those it reads are never committed', () => {
    expect(text).not.toMatch(SECRET_TEXT);
    expect('kurrentdb://admin:hunter2@kurrentdb-1:2113').toMatch(SECRET_TEXT);
    const ignored = readFileSync('.gitignore', 'utf8').split('\n');
    expect(ignored).toContain('secrets/');
    for (const { file } of Object.values(compose.secrets)) expect(file).toMatch(/^\.\/secrets\//);
  });

  test('starts the program with options and variables that it has', () => {
    const { stdout } = spawnSync(process.execPath, ['bin/activation-ledger.js', 'serve', '--help'], { encoding: 'utf8' });
    expect(stdout).toContain('--host');
    const known = new Set(stdout.match(/--[a-z-]+|\bACTIVATION_LEDGER_[A-Z_]+/g));
    expect(optionsOf(compose)).toContain('--host');
    expect(optionsOf(compose).filter((option) => !known.has(option))).toEqual([]);
  });

  test('tells both ledger nodes the same', () => {
    const { 'ledger-1': one, 'ledger-2': other } = compose.services;
    expect([one?.command, one?.environment]).toEqual([other?.command, other?.environment]);
  });
});

describe('the Dockerfile', () => {
  const lines = readFileSync('Dockerfile', 'utf8').replaceAll('\\\n', ' ').split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));

  test('builds in a stage of its own, on images that are pinned to a Node that the program runs on', () => {
    const images = lines.filter((line) => line.startsWith('FROM ')).map((line) => line.split(' ')[1] ?? '');
    expect(images).toHaveLength(2);
    for (const image of images) expect(image).toMatch(/^node:24\.\d+\.\d+-/);
  });

  test('ends as a user that is not root, with a health check by Node, and serves', () => {
    expect(last.filter((line) => line.startsWith('USER '))).toEqual(['USER node']);
    expect(last.find((line) => line.startsWith('HEALTHCHECK '))).toMatch(/CMD \["node", "bin\/health\.js"\]$/);
    expect(last).toContain('CMD ["serve", "--data", "/data", "--host", "0.0.0.0"]');
    expect(lines.join('\n')).not.toMatch(/curl|wget/);
  });

  test('copies what is there and what the build is shown', () => {
    const shown = readFileSync('.dockerignore', 'utf8').split('\n').filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    const copied = lines.filter((line) => line.startsWith('COPY ') && !line.includes('--from')).flatMap((line) => line.split(' ').slice(1, -1));
    expect(copied.filter((path) => !existsSync(path) || !shown.includes(path.replace('./', '')))).toEqual([]);
    expect(new Set(copied)).toEqual(new Set(shown));
  });
});

describe('bin/health.js', () => {
  async function healthOf(status: number): Promise<number | null> {
    const server = createServer((_request, response) => response.writeHead(status).end());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const child = spawn(process.execPath, ['bin/health.js', `http://127.0.0.1:${(server.address() as AddressInfo).port}`], { stdio: 'ignore' });
    const [code] = (await once(child, 'close')) as [number | null];
    server.close();
    return code;
  }

  test.each([
    [200, 0],
    [503, 1],
  ])('says of a server that answers %i: %i', async (status, code) => {
    expect(await healthOf(status)).toBe(code);
  });

  test('says 1 of a server that is not there', () => {
    expect(spawnSync(process.execPath, ['bin/health.js', 'http://127.0.0.1:1']).status).toBe(1);
  });
});

describeWithNats('the configuration of NATS', () => {
  test.each(['single', 'cluster'])('%s is valid', (name) => {
    const path = join(mkdtempSync(join(tmpdir(), 'nats-')), 'ledger.conf');
    const content = readFileSync(`deploy/nats/${name}.conf`, 'utf8');
    expect(content).toContain('sync_interval: always');
    // Known from 2.10 on; the distribution's server may be older.
    writeFileSync(path, content.replace('sync_interval: always', ''));
    const run = spawnSync('nats-server', ['-t', '-c', path], { encoding: 'utf8', env: { ...process.env, NATS_SERVER_NAME: 'nats-1' } });
    expect(run.stderr + run.stdout).toContain('is valid');
  });
});
