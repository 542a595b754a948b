import type { StreamId } from '../../kernel/identifiers.js';
import type { ConfirmationIdPlace, KeptConfirmationId, VaultEntry } from '../port.js';
import { put, readEach, type Entries, type EntryName } from './entries.js';

export interface ConfirmationIds {
  keep(confirmationId: KeptConfirmationId): Promise<void>;
  find(place: ConfirmationIdPlace): Promise<KeptConfirmationId | undefined>;
  /** Newest first. */
  ofHost(host: StreamId): Promise<readonly KeptConfirmationId[]>;
  forget(place: ConfirmationIdPlace): Promise<boolean>;
  all(): Promise<readonly VaultEntry[]>;
}

/** The way from a host is written before what it leads to, and is not believed: it may lead to what is another host's by now, or nowhere. */
export function confirmationIdsIn(entries: Entries): ConfirmationIds {
  const nameOf = ({ productKey, activation }: ConfirmationIdPlace): EntryName<'confirmationId'> => entries.nameOf('confirmationId', productKey, activation);
  const wayOf = (host: StreamId, name: EntryName<'confirmationId'>): EntryName<'hostIndex'> =>
    `${entries.nameOf('hostIndex', host)}.${lastPart(name)}` as EntryName<'hostIndex'>;

  async function eraseWay(host: StreamId | undefined, name: EntryName<'confirmationId'>): Promise<void> {
    const way = host === undefined ? undefined : await entries.read(wayOf(host, name));
    if (way !== undefined) await entries.erase(way.revision);
  }

  return {
    async keep({ productKey, activation, host, hardware, confirmationId, keptAt }) {
      const name = nameOf({ productKey, activation });
      const earlier = await entries.read(name);
      if (host !== undefined) await put(entries, wayOf(host, name), {});
      await put(entries, name, { productKey, activation, host, hardware, confirmationId, keptAt });
      if (earlier?.value.host !== host) await eraseWay(earlier?.value.host, name);
    },
    async find(place) {
      const found = await entries.read(nameOf(place));
      return found && kept(found.value);
    },
    async ofHost(host) {
      const parts = await entries.namesUnder(entries.nameOf('hostIndex', host));
      const found = await readEach(parts, (part) => entries.read(`confirmationId.${part}` as EntryName<'confirmationId'>));
      const own = found.map(({ value }) => kept(value)).filter((each) => each.host === host);
      return own.sort((one, other) => (one.keptAt + one.activation > other.keptAt + other.activation ? -1 : 1));
    },
    async forget(place) {
      const name = nameOf(place);
      const found = await entries.read(name);
      if (found === undefined) return false;
      const isErased = await entries.erase(found.revision);
      await eraseWay(found.value.host, name);
      return isErased;
    },
    async all() {
      return (await entries.all('confirmationId')).map(({ value }) => ({ kind: 'confirmationId' as const, ...kept(value) }));
    },
  };
}

/** With the fields that were left out when it was written. */
function kept(value: KeptConfirmationId): KeptConfirmationId {
  return { ...value, host: value.host, hardware: value.hardware };
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
