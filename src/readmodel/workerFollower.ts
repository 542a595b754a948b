import type { MessagePort } from 'node:worker_threads';
import type { Sequence } from '../kernel/identifiers.js';
import { buildReadModel } from './build.js';
import type { Projection } from './definition.js';
import type { ReadModelErrorCode } from './errors.js';
import { openFollower, type FollowedStore, type FollowProgress } from './follow.js';
import type { Upcast } from './readEvent.js';
import { openForWriting } from './readModelFile.js';
import { planReadModel } from './rebuild.js';

/** From the main thread to the one that feeds the read model. */
export type ToFollower = { readonly kind: 'headMoved' } | { readonly kind: 'stop' };

/** And back. */
export type FromFollower =
  | { readonly kind: 'progress'; readonly progress: FollowProgress }
  /** A file was built beside the old one and may be switched to. */
  | { readonly kind: 'built'; readonly path: string }
  | { readonly kind: 'applied'; readonly sequence: Sequence }
  | { readonly kind: 'failed'; readonly code: ReadModelErrorCode | undefined; readonly message: string }
  | { readonly kind: 'stopped' };

/** A store that another connection writes to, and that has to be told so. */
export interface TailedStore extends FollowedStore {
  notify(): void;
  close(): Promise<void>;
}

export interface FeedOptions {
  readonly store: FollowedStore;
  readonly directory: string;
  readonly projections: readonly Projection[];
  readonly upcast: Upcast;
  readonly signal: AbortSignal;
  readonly batchEvents?: number | undefined;
  readonly onProgress?: ((progress: FollowProgress) => void) | undefined;
  readonly onBuilt?: ((path: string) => void) | undefined;
  readonly onApplied?: ((sequence: Sequence) => void) | undefined;
}

/** Builds today's read model if it is not there, then feeds it until `signal` aborts. The same in a worker and in process. */
export async function feedReadModel(options: FeedOptions): Promise<void> {
  const plan = planReadModel(options.directory, options.projections);
  if (plan.kind === 'rebuild') {
    const built = await buildReadModel(options);
    if (built === undefined) return;
    options.onBuilt?.(built);
  }
  const database = openForWriting(plan.path, options.projections);
  try {
    const follower = await openFollower({ ...options, database });
    options.onApplied?.(follower.sequence());
    await follower.follow(options.signal);
  } finally {
    database.close();
  }
}

export interface WorkerFollowerOptions extends Omit<FeedOptions, 'store' | 'signal' | 'onProgress' | 'onBuilt' | 'onApplied'> {
  readonly port: MessagePort;
  readonly openStore: () => TailedStore | Promise<TailedStore>;
}

/** What the worker's entry module calls: feeds the read model and speaks with `startWorkerFollower` over the port. */
export async function runWorkerFollower({ port, openStore, ...options }: WorkerFollowerOptions): Promise<void> {
  const stop = new AbortController();
  const tell = (message: FromFollower): void => port.postMessage(message);
  const store = await openStore();
  port.on('message', (message: ToFollower) => {
    if (message.kind === 'stop') stop.abort();
    else store.notify();
  });
  try {
    await feedReadModel({
      ...options,
      store,
      signal: stop.signal,
      onProgress: (progress) => tell({ kind: 'progress', progress }),
      onBuilt: (path) => tell({ kind: 'built', path }),
      onApplied: (sequence) => tell({ kind: 'applied', sequence }),
    });
    tell({ kind: 'stopped' });
  } catch (error) {
    tell({ kind: 'failed', code: codeOf(error), message: messageOf(error) });
  } finally {
    await store.close();
    port.close();
  }
}

/** Whatever is thrown: another module may have thrown it. */
function codeOf(error: unknown): ReadModelErrorCode | undefined {
  return error instanceof Error && 'code' in error ? (error.code as ReadModelErrorCode) : undefined;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
