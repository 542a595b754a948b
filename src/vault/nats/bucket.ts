import { setTimeout as pause } from 'node:timers/promises';
import { jetstream, JetStreamApiCodes, JetStreamApiError, type JetStreamManager, type StreamInfo } from '@nats-io/jetstream';
import { Kvm, type KV } from '@nats-io/kv';
import {
  AuthorizationError,
  ClosedConnectionError,
  connect,
  ConnectionError,
  credsAuthenticator,
  NoRespondersError,
  PermissionViolationError,
  RequestError,
  TimeoutError,
  UserAuthenticationExpiredError,
  type NatsConnection,
} from '@nats-io/transport-node';
import { encryptionOf, isUnencrypted } from '../../nats/encryption.js';
import { VaultError } from '../port.js';

export interface BucketOptions {
  /** `nats://host:port`, or `tls://host:port` for no connection without encryption; of a cluster, as many of its servers as there are. */
  readonly servers: readonly string[];
  readonly bucket: string;
  /** Content of a NATS credentials file. */
  readonly credentials?: Uint8Array | undefined;
  /** Copies that a new bucket has: 1, 3 or 5. Three on a cluster and one on a single server when left out; of no effect on a bucket that exists. */
  readonly replicas?: number | undefined;
}

export interface BucketEntry {
  readonly text: string;
  /** Changes with every change of the entry, and is never used twice. */
  readonly revision: number;
}

/**
 * The entries of one bucket. Whatever can race is compared with what was read, by the server. Every call ends within
 * REQUEST_MS_MAX * 2 + RETRY_MS_MAX, if need be with `VaultError` VAULT_UNAVAILABLE (retryable): then a change may have been made or not.
 */
export interface Bucket {
  read(name: string): Promise<BucketEntry | undefined>;
  /** False when there is such an entry already. */
  create(name: string, text: string): Promise<boolean>;
  /** False when the entry was changed or erased since that revision. */
  replace(name: string, text: string, revision: number): Promise<boolean>;
  /** Overwrites the entry where it is stored. False when it was changed or erased since that revision. */
  erase(revision: number): Promise<boolean>;
  /** Last parts of the names that begin with these parts. */
  namesUnder(prefix: string): Promise<readonly string[]>;
  /** Whether nothing was ever written to it. */
  isNew(): Promise<boolean>;
  close(): Promise<void>;
}

/** Until the server must have answered one question, in milliseconds. */
export const REQUEST_MS_MAX = 2_000;
/** How long a question is asked again after its first failure, in milliseconds; a cluster elects a leader meanwhile, or not. */
export const RETRY_MS_MAX = 4_000;
const RETRY_DELAY_MS_MIN = 50;
const RETRY_DELAY_MS_MAX = 500;
const RECONNECT_DELAY_MS = 250;
/** A server that answers no ping is noticed after PING_MS * PINGS_MAX. */
const PING_MS = 5_000;
const PINGS_MAX = 2;
/** Longest value, in bytes: the largest secret many times over. */
const VALUE_BYTES_MAX = 65_536;
const CLUSTER_REPLICAS = 3;

/** Codes of the server's answers. */
const SEQUENCE_NOT_FOUND = 10043;
const DELETE_FAILED = 10057;
/** What the server says with DELETE_FAILED when there was nothing to delete (any more). */
const NOTHING_TO_DELETE = /no message found|deleted message/;
const WRONG_LAST_SEQUENCE: readonly number[] = [10071, 10164];
const UNAVAILABLE_STATUS = 503;

/**
 * Opens or makes a bucket. Rejects with `VaultError` VAULT_UNAVAILABLE when no server answers, VAULT_FORBIDDEN when it does not let us in,
 * VAULT_UNENCRYPTED when it does not encrypt and is named with `tls://`, and VAULT_BUCKET_UNSUITABLE when the bucket was made with settings under which entries are lost or cannot be erased.
 */
