import type { Decider } from '../kernel/decider.js';
import type { HostCommand } from '../domain/host/commands.js';
import { parseHostName } from '../domain/host/hostName.js';
import { maskProductKeys } from '../importing/productKeys.js';
import type { StreamId } from '../kernel/identifiers.js';
import { refused } from './acceptedText.js';
import { furtherOrigin, refusalOf, type CommandOrigin, type CommandRunner, type CommandTarget } from './commandRunner.js';
import type { HostFacts, LedgerFacts } from './facts.js';
import type { HostDirectory } from './hostDirectory.js';
import type { RefusedOutcome } from './port.js';
import type { HostReference } from './requestPort.js';

export interface FoundHost {
  readonly stream: StreamId;
  readonly facts: HostFacts;
  /** Its name was never met: it enters the ledger with the request. */
  readonly isNew: boolean;
  /** Why nothing new can be asked of it: it is retired, or part of another host. */
  readonly barred?: RefusedOutcome | undefined;
}

/** The host that a request is about. By id it must be known; by name it may be new. */
export function findHost(reference: HostReference, facts: LedgerFacts, hosts: HostDirectory): FoundHost | RefusedOutcome {
  if (reference.host !== undefined) {
    const known = facts.host(reference.host);
    return known === undefined ? refused('HOST_UNKNOWN', {}, ['host']) : knownHost(reference.host, known, 'host');
  }
  const name = reference.hostName === undefined ? undefined : parseHostName(maskProductKeys(reference.hostName));
  if (name === undefined) return refused('HOST_NAME_UNREADABLE', {}, ['host', 'hostName']);
  const stream = hosts.find(name);
  const known = facts.host(stream);
  return known === undefined ? { stream, facts: { rawName: name.raw }, isNew: true } : knownHost(stream, known, 'hostName');
}

function knownHost(stream: StreamId, facts: HostFacts, field: string): FoundHost {
  const { retiredAt, mergedInto } = facts;
  const merged = mergedInto === undefined ? undefined : refused('HOST_MERGED', { survivor: mergedInto }, [field]);
  const barred = merged ?? (retiredAt === undefined ? undefined : refused('HOST_RETIRED', { retiredAt }, [field]));
  return { stream, facts, isNew: false, barred };
}

/**
 * What stands in the way of asking `target` of the hosts, before any of them is entered: nothing is recorded of a command that is refused.
 * A command that ran before is answered with what it recorded, whatever has become of the hosts since.
 */
export async function refusalBefore(
  found: readonly FoundHost[],
  runner: CommandRunner,
  target: CommandTarget<unknown, unknown>,
  origin: CommandOrigin,
): Promise<{ readonly host?: FoundHost; readonly refusal: RefusedOutcome } | undefined> {
  const host = found.find(({ barred }) => barred !== undefined);
  if (host === undefined && !found.some(({ isNew }) => isNew)) return undefined;
  if ((await runner.recorded(origin)) !== undefined) return undefined;
  if (host?.barred !== undefined) return { host, refusal: host.barred };
  const decision = await runner.preview(target);
  return decision.kind === 'refused' ? { refusal: refusalOf(decision.refusal) } : undefined;
}

/** Enters a host that a request met first. Somebody else may have done so in between, which is as good. */
export async function enterHost(
  found: FoundHost,
  { runner, hosts, hostDecider: decider }: { readonly runner: CommandRunner; readonly hosts: HostDirectory; readonly hostDecider: Decider<unknown, HostCommand> },
  origin: CommandOrigin,
): Promise<RefusedOutcome | undefined> {
  const name = parseHostName(found.facts.rawName);
  if (!found.isNew || name === undefined) return undefined;
  hosts.resolve(name);
  const outcome = await runner.run({ decider, stream: found.stream, command: { kind: 'registerHost', name } }, furtherOrigin(origin, 'host'));
  if (outcome.kind !== 'refused' || outcome.refusal.code === 'HOST_ALREADY_REGISTERED') return undefined;
  return refusalOf(outcome.refusal);
}
