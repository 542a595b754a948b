import { Arg, Ctx, Field, ID, InputType, Int, Mutation, Resolver } from 'type-graphql';
import type { ActivationRequest } from '../../application/requestPort.js';
import type { ActivationMethod, ActivationPurpose } from '../../domain/vocabulary.js';
import { BulkInput } from '../command/bulkInput.js';
import { CommandInput, commandMeta, requestMeta, requestOf } from '../command/input.js';
import type { CommandRefused } from '../command/refusal.js';
import {
  productKeyResult,
  ProductKeyCommandResult,
  productKeyResults,
  ProductKeyCommandsResult,
  type ProductKeyCommandSuccess,
  type ProductKeyCommandsAnswered,
} from '../command/result.js';
import { onProductKey } from '../command/ofStream.js';
import type { LedgerContext } from '../context.js';
import { givenOf } from '../given.js';
import { optionalStreamId, streamIdOf } from '../relay/streamId.js';
import { requestResult, RequestResult, requestsResult, RequestsResult, type RequestDenied, type RequestGranted, type RequestsAnswered } from '../request/type.js';
import { InstantScalar } from '../scalars/instant.js';
import { ActivationMethodEnum, ActivationPurposeEnum, ReversalCauseEnum } from '../vocabulary.js';

@InputType({ description: 'An activation to be reserved for an installation to be.' })
export class ActivationRequestItem {
  @Field(() => ID, { description: 'The product key.' })
  productKey!: string;

  @Field(() => ID, { nullable: true, description: 'The host, by its id.' })
  host?: string | null;

  @Field(() => String, { nullable: true, description: 'Instead of the id: the host\'s name. A name never met enters the ledger.' })
  hostName?: string | null;

  @Field(() => Int, { nullable: true, description: 'Which of the host\'s installations; without it the next one with this key.' })
  installation?: number | null;

  @Field(() => String, { nullable: true, description: 'Product to be activated; without it the key\'s.' })
  product?: string | null;

  @Field(() => ActivationMethodEnum, { nullable: true, description: 'How; without it by the host itself, or by proxy where an installation ID is given.' })
  method?: ActivationMethod | null;

  @Field(() => ActivationPurposeEnum, { nullable: true, description: 'What for; without it production.' })
  purpose?: ActivationPurpose | null;

  @Field(() => String, { nullable: true, description: 'Licence ID of the agreement whose licence is consumed; without it the key\'s.' })
  agreement?: string | null;

  @Field(() => String, { nullable: true, description: 'Installation ID of a proxy activation: 50 to 63 digits.' })
  installationId?: string | null;

  @Field(() => [String], { nullable: true, description: 'Ids of the rules whose warnings are accepted.' })
  acceptWarnings?: string[] | null;
}

@InputType({ description: 'An activation to be reserved for an installation to be.' })
export class RequestActivationInput extends requestOf(ActivationRequestItem) {}

@InputType({ description: 'Activations to be reserved, sent together.' })
export class RequestActivationsInput extends BulkInput {
  @Field(() => [ActivationRequestItem], { description: 'Up to 1,000.' })
  items!: ActivationRequestItem[];
}

@InputType({ description: 'An activation that was performed.' })
export class ActivationConfirmationItem {
  @Field(() => ID, { description: 'The product key.' })
  productKey!: string;

  @Field(() => ID, { description: 'The activation, by the id its request was answered with.' })
  activation!: string;

  @Field(() => String, { nullable: true, description: 'Confirmation ID of a telephone or proxy activation, 48 digits; kept encrypted, never in the log. Pass it as a variable.' })
  confirmationId?: string | null;

  @Field(() => Int, { nullable: true, description: 'The installation it is on.' })
  installation?: number | null;

  @Field(() => String, { nullable: true, description: 'What the hardware is identified by, for local reactivation after a reinstall.' })
  hardware?: string | null;

