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
   * The key's stream, and whether its stream does not know yet what the mention says. Undefined when only the last five are given and several keys end in them:
   * such a mention is attributed to none.
   */
  resolve(mention: KeyMention): { readonly stream: StreamId; readonly isNew: boolean } | undefined;
  /** The mention is recorded on the key's stream: from now on it is nothing new. */
  recorded(mention: KeyMention, stream: StreamId): void;
}

/** A key as the directory remembers it: what was resolved and not yet recorded may still fail to be. */
interface RememberedKey extends KnownKey {
  readonly isRecorded: boolean;
}

/** `lookUp` gives the keys that the read model knows by their last five. */
export function createKeyDirectory(lookUp: (lastFive: string) => readonly KnownKey[]): KeyDirectory {
  const keys = new Map<string, RememberedKey[]>();

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
        known.push({ stream, fingerprint, isRecorded: false });
        return { stream, isNew: true };
      }
      const learns = found.fingerprint === undefined && fingerprint !== undefined;
      if (learns) known[index] = { stream: found.stream, fingerprint, isRecorded: false };
      return { stream: found.stream, isNew: learns || !found.isRecorded };
    },
    recorded({ lastFive }, stream) {
      const known = knownBy(lastFive);
      const index = known.findIndex((key) => key.stream === stream);
      const found = known[index];
      if (found !== undefined && !found.isRecorded) known[index] = { ...found, isRecorded: true };
    },
  };

  function knownBy(lastFive: string): RememberedKey[] {
    let known = keys.get(lastFive);
    if (known === undefined) {
      known = lookUp(lastFive).map((key) => ({ ...key, isRecorded: true }));
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
