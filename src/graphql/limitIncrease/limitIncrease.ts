import { Arg, Ctx, Field, ID, InputType, Int, Mutation, Query, Resolver } from 'type-graphql';
import type { LimitKind } from '../../domain/vocabulary.js';
import { CommandInput } from '../command/input.js';
import type { CommandRefused } from '../command/refusal.js';
import { ProductKeyCommandResult, type ProductKeyCommandSuccess } from '../command/result.js';
import { onProductKey } from '../command/ofStream.js';
import type { LedgerContext } from '../context.js';
import { streamIdOf } from '../relay/streamId.js';
import { InstantScalar } from '../scalars/instant.js';
import { InitiativeEnum, LimitKindEnum, ReportSourceEnum } from '../vocabulary.js';

@InputType({ description: 'More activations to ask Microsoft for.' })
export class RequestLimitIncreaseInput extends CommandInput {
  @Field(() => ID, { description: 'The product key.' })
  productKey!: string;

  @Field(() => LimitKindEnum, { description: 'Which limit.' })
  limitKind!: LimitKind;

  @Field(() => Int, { description: 'How many more.' })
  quantity!: number;

  @Field(() => String, { nullable: true, description: 'Why, for the Activation Center; without it the text is made from the ledger\'s figures. Kept sealed.' })
  justification?: string | null;
}

@InputType({ description: 'An increase the Activation Center was asked for.' })
export class SubmitLimitIncreaseInput extends CommandInput {
  @Field(() => ID, { description: 'The product key.' })
  productKey!: string;

  @Field(() => ID, { description: 'The increase, by the id its request was answered with.' })
  increase!: string;

  @Field(() => String, { description: 'Microsoft\'s case number.' })
  caseNumber!: string;
}

@InputType({ description: 'An increase Microsoft grants.' })
export class GrantLimitIncreaseInput extends CommandInput {
  @Field(() => ID, { description: 'The product key.' })
  productKey!: string;

  @Field(() => ID, { description: 'The increase, by the id its request was answered with.' })
  increase!: string;

  @Field(() => Int, { description: 'How many more, possibly fewer than asked for.' })
  quantity!: number;

  @Field(() => Int, { description: 'The limit from now on; it must agree with the quantity.' })
  limit!: number;
}

@InputType({ description: 'An increase that ends without a grant.' })
export class EndLimitIncreaseInput extends CommandInput {
  @Field(() => ID, { description: 'The product key.' })
  productKey!: string;

  @Field(() => ID, { description: 'The increase, by the id its request was answered with.' })
  increase!: string;
}

@InputType({ description: 'A limit that Microsoft has set anew.' })
export class ReviseLimitInput extends CommandInput {
  @Field(() => ID, { description: 'The product key.' })
  productKey!: string;

  @Field(() => LimitKindEnum, { description: 'Which limit.' })
  limitKind!: LimitKind;

  @Field(() => Int, { description: 'The limit from now on.' })
  limit!: number;

  @Field(() => InitiativeEnum, { description: 'At whose initiative.' })
  initiative!: 'MICROSOFT' | 'CUSTOMER';
}

@InputType({ description: 'What somebody says remains of a key.' })
export class ReportRemainingInput extends CommandInput {
  @Field(() => ID, { description: 'The product key.' })
  productKey!: string;

  @Field(() => Int, { description: 'Activations that remain.' })
  remaining!: number;

  @Field(() => ReportSourceEnum, { description: 'Who says so.' })
  source!: 'PORTAL' | 'TELEPHONE' | 'VAMT_DATABASE' | 'API';

  @Field(() => InstantScalar, { nullable: true, description: 'When; without it now.' })
  occurredAt?: number | null;
}

