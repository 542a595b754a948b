import type { Decider } from '../kernel/decider.js';
import type { HostCommand } from '../domain/host/commands.js';
import { parseHostName } from '../domain/host/hostName.js';
import { maskProductKeys } from '../importing/productKeys.js';
import type { StreamId } from '../kernel/identifiers.js';
import { refused } from './acceptedText.js';
import { furtherOrigin, refusalOf, type CommandOrigin, type CommandRunner } from './commandRunner.js';
import type { HostFacts, LedgerFacts } from './facts.js';
import type { HostDirectory } from './hostDirectory.js';
import type { RefusedOutcome } from './port.js';
import type { HostReference } from './requestPort.js';

export interface FoundHost {
  readonly stream: StreamId;
  readonly facts: HostFacts;
  /** Its name was never met: it enters the ledger with the request. */
  readonly isNew: boolean;
}

/** The host that a request is about. By id it must be known; by name it may be new. */
export function findHost(reference: HostReference, facts: LedgerFacts, hosts: HostDirectory): FoundHost | RefusedOutcome {
  if (reference.host !== undefined) {
    const known = facts.host(reference.host);
    return known === undefined ? refused('HOST_UNKNOWN', {}, ['host']) : { stream: reference.host, facts: known, isNew: false };
  }
  const name = reference.hostName === undefined ? undefined : parseHostName(maskProductKeys(reference.hostName));
  if (name === undefined) return refused('HOST_NAME_UNREADABLE', {}, ['host', 'hostName']);
  const stream = hosts.resolve(name);
  const known = facts.host(stream);
  return { stream, facts: known ?? { rawName: name.raw }, isNew: known === undefined };
}

/** Enters a host that a request met first. Somebody else may have done so in between, which is as good. */
export async function enterHost(found: FoundHost, runner: CommandRunner, decider: Decider<unknown, HostCommand>, origin: CommandOrigin): Promise<RefusedOutcome | undefined> {
  const name = parseHostName(found.facts.rawName);
  if (!found.isNew || name === undefined) return undefined;
  const outcome = await runner.run({ decider, stream: found.stream, command: { kind: 'registerHost', name } }, furtherOrigin(origin, 'host'));
  if (outcome.kind !== 'refused' || outcome.refusal.code === 'HOST_ALREADY_REGISTERED') return undefined;
  return refusalOf(outcome.refusal);
}
