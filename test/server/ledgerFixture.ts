import type { Registry } from 'prom-client';
import { agreements, openAgreementsQueries } from '../../projections/agreements.js';
import { licenceUse, openLicenceUseQueries } from '../../projections/licenceUse.js';
import { keyCounts, openKeyCountsQueries } from '../../projections/keyCounts.js';
import { hostStatus, openHostStatusQueries } from '../../projections/hostStatus.js';
import { imports, openImportsQueries } from '../../projections/imports.js';
import { kmsCensus, openKmsCensusQueries } from '../../projections/kmsCensus.js';
import { openRequestsQueries, requests } from '../../projections/requests.js';
import { activationMeans, openActivationMeansQueries } from '../../projections/activationMeans.js';
import { openReservationsQueries, reservations } from '../../projections/reservations.js';
import { openTimelineQueries, timeline } from '../../projections/timeline.js';
import type { Catalogue } from '../../src/domain/catalogue/catalogue.js';
import type { AnyEvent } from '../../src/domain/events.js';
import { builtInRules } from '../../src/domain/rules/builtIn.js';
import type { CommandMeta, LedgerApplication } from '../../src/application/port.js';
import type { LedgerServices } from '../../src/graphql/context.js';
import type { ReadModel } from '../../src/graphql/readModel.js';
import { buildLedgerSchema } from '../../src/graphql/schema.js';
import type { NewEvent } from '../../src/kernel/envelope.js';
import type { CommandId, EventId, Instant, Sequence, StreamId, SubjectId } from '../../src/kernel/identifiers.js';
import { openFollower } from '../../src/readmodel/follow.js';
import { trackApplied } from '../../src/readmodel/applied.js';
import { openEmpty, sequenceAsOf } from '../../src/readmodel/readModelFile.js';
import type { ServedPart } from '../../src/server/parts.js';
import { startServer, type RunningServer } from '../../src/server/server.js';
import { rememberTokens } from '../../src/server/tokenCache.js';
import { openMemoryStore } from '../../src/store/memory/memoryStore.js';
import type { EventStore } from '../../src/store/port.js';
import { REDACTED, type Vault } from '../../src/vault/port.js';

export const TOKEN = 'synthetic-token-of-ada';
export const NOW = '2026-11-22T13:00:00.000Z' as Instant;
export const ADA = 'subject-ada' as SubjectId;
export const LEDGER_ID = '00000000-0000-4000-8000-00000000abcd';

export const schema = buildLedgerSchema();

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

export interface LedgerFixture {
  readonly server: RunningServer;
  readonly url: string;
  readonly store: EventStore;
  readonly vault: Vault & { asked(): number };
  /** The vault as the server has it: with its memory of tokens. */
  readonly vaultInUse: Vault;
  readonly services: LedgerServices;
  readonly log: LogLine[];
  /** Commands the application was given, in order. */
  readonly commands: { readonly name: string; readonly input: unknown; readonly meta: CommandMeta }[];
  /** Appends an event to a stream and waits until the read model has it; answers with its sequence. */
  record(stream: string, event: AnyEvent, options?: { recordedAt?: string; reason?: string }): Promise<Sequence>;
  /** Sends a document by POST with the valid token. */
  ask(query: string, variables?: Record<string, unknown>, init?: { token?: string | undefined; language?: string | undefined }): Promise<{ status: number; body: any }>;
  close(): Promise<void>;
}

const PROJECTIONS = [hostStatus, keyCounts, kmsCensus, imports, timeline, reservations, agreements, licenceUse, requests, activationMeans];

