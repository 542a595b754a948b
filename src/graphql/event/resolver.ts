import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root, Subscription, type ClassType } from 'type-graphql';
import { isGiven } from '../given.js';
import { sequenceAsOf } from '../moment.js';
import type { LedgerContext } from '../context.js';
import { pageRequest, readPage } from '../relay/page.js';
import { requireId } from '../relay/globalId.js';
import { SequenceScalar } from '../scalars/sequence.js';
import type { Sequence } from '../../kernel/identifiers.js';
import { eventBatches } from './feed.js';
import { EventsArguments, LedgerEventFilter, timelineFilter } from './input.js';
import { eventAt, withText } from './read.js';
import { Actor, LedgerEvent, LedgerEventBatch, LedgerEventConnection } from './type.js';
import { inputError } from '../clientError.js';

@Resolver(() => LedgerEvent)
export class EventResolver {
  @Query(() => LedgerEvent, { nullable: true, description: 'One event, by its id or its sequence; null if the ledger has none such.' })
  async event(
    @Ctx() { services }: LedgerContext,
    @Arg('id', () => ID, { nullable: true, description: 'Id of the event.' }) id?: string | null,
    @Arg('sequence', () => SequenceScalar, { nullable: true, description: 'Its number in the ledger.' }) sequence?: Sequence | null,
  ): Promise<LedgerEvent | undefined> {
    if (isGiven(id) === isGiven(sequence)) throw inputError('EITHER', { one: 'id', other: 'sequence' });
    const wanted = sequence ?? (Number(requireId('LedgerEvent', id ?? '', 'id')) as Sequence);
    const stored = await eventAt(services.store, wanted);
    return stored && new LedgerEvent(stored);
  }

  @Query(() => LedgerEventConnection as ClassType, { description: 'Events of the past, in log order or newest first.' })
  async events(@Ctx() context: LedgerContext, @Args(() => EventsArguments) args: EventsArguments): Promise<object> {
    const request = pageRequest(args);
    const { timeline } = context.services.readModel;
    const filter = timelineFilter(args.filter);
    const page = readPage(request, (bounds) => timeline.page(filter, args.direction === 'DESCENDING', bounds, sequenceAsOf(context, args.asOf)));
    return new LedgerEventConnection(await withText(context.services.store, page), request, (stored) => new LedgerEvent(stored));
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Why, in the words of whoever caused it; `redacted` once that person was forgotten, null if no reason was given.',
  })
  async reason(@Root() event: LedgerEvent, @Ctx() { services }: LedgerContext): Promise<string | undefined> {
    const { reason, id } = event.envelope;
    return reason && services.vault.unseal(reason, { event: id, field: 'reason' });
  }

  @Subscription(() => LedgerEventBatch, {
    description: 'Events after a cursor: history first, then live, each exactly once, at the reader\'s own pace.',
    subscribe: ({ args, context }: { args: { after?: Sequence | null; filter?: LedgerEventFilter | null }; context: LedgerContext }) =>
      eventBatches(context, args.after, args.filter),
  })
  ledgerEvents(
    @Root() batch: LedgerEventBatch,
    @Arg('after', () => SequenceScalar, { nullable: true, description: 'Cursor of the last batch seen, 0 for the whole history; without it only what comes from now on.' })
    _after?: Sequence | null,
    @Arg('filter', () => LedgerEventFilter, { nullable: true, description: 'Which events; without it all.' }) _filter?: LedgerEventFilter | null,
  ): LedgerEventBatch {
    return batch;
  }
}

@Resolver(() => Actor)
export class ActorResolver {
  @FieldResolver(() => String, { description: 'The name, or `redacted` once it was forgotten.' })
  async name(@Root() actor: Actor, @Ctx() { services }: LedgerContext): Promise<string> {
    return services.vault.nameOf(actor.subject);
  }
}
