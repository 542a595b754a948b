import type { LedgerFacts } from '../application/facts.js';
import { instantText } from '../application/instantText.js';
import { forecastFrom, forecastOf } from '../domain/productKey/forecast.js';
import type { ReadModel } from '../graphql/readModel.js';
import type { Instant } from '../kernel/identifiers.js';

/** Of `YYYY-MM-DD`. */
const DATE_LENGTH = 10;

/** What commands look up before they are decided, from the read model. */
export function factsOf(readModel: ReadModel, now: () => Instant): LedgerFacts {
  return {
    productKey: (key) => readModel.productKeys.byKey(key),
    host(host) {
      const row = readModel.hosts.byHost(host, { now: 0 });
      if (row === undefined) return undefined;
      const { rawName, virtualMachine, operatingSystem, life } = row;
      return { rawName, virtualMachine, operatingSystem, retiredAt: instantText(life?.retired?.at), mergedInto: life?.mergedInto };
    },
    programme: (licenceId) => readModel.agreements.byLicenceId(licenceId)?.programme,
    affiliation: (licenceId, other) => readModel.agreements.affiliation(licenceId, other),
    unitsOwned: (licenceId, product) => readModel.agreements.unitsOwned(licenceId, product, now().slice(0, DATE_LENGTH)),
    reservedKeys: (host) => readModel.reservations.keysReservedFor(host),
    limitFigures(key) {
      const row = readModel.productKeys.byKey(key);
      if (row === undefined) return {};
      const { allowed, used, remaining, agreement, product } = row;
      const at = Date.parse(now());
      const { exhaustedOn } = forecastOf({ now: at, remaining, ...readModel.productKeys.spending(key, forecastFrom(at), at) });
      const activations = { kinds: ['ACTIVATION'], states: ['GRANTED', 'COMPLETED'], key } as const;
      return {
        owned: agreement === undefined || product === undefined ? undefined : readModel.agreements.unitsOwned(agreement, product, now().slice(0, DATE_LENGTH)),
        allowed,
        used,
        reimagings: readModel.requests.count({ ...activations, purpose: 'REIMAGING' }),
        virtualMachines: readModel.requests.count({ ...activations, virtualMachine: true }),
        exhaustedOn,
      };
    },
  };
}
