import type { OutsideWorld } from '../embedded/outsideWorld.js';

/** What the verbs have of the outside world; `main.ts` makes the real one, tests another. */
export interface CliEnvironment extends OutsideWorld {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  /** Resolves when the process is asked to stop (SIGINT, SIGTERM); from the call on, these no longer end it by themselves. */
  readonly stopRequested: () => Promise<string>;
}

/** What a verb ends with. */
export const EXIT = {
  done: 0,
  /** Something failed; the message says what. */
  failed: 1,
  /** The call's words are off. */
  usage: 2,
  /** It was done, but some records were refused. */
  someRefused: 3,
  /** Another process uses the data directory. */
  inUse: 4,
  /** The server did not accept the token. */
  notAuthorised: 5,
  /** The check found something that is not as it was written. */
  damaged: 6,
  /** The log has another past than the one seen before. */
  forked: 10,
  /** The server shows an older log than the one seen before. */
  rolledBack: 11,
  /** The log is shorter than the one seen before: events are missing at its end. */
  truncated: 12,
  /** Nothing could be verified: no answer, an unknown key, a wrong signature. */
  unverified: 13,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
