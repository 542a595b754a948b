import { Arg, createUnionType, Ctx, Field, InputType, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { OveragePolicy, ProductKeyKind, ProductPool } from '../../domain/vocabulary.js';
import type { ProductKeyRegistration } from '../../application/port.js';
import { CommandInput, commandMeta } from '../command/input.js';
import { CommandRefused, invalidInput } from '../command/refusal.js';
import type { LedgerContext } from '../context.js';
import { isGiven } from '../given.js';
import { presentMoment } from '../moment.js';
import { InstantScalar } from '../scalars/instant.js';
import { SequenceScalar } from '../scalars/sequence.js';
import { ObtainedFromEnum, OveragePolicyEnum, ProductKeyKindEnum, ProductPoolEnum } from '../vocabulary.js';
import { ProductKey } from './type.js';

@InputType({ description: 'Activations spent before the ledger.' })
export class OpeningBalanceInput {
  @Field(() => Int, { description: 'How many.' })
  count!: number;

  @Field(() => InstantScalar, { description: 'By when.' })
  asOf!: number;

  @Field(() => String, { description: 'Who or what says so.' })
  source!: string;
}

@InputType({ description: 'A product key to enter into the ledger.' })
export class RegisterProductKeyInput extends CommandInput {
  @Field(() => String, {
    nullable: true,
    description: 'The whole key, five groups of five. It is reduced to its last five characters and a keyed fingerprint before anything is kept. Pass it as a variable.',
  })
  productKey?: string | null;

  @Field(() => String, { nullable: true, description: 'Instead of the whole key: its last five characters.' })
  lastFive?: string | null;

  @Field(() => ProductKeyKindEnum, { description: 'What the key does.' })
  kind!: ProductKeyKind;

  @Field(() => String, { description: 'Product it is for.' })
  product!: string;

  @Field(() => String, { nullable: true, description: 'Agreement it was issued under.' })
  agreement?: string | null;

  @Field(() => Int, { nullable: true, description: 'Activations it may perform; left out when not known.' })
  allowed?: number | null;

  @Field(() => OpeningBalanceInput, { nullable: true, description: 'Activations spent before the ledger.' })
  opening?: OpeningBalanceInput | null;

  @Field(() => ObtainedFromEnum, { nullable: true, description: 'Where the key came from.' })
  obtainedFrom?: 'MEDIA_SLEEVE' | 'DOWNLOAD_PAGE' | 'PORTAL' | 'ACTIVATION_CENTER' | null;

  @Field(() => ProductPoolEnum, { nullable: true, description: 'Pool it was issued for (rule P-4).' })
  pool?: ProductPool | null;

  @Field(() => OveragePolicyEnum, { nullable: true, description: 'What it does with a request beyond its limit; without it, it denies it.' })
  overage?: OveragePolicy | null;

  @Field(() => Int, { nullable: true, description: 'How long a reservation counts before it lapses, in hours; without it as the figures in force say.' })
  reservationHours?: number | null;
}

@ObjectType({ simpleResolvers: true, description: 'The product key is in the ledger.' })
export class RegisterProductKeySuccess {
  @Field(() => SequenceScalar, { description: 'The command\'s last event.' })
  readonly sequence: number;

  @Field(() => Boolean, { description: 'Whether queries show it already.' })
  readonly applied: boolean;

  @Field(() => ProductKey, { nullable: true, description: 'The key; null while queries do not show it.' })
  readonly productKey: ProductKey | undefined;

  constructor(sequence: number, applied: boolean, productKey: ProductKey | undefined) {
    this.sequence = sequence;
    this.applied = applied;
    this.productKey = productKey;
  }
}

export const RegisterProductKeyResult = createUnionType({
  name: 'RegisterProductKeyResult',
  description: 'Success, or why not.',
  types: () => [RegisterProductKeySuccess, CommandRefused] as const,
});

@Resolver()
export class RegisterProductKeyResolver {
  @Mutation(() => RegisterProductKeyResult, { description: 'Enters a product key, without storing the key itself.' })
  async registerProductKey(
    @Ctx() context: LedgerContext,
    @Arg('input', () => RegisterProductKeyInput, { description: 'The key.' }) input: RegisterProductKeyInput,
  ): Promise<RegisterProductKeySuccess | CommandRefused> {
    if (isGiven(input.productKey) === isGiven(input.lastFive)) {
      return invalidInput('WHOLE_KEY_OR_LAST_FIVE', ['productKey', 'lastFive']);
    }
    const { services } = context;
    const outcome = await services.application.registerProductKey(registration(input), commandMeta(context, input));
    if (outcome.kind === 'refused') return new CommandRefused(outcome);
    const row = outcome.applied ? services.readModel.productKeys.byKey(outcome.id) : undefined;
    return new RegisterProductKeySuccess(outcome.sequence, outcome.applied, row && new ProductKey(row, presentMoment(context)));
  }
}

function registration(input: RegisterProductKeyInput): ProductKeyRegistration {
  return {
    productKey: input.productKey ?? undefined,
    lastFive: input.lastFive ?? undefined,
    kind: input.kind,
    product: input.product,
    agreement: input.agreement ?? undefined,
    allowed: input.allowed ?? undefined,
    opening: input.opening ?? undefined,
    obtainedFrom: input.obtainedFrom ?? undefined,
    pool: input.pool ?? undefined,
    overage: input.overage ?? undefined,
    reservationHours: input.reservationHours ?? undefined,
  };
}
