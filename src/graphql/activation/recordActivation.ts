import { Arg, createUnionType, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { ActivationMethod } from '../../domain/vocabulary.js';
import type { StreamId } from '../../kernel/identifiers.js';
import { CommandInput, commandMeta } from '../command/input.js';
import { CommandRefused, invalidInput } from '../command/refusal.js';
import type { LedgerContext } from '../context.js';
import { Host } from '../host/type.js';
import { presentMoment } from '../moment.js';
import { ProductKey } from '../productKey/type.js';
import { readGlobalId } from '../relay/globalId.js';
import { InstantScalar } from '../scalars/instant.js';
import { SequenceScalar } from '../scalars/sequence.js';
import { ActivationMethodEnum } from '../vocabulary.js';

@InputType({ description: 'An activation that somebody has seen. Observations are recorded even when they break a limit.' })
export class RecordActivationInput extends CommandInput {
  @Field(() => ID, { description: 'The host that was activated.' })
  host!: string;

  @Field(() => ID, { description: 'The product key it was activated with.' })
  productKey!: string;

  @Field(() => Int, { nullable: true, description: 'Which of the host\'s installations; without it its only one.' })
  installation?: number | null;

  @Field(() => String, { nullable: true, description: 'Activation (SKU) id of the product, a GUID.' })
  skuId?: string | null;

  @Field(() => ActivationMethodEnum, { nullable: true, description: 'How it was activated.' })
  method?: ActivationMethod | null;

  @Field(() => InstantScalar, { nullable: true, description: 'When; without it now.' })
  occurredAt?: number | null;
}

@ObjectType({ simpleResolvers: true, description: 'The activation is in the ledger.' })
export class RecordActivationSuccess {
  @Field(() => SequenceScalar, { description: 'The command\'s last event.' })
  readonly sequence: number;

  @Field(() => Boolean, { description: 'Whether queries show it already.' })
  readonly applied: boolean;

  @Field(() => ProductKey, { nullable: true, description: 'The key with its counts; null while queries do not show it.' })
  readonly productKey: ProductKey | undefined;

  @Field(() => Host, { nullable: true, description: 'The host; null while queries do not show it.' })
  readonly host: Host | undefined;

  constructor(sequence: number, applied: boolean, productKey: ProductKey | undefined, host: Host | undefined) {
    this.sequence = sequence;
    this.applied = applied;
    this.productKey = productKey;
    this.host = host;
  }
}

export const RecordActivationResult = createUnionType({
  name: 'RecordActivationResult',
  description: 'Success, or why not.',
  types: () => [RecordActivationSuccess, CommandRefused] as const,
});

@Resolver()
export class RecordActivationResolver {
  @Mutation(() => RecordActivationResult, { description: 'Records an activation that was seen.' })
  async recordActivation(
    @Ctx() context: LedgerContext,
    @Arg('input', () => RecordActivationInput, { description: 'The activation.' }) input: RecordActivationInput,
  ): Promise<RecordActivationSuccess | CommandRefused> {
    const host = readGlobalId(input.host);
    if (host?.kind !== 'Host') return invalidInput('NOT_A_HOST', ['host']);
    const key = readGlobalId(input.productKey);
    if (key?.kind !== 'ProductKey') return invalidInput('NOT_A_PRODUCT_KEY', ['productKey']);
    const ids = { host: host.id as StreamId, productKey: key.id as StreamId };
    const { services } = context;
    const outcome = await services.application.recordActivation(
      {
        ...ids,
        installation: input.installation ?? undefined,
        skuId: input.skuId?.toLowerCase() ?? undefined,
        method: input.method ?? undefined,
        occurredAt: input.occurredAt ?? undefined,
      },
      commandMeta(context, input),
    );
    if (outcome.kind === 'refused') return new CommandRefused(outcome);
    if (!outcome.applied) return new RecordActivationSuccess(outcome.sequence, false, undefined, undefined);
    const moment = presentMoment(context);
    const keyRow = services.readModel.productKeys.byKey(ids.productKey);
    const hostRow = services.readModel.hosts.byHost(ids.host, moment);
    return new RecordActivationSuccess(outcome.sequence, true, keyRow && new ProductKey(keyRow, moment), hostRow && new Host(hostRow, moment));
  }
}
