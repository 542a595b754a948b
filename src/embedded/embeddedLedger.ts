/**
 * A whole ledger in one data directory and one process: log, vault, read model and commands, put together.
 * Every verb that works on a directory opens one; the server serves one.
 */
import { createHostDirectory } from '../application/hostDirectory.js';
import { createKeyDirectory } from '../application/keyDirectory.js';
import type { ObservationRecorder } from '../application/recordObservations.js';
import type { Catalogue } from '../domain/catalogue/catalogue.js';
import { builtInRules } from '../domain/rules/builtIn.js';
import type { DatedRuleBook } from '../domain/rules/makeRuleBook.js';
import { ledgerDecider } from '../domain/ledger/decider.js';
import { upcast } from '../domain/upcast.js';
import { createCommandHandler, type CommandHandler } from '../kernel/commandHandler.js';
import { parseEnvelope } from '../kernel/envelope.js';
import { LEDGER_STREAM, START, type SubjectId } from '../kernel/identifiers.js';
import { lockDirectory } from '../store/sqlite/directoryLock.js';
import { openSqliteSnapshots } from '../store/sqlite/sqliteSnapshots.js';
import { openSqliteStore, type SqliteStore } from '../store/sqlite/sqliteStore.js';
import { fingerprintOf } from '../vault/fingerprint.js';
import { VaultError, type Vault } from '../vault/port.js';
import { openSqliteVault } from '../vault/sqlite/sqliteVault.js';
import { openDataDirectory, type DataDirectory } from './dataDirectory.js';
import { loadCatalogue } from './loadCatalogue.js';
import { openReadModel, type EmbeddedReadModel } from './readModel.js';
import type { OutsideWorld } from './outsideWorld.js';

export interface EmbeddedLedger {
  readonly ledgerId: string;
  readonly directory: DataDirectory;
  readonly store: SqliteStore;
  readonly vault: Vault;
  readonly handler: CommandHandler;
  readonly recorder: ObservationRecorder;
  readonly readModel: EmbeddedReadModel;
  readonly catalogue: Catalogue;
  /** The rules and figures in force. */
  readonly rules: DatedRuleBook;
  /** The user's own part of it, for threads that load it again. */
  readonly catalogueFile: string | undefined;
  readonly fingerprintKey: Uint8Array;
  readonly fingerprint: (productKey: string) => string;
  /** Who works directly on the directory. */
  readonly localActor: SubjectId;
  /** Lets what is under way end, then releases the directory. */
  close(): Promise<void>;
}

export interface EmbeddedLedgerOptions {
  readonly directory: string;
  readonly environment: OutsideWorld;
  /** `live`: the read model follows by itself; `onDemand`: it catches up when asked. */
  readonly follow: 'live' | 'onDemand';
  readonly catalogueFile?: string | undefined;
  /** Default: those that come with the ledger. */
  readonly rules?: DatedRuleBook | undefined;
}

/**
 * Opens the ledger of a directory, and begins one where there is none. Throws what the parts throw: DIRECTORY_IN_USE, STORE_TOO_NEW,
 * VAULT_OF_ANOTHER_LEDGER, VAULT_MISSING, CATALOGUE_REFUSED, …
 */
export async function openEmbeddedLedger(options: EmbeddedLedgerOptions): Promise<EmbeddedLedger> {
  const { environment, rules = builtInRules } = options;
  const catalogue = await loadCatalogue(options.catalogueFile);
  const directory = openDataDirectory(options.directory);
  const lock = lockDirectory(directory.path);
  const opened: { close(): void | Promise<void> }[] = [{ close: () => lock.release() }];
  const close = async (): Promise<void> => {
    for (const part of opened.splice(0).toReversed()) await part.close();
  };
  try {
    const store = openSqliteStore({ path: directory.logPath });
    opened.push(store);
    const vault = openSqliteVault({ path: directory.vaultPath, now: environment.now, random: environment.random });
    opened.push(vault);
    const snapshots = openSqliteSnapshots(directory.snapshotsPath);
    opened.push(snapshots);
    let afterCommit = (): void => undefined;
    const handler = createCommandHandler({
      store: { ...store, appendAll: (appends) => store.appendAll(appends).finally(() => afterCommit()) },
      now: environment.now,
      seal: (subject, text, event) => vault.seal(subject, text, { event, field: 'reason' }),
      upcast,
      snapshots,
    });
    opened.push({ close: () => handler.close() });
    const localActor = await vault.subjectFor(environment.userName);
    const ledgerId = await openLedger(store, vault, handler, localActor, environment);
    const readModel = await openReadModel({
      directory,
      store,
      follow: options.follow,
      programDirectory: environment.programDirectory,
      catalogue,
      rules,
      now: environment.now,
    });
    opened.push(readModel);
    afterCommit = () => readModel.headMoved();
    const fingerprintKey = await vault.fingerprintKey();
    return {
      ledgerId,
      directory,
      store,
      vault,
      handler,
      recorder: { handler, hosts: createHostDirectory(readModel.hostsUnder), keys: createKeyDirectory(readModel.keysEndingIn) },
      readModel,
      catalogue,
      rules,
      catalogueFile: options.catalogueFile,
      fingerprintKey,
      fingerprint: (productKey) => fingerprintOf(productKey, fingerprintKey),
      localActor,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The ledger's id: from its first event, or a new one. The vault must be the one that belongs to it. */
async function openLedger(
  store: SqliteStore,
  vault: Vault,
  handler: CommandHandler,
  actor: SubjectId,
  environment: Pick<OutsideWorld, 'newId'>,
): Promise<string> {
  const [first] = await store.readAll(START, 1);
  const bound = await vault.ledgerId();
  if (first === undefined) {
    // A vault that was bound and whose log is empty: the process died between the two steps below.
    const ledgerId = bound ?? environment.newId();
    await vault.bindLedger(ledgerId);
    const command = { kind: 'openLedger' as const, ledgerId };
    const request = { decider: ledgerDecider, stream: LEDGER_STREAM, command, commandId: environment.newId(), actor, correlationId: ledgerId };
    const outcome = await handler.execute(request);
    if (outcome.kind !== 'recorded') throw new Error(`The ledger could not be opened: ${outcome.kind}.`);
    return ledgerId;
  }
  const { ledgerId } = parseEnvelope(first.text).data as { ledgerId: string };
  if (bound === undefined) {
    const message = `The vault (vault.db) of ledger ${ledgerId} is missing. Without it names and fingerprints are lost: restore it from a backup.`;
    throw new VaultError('VAULT_MISSING', message);
  }
  await vault.bindLedger(ledgerId);
  return ledgerId;
}
