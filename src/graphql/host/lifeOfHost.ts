import { Arg, Ctx, Field, ID, InputType, Int, Mutation, Resolver } from 'type-graphql';
import type { ActivationMethod } from '../../domain/vocabulary.js';
import { CommandInput, commandMeta } from '../command/input.js';
import type { CommandRefused } from '../command/refusal.js';
import { hostResult, HostCommandResult, type HostCommandSuccess } from '../command/result.js';
import { onHost } from '../command/ofStream.js';
import type { LedgerContext } from '../context.js';
import { streamIdOf } from '../relay/streamId.js';
import { InstantScalar } from '../scalars/instant.js';
import { ActivationMethodEnum } from '../vocabulary.js';

@InputType({ description: 'A host that is in use no longer.' })
export class RetireHostInput extends CommandInput {
  @Field(() => ID, { description: 'The host.' })
  host!: string;

  @Field(() => InstantScalar, { nullable: true, description: 'When; without it now.' })
  occurredAt?: number | null;
}

@InputType({ description: 'Two hosts that are one machine.' })
export class MergeHostsInput extends CommandInput {
  @Field(() => ID, { description: 'The host that goes on.' })
  survivor!: string;

  @Field(() => ID, { description: 'The host that becomes part of it.' })
  absorbed!: string;
}

@InputType({ description: 'An installation that is to be activated in another way.' })
export class ChangeActivationMethodInput extends CommandInput {
  @Field(() => ID, { description: 'The host.' })
  host!: string;

  @Field(() => Int, { description: 'Which of the host\'s installations.' })
  installation!: number;

  @Field(() => ActivationMethodEnum, { description: 'How it will be activated.' })
  method!: ActivationMethod;
}

@Resolver()
export class HostLifeResolver {
  @Mutation(() => HostCommandResult, { description: 'Records that a host is in use no longer. What it used stays used; what was reserved for it is free again.' })
  async retireHost(
    @Ctx() context: LedgerContext,
    @Arg('input', () => RetireHostInput, { description: 'The host.' }) input: RetireHostInput,
  ): Promise<HostCommandSuccess | CommandRefused> {
    return onHost(context, input, (command, meta) => context.services.application.retireHost(command, meta));
  }

  @Mutation(() => HostCommandResult, { description: 'Records that two hosts are one machine.' })
  async mergeHosts(
    @Ctx() context: LedgerContext,
    @Arg('input', () => MergeHostsInput, { description: 'The hosts.' }) input: MergeHostsInput,
  ): Promise<HostCommandSuccess | CommandRefused> {
    const { survivor, absorbed } = input;
    const hosts = { survivor: streamIdOf('Host', survivor), absorbed: streamIdOf('Host', absorbed) };
    return hostResult(await context.services.application.mergeHosts(hosts, commandMeta(context, input)), context);
  }

  @Mutation(() => HostCommandResult, { description: 'Records that an installation is to be activated in another way. What it used stays used.' })
  async changeActivationMethod(
    @Ctx() context: LedgerContext,
    @Arg('input', () => ChangeActivationMethodInput, { description: 'The change.' }) input: ChangeActivationMethodInput,
  ): Promise<HostCommandSuccess | CommandRefused> {
    return onHost(context, input, (command, meta) => context.services.application.changeActivationMethod(command, meta));
  }
}
