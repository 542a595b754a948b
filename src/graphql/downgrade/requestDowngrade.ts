import { Arg, Ctx, Field, ID, InputType, Int, Mutation, Resolver } from 'type-graphql';
import type { ActivationMethod } from '../../domain/vocabulary.js';
import { CommandInput, RequestInput, requestMeta } from '../command/input.js';
import type { CommandRefused } from '../command/refusal.js';
import { HostCommandResult, type HostCommandSuccess } from '../command/result.js';
import { onHost } from '../command/ofStream.js';
import type { LedgerContext } from '../context.js';
import { givenOf } from '../given.js';
import { optionalStreamId } from '../relay/streamId.js';
import { DeviceLicenceInput, ProductCopyInput } from '../request/productCopyInput.js';
import { requestResult, RequestResult, type RequestDenied, type RequestGranted } from '../request/type.js';
import { InstantScalar } from '../scalars/instant.js';
import { ActivationMethodEnum, DowngradeBasisEnum } from '../vocabulary.js';
import { keysThatCouldServe } from './servingKeys.js';

@InputType({ description: 'A host that is to run an older version than its licence is for.' })
export class RequestDowngradeInput extends RequestInput {
  @Field(() => ID, { nullable: true, description: 'The host, by its id.' })
  host?: string | null;

  @Field(() => String, { nullable: true, description: 'Instead of the id: the host\'s name. A name never met enters the ledger.' })
  hostName?: string | null;

  @Field(() => Int, { nullable: true, description: 'Which of the host\'s installations is replaced, where the ledger has it.' })
  installation?: number | null;

  @Field(() => DeviceLicenceInput, { description: 'What is licensed; the licence charged stays this one.' })
  from!: DeviceLicenceInput;

  @Field(() => ProductCopyInput, { description: 'What is to run.' })
  to!: ProductCopyInput;

  @Field(() => DowngradeBasisEnum, { description: 'Where the right comes from.' })
  basis!: 'VOLUME_LICENCE' | 'OEM_TERMS' | 'BOXED_TERMS';

  @Field(() => String, { nullable: true, description: 'SHA-256 of the evidence document, hexadecimal.' })
  evidenceSha256?: string | null;

  @Field(() => ActivationMethodEnum, { description: 'How it will be activated.' })
  method!: ActivationMethod;

  @Field(() => ID, { nullable: true, description: 'The key it is to be done with, where it needs one.' })
  productKey?: string | null;

  @Field(() => String, { nullable: true, description: 'Licence ID of the agreement; without it the key\'s.' })
  agreement?: string | null;

  @Field(() => String, { nullable: true, description: 'Team that does it.' })
  team?: string | null;

  @Field(() => [String], { nullable: true, description: 'Ids of the rules whose warnings are accepted.' })
  acceptWarnings?: string[] | null;
}

@InputType({ description: 'A downgrade and what became of it.' })
export class DowngradeEndInput extends CommandInput {
  @Field(() => ID, { description: 'The host.' })
  host!: string;

  @Field(() => ID, { description: 'The request, by the id it was answered with.' })
  request!: string;

  @Field(() => InstantScalar, { nullable: true, description: 'When; without it now.' })
  occurredAt?: number | null;
}

@InputType({ description: 'A downgrade that will not be done.' })
export class CancelDowngradeInput extends CommandInput {
  @Field(() => ID, { description: 'The host.' })
  host!: string;

  @Field(() => ID, { description: 'The request, by the id it was answered with.' })
  request!: string;
}

@Resolver()
export class DowngradeResolver {
  @Mutation(() => RequestResult, { description: 'Asks to run an older version: the right to it, and an activation where its method spends one. Recorded either way.' })
  async requestDowngrade(
    @Ctx() context: LedgerContext,
    @Arg('input', () => RequestDowngradeInput, { description: 'The request.' }) input: RequestDowngradeInput,
  ): Promise<RequestGranted | RequestDenied | CommandRefused> {
    const { productKey, host, ...rest } = givenOf(input);
    const request = { ...rest, productKey: optionalStreamId('ProductKey', productKey), host: optionalStreamId('Host', host) };
    return requestResult(await context.services.application.requestDowngrade(request, requestMeta(context, input)), context, () => keysThatCouldServe(context, request));
  }

  @Mutation(() => HostCommandResult, { description: 'Says that the older version runs.' })
  async completeDowngrade(
    @Ctx() context: LedgerContext,
    @Arg('input', () => DowngradeEndInput, { description: 'The downgrade.' }) input: DowngradeEndInput,
  ): Promise<HostCommandSuccess | CommandRefused> {
    return onHost(context, input, (command, meta) => context.services.application.completeDowngrade(command, meta));
  }

  @Mutation(() => HostCommandResult, { description: 'Says that the host went back up to the licensed version; no activation is given back.' })
  async revertDowngrade(
    @Ctx() context: LedgerContext,
    @Arg('input', () => DowngradeEndInput, { description: 'The downgrade.' }) input: DowngradeEndInput,
  ): Promise<HostCommandSuccess | CommandRefused> {
    return onHost(context, input, (command, meta) => context.services.application.revertDowngrade(command, meta));
  }

  @Mutation(() => HostCommandResult, { description: 'Says that it will not be done; what was reserved is free again.' })
  async cancelDowngrade(
    @Ctx() context: LedgerContext,
    @Arg('input', () => CancelDowngradeInput, { description: 'The downgrade.' }) input: CancelDowngradeInput,
  ): Promise<HostCommandSuccess | CommandRefused> {
    return onHost(context, input, (command, meta) => context.services.application.cancelDowngrade(command, meta));
  }
}
