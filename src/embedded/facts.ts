import type { LedgerFacts } from '../application/facts.js';
import type { ReadModel } from '../graphql/readModel.js';
import type { Instant } from '../kernel/identifiers.js';

/** Of `YYYY-MM-DD`. */
const DATE_LENGTH = 10;

/** What commands look up before they are decided, from the read model. */
export function factsOf(readModel: ReadModel, now: () => Instant): LedgerFacts {
  return {
    productKey(key) {
      const row = readModel.productKeys.byKey(key);
      return row && { ...row, overage: 'REFUSE' };
    },
    host(host) {
      const row = readModel.hosts.byHost(host, { now: 0 });
      return row && { rawName: row.rawName, virtualMachine: row.virtualMachine, operatingSystem: row.operatingSystem };
    },
    programme: (licenceId) => readModel.agreements.byLicenceId(licenceId)?.programme,
    affiliation: (licenceId, other) => readModel.agreements.affiliation(licenceId, other),
    unitsOwned: (licenceId, product) => readModel.agreements.unitsOwned(licenceId, product, now().slice(0, DATE_LENGTH)),
    reservedKeys: (host) => readModel.reservations.keysReservedFor(host),
    limitFigures(key) {
      const row = readModel.productKeys.byKey(key);
      return { allowed: row?.allowed, used: row?.used };
    },
  };
}