@Resolver()
export class LimitIncreaseResolver {
  @Query(() => String, { nullable: true, description: 'What `requestLimitIncrease` would say where its caller says nothing: made from the ledger\'s figures in the language of the request, to be edited. Null for a key the ledger does not know.' })
  limitJustification(
    @Ctx() { services, language }: LedgerContext,
    @Arg('productKey', () => ID, { description: 'The product key.' }) productKey: string,
    @Arg('limitKind', () => LimitKindEnum, { description: 'Which limit.' }) limitKind: LimitKind,
    @Arg('quantity', () => Int, { description: 'How many more.' }) quantity: number,
  ): string | undefined {
    return services.application.limitJustification({ productKey: streamIdOf('ProductKey', productKey), limitKind, quantity }, language);
  }

  @Mutation(() => ProductKeyCommandResult, { description: 'Records that more is to be asked of Microsoft. Nothing is sent anywhere.' })
  async requestLimitIncrease(
    @Ctx() context: LedgerContext,
    @Arg('input', () => RequestLimitIncreaseInput, { description: 'The increase.' }) input: RequestLimitIncreaseInput,
  ): Promise<ProductKeyCommandSuccess | CommandRefused> {
    return onProductKey(context, input, (command, meta) => context.services.application.requestLimitIncrease(command, meta));
  }

  @Mutation(() => ProductKeyCommandResult, { description: 'Records that the Activation Center was asked.' })
  async submitLimitIncrease(
    @Ctx() context: LedgerContext,
    @Arg('input', () => SubmitLimitIncreaseInput, { description: 'The increase.' }) input: SubmitLimitIncreaseInput,
  ): Promise<ProductKeyCommandSuccess | CommandRefused> {
    return onProductKey(context, input, (command, meta) => context.services.application.submitLimitIncrease(command, meta));
  }

  @Mutation(() => ProductKeyCommandResult, { description: 'Records that Microsoft granted more: the limit changes.' })
  async grantLimitIncrease(
    @Ctx() context: LedgerContext,
    @Arg('input', () => GrantLimitIncreaseInput, { description: 'The increase.' }) input: GrantLimitIncreaseInput,
  ): Promise<ProductKeyCommandSuccess | CommandRefused> {
    return onProductKey(context, input, (command, meta) => context.services.application.grantLimitIncrease(command, meta));
  }

  @Mutation(() => ProductKeyCommandResult, { description: 'Records that Microsoft granted nothing.' })
  async refuseLimitIncrease(
    @Ctx() context: LedgerContext,
    @Arg('input', () => EndLimitIncreaseInput, { description: 'The increase.' }) input: EndLimitIncreaseInput,
  ): Promise<ProductKeyCommandSuccess | CommandRefused> {
    return onProductKey(context, input, (command, meta) => context.services.application.refuseLimitIncrease(command, meta));
  }

  @Mutation(() => ProductKeyCommandResult, { description: 'Records that the increase is no longer wanted.' })
  async withdrawLimitIncrease(
    @Ctx() context: LedgerContext,
    @Arg('input', () => EndLimitIncreaseInput, { description: 'The increase.' }) input: EndLimitIncreaseInput,
  ): Promise<ProductKeyCommandSuccess | CommandRefused> {
    return onProductKey(context, input, (command, meta) => context.services.application.withdrawLimitIncrease(command, meta));
  }

  @Mutation(() => ProductKeyCommandResult, { description: 'Records another limit, higher or lower, that Microsoft has set.' })
  async reviseLimit(
    @Ctx() context: LedgerContext,
    @Arg('input', () => ReviseLimitInput, { description: 'The limit.' }) input: ReviseLimitInput,
  ): Promise<ProductKeyCommandSuccess | CommandRefused> {
    return onProductKey(context, input, (command, meta) => context.services.application.reviseLimit(command, meta));
  }

  @Mutation(() => ProductKeyCommandResult, { description: 'Records how many activations are said to remain.' })
  async reportRemaining(
    @Ctx() context: LedgerContext,
    @Arg('input', () => ReportRemainingInput, { description: 'The report.' }) input: ReportRemainingInput,
  ): Promise<ProductKeyCommandSuccess | CommandRefused> {
    return onProductKey(context, input, (command, meta) => context.services.application.reportRemaining(command, meta));
  }
}
