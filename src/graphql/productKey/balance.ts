import { Args, ArgsType, Arg, Ctx, Field, FieldResolver, ID, Int, ObjectType, Query, Resolver, Root, type ClassType } from 'type-graphql';
import type { BalanceChangeRow } from '../../../projections/keyCounts.js';
import { forecastFrom, forecastOf, type Forecast, type ForecastBasis } from '../../domain/productKey/forecast.js';
import type { Sequence, StreamId } from '../../kernel/identifiers.js';
import type { LedgerContext } from '../context.js';
import { describedEnum } from '../describedEnum.js';
import { eventAt } from '../event/read.js';
import { LedgerEvent } from '../event/type.js';
import { isGiven } from '../given.js';
import { presentMoment, sequenceAsOf, type Moment } from '../moment.js';
import { connectionType } from '../relay/connection.js';
import { requireId } from '../relay/globalId.js';
import { PageArguments, pageRequest, readPage } from '../relay/page.js';
import { InstantScalar } from '../scalars/instant.js';
import { SequenceScalar } from '../scalars/sequence.js';
import { ProductKey } from './type.js';

const EVERY_SEQUENCE = Number.MAX_SAFE_INTEGER as Sequence;

@ObjectType({ simpleResolvers: true, description: 'One event that changed the balance of a key or reported on it, with the numbers after it.' })
export class BalanceChange {
  readonly row: BalanceChangeRow;

  constructor(row: BalanceChangeRow) {
    this.row = row;
  }

  @Field(() => SequenceScalar, { description: 'The event.' })
  get sequence(): Sequence {
    return this.row.sequence;
  }

  @Field(() => String, { description: 'Its type.' })
  get eventType(): string {
    return this.row.eventType;
  }

  @Field(() => InstantScalar, { description: 'When it happened.' })
  get occurredAt(): number {
    return this.row.occurredAt;
  }

  @Field(() => Int, { description: 'What it added to the opening balance.' })
  get opening(): number {
    return this.row.change.opening;
  }

  @Field(() => Int, { description: 'What it added to those confirmed.' })
  get confirmed(): number {
    return this.row.change.confirmed;
  }

  @Field(() => Int, { description: 'What it added to those reserved.' })
  get reserved(): number {
    return this.row.change.reserved;
  }

  @Field(() => Int, { description: 'What it added to those observed.' })
  get observed(): number {
    return this.row.change.observed;
  }

  @Field(() => Int, { description: 'What it added to those uncertain.' })
  get uncertain(): number {
    return this.row.change.uncertain;
  }

  @Field(() => Int, { nullable: true, description: 'What it added to the limit; null where the limit was not known before.' })
  get raised(): number | undefined {
    return this.row.raised;
  }

  @Field(() => Int, { description: 'Activations spent, with this event.' })
  get used(): number {
    return this.row.after.used;
  }

  @Field(() => Int, { nullable: true, description: 'The limit, with this event; null while it is not known.' })
  get allowed(): number | undefined {
    return this.row.after.allowed;
  }

  @Field(() => Int, { nullable: true, description: 'Allowed less used, with this event.' })
  get remaining(): number | undefined {
    return this.row.after.remaining;
  }

  @Field(() => Int, { nullable: true, description: 'What Microsoft had reported last as remaining.' })
  get reportedRemaining(): number | undefined {
    return this.row.after.reported?.remaining;
  }

  @Field(() => Int, { nullable: true, description: 'What that report leaves unexplained, as the ledger knew it with this event.' })
  get unexplained(): number | undefined {
    return this.row.after.unexplained;
  }
}

export const BalanceChangeConnection = connectionType('BalanceChange', () => BalanceChange, 'changes of a balance').Connection;

const ForecastBasisEnum = describedEnum<ForecastBasis>('ForecastBasis', 'What a forecast rests on, or why there is none.', {
  RATE: 'What was spent in the days it names.',
  EXHAUSTED: 'None is left now.',
  LIMIT_UNKNOWN: 'It is not known how many activations the key may perform.',
  NOTHING_SPENT: 'Nothing was spent in those days.',
  TOO_SHORT: 'The key has been in use for less than a week.',
  TOO_FAR: 'At that rate it lasts for more than ten years.',
});

