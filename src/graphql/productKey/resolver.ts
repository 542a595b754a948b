import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root, Subscription, type ClassType } from 'type-graphql';
import { keyCountsAt } from '../../../projections/keyCounts.js';
import type { Sequence, StreamId } from '../../kernel/identifiers.js';
import type { LedgerContext } from '../context.js';
import { projected } from '../event/projected.js';
import { withText } from '../event/read.js';
import { LedgerEvent, LedgerEventConnection } from '../event/type.js';
import { isGiven } from '../given.js';
import { Host } from '../host/type.js';
import { momentAsOf, type Moment } from '../moment.js';
import { requireId } from '../relay/globalId.js';
import { PageArguments, pageRequest, readPage } from '../relay/page.js';
import { InstantScalar } from '../scalars/instant.js';
import { SequenceScalar } from '../scalars/sequence.js';
import { keyChanges } from './feed.js';
import { KeyChangeFilter, keyFilter, ProductKeysArguments } from './input.js';
import { KeyActivation, KeyActivationConnection, KeyCountsChange, ProductKey, ProductKeyConnection } from './type.js';

@Resolver(() => ProductKey)
export class ProductKeyResolver {
  @Query(() => ProductKey, { nullable: true, description: 'One product key; null if the ledger knows none such.' })
  productKey(
    @Ctx() context: LedgerContext,
    @Arg('id', () => ID, { description: 'Id of the key.' }) id: string,
    @Arg('asOf', () => InstantScalar, { nullable: true, description: 'As the ledger knew it at this time of recording.' }) asOf?: number | null,
    @Arg('validAt', () => InstantScalar, { nullable: true, description: 'As it was at this time, with everything known (by `asOf`, if given).' }) validAt?: number | null,
  ): ProductKey | undefined | Promise<ProductKey | undefined> {
    const key = requireId('ProductKey', id, 'id') as StreamId;
    const moment = momentAsOf(context, asOf);
    if (isGiven(validAt)) return validKey(context, key, moment, validAt);
    const row = context.services.readModel.productKeys.byKey(key, moment.asOf);
    return row && new ProductKey(row, moment);
  }

  @Query(() => ProductKeyConnection as ClassType, { description: 'Product keys, filtered and ordered.' })
  productKeys(@Ctx() context: LedgerContext, @Args(() => ProductKeysArguments) args: ProductKeysArguments): object {
    const request = pageRequest(args);
    const moment = momentAsOf(context, args.asOf);
    const { productKeys } = context.services.readModel;
    const filter = keyFilter(args.filter);
    const page = readPage(request, (bounds) => productKeys.page(filter, args.order, args.direction === 'DESCENDING', bounds, moment.asOf));
    return new ProductKeyConnection(page, request, (row) => new ProductKey(row, moment), () => (moment.asOf === undefined ? productKeys.count(filter) : undefined));
  }

  @FieldResolver(() => ProductKey, { nullable: true, description: 'The key that takes its place.' })
  replacedBy(@Root() { row, moment }: ProductKey, @Ctx() { services }: LedgerContext): ProductKey | undefined {
    const other = row.replacedBy && services.readModel.productKeys.byKey(row.replacedBy, moment.asOf);
    return other ? new ProductKey(other, moment) : undefined;
  }

  @FieldResolver(() => KeyActivationConnection as ClassType, { description: 'Its activations, asked for or seen, newest first.' })
  activations(@Root() key: ProductKey, @Ctx() { services }: LedgerContext, @Args(() => PageArguments) args: PageArguments): object {
    const request = pageRequest(args);
    const page = readPage(request, (bounds) => services.readModel.productKeys.activations(key.row.key, bounds, key.moment.asOf));
    return new KeyActivationConnection(page, request, (row) => new KeyActivation(row, key.moment));
  }

  @FieldResolver(() => LedgerEventConnection as ClassType, { description: 'Its events, newest first.' })
  async events(@Root() key: ProductKey, @Ctx() { services }: LedgerContext, @Args(() => PageArguments) args: PageArguments): Promise<object> {
    const request = pageRequest(args);
    const page = readPage(request, (bounds) => services.readModel.timeline.page({ stream: key.row.key }, true, bounds, key.moment.asOf));
    return new LedgerEventConnection(await withText(services.store, page), request, (stored) => new LedgerEvent(stored));
  }

  @Subscription(() => KeyCountsChange, {
    description: 'Product keys after each event that touched their counts: history first, then live.',
    subscribe: ({ args, context }: { args: { after?: Sequence | null; filter?: KeyChangeFilter | null }; context: LedgerContext }) =>
      keyChanges(context, args.after, args.filter),
  })
  keyCountsChanged(
    @Root() change: KeyCountsChange,
    @Arg('filter', () => KeyChangeFilter, { nullable: true, description: 'Which changes; without it all.' }) _filter?: KeyChangeFilter | null,
    @Arg('after', () => SequenceScalar, { nullable: true, description: 'Sequence of the last change seen, 0 for the whole history; without it only what comes from now on.' })
    _after?: Sequence | null,
  ): KeyCountsChange {
    return change;
  }
}

@Resolver(() => KeyActivation)
export class KeyActivationResolver {
  @FieldResolver(() => Host, { nullable: true, description: 'The host it was seen on.' })
  host(@Root() { row: activation, moment }: KeyActivation, @Ctx() { services }: LedgerContext): Host | undefined {
    const row = services.readModel.hosts.byHost(activation.host, moment);
    return row && new Host(row, moment);
  }
}

async function validKey(context: LedgerContext, key: StreamId, moment: Moment, validAt: number): Promise<ProductKey | undefined> {
  const row = keyCountsAt(await projected(context, key, moment.asOf), validAt, context.services.rules);
  return row && new ProductKey(row, moment);
}
