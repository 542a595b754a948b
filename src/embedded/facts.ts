import type { LedgerFacts } from '../application/facts.js';
import type { ReadModel } from '../graphql/readModel.js';

/** What commands look up before they are decided, from the read model. */
export function factsOf(readModel: ReadModel): LedgerFacts {
  return {
    productKey(key) {
      const row = readModel.productKeys.byKey(key);
      return row && { ...row, overage: 'REFUSE' };
    },
    host(host) {
      const row = readModel.hosts.byHost(host, { now: 0 });
      return row && { rawName: row.rawName, virtualMachine: row.virtualMachine, operatingSystem: row.operatingSystem };
    },
    programme: () => undefined,
    affiliation: () => 'UNKNOWN',
    unitsOwned: () => undefined,
    reservedKeys: (host) => readModel.reservations.keysReservedFor(host),
    limitFigures(key) {
      const row = readModel.productKeys.byKey(key);
      return { allowed: row?.allowed, used: row?.used };
    },
  };
}
