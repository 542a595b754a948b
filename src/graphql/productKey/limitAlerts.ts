import { Arg, ArgsType, Ctx, Field, ID, InputType, Int, ObjectType, Resolver, Root, Subscription } from 'type-graphql';
import type { KeyCountsRow } from '../../../projections/keyCounts.js';
import { streamCategory, type Sequence, type StreamId } from '../../kernel/identifiers.js';
import type { StoredEvent } from '../../kernel/envelope.js';
import type { LedgerContext } from '../context.js';
import { awaitReadModel, logFeed, type FeedStep } from '../event/feed.js';
import { presentMoment } from '../moment.js';
import { requireId } from '../relay/globalId.js';
import { SequenceScalar } from '../scalars/sequence.js';
import { ProductKey } from './type.js';
import { inputError } from '../clientError.js';

/** Thresholds of one subscription. */
export const THRESHOLDS_MAX = 20;

@InputType('LimitThresholds', { description: 'When to tell. At least one is given.' })
export class LimitThresholdsInput {
  @Field(() => [Int], { nullable: true, description: 'When no more than so many activations remain.' })
  remaining?: number[] | null;

  @Field(() => [Int], { nullable: true, description: 'When so much of what is allowed is used, in per cent.' })
  usedPercent?: number[] | null;
}

@ArgsType()
export class LimitAlertsArguments {
  @Field(() => LimitThresholdsInput, { description: 'When to tell.' })
  thresholds!: LimitThresholdsInput;

  @Field(() => [ID], { nullable: true, description: 'Of these keys; without it of all.' })
  productKeys?: string[] | null;

  @Field(() => SequenceScalar, { nullable: true, description: 'Sequence of the last alert seen, 0 for the whole history; without it only what comes from now on.' })
  after?: Sequence | null;
}

@ObjectType({ simpleResolvers: true, description: 'A key has reached a threshold.' })
export class LimitAlert {
  @Field(() => SequenceScalar, { description: 'The event; pass it as `after` to resume.' })
  readonly sequence: Sequence;

  @Field(() => ProductKey, { description: 'The key as the ledger knew it with this event.' })
  readonly productKey: ProductKey;

  @Field(() => [Int], { description: 'Thresholds of remaining activations that it has fallen to with this event.' })
  readonly remaining: readonly number[];

  @Field(() => [Int], { description: 'Thresholds of use that it has risen to with this event, in per cent.' })
  readonly usedPercent: readonly number[];

  constructor(sequence: Sequence, productKey: ProductKey, { remaining, usedPercent }: Thresholds) {
    this.sequence = sequence;
    this.productKey = productKey;
    this.remaining = remaining;
    this.usedPercent = usedPercent;
  }
}

@Resolver()
export class LimitAlertResolver {
  @Subscription(() => LimitAlert, {
    description: 'Keys that reach a threshold of their limit: history first, then live. One that falls back and reaches it again is told again.',
    subscribe: ({ args, context }: { args: LimitAlertsArguments; context: LedgerContext }) => limitAlerts(context, args),
  })
  limitAlerts(
    @Root() alert: LimitAlert,
    @Ctx() _context: LedgerContext,
    @Arg('thresholds', () => LimitThresholdsInput, { description: 'When to tell.' }) _thresholds: LimitThresholdsInput,
    @Arg('productKeys', () => [ID], { nullable: true, description: 'Of these keys; without it of all.' }) _productKeys?: string[] | null,
    @Arg('after', () => SequenceScalar, { nullable: true, description: 'Sequence of the last alert seen, 0 for the whole history; without it only what comes from now on.' })
    _after?: Sequence | null,
  ): LimitAlert {
    return alert;
  }
}

interface Thresholds {
  readonly remaining: readonly number[];
  readonly usedPercent: readonly number[];
}

function limitAlerts(context: LedgerContext, args: LimitAlertsArguments): Promise<AsyncIterableIterator<LimitAlert>> {
  const thresholds = acceptedThresholds(args.thresholds);
  const wanted = args.productKeys ? new Set(args.productKeys.map((id) => requireId('ProductKey', id, 'productKeys') as StreamId)) : undefined;
  const touching = ({ stream }: StoredEvent): boolean => streamCategory(stream) === 'productKey' && (wanted?.has(stream) ?? true);
  const step: FeedStep<LimitAlert> = async (events, signal) => {
    await awaitReadModel(context, events, signal);
    return events.flatMap((stored) => alertOf(context, stored, thresholds) ?? []);
  };
  return logFeed(context, args.after, step, touching);
}

/** What the key reached with the event that it had not reached before it. */
function alertOf(context: LedgerContext, { stream, sequence }: StoredEvent, thresholds: Thresholds): LimitAlert | undefined {
  const { productKeys } = context.services.readModel;
  const row = productKeys.byKey(stream, sequence);
  if (row === undefined) return undefined;
  const now = reachedBy(row, thresholds);
  if (now.remaining.length + now.usedPercent.length === 0) return undefined;
  const before = reachedBy(productKeys.byKey(stream, (sequence - 1) as Sequence), thresholds);
  const news = { remaining: beyond(now.remaining, before.remaining), usedPercent: beyond(now.usedPercent, before.usedPercent) };
  if (news.remaining.length + news.usedPercent.length === 0) return undefined;
  return new LimitAlert(sequence, new ProductKey(row, { ...presentMoment(context), asOf: sequence }), news);
}

/** A key whose limit is not known has reached none. */
function reachedBy(row: KeyCountsRow | undefined, thresholds: Thresholds): Thresholds {
  const { allowed, remaining, used } = row ?? {};
  if (allowed === undefined || remaining === undefined || used === undefined) return { remaining: [], usedPercent: [] };
  return {
    remaining: thresholds.remaining.filter((threshold) => remaining <= threshold),
    usedPercent: thresholds.usedPercent.filter((threshold) => used * 100 >= threshold * allowed),
  };
}

function beyond(now: readonly number[], before: readonly number[]): readonly number[] {
  return now.filter((threshold) => !before.includes(threshold));
}

function acceptedThresholds({ remaining, usedPercent }: LimitThresholdsInput): Thresholds {
  const accepted = { remaining: distinct(remaining), usedPercent: distinct(usedPercent) };
  const count = accepted.remaining.length + accepted.usedPercent.length;
  if (count === 0 || count > THRESHOLDS_MAX) throw inputError('TOO_MANY_GIVEN', { argument: 'thresholds', given: count, min: 1, max: THRESHOLDS_MAX });
  return accepted;
}

function distinct(thresholds: readonly number[] | null | undefined): readonly number[] {
  return [...new Set(thresholds)];
}
