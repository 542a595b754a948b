import type { InstantText } from '../event.js';

/** What a key's state remembers of one activated installation. */
export interface Activation {
  readonly at: InstantText;
  /** Since when the installation is known to have lost it. */
  readonly lostAt?: InstantText | undefined;
}

/**
 * Activations by installation, in buckets by the last two characters of the host's id: a key has up to hundreds of thousands,
 * and adding one copies a single bucket, not all of them. Plain JSON, so that it can be snapshotted.
 */
export type Activations = Readonly<Record<string, Readonly<Record<string, Activation>>>>;

export const noActivations: Activations = {};

export function activationOf(activations: Activations, host: string, installation: number): Activation | undefined {
  return activations[bucketOf(host)]?.[`${host}#${installation}`];
}

export function withActivation(activations: Activations, host: string, installation: number, activation: Activation): Activations {
  const bucket = bucketOf(host);
  return { ...activations, [bucket]: { ...activations[bucket], [`${host}#${installation}`]: activation } };
}

/** Host ids end in hexadecimal digits of a hash: 256 buckets of like size. */
function bucketOf(host: string): string {
  return host.slice(-2);
}