  @Field(() => InstantScalar, { nullable: true, description: 'When; without it now.' })
  occurredAt?: number | null;
}

@InputType({ description: 'An activation that was performed.' })
export class ConfirmActivationInput extends requestOf(ActivationConfirmationItem) {}

@InputType({ description: 'Activations that were performed, sent together: confirmation IDs in bulk.' })
export class ConfirmActivationsInput extends BulkInput {
  @Field(() => [ActivationConfirmationItem], { description: 'Up to 1,000. Each has its host\'s stream beside the key\'s, so that `ATOMIC` is for one alone.' })
  items!: ActivationConfirmationItem[];
}

@InputType({ description: 'An activation that failed.' })
export class FailActivationInput extends CommandInput {
  @Field(() => ID, { description: 'The product key.' })
  productKey!: string;

  @Field(() => ID, { description: 'The activation, by the id its request was answered with.' })
  activation!: string;

  @Field(() => String, { description: 'The error: `0x` and eight hexadecimal digits.' })
  hresult!: string;

  @Field(() => InstantScalar, { nullable: true, description: 'When; without it now.' })
  occurredAt?: number | null;
}

@InputType({ description: 'A reserved activation that is not needed.' })
export class CancelActivationInput extends CommandInput {
  @Field(() => ID, { description: 'The product key.' })
  productKey!: string;

  @Field(() => ID, { description: 'The activation, by the id its request was answered with.' })
  activation!: string;
}

@InputType({ description: 'An activation that is not to count.' })
export class ReverseActivationInput extends CommandInput {
  @Field(() => ID, { description: 'The product key.' })
  productKey!: string;

  @Field(() => ID, { nullable: true, description: 'The activation, where it was asked for here.' })
  activation?: string | null;

  @Field(() => ID, { nullable: true, description: 'Of an observed one: its host.' })
  host?: string | null;

  @Field(() => Int, { nullable: true, description: 'Of an observed one: which of the host\'s installations.' })
  installation?: number | null;

  @Field(() => ReversalCauseEnum, { description: 'Why.' })
  cause!: 'RECORDED_WRONGLY' | 'DUPLICATE' | 'CREDITED';

  @Field(() => String, { description: 'SHA-256 of the evidence document, hexadecimal.' })
  evidenceSha256!: string;
}

@InputType({ description: 'What became known of an activation that may have been consumed.' })
export class ResolveConsumptionInput extends CommandInput {
  @Field(() => ID, { description: 'The product key.' })
  productKey!: string;

  @Field(() => ID, { nullable: true, description: 'The activation, where it was asked for here.' })
  activation?: string | null;

  @Field(() => ID, { nullable: true, description: 'Of an observed one: its host.' })
  host?: string | null;

  @Field(() => Int, { nullable: true, description: 'Of an observed one: which of the host\'s installations.' })
  installation?: number | null;

  @Field(() => Boolean, { description: 'Whether it was.' })
  consumed!: boolean;
}

@Resolver()
export class ActivationRequestResolver {
  @Mutation(() => RequestResult, { description: 'Reserves one activation of a key for an installation to be, or tells why not. Recorded either way.' })
  async requestActivation(
    @Ctx() context: LedgerContext,
    @Arg('input', () => RequestActivationInput, { description: 'The request.' }) input: RequestActivationInput,
  ): Promise<RequestGranted | RequestDenied | CommandRefused> {
    return requestResult(await context.services.application.requestActivation(activationRequest(input), requestMeta(context, input)), context);
  }

  @Mutation(() => RequestsResult, { description: 'Reserves many activations.' })
  async requestActivations(
    @Ctx() context: LedgerContext,
    @Arg('input', () => RequestActivationsInput, { description: 'The requests.' }) input: RequestActivationsInput,
  ): Promise<RequestsAnswered | CommandRefused> {
    const bulk = { mode: input.mode ?? 'EACH', items: input.items.map(activationRequest) };
    return requestsResult(await context.services.application.requestActivations(bulk, requestMeta(context, input)), context);
  }