@ObjectType({ simpleResolvers: true, description: 'When a key runs out, if it is spent on as lately.' })
export class KeyForecast {
  @Field(() => ForecastBasisEnum, { description: 'What it rests on, or why there is none.' })
  readonly basis: ForecastBasis;

  @Field(() => String, { nullable: true, description: 'The day on which none is left, `YYYY-MM-DD`.' })
  readonly exhaustedOn: string | undefined;

  @Field(() => Int, { description: 'Activations spent in the days it goes by; reservations do not count.' })
  readonly spent: number;

  @Field(() => Int, { description: 'The days it goes by: the last ninety, or those since the first activation.' })
  readonly days: number;

  constructor({ basis, exhaustedOn, spent, days }: Forecast) {
    this.basis = basis;
    this.exhaustedOn = exhaustedOn;
    this.spent = spent;
    this.days = days;
  }
}

@ArgsType()
class BalanceArguments extends PageArguments {
  @Field(() => ID, { description: 'The product key.' })
  productKey!: string;

  @Field(() => InstantScalar, { nullable: true, description: 'Only what was recorded after this time.' })
  from?: number | null;

  @Field(() => InstantScalar, { nullable: true, description: 'Only what was recorded by this time.' })
  to?: number | null;
}

@Resolver(() => BalanceChange)
export class BalanceResolver {
  @Query(() => BalanceChangeConnection as ClassType, {
    description: 'Each event that changed a key\'s balance or reported on it, in the order of recording, with the running numbers and what stays unexplained.',
  })
  explainBalance(@Ctx() context: LedgerContext, @Args(() => BalanceArguments) args: BalanceArguments): object {
    const request = pageRequest(args);
    const key = requireId('ProductKey', args.productKey, 'productKey') as StreamId;
    const after = sequenceAsOf(context, args.from) ?? (0 as Sequence);
    const upTo = sequenceAsOf(context, args.to) ?? EVERY_SEQUENCE;
    const page = readPage(request, (bounds) => context.services.readModel.productKeys.balance(key, after, upTo, bounds));
    return new BalanceChangeConnection(page, request, (row) => new BalanceChange(row));
  }

  @FieldResolver(() => LedgerEvent, { description: 'The event itself: who, why, on what evidence.' })
  async event(@Root() { sequence }: BalanceChange, @Ctx() { services }: LedgerContext): Promise<LedgerEvent> {
    const stored = await eventAt(services.store, sequence);
    if (stored === undefined) throw new Error(`The read model names event ${sequence}, which the log does not have.`);
    return new LedgerEvent(stored);
  }
}

@Resolver(() => ProductKey)
export class ForecastResolver {
  @Query(() => KeyForecast, { nullable: true, description: 'When a product key runs out; null if the ledger knows none such.' })
  forecast(@Ctx() context: LedgerContext, @Arg('productKey', () => ID, { description: 'The product key.' }) productKey: string): KeyForecast | undefined {
    const row = context.services.readModel.productKeys.byKey(requireId('ProductKey', productKey, 'productKey') as StreamId);
    return row && forecastFor(context, row.key, row.remaining, presentMoment(context));
  }

  @FieldResolver(() => KeyForecast, { name: 'forecast', nullable: true, description: 'When it runs out, judged at the moment asked for; null in an answer for `validAt`.' })
  forecastOfKey(@Root() { row, moment }: ProductKey, @Ctx() context: LedgerContext): KeyForecast | undefined {
    return isGiven(row.active) ? forecastFor(context, row.key, row.remaining, moment) : undefined;
  }
}

function forecastFor({ services }: LedgerContext, key: StreamId, remaining: number | undefined, { now, asOf }: Moment): KeyForecast {
  const { spent, firstAt } = services.readModel.productKeys.spending(key, forecastFrom(now), now, asOf);
  return new KeyForecast(forecastOf({ now, remaining, spent, firstAt }));
}