export async function openBucket(options: BucketOptions): Promise<Bucket> {
  const connection = await connected(options);
  try {
    const access = await bucketAccess(connection, options);
    return bucketOn(access, connection, options.bucket);
  } catch (error) {
    await connection.close();
    throw asVaultError(error, options.bucket);
  }
}

async function connected({ servers, credentials, bucket }: BucketOptions): Promise<NatsConnection> {
  try {
    return await connect({
      servers: [...servers],
      ...encryptionOf(servers),
      ...(credentials === undefined ? {} : { authenticator: credsAuthenticator(credentials) }),
      name: 'activation-ledger vault',
      timeout: REQUEST_MS_MAX,
      maxReconnectAttempts: -1,
      reconnectTimeWait: RECONNECT_DELAY_MS,
      pingInterval: PING_MS,
      maxPingOut: PINGS_MAX,
    });
  } catch (error) {
    throw asVaultError(error, bucket);
  }
}

interface BucketAccess {
  readonly entries: KV;
  readonly manager: JetStreamManager;
  readonly stream: string;
}

async function bucketAccess(connection: NatsConnection, { bucket, replicas }: BucketOptions): Promise<BucketAccess> {
  const client = jetstream(connection, { timeout: REQUEST_MS_MAX });
  const manager = await client.jetstreamManager();
  const isClustered = connection.info?.cluster !== undefined;
  const entries = await new Kvm(client).create(bucket, {
    description: 'Secrets of an activation ledger, encrypted',
    replicas: replicas ?? (isClustered ? CLUSTER_REPLICAS : 1),
    history: 1,
    maxValueSize: VALUE_BYTES_MAX,
    // Answered by the leader alone: a copy that lags would still show what was revoked or forgotten.
    allow_direct: false,
  });
  const stream = `KV_${bucket}`;
  const unsuitable = unsuitability(await manager.streams.info(stream));
  if (unsuitable !== undefined) {
    throw new VaultError('VAULT_BUCKET_UNSUITABLE', `The bucket ${bucket} ${unsuitable}. Let the ledger make the bucket itself, under a name that is free.`);
  }
  return { entries, manager, stream };
}

function unsuitability({ config }: StreamInfo): string | undefined {
  if (config.deny_delete) return 'does not allow messages to be deleted, so that nothing in it can be erased';
  if (config.max_msgs_per_subject !== 1) return 'keeps more than the last value of an entry, so that nothing in it is erased';
  if (config.storage !== 'file') return 'is kept in memory and gone when the server stops';
  if (config.max_age !== 0) return 'drops entries after a time';
  if (config.discard !== 'new') return 'drops old entries when it is full';
  return undefined;
}

function bucketOn({ entries, manager, stream }: BucketAccess, connection: NatsConnection, bucket: string): Bucket {
  const isAway = watchConnection(connection);

  /** Asks until it is answered or the time is over. `attempt` is told whether an earlier one may have been carried out. */
  async function asked<T>(attempt: (isRepeated: boolean) => Promise<T>): Promise<T> {
    let deadline: AbortSignal | undefined;
    let isRepeated = false;
    for (let delay = RETRY_DELAY_MS_MIN; ; delay = Math.min(2 * delay, RETRY_DELAY_MS_MAX)) {
      try {
        // What is asked while the connection is away would be sent when it is back, long after its caller was told that it failed.
        if (isAway()) throw new ConnectionError('the connection is away');
        const isLater = isRepeated;
        isRepeated = true;
        return await attempt(isLater);
      } catch (error) {
        if (!mayPass(error)) throw asVaultError(error, bucket);
        deadline ??= AbortSignal.timeout(RETRY_MS_MAX);
        if (deadline.aborted) throw asVaultError(error, bucket);
        await pause(delay);
      }
    }
  }

  const readOnce = async (name: string): Promise<BucketEntry | undefined> => {
    const entry = await entries.get(name);
    return entry === null || entry.operation !== 'PUT' ? undefined : { text: entry.string(), revision: entry.revision };
  };
  /** After a conflict: is it our own earlier attempt that stands there? Sealed texts are all different. */
  const isOurs = async (name: string, text: string): Promise<boolean> => (await readOnce(name))?.text === text;

  return {
    read: (name) => asked(() => readOnce(name)),
    create: (name, text) =>
      asked(async (isRepeated) => (await unlessConflict(entries.put(name, text, { previousSeq: 0, timeout: REQUEST_MS_MAX }))) || (isRepeated && isOurs(name, text))),
    replace: (name, text, revision) =>
      asked(async (isRepeated) => (await unlessConflict(entries.update(name, text, revision, REQUEST_MS_MAX))) || (isRepeated && isOurs(name, text))),
    erase: (revision) =>
      asked(async (isRepeated) => {
        try {
          return await manager.streams.deleteMessage(stream, revision, true);
        } catch (error) {
          if (isNothingToDelete(error)) return isRepeated;
          throw error;
        }
      }),
    async namesUnder(prefix) {
      const subject = `$KV.${bucket}.${prefix}.`;
      const { state } = await asked(() => manager.streams.info(stream, { subjects_filter: `${subject}*` }));
      return Object.keys(state.subjects ?? {}).map((name) => name.slice(subject.length));
    },
    isNew: async () => (await asked(() => manager.streams.info(stream))).state.last_seq === 0,
    close: () => connection.close(),
  };
}

