import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root, Subscription, type ClassType } from 'type-graphql';
import { render } from '../../domain/messages/message.js';
import { messageOf } from '../../domain/messages/messages.js';
import { parseEnvelope } from '../../kernel/envelope.js';
import type { Sequence } from '../../kernel/identifiers.js';
import type { LedgerContext } from '../context.js';
import { eventAt } from '../event/read.js';
import { Host } from '../host/type.js';
import { momentAsOf, sequenceAsOf } from '../moment.js';
import { ProductKey } from '../productKey/type.js';
import { requireId } from '../relay/globalId.js';
import { pageRequest, readPage } from '../relay/page.js';
import { InstantScalar } from '../scalars/instant.js';
import { SequenceScalar } from '../scalars/sequence.js';
import { requestChanges } from './feed.js';
import { requestFilter, RequestFilterInput, RequestsArguments } from './input.js';
import { LedgerRequest, ReimagingReportLine, RequestConnection, RequestCount, RequestRefusal, RequestsChange } from './listed.js';

@Resolver(() => RequestRefusal)
export class RequestRefusalResolver {
  @FieldResolver(() => String, { description: 'A sentence for people, in the language of the request.' })
  message(@Root() { code, parameters }: RequestRefusal, @Ctx() { language }: LedgerContext): string {
    const message = messageOf(code);
    return message === undefined ? code : render(message, parameters, language);
  }
}

@Resolver(() => LedgerRequest)
export class RequestResolver {
  @Query(() => LedgerRequest, { nullable: true, description: 'One request; null if the ledger knows none such.' })
  request(
    @Ctx() context: LedgerContext,
    @Arg('id', () => ID, { description: 'Id of the request.' }) id: string,
    @Arg('asOf', () => InstantScalar, { nullable: true, description: 'As the ledger knew it at this time of recording.' }) asOf?: number | null,
  ): LedgerRequest | undefined {
    const moment = momentAsOf(context, asOf);
    const row = context.services.readModel.requests.byId(requireId('Request', id, 'id'), moment.asOf);
    return row && new LedgerRequest(row, moment);
  }

  @Query(() => RequestConnection as ClassType, { description: 'Requests of all kinds, latest first.' })
  requests(@Ctx() context: LedgerContext, @Args(() => RequestsArguments) args: RequestsArguments): object {
    const page = pageRequest(args);
    const moment = momentAsOf(context, args.asOf);
    const { requests } = context.services.readModel;
    const filter = requestFilter(args.filter);
    const found = readPage(page, (bounds) => requests.page(filter, args.direction === 'DESCENDING', bounds, moment.asOf));
    return new RequestConnection(found, page, (row) => new LedgerRequest(row, moment), () => requests.count(filter, moment.asOf));
  }

  @Query(() => [RequestCount], { description: 'How many requests of each kind are in each state.' })
  requestCounts(
    @Ctx() context: LedgerContext,
    @Arg('filter', () => RequestFilterInput, { nullable: true, description: 'Of which requests; without it of all.' }) filter?: RequestFilterInput | null,
    @Arg('asOf', () => InstantScalar, { nullable: true, description: 'As the ledger knew them at this time of recording.' }) asOf?: number | null,
  ): readonly RequestCount[] {
    return context.services.readModel.requests.counts(requestFilter(filter), sequenceAsOf(context, asOf)).map((row) => new RequestCount(row));
  }

  @Query(() => [ReimagingReportLine], { description: 'Completed reimagings by image, team and month, the latest months first, with what they consumed.' })
  reimagingReport(
    @Ctx() context: LedgerContext,
    @Arg('filter', () => RequestFilterInput, { nullable: true, description: 'Of which requests; without it of all reimagings.' }) filter?: RequestFilterInput | null,
    @Arg('asOf', () => InstantScalar, { nullable: true, description: 'As the ledger knew them at this time of recording.' }) asOf?: number | null,
  ): readonly ReimagingReportLine[] {
    return context.services.readModel.requests.reimagings(requestFilter(filter), sequenceAsOf(context, asOf)).map((row) => new ReimagingReportLine(row));
  }

  @FieldResolver(() => Host, { nullable: true, description: 'The host it is about; null for a limit increase.' })
  host(@Root() { row, moment }: LedgerRequest, @Ctx() { services }: LedgerContext): Host | undefined {
    const host = row.host === undefined ? undefined : services.readModel.hosts.byHost(row.host, moment);
    return host && new Host(host, moment);
  }

  @FieldResolver(() => ProductKey, { nullable: true, description: 'The key it is served with, or whose limit is to be raised; null where there is none.' })
  productKey(@Root() { row, moment }: LedgerRequest, @Ctx() { services }: LedgerContext): ProductKey | undefined {
    const key = row.key === undefined ? undefined : services.readModel.productKeys.byKey(row.key, moment.asOf);
    return key && new ProductKey(key, moment);
  }

  @FieldResolver(() => LedgerRequest, { nullable: true, description: 'The request for the activation that was reserved for this one.' })
  activation(@Root() { row, moment }: LedgerRequest, @Ctx() { services }: LedgerContext): LedgerRequest | undefined {
    const activation = row.activation === undefined ? undefined : services.readModel.requests.byId(row.activation, moment.asOf);
    return activation && new LedgerRequest(activation, moment);
  }

  @FieldResolver(() => LedgerRequest, { nullable: true, description: 'The reimaging or downgrade that this activation serves.' })
  onBehalfOf(@Root() { row, moment }: LedgerRequest, @Ctx() { services }: LedgerContext): LedgerRequest | undefined {
    const served = row.onBehalfOf === undefined ? undefined : services.readModel.requests.byId(row.onBehalfOf, moment.asOf);
    return served && new LedgerRequest(served, moment);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Of a limit increase: why, for the Activation Center, in the words of its request; `redacted` once the one who asked was forgotten.',
  })
  async justification(@Root() { row }: LedgerRequest, @Ctx() { services }: LedgerContext): Promise<string | undefined> {
    if (row.kind !== 'LIMIT_INCREASE') return undefined;
    const stored = await eventAt(services.store, row.sequence);
    const { reason, id } = stored === undefined ? {} : parseEnvelope(stored.text);
    return reason && id && services.vault.unseal(reason, { event: id, field: 'reason' });
  }

  @Subscription(() => RequestsChange, {
    description: 'Requests after each event that changed them: history first, then live.',
    subscribe: ({ args, context }: { args: { after?: Sequence | null; filter?: RequestFilterInput | null }; context: LedgerContext }) =>
      requestChanges(context, args.after, requestFilter(args.filter)),
  })
  requestsChanged(
    @Root() change: RequestsChange,
    @Arg('filter', () => RequestFilterInput, { nullable: true, description: 'Which requests, as they are after the event; without it all.' }) _filter?: RequestFilterInput | null,
    @Arg('after', () => SequenceScalar, { nullable: true, description: 'Sequence of the last change seen, 0 for the whole history; without it only what comes from now on.' })
    _after?: Sequence | null,
  ): RequestsChange {
    return change;
  }
}
