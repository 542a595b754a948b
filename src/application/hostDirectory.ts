import type { HostName } from '../domain/host/hostName.js';
import { derivedStreamId } from '../kernel/eventIds.js';
import type { StreamId } from '../kernel/identifiers.js';

/** A host that was met under a short name, with the DNS domain it had there (empty: unknown). */
export interface KnownHost {
  readonly domain: string;
  readonly stream: StreamId;
}

/** Which host a name means. Logs mix FQDN and NetBIOS names, so a short name alone joins the only host that has it. */
export interface HostDirectory {
  /** The host's stream; for a name never met, the one it will have. Looking changes nothing. */
  find(name: HostName): StreamId;
  /** The host's stream; for a name never met, the one it will have, and from now on it is met. */
  resolve(name: HostName): StreamId;
  /** From now on the names of the one host are the other's. */
  merged(absorbed: StreamId, survivor: StreamId): void;
}

/** Short names kept in memory; others are looked up in the read model. */
const NAMES_KEPT_MAX = 500_000;

/**
 * `lookUp` gives the hosts that the read model knows under a short name. Names met since are remembered here,
 * so the read model may lag behind.
 */
export function createHostDirectory(lookUp: (shortName: string) => readonly KnownHost[]): HostDirectory {
  const names = new Map<string, KnownHost[]>();

  return {
    find: (name) => streamAmong(knownUnder(name.name), name),
    resolve(name) {
      const known = knownUnder(name.name);
      const stream = streamAmong(known, name);
      if (!known.some((host) => host.domain === name.domain && host.stream === stream)) known.push({ domain: name.domain, stream });
      return stream;
    },
    merged(absorbed, survivor) {
      // Merging is rare and done by hand: looking at every name costs less than a second index of all of them.
      for (const [name, known] of names) {
        if (known.some((host) => host.stream === absorbed)) names.set(name, known.map((host) => (host.stream === absorbed ? { ...host, stream: survivor } : host)));
      }
    },
  };

  function knownUnder(shortName: string): KnownHost[] {
    const kept = names.get(shortName);
    if (kept !== undefined) return kept;
    const loaded = [...lookUp(shortName)];
    names.set(shortName, loaded);
    if (names.size > NAMES_KEPT_MAX) {
      const oldest = names.keys().next();
      if (oldest.done !== true) names.delete(oldest.value);
    }
    return loaded;
  }
}

function streamAmong(known: readonly KnownHost[], { name, domain }: HostName): StreamId {
  return hostNamed(known, domain) ?? derivedStreamId('host', name, domain);
}

function hostNamed(known: readonly KnownHost[], domain: string): StreamId | undefined {
  const exact = known.find((host) => host.domain === domain);
  if (exact !== undefined) return exact.stream;
  const streams = new Set(known.map((host) => host.stream));
  // A bare name joins the one host that has it; if several domains have one, it stays apart until somebody merges them.
  if (domain === '') return streams.size === 1 ? known[0]?.stream : undefined;
  // A full name joins a host that was only ever met by the bare name.
  const bare = known.find((host) => host.domain === '');
  return bare !== undefined && known.every((host) => host.stream !== bare.stream || host.domain === '') ? bare.stream : undefined;
}
