import { InvalidArgumentError, Option } from 'commander';

/** What `serve` is told of the feed. */
export interface FeedCliOptions {
  /** Servers of NATS; no feed without them. */
  readonly feed?: string;
  readonly feedCredentials?: string;
  readonly feedPrefix?: string;
  readonly feedReplicas?: number;
  readonly feedStorage?: 'file' | 'memory';
  /** In milliseconds. */
  readonly feedMaxAge?: number;
  readonly feedMaxBytes?: number;
  readonly feedMaxMessages?: number;
}

const MILLISECONDS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const BYTES: Readonly<Record<string, number>> = { '': 1, KiB: 1_024, MiB: 1_048_576, GiB: 1_073_741_824, TiB: 1_099_511_627_776 };

export function feedOption(): Option {
  return new Option('--feed <servers>', 'publish every event on NATS JetStream: nats://host:port or tls://host:port, with commas between several').env('ACTIVATION_LEDGER_FEED');
}

/** `90d`, `12h`, `30m`, `45s` or `0`, in milliseconds. */
export function duration(text: string): number {
  if (text === '0') return 0;
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const milliseconds = MILLISECONDS[unit];
  if (count === undefined || milliseconds === undefined) throw new InvalidArgumentError('It must be a number with s, m, h or d behind it, such as 90d, or 0.');
  return Number(count) * milliseconds;
}

/** `10GiB`, `500MiB` or a number of bytes. */
export function size(text: string): number {
  const [, count, unit = ''] = /^(\d{1,15})([KMGT]iB)?$/.exec(text) ?? [];
  const bytes = Number(count) * (BYTES[unit] ?? Number.NaN);
  if (!Number.isSafeInteger(bytes)) throw new InvalidArgumentError('It must be a number of bytes, or one with KiB, MiB, GiB or TiB behind it.');
  return bytes;
}
