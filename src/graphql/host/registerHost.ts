import { Arg, createUnionType, Ctx, Field, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import { BulkInput } from '../command/bulkInput.js';
import { commandMeta, commandOf, requestMeta } from '../command/input.js';
import { CommandRefused } from '../command/refusal.js';
import { hostResults, HostCommandsResult, type HostCommandsAnswered } from '../command/result.js';
import type { LedgerContext } from '../context.js';
import { givenOf } from '../given.js';
import { presentMoment } from '../moment.js';
import { SequenceScalar } from '../scalars/sequence.js';
import { Host } from './type.js';

@InputType({ description: 'A host to enter into the ledger.' })
export class HostRegistrationItem {
  @Field(() => String, { description: 'Its name: `name` or `name.domain`.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'Its client machine id, a GUID.' })
  cmid?: string | null;

  @Field(() => [String], { nullable: true, description: 'Hardware addresses of its network adapters.' })
  macAddresses?: string[] | null;

  @Field(() => String, { nullable: true, description: 'Its operating system.' })
  operatingSystem?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether it is a virtual machine.' })
  virtualMachine?: boolean | null;
}

@InputType({ description: 'Hosts to enter into the ledger, sent together.' })
export class RegisterHostsInput extends BulkInput {
  @Field(() => [HostRegistrationItem], { description: 'Up to 1,000.' })
  items!: HostRegistrationItem[];
}

@InputType({ description: 'A host to enter into the ledger.' })
export class RegisterHostInput extends commandOf(HostRegistrationItem) {}

@ObjectType({ simpleResolvers: true, description: 'The host is in the ledger.' })
export class RegisterHostSuccess {
  @Field(() => SequenceScalar, { description: 'The command\'s last event.' })
  readonly sequence: number;

  @Field(() => Boolean, { description: 'Whether queries show it already.' })
  readonly applied: boolean;

  @Field(() => Host, { nullable: true, description: 'The host; null while queries do not show it.' })
  readonly host: Host | undefined;

  constructor(sequence: number, applied: boolean, host: Host | undefined) {
    this.sequence = sequence;
    this.applied = applied;
    this.host = host;
  }
}

export const RegisterHostResult = createUnionType({
  name: 'RegisterHostResult',
  description: 'Success, or why not.',
  types: () => [RegisterHostSuccess, CommandRefused] as const,
});

@Resolver()
export class RegisterHostResolver {
  @Mutation(() => RegisterHostResult, { description: 'Enters a host. One that is known already by this name is the same host.' })
  async registerHost(
    @Ctx() context: LedgerContext,
    @Arg('input', () => RegisterHostInput, { description: 'The host.' }) input: RegisterHostInput,
  ): Promise<RegisterHostSuccess | CommandRefused> {
    const { services } = context;
    const outcome = await services.application.registerHost(givenOf(input), commandMeta(context, input));
    if (outcome.kind === 'refused') return new CommandRefused(outcome);
    const moment = presentMoment(context);
    const row = outcome.applied ? services.readModel.hosts.byHost(outcome.id, moment) : undefined;
    return new RegisterHostSuccess(outcome.sequence, outcome.applied, row && new Host(row, moment));
  }

  @Mutation(() => HostCommandsResult, { description: 'Enters many hosts.' })
  async registerHosts(
    @Ctx() context: LedgerContext,
    @Arg('input', () => RegisterHostsInput, { description: 'The hosts.' }) input: RegisterHostsInput,
  ): Promise<HostCommandsAnswered | CommandRefused> {
    const bulk = { mode: input.mode ?? 'EACH', items: input.items.map((item) => givenOf(item)) };
    return hostResults(await context.services.application.registerHosts(bulk, requestMeta(context, input)), context);
  }
}
