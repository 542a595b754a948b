import { ExportError } from '../audit/export/bundle.js';
import type { ExportFilter } from '../domain/ledger/events.js';
import type { StreamId } from '../kernel/identifiers.js';
import { streamCategory } from '../kernel/identifiers.js';
import type { EmbeddedLedger } from './embeddedLedger.js';

/** What is to be exported, in the words of people: names, last five characters, licence IDs, or streams. */
export interface NamedFilter {
  readonly recordedFrom?: string | undefined;
  readonly recordedTo?: string | undefined;
  readonly hosts?: readonly string[] | undefined;
  readonly keys?: readonly string[] | undefined;
  readonly agreements?: readonly string[] | undefined;
  readonly types?: readonly string[] | undefined;
}

/** The streams that are meant. Throws `ExportError` HOST_UNKNOWN, KEY_UNKNOWN or AGREEMENT_UNKNOWN: an export of nothing would look like a finding. */
export function resolveFilter(named: NamedFilter, { readModel }: Pick<EmbeddedLedger, 'readModel'>): ExportFilter {
  const { hosts, keys, agreements, ...conditions } = named;
  return {
    ...conditions,
    hosts: streams(hosts, 'host', 'HOST_UNKNOWN', (name) => readModel.hosts.byName(name.toLowerCase(), { now: 0 }).map(({ host }) => host)),
    keys: streams(keys, 'productKey', 'KEY_UNKNOWN', (lastFive) => readModel.productKeys.byLastFive(lastFive.toUpperCase()).map(({ key }) => key)),
    agreements: streams(agreements, 'agreement', 'AGREEMENT_UNKNOWN', (licenceId) => {
      const found = readModel.agreements.byLicenceId(licenceId);
      return found === undefined ? [] : [found.agreement];
    }),
  };
}

function streams(names: readonly string[] | undefined, category: string, code: string, find: (name: string) => readonly StreamId[]): readonly string[] | undefined {
  return names?.flatMap((name): readonly string[] => {
    if (streamCategory(name as StreamId) === category && name.includes('-')) return [name];
    const found = find(name);
    if (found.length === 0) throw new ExportError(code, `The ledger knows no ${category === 'productKey' ? 'product key' : category} ${name}.`);
    return found;
  });
}