/** Whether the connection is lost at this moment. */
function watchConnection(connection: NatsConnection): () => boolean {
  let isAway = false;
  void (async () => {
    for await (const { type } of connection.status()) {
      if (type === 'disconnect') isAway = true;
      else if (type === 'reconnect') isAway = false;
    }
  })();
  return () => isAway;
}

async function unlessConflict(publication: Promise<number>): Promise<boolean> {
  try {
    await publication;
    return true;
  } catch (error) {
    if (error instanceof JetStreamApiError && WRONG_LAST_SEQUENCE.includes(error.code)) return false;
    throw error;
  }
}

function isNothingToDelete(error: unknown): boolean {
  if (!(error instanceof JetStreamApiError)) return false;
  if (error.code === SEQUENCE_NOT_FOUND || error.code === JetStreamApiCodes.NoMessageFound) return true;
  return error.code === DELETE_FAILED && NOTHING_TO_DELETE.test(error.message);
}

/** Whether the same question may be answered a moment later. */
function mayPass(error: unknown): boolean {
  // Without a leader nobody listens for questions, which the client takes for a server without JetStream.
  if (error instanceof Error && error.name === 'JetStreamNotEnabled') return true;
  if (error instanceof NoRespondersError || error instanceof RequestError || error instanceof TimeoutError) return true;
  if (error instanceof ConnectionError) return true;
  return error instanceof JetStreamApiError && error.status === UNAVAILABLE_STATUS;
}

function asVaultError(cause: unknown, bucket: string): VaultError {
  if (cause instanceof VaultError) return cause;
  if (cause instanceof ClosedConnectionError) return new VaultError('VAULT_CLOSED', 'The vault is closed.', { cause });
  if (cause instanceof AuthorizationError || cause instanceof UserAuthenticationExpiredError || cause instanceof PermissionViolationError) {
    return new VaultError('VAULT_FORBIDDEN', `The NATS server does not let the ledger use the bucket ${bucket}: ${cause.message}.`, { cause });
  }
  if (isUnencrypted(cause)) {
    return new VaultError('VAULT_UNENCRYPTED', 'The NATS server of the vault does not encrypt, and tls:// asks for that: set up TLS on the server, or name the right one.', { cause });
  }
  if (cause instanceof JetStreamApiError && cause.code === JetStreamApiCodes.StreamNotFound) {
    return new VaultError('VAULT_LOST', `The bucket ${bucket} is gone from the NATS server. Restore it; without it names and fingerprints are lost.`, { cause });
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new VaultError('VAULT_UNAVAILABLE', `The vault in the bucket ${bucket} does not answer: ${reason}.`, { retryable: true, cause });
}
