import { Ctx, Query, Resolver } from 'type-graphql';
import type { LedgerContext } from '../context.js';
import { FeedProgress } from './feed.js';
import { Ledger, ProjectionProgress } from './type.js';

@Resolver(() => Ledger)
export class LedgerResolver {
  @Query(() => Ledger, { description: 'The ledger itself: how long it is, and how far queries have followed it.' })
  async ledger(@Ctx() { services }: LedgerContext): Promise<Ledger> {
    const [ledgerId, head] = await Promise.all([services.vault.ledgerId(), services.store.head()]);
    const { sequence, rebuilding } = services.readModel.progress();
    const feed = await services.feed?.state();
    return new Ledger({
      ledgerId,
      sequence: head.sequence,
      version: services.version,
      store: services.store.kind,
      projections: new ProjectionProgress(sequence, head.sequence, rebuilding),
      feed: feed === undefined ? undefined : new FeedProgress(feed),
    });
  }
}
