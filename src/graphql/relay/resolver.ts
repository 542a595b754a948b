import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { Sequence, StreamId } from '../../kernel/identifiers.js';
import type { LedgerContext } from '../context.js';
import { Agreement, Entitlement, entitlementParts } from '../agreement/type.js';
import { eventAt } from '../event/read.js';
import { LedgerEvent } from '../event/type.js';
import { Host } from '../host/type.js';
import { Import } from '../import/type.js';
import { kmsHostByName } from '../kmsHost/resolver.js';
import { presentMoment } from '../moment.js';
import { organisationAt } from '../organisation/resolver.js';
import { ProductKey } from '../productKey/type.js';
import { LedgerRequest } from '../request/listed.js';
import { readGlobalId } from './globalId.js';
import { Node } from './node.js';

@Resolver()
export class NodeResolver {
  @Query(() => Node, { nullable: true, description: 'Any object by its id; null if the ledger has none such.' })
  async node(@Ctx() context: LedgerContext, @Arg('id', () => ID, { description: 'Id of the object.' }) id: string): Promise<Node | undefined> {
    const read = readGlobalId(id);
    if (read === undefined) return undefined;
    const { readModel, store } = context.services;
    switch (read.kind) {
      case 'Host': {
        const moment = presentMoment(context);
        const row = readModel.hosts.byHost(read.id as StreamId, moment);
        return row && new Host(row, moment);
      }
      case 'ProductKey': {
        const row = readModel.productKeys.byKey(read.id as StreamId);
        return row && new ProductKey(row, presentMoment(context));
      }
      case 'KmsHost':
        return kmsHostByName(context, read.id, presentMoment(context));
      case 'LedgerEvent': {
        const stored = await eventAt(store, Number(read.id) as Sequence);
        return stored && new LedgerEvent(stored);
      }
      case 'Import': {
        const row = readModel.imports.byId(read.id);
        return row && new Import(row);
      }
      case 'Request': {
        const row = readModel.requests.byId(read.id);
        return row && new LedgerRequest(row, presentMoment(context));
      }
      case 'Agreement': {
        const row = readModel.agreements.byStream(read.id as StreamId);
        return row && new Agreement(row, presentMoment(context));
      }
      case 'Entitlement': {
        const { agreement, entitlement } = entitlementParts(read.id);
        const row = readModel.agreements.entitlement(agreement, entitlement);
        return row && new Entitlement(row, presentMoment(context));
      }
      case 'Organisation':
        return organisationAt(context, read.id, presentMoment(context));
    }
  }
}
