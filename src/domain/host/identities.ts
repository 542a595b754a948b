/** Names, CMIDs and hardware a host was met under: none of them is its identity, so all are kept. */
import type { HostMention } from '../observation.js';
import type { HostIdentity } from './events.js';
import type { HostName } from './hostName.js';

/** Identities a host's state remembers; older ones stay in the log and would be recorded again if met again. */
const IDENTITIES_REMEMBERED_MAX = 256;

/** Every identity a record gives, the name first. */
export function identitiesOf(name: HostName, mention: Omit<HostMention, 'rawName'>): readonly HostIdentity[] {
  const identities: HostIdentity[] = [{ kind: 'NAME', name: name.name, domain: name.domain, raw: name.raw }];
  if (mention.cmid !== undefined) identities.push({ kind: 'CMID', value: mention.cmid });
  for (const value of mention.macAddresses ?? []) identities.push({ kind: 'MAC', value });
  if (mention.vamtId !== undefined) identities.push({ kind: 'VAMT_ID', value: mention.vamtId });
  return identities;
}

/** Those that are not among the known. */
export function newIdentities(known: readonly string[], found: readonly HostIdentity[]): readonly HostIdentity[] {
  return found.filter((identity) => !known.includes(identityText(identity)));
}

/** What a state remembers of them. */
export function withIdentities(known: readonly string[], found: readonly HostIdentity[]): readonly string[] {
  const news = newIdentities(known, found).map(identityText);
  return news.length === 0 ? known : [...known, ...news].slice(-IDENTITIES_REMEMBERED_MAX);
}

function identityText(identity: HostIdentity): string {
  return identity.kind === 'NAME' ? `NAME:${identity.raw}` : `${identity.kind}:${identity.value}`;
}
