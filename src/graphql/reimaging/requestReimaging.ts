import { Arg, Ctx, Field, ID, InputType, Int, Mutation, Resolver } from 'type-graphql';
import type { ReimagingRequest } from '../../application/requestPort.js';
import type { ActivationMethod } from '../../domain/vocabulary.js';
import { BulkInput } from '../command/bulkInput.js';
import { CommandInput, requestMeta, requestOf } from '../command/input.js';
import type { CommandRefused } from '../command/refusal.js';
import { HostCommandResult, type HostCommandSuccess } from '../command/result.js';
import { onHost } from '../command/ofStream.js';
import type { LedgerContext } from '../context.js';
import { givenOf } from '../given.js';
import { optionalStreamId } from '../relay/streamId.js';
import { DeploymentImageInput, DeviceLicenceInput } from '../request/productCopyInput.js';
import { requestResult, RequestResult, requestsResult, RequestsResult, type RequestDenied, type RequestGranted, type RequestsAnswered } from '../request/type.js';
import { InstantScalar } from '../scalars/instant.js';
import { ActivationMethodEnum, ConsumedEnum } from '../vocabulary.js';

@InputType({ description: 'A host to be reinstalled from volume media.' })
export class ReimagingRequestItem {
  @Field(() => ID, { nullable: true, description: 'The host, by its id.' })
  host?: string | null;

  @Field(() => String, { nullable: true, description: 'Instead of the id: the host\'s name. A name never met enters the ledger.' })
  hostName?: string | null;

  @Field(() => Int, { nullable: true, description: 'Which of the host\'s installations is replaced, where the ledger has it.' })
  installation?: number | null;

  @Field(() => DeviceLicenceInput, { description: 'What the device is licensed for.' })
  device!: DeviceLicenceInput;

  @Field(() => DeploymentImageInput, { description: 'What is to be installed.' })
  image!: DeploymentImageInput;

  @Field(() => ActivationMethodEnum, { description: 'How it will be activated.' })
  method!: ActivationMethod;

  @Field(() => Boolean, { nullable: true, description: 'Apply the stored confirmation ID again: spends nothing on unchanged hardware.' })
  withStoredConfirmationId?: boolean | null;

  @Field(() => ID, { nullable: true, description: 'The key it is to be done with, where it needs one.' })
  productKey?: string | null;

  @Field(() => String, { nullable: true, description: 'Licence ID of the agreement; without it the key\'s.' })
  agreement?: string | null;

  @Field(() => String, { nullable: true, description: 'Team that does it.' })
  team?: string | null;

  @Field(() => String, { nullable: true, description: 'SHA-256 of the document that shows what the device is licensed for, hexadecimal.' })
  evidenceSha256?: string | null;

  @Field(() => [String], { nullable: true, description: 'Ids of the rules whose warnings are accepted.' })
  acceptWarnings?: string[] | null;
}

@InputType({ description: 'A host to be reinstalled from volume media.' })
export class RequestReimagingInput extends requestOf(ReimagingRequestItem) {}

@InputType({ description: 'Hosts to be reinstalled, sent together.' })
export class RequestReimagingsInput extends BulkInput {
  @Field(() => [ReimagingRequestItem], { description: 'Up to 1,000.' })
  items!: ReimagingRequestItem[];
}

@InputType({ description: 'A host that was reinstalled.' })
export class CompleteReimagingInput extends CommandInput {
  @Field(() => ID, { description: 'The host.' })
  host!: string;

  @Field(() => ID, { description: 'The request, by the id it was answered with.' })
  request!: string;

  @Field(() => String, { nullable: true, description: 'What the hardware was identified by before.' })
  hardwareBefore?: string | null;

  @Field(() => String, { nullable: true, description: 'What it is identified by now.' })
  hardwareAfter?: string | null;

  @Field(() => ConsumedEnum, { nullable: true, description: 'Whether an activation was consumed; required with a MAK, left out otherwise.' })
  activationConsumed?: 'YES' | 'NO' | 'UNKNOWN' | null;

  @Field(() => InstantScalar, { nullable: true, description: 'When; without it now.' })
  occurredAt?: number | null;
}

@InputType({ description: 'A reinstallation that will not be done.' })
export class CancelReimagingInput extends CommandInput {
  @Field(() => ID, { description: 'The host.' })
  host!: string;

  @Field(() => ID, { description: 'The request, by the id it was answered with.' })
  request!: string;
}

@Resolver()
export class ReimagingResolver {
  @Mutation(() => RequestResult, { description: 'Asks to reinstall a host from volume media: its rights, and an activation where its method spends one. Recorded either way.' })
  async requestReimaging(
    @Ctx() context: LedgerContext,
    @Arg('input', () => RequestReimagingInput, { description: 'The request.' }) input: RequestReimagingInput,
  ): Promise<RequestGranted | RequestDenied | CommandRefused> {
    return requestResult(await context.services.application.requestReimaging(reimagingRequest(input), requestMeta(context, input)), context);
  }

  @Mutation(() => RequestsResult, { description: 'Asks to reinstall many hosts.' })
  async requestReimagings(
    @Ctx() context: LedgerContext,
    @Arg('input', () => RequestReimagingsInput, { description: 'The requests.' }) input: RequestReimagingsInput,
  ): Promise<RequestsAnswered | CommandRefused> {
    const bulk = { mode: input.mode ?? 'EACH', items: input.items.map(reimagingRequest) };
    return requestsResult(await context.services.application.requestReimagings(bulk, requestMeta(context, input)), context);
  }

  @Mutation(() => HostCommandResult, { description: 'Says that a host was reinstalled.' })
  async completeReimaging(
    @Ctx() context: LedgerContext,
    @Arg('input', () => CompleteReimagingInput, { description: 'The reinstallation.' }) input: CompleteReimagingInput,
  ): Promise<HostCommandSuccess | CommandRefused> {
    return onHost(context, input, (command, meta) => context.services.application.completeReimaging(command, meta));
  }

  @Mutation(() => HostCommandResult, { description: 'Says that a host will not be reinstalled; what was reserved is free again.' })
  async cancelReimaging(
    @Ctx() context: LedgerContext,
    @Arg('input', () => CancelReimagingInput, { description: 'The request.' }) input: CancelReimagingInput,
  ): Promise<HostCommandSuccess | CommandRefused> {
    return onHost(context, input, (command, meta) => context.services.application.cancelReimaging(command, meta));
  }
}

function reimagingRequest(input: ReimagingRequestItem | RequestReimagingInput): ReimagingRequest {
  const { productKey, host, ...rest } = givenOf(input);
  return { ...rest, productKey: optionalStreamId('ProductKey', productKey), host: optionalStreamId('Host', host) };
}