/** A server on a free port, with a real memory store and real projections; the application and the vault are small fakes. */
export async function startLedger(overrides: { application?: Partial<LedgerApplication>; readModel?: Partial<ReadModel>; watchReads?: (sequence: Sequence) => void; parts?: readonly ServedPart[]; metrics?: (services: LedgerServices) => Registry } = {}): Promise<LedgerFixture> {
  const store = openMemoryStore();
  const database = openEmpty(PROJECTIONS);
  const applied = trackApplied(0 as Sequence);
  const follower = await openFollower({ store, database, projections: PROJECTIONS, upcast: (event) => event, batchEvents: 1_000, onApplied: (sequence) => applied.advance(sequence) });
  const stopFollowing = new AbortController();
  const following = follower.follow(stopFollowing.signal);
  const log: LogLine[] = [];
  const write = (level: LogLine['level']) => (fields: object, message: string) => void log.push({ level, fields: fields as Record<string, unknown>, message });
  const commands: LedgerFixture['commands'] = [];
  const vault = fakeVault();
  const readModel: ReadModel = {
    hosts: openHostStatusQueries(database),
    productKeys: openKeyCountsQueries(database),
    kms: openKmsCensusQueries(database, SYNTHETIC_CATALOGUE),
    imports: openImportsQueries(database),
    timeline: openTimelineQueries(database),
    requests: openRequestsQueries(database),
    reservations: openReservationsQueries(database),
    activationMeans: openActivationMeansQueries(database),
    agreements: openAgreementsQueries(database),
    licenceUse: openLicenceUseQueries(database),
    progress: () => ({ sequence: applied.current(), rebuilding: false }),
    sequenceAsOf: (recordedAt) => sequenceAsOf(database, recordedAt),
    waitUntilApplied: (sequence) => applied.waitUntilApplied(sequence, 10_000),
    ...overrides.readModel,
  };
  let ids = 0;
  const newId = (): string => `00000000-0000-7000-8000-${(ids += 1).toString(16).padStart(12, '0')}`;
  const record: LedgerFixture['record'] = async (stream, event, { recordedAt = NOW, reason } = {}) => {
    const id = newId() as EventId;
    const envelope: NewEvent = {
      ...event,
      id,
      recordedAt: recordedAt as Instant,
      occurredAt: event.occurredAt as Instant,
      actor: ADA,
      correlationId: newId(),
      commandId: newId() as CommandId,
      inputHash: '0'.repeat(64),
      ...(reason === undefined ? {} : { reason: { subject: ADA, sealed: reason } }),
    };
    const result = await store.append(stream as StreamId, 'any', [envelope]);
    if (result.kind !== 'appended') throw new Error(`append: ${result.kind}`);
    const { sequence } = result.events[0]!;
    await applied.waitUntilApplied(sequence, 10_000);
    return sequence;
  };
  const refuse = (name: string) => async (input: unknown, meta: CommandMeta) => {
    commands.push({ name, input, meta });
    return { kind: 'refused', code: 'NOT_HERE', message: 'The fake refuses.', path: ['name'], rules: ['B-1'] } as const;
  };
  const services: LedgerServices = {
    store: overrides.watchReads === undefined ? store : watched(store, overrides.watchReads),
    vault,
    readModel,
    application: new Proxy({ ...overrides.application } as LedgerApplication, {
      get: (given, name) => (given as unknown as Record<string | symbol, unknown>)[name] ?? refuse(String(name)),
    }),
    catalogue: SYNTHETIC_CATALOGUE,
    rules: builtInRules,
    version: '0.0.0-test',
    now: () => NOW,
    newId,
  };
  const vaultInUse = rememberTokens(vault, () => 0);
  const server = await startServer(
    { schema, services, vault: vaultInUse, log: { info: write('info'), warn: write('warn'), error: write('error') }, parts: overrides.parts, metrics: overrides.metrics?.(services) },
    { port: 0 },
  );
  const url = `${server.address}/graphql`;
  return {
    server,
    url,
    store,
    vault,
    vaultInUse,
    services,
    log,
    commands,
    record,
    async ask(query, variables, { token = TOKEN, language = '*' } = {}) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'accept-language': language },
        body: JSON.stringify({ query, variables }),
      });
      return { status: response.status, body: await response.json() };
    },
    async close() {
      await server.stop();
      stopFollowing.abort();
      await following;
      await store.close();
      database.close();
    },
  };
}

/** Tells of each event that a subscriber of the API has had read for it. */
function watched(store: EventStore, tell: (sequence: Sequence) => void): EventStore {
  return {
    ...store,
    subscribe(after, options) {
      const source = store.subscribe(after, options);
      return {
        async next() {
          const read = await source.next();
          if (read.done !== true) for (const { sequence } of read.value) tell(sequence);
          return read;
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      };
    },
  };
}

const SYNTHETIC_SKU = { skuId: '11111111-2222-4333-8444-555555555555', name: 'Synthetic edition', edition: 'Test', keyKind: 'MAK', family: 'WINDOWS_CLIENT', source: 'invented' } as const;
const SYNTHETIC_ERROR = { code: '0xC004C020', meaning: 'The limit is exceeded.', relevance: 'limit', source: 'invented' } as const;

const SYNTHETIC_CATALOGUE: Catalogue = {
  skus: [SYNTHETIC_SKU],
  setupKeys: [],
  errorCodes: [SYNTHETIC_ERROR],
  sku: (skuId) => (skuId === SYNTHETIC_SKU.skuId ? SYNTHETIC_SKU : undefined),
  setupKey: () => undefined,
  errorCode: (code) => (code === SYNTHETIC_ERROR.code ? SYNTHETIC_ERROR : undefined),
};

function fakeVault(): Vault & { asked(): number } {
  let asked = 0;
  let revoked = false;
  let forgotten = false;
  const unused = (): never => {
    throw new Error('not used here');
  };
  return {
    asked: () => asked,
    ledgerId: async () => LEDGER_ID,
    bindLedger: unused,
    exportEntries: unused,
    importEntries: unused,
    fingerprintKey: unused,
    findSubject: unused,
    subjectFor: unused,
    nameOf: async (subject) => (subject === ADA && !forgotten ? 'Ada' : REDACTED),
    forgetSubject: async () => (forgotten = true),
    seal: unused,
    unseal: async ({ sealed }) => (forgotten ? REDACTED : sealed),
    signingKeys: unused,
    rotateSigningKey: unused,
    keepConfirmationId: unused,
    findConfirmationId: unused,
    confirmationIdsOf: unused,
    forgetConfirmationId: unused,
    createToken: unused,
    authenticate: async (secret) => {
      asked += 1;
      return secret === TOKEN && !revoked ? { tokenId: 'token-1', name: 'Ada', subject: ADA } : undefined;
    },
    listTokens: async () => [],
    revokeToken: async () => (revoked = true),
    close: async () => undefined,
  };
}

/** An invented host's first event. */
export function hostRegistered(name: string): AnyEvent {
  return {
    type: 'HostRegistered',
    schemaVersion: 1,
    occurredAt: '2026-11-01T08:00:00.000Z',
    data: { origin: 'REGISTRATION', identities: [{ kind: 'NAME', name, domain: 'ledger.example', raw: name.toUpperCase() }] },
  };
}

/** An invented key's first event. */
export function keyRegistered(lastFive: string, allowed: number): AnyEvent {
  return {
    type: 'ProductKeyRegistered',
    schemaVersion: 1,
    occurredAt: '2026-11-01T08:00:00.000Z',
    data: { lastFive, kind: 'MAK', product: 'Synthetic edition', allowed },
  };
}
