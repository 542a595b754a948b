import { StoreError } from '../port.js';

const CONNECTION_STRING = /^(?:kurrentdb|kurrent|kdb|esdb)(?:\+discover)?:\/\/(?:[^@/?]*@)?(?<hosts>[^/?]+)\/*(?:\?(?<options>.*))?$/;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/;

/**
 * Refuses connection strings with which the client would do something else than it seems. Throws `StoreError` INVALID_ARGUMENT; the message
 * never shows the string, which may hold a password.
 *
 * `tls=false` makes the client leave out user and password without a word; `throwOnAppendFailure=false` makes it answer conflicts with a wrong revision.
 */
export function checkConnectionString(connectionString: string, allowPlaintext: boolean): void {
  const { hosts, options } = CONNECTION_STRING.exec(connectionString.trim())?.groups ?? {};
  if (hosts === undefined) throw invalid('the connection string must look like kurrentdb://user:password@host:2113?tls=true');
  const isPlaintext = optionOf(options, 'tls') === 'false';
  const isLocal = hosts.split(',').every((host) => LOOPBACK.test(host.trim()));
  if (isPlaintext && !isLocal && !allowPlaintext) {
    throw invalid('tls=false sends everything unencrypted and leaves out user and password; it is taken for a loopback address only, unless plaintext is allowed expressly');
  }
  if (optionOf(options, 'throwonappendfailure') === 'false') throw invalid('throwOnAppendFailure=false hides conflicts and must be left out');
}

/** The last value of an option, its name written as the client takes it: without regard to case, `-` and `_`. */
function optionOf(options: string | undefined, name: string): string | undefined {
  return options
    ?.split('&')
    .map((option) => option.split('='))
    .findLast(([key = '']) => key.trim().toLowerCase().replaceAll(/[-_]/g, '') === name)?.[1]
    ?.trim();
}

function invalid(message: string): StoreError {
  return new StoreError('INVALID_ARGUMENT', message, { retryable: false });
}