  @Mutation(() => ProductKeyCommandResult, { description: 'Says that a reserved activation was performed.' })
  async confirmActivation(
    @Ctx() context: LedgerContext,
    @Arg('input', () => ConfirmActivationInput, { description: 'The activation.' }) input: ConfirmActivationInput,
  ): Promise<ProductKeyCommandSuccess | CommandRefused> {
    const { productKey, ...rest } = givenOf(input);
    return productKeyResult(await context.services.application.confirmActivation({ ...rest, productKey: streamIdOf('ProductKey', productKey) }, requestMeta(context, input)), context);
  }

  @Mutation(() => ProductKeyCommandsResult, { description: 'Says of many reserved activations that they were performed, with their confirmation IDs.' })
  async confirmActivations(
    @Ctx() context: LedgerContext,
    @Arg('input', () => ConfirmActivationsInput, { description: 'The activations.' }) input: ConfirmActivationsInput,
  ): Promise<ProductKeyCommandsAnswered | CommandRefused> {
    const items = input.items.map((item) => ({ ...givenOf(item), productKey: streamIdOf('ProductKey', item.productKey) }));
    return productKeyResults(await context.services.application.confirmActivations({ mode: input.mode ?? 'EACH', items }, requestMeta(context, input)), context);
  }

  @Mutation(() => ProductKeyCommandResult, { description: 'Says that a reserved activation failed: it is free again.' })
  async failActivation(
    @Ctx() context: LedgerContext,
    @Arg('input', () => FailActivationInput, { description: 'The activation.' }) input: FailActivationInput,
  ): Promise<ProductKeyCommandSuccess | CommandRefused> {
    return onProductKey(context, input, (command, meta) => context.services.application.failActivation(command, meta));
  }

  @Mutation(() => ProductKeyCommandResult, { description: 'Gives a reserved activation back.' })
  async cancelActivation(
    @Ctx() context: LedgerContext,
    @Arg('input', () => CancelActivationInput, { description: 'The activation.' }) input: CancelActivationInput,
  ): Promise<ProductKeyCommandSuccess | CommandRefused> {
    return onProductKey(context, input, (command, meta) => context.services.application.cancelActivation(command, meta));
  }

  @Mutation(() => ProductKeyCommandResult, { description: 'Takes an activation out of the counts. Evidence is required.' })
  async reverseActivation(
    @Ctx() context: LedgerContext,
    @Arg('input', () => ReverseActivationInput, { description: 'The activation.' }) input: ReverseActivationInput,
  ): Promise<ProductKeyCommandSuccess | CommandRefused> {
    const { productKey, ...rest } = givenOf(input);
    return productKeyResult(await context.services.application.reverseActivation({ ...rest, productKey: streamIdOf('ProductKey', productKey), host: optionalStreamId('Host', rest.host) }, commandMeta(context, input)), context);
  }

  @Mutation(() => ProductKeyCommandResult, { description: 'Says whether an uncertain activation was consumed.' })
  async resolveConsumption(
    @Ctx() context: LedgerContext,
    @Arg('input', () => ResolveConsumptionInput, { description: 'The activation.' }) input: ResolveConsumptionInput,
  ): Promise<ProductKeyCommandSuccess | CommandRefused> {
    const { productKey, ...rest } = givenOf(input);
    return productKeyResult(await context.services.application.resolveConsumption({ ...rest, productKey: streamIdOf('ProductKey', productKey), host: optionalStreamId('Host', rest.host) }, commandMeta(context, input)), context);
  }
}

function activationRequest(input: ActivationRequestItem | RequestActivationInput): ActivationRequest {
  const { productKey, host, ...rest } = givenOf(input);
  return { ...rest, productKey: streamIdOf('ProductKey', productKey), host: optionalStreamId('Host', host) };
}
