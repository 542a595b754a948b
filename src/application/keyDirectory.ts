import type { KeyMention } from '../domain/observation.js';
import { derivedStreamId } from '../kernel/eventIds.js';
import type { StreamId } from '../kernel/identifiers.js';

export interface KnownKey {
  readonly stream: StreamId;
  readonly fingerprint: string | undefined;
}

/** Which product key a mention means. */
export interface KeyDirectory {
  /**
   * The key's stream and whether it was met before. Undefined when only the last five are given and several keys end in them:
   * such a mention is attributed to none.
   */
  resolve(mention: KeyMention): { readonly stream: StreamId; readonly isNew: boolean } | undefined;
}

/** `lookUp` gives the keys that the read model knows by their last five. */
export function createKeyDirectory(lookUp: (lastFive: string) => readonly KnownKey[]): KeyDirectory {
  const keys = new Map<string, KnownKey[]>();

  return {
    resolve({ lastFive, fingerprint }) {
      const known = knownBy(lastFive);
      const index = fingerprint === undefined ? indexOfOnly(known) : indexOfFingerprint(known, fingerprint);
      const found = known[index];
      if (found === undefined) {
        if (fingerprint === undefined && known.length > 1) return undefined;
        const stream =
          known.length === 0 || fingerprint === undefined
            ? derivedStreamId('productKey', 'lastFive', lastFive)
            : derivedStreamId('productKey', 'fingerprint', fingerprint);
        known.push({ stream, fingerprint });
        return { stream, isNew: true };
      }
      const learns = found.fingerprint === undefined && fingerprint !== undefined;
      if (learns) known[index] = { stream: found.stream, fingerprint };
      return { stream: found.stream, isNew: learns };
    },
  };

  function knownBy(lastFive: string): KnownKey[] {
    let known = keys.get(lastFive);
    if (known === undefined) {
      known = [...lookUp(lastFive)];
      keys.set(lastFive, known);
    }
    return known;
  }
}

function indexOfOnly(known: readonly KnownKey[]): number {
  return known.length === 1 ? 0 : -1;
}

/** The key with this fingerprint, else the one of which only the last five were known. */
function indexOfFingerprint(known: readonly KnownKey[], fingerprint: string): number {
  const exact = known.findIndex((key) => key.fingerprint === fingerprint);
  return exact === -1 ? known.findIndex((key) => key.fingerprint === undefined) : exact;
}
