import { StoreError } from '../port.js';

/**
 * What the ledger's streams begin with. One full stop, at its end: without a separator `acme` would also match the streams of `acme2`,
 * and with a second one `acme.` those of `acme.test.`. No dash, at which KurrentDB cuts a stream's category.
 */
const STREAM_PREFIX = /^[a-z][a-z0-9]{0,62}\.$/;

/** Throws `StoreError` INVALID_ARGUMENT for what is no prefix. */
export function checkStreamPrefix(prefix: string): void {
  if (STREAM_PREFIX.test(prefix)) return;
  const message = `the stream prefix ${JSON.stringify(prefix)} must be lower-case letters and digits, beginning with a letter, with a full stop at its end, such as "acme."`;
  throw new StoreError('INVALID_ARGUMENT', message, { retryable: false });
}
