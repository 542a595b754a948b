/**
 * A whole ledger in one process: log, vault, read model and commands, put together. Every verb that works on a directory opens one; the
 * server serves one. Log and vault may be in the same directory, or elsewhere and shared with other nodes.
 */
import { createHostDirectory } from '../application/hostDirectory.js';
import { createKeyDirectory } from '../application/keyDirectory.js';
import type { ObservationRecorder } from '../application/recordObservations.js';
import type { Catalogue } from '../domain/catalogue/catalogue.js';
import { builtInRules } from '../domain/rules/builtIn.js';
import type { DatedRuleBook } from '../domain/rules/makeRuleBook.js';
import { upcast } from '../domain/upcast.js';
import { createCommandHandler, type CommandHandler } from '../kernel/commandHandler.js';
import type { SubjectId } from '../kernel/identifiers.js';
import type { EventStore } from '../store/port.js';
import { openSqliteSnapshots } from '../store/sqlite/sqliteSnapshots.js';
import { fingerprintOf } from '../vault/fingerprint.js';
import type { Vault } from '../vault/port.js';
import type { DataDirectory } from './dataDirectory.js';
import { openDirectoryParts, type LedgerParts } from './ledgerParts.js';
import { introduceKeys } from './introduceKeys.js';
import { loadCatalogue } from './loadCatalogue.js';
import type { LogPlace } from './logPlace.js';
import { openMerkleLog, type MerkleLog } from './merkleLog.js';
import { openTogether } from './opened.js';
import { openLedgerStream } from './openLedgerStream.js';
import { openReadModel, type EmbeddedReadModel } from './readModel.js';
import type { OutsideWorld } from './outsideWorld.js';

export interface EmbeddedLedger {
  readonly ledgerId: string;
  /** Of this process alone. */
  readonly directory: DataDirectory;
  readonly store: EventStore;
  readonly vault: Vault;
  readonly handler: CommandHandler;
  readonly recorder: ObservationRecorder;
  readonly readModel: EmbeddedReadModel;
  /** Where other threads find the log; undefined where they cannot. */
  readonly logPlace: LogPlace | undefined;
  /** Resolves, with the reason, when the ledger cannot go on: the read model stopped, or the log was found damaged. */
  readonly failed: Promise<Error>;
  /** Undefined where it was opened without. */
  readonly merkleLog: MerkleLog | undefined;
  readonly catalogue: Catalogue;
  /** The rules and figures in force. */
  readonly rules: DatedRuleBook;
  /** The user's own part of it, for threads that load it again. */
  readonly catalogueFile: string | undefined;
  readonly fingerprintKey: Uint8Array;
  readonly fingerprint: (productKey: string) => string;
  /** Who works directly on the directory. */
  readonly localActor: SubjectId;
  /** Lets what is under way end, then releases the parts. */
  close(): Promise<void>;
}

export interface LedgerOptions {
  readonly environment: OutsideWorld;
  /** `live`: the read model follows by itself; `onDemand`: it catches up when asked. */
  readonly follow: 'live' | 'onDemand';
  readonly catalogueFile?: string | undefined;
  /** Whether events are sealed into the Merkle log as they come; what is not is sealed the next time. Default `on`. */
  readonly sealing?: 'on' | 'off' | undefined;
  /** Default: those that come with the ledger. */
  readonly rules?: DatedRuleBook | undefined;
  /** File outside the data directory that the log is held to, and that each checkpoint is written to. */
  readonly checkpointFile?: string | undefined;
}

export interface EmbeddedLedgerOptions extends LedgerOptions {
  readonly directory: string;
}

/**
 * Opens the ledger of a directory, and begins one where there is none. Throws what the parts throw: DIRECTORY_IN_USE, STORE_TOO_NEW,
 * VAULT_OF_ANOTHER_LEDGER, VAULT_MISSING, CATALOGUE_REFUSED, …
 */
export async function openEmbeddedLedger({ directory, ...options }: EmbeddedLedgerOptions): Promise<EmbeddedLedger> {
  return openLedger(() => openDirectoryParts(directory, options.environment), options);
}

/** Opens a ledger's parts and puts it together, and begins one where the log is empty. Throws what the parts throw, and CATALOGUE_REFUSED. */
export async function openLedger(openParts: () => Promise<LedgerParts>, { environment, follow, catalogueFile, rules = builtInRules, sealing = 'on', checkpointFile }: LedgerOptions): Promise<EmbeddedLedger> {
  return openTogether(async (opened) => {
    const catalogue = await loadCatalogue(catalogueFile);
    const parts = opened.add(await openParts());
    const { directory, store, vault } = parts;
    const snapshots = opened.add(openSqliteSnapshots(directory.snapshotsPath));
    let afterCommit = (): void => undefined;
    const handler = opened.add(
      createCommandHandler({
        store: { ...store, appendAll: (appends) => store.appendAll(appends).finally(() => afterCommit()) },
        now: environment.now,
        seal: (subject, text, event) => vault.seal(subject, text, { event, field: 'reason' }),
        upcast,
        snapshots,
        shared: parts.shared,
      }),
    );
    const { userName, newId } = environment;
    const ledgerId = await openLedgerStream({ store, vault, handler, userName, newId });
    const localActor = await vault.subjectFor(userName);
    await introduceKeys({ ledgerId, vault, handler, localActor }, newId);
    const readModel = opened.add(await openReadModel({ parts, follow, programDirectory: environment.programDirectory, catalogue, rules, now: environment.now }));
    const merkleLog = sealing === 'off' ? undefined : opened.add(await openMerkleLog({ parts, ledgerId, follow, programDirectory: environment.programDirectory, checkpointFile }));
    const onGrown = (): void => {
      readModel.headMoved();
      merkleLog?.headMoved();
    };
    afterCommit = onGrown;
    parts.onGrown?.(onGrown);
    const fingerprintKey = await vault.fingerprintKey();
    return {
      ledgerId,
      directory,
      store,
      vault,
      handler,
      recorder: { handler, hosts: createHostDirectory(readModel.hostsUnder), keys: createKeyDirectory(readModel.keysEndingIn) },
      readModel,
      logPlace: parts.log,
      failed: parts.damaged === undefined ? readModel.failed : Promise.race([readModel.failed, parts.damaged]),
      merkleLog,
      catalogue,
      rules,
      catalogueFile,
      fingerprintKey,
      fingerprint: (productKey) => fingerprintOf(productKey, fingerprintKey),
      localActor,
      close: () => opened.close(),
    };
  });
}
