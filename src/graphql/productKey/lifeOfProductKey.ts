import { Arg, Ctx, Field, ID, InputType, Int, Mutation, Resolver } from 'type-graphql';
import type { OveragePolicy } from '../../domain/vocabulary.js';
import { CommandInput, commandMeta } from '../command/input.js';
import type { CommandRefused } from '../command/refusal.js';
import { productKeyResult, ProductKeyCommandResult, type ProductKeyCommandSuccess } from '../command/result.js';
import { onProductKey } from '../command/ofStream.js';
import type { LedgerContext } from '../context.js';
import { givenOf } from '../given.js';
import { streamIdOf } from '../relay/streamId.js';
import { InitiativeEnum, OveragePolicyEnum } from '../vocabulary.js';

@InputType({ description: 'A key that is blocked.' })
export class BlockProductKeyInput extends CommandInput {
  @Field(() => ID, { description: 'The product key.' })
  productKey!: string;

  @Field(() => InitiativeEnum, { description: 'Who blocked it.' })
  blockedBy!: 'MICROSOFT' | 'CUSTOMER';

  @Field(() => String, { nullable: true, description: 'The error it shows with: `0x` and eight hexadecimal digits.' })
  errorCode?: string | null;
}

@InputType({ description: 'A key that is used no longer.' })
export class RetireProductKeyInput extends CommandInput {
  @Field(() => ID, { description: 'The product key.' })
  productKey!: string;
}

@InputType({ description: 'A key that another takes the place of.' })
export class ReplaceProductKeyInput extends CommandInput {
  @Field(() => ID, { description: 'The product key.' })
  productKey!: string;

  @Field(() => ID, { description: 'The key that takes its place.' })
  replacement!: string;
}

@InputType({ description: 'How a key treats requests. What is left out stays.' })
export class ChangeKeyPolicyInput extends CommandInput {
  @Field(() => ID, { description: 'The product key.' })
  productKey!: string;

  @Field(() => OveragePolicyEnum, { nullable: true, description: 'What it does with a request beyond its limit.' })
  overage?: OveragePolicy | null;

  @Field(() => Int, { nullable: true, description: 'How long a reservation counts before it lapses.' })
  reservationHours?: number | null;
}

@Resolver()
export class ProductKeyLifeResolver {
  @Mutation(() => ProductKeyCommandResult, { description: 'Records that a key is blocked: it grants nothing new.' })
  async blockProductKey(
    @Ctx() context: LedgerContext,
    @Arg('input', () => BlockProductKeyInput, { description: 'The key.' }) input: BlockProductKeyInput,
  ): Promise<ProductKeyCommandSuccess | CommandRefused> {
    return onProductKey(context, input, (command, meta) => context.services.application.blockProductKey(command, meta));
  }

  @Mutation(() => ProductKeyCommandResult, { description: 'Records that a key is used no longer: it grants nothing new.' })
  async retireProductKey(
    @Ctx() context: LedgerContext,
    @Arg('input', () => RetireProductKeyInput, { description: 'The key.' }) input: RetireProductKeyInput,
  ): Promise<ProductKeyCommandSuccess | CommandRefused> {
    return onProductKey(context, input, (command, meta) => context.services.application.retireProductKey(command, meta));
  }

  @Mutation(() => ProductKeyCommandResult, { description: 'Records that another key takes its place.' })
  async replaceProductKey(
    @Ctx() context: LedgerContext,
    @Arg('input', () => ReplaceProductKeyInput, { description: 'The keys.' }) input: ReplaceProductKeyInput,
  ): Promise<ProductKeyCommandSuccess | CommandRefused> {
    const { productKey, ...rest } = givenOf(input);
    return productKeyResult(await context.services.application.replaceProductKey({ ...rest, productKey: streamIdOf('ProductKey', productKey), replacement: streamIdOf('ProductKey', rest.replacement) }, commandMeta(context, input)), context);
  }

  @Mutation(() => ProductKeyCommandResult, { description: 'Changes how a key treats requests.' })
  async changeKeyPolicy(
    @Ctx() context: LedgerContext,
    @Arg('input', () => ChangeKeyPolicyInput, { description: 'The policy.' }) input: ChangeKeyPolicyInput,
  ): Promise<ProductKeyCommandSuccess | CommandRefused> {
    return onProductKey(context, input, (command, meta) => context.services.application.changeKeyPolicy(command, meta));
  }
}
