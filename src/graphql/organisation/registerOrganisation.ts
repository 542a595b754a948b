import { Arg, createUnionType, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { OrganisationOutcome } from '../../application/agreementPort.js';
import { CommandInput, commandMeta } from '../command/input.js';
import { CommandRefused, invalidInput } from '../command/refusal.js';
import type { LedgerContext } from '../context.js';
import { isGiven } from '../given.js';
import { presentMoment } from '../moment.js';
import { readGlobalId } from '../relay/globalId.js';
import { SequenceScalar } from '../scalars/sequence.js';
import { organisationAt } from './resolver.js';
import { Organisation } from './type.js';

@InputType({ description: 'An organisation to enter into the ledger.' })
export class RegisterOrganisationInput extends CommandInput {
  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => ID, { nullable: true, description: 'The organisation it belongs to.' })
  parent?: string | null;
}

@InputType({ description: 'An organisation that belongs to another one from now on.' })
export class MoveOrganisationInput extends CommandInput {
  @Field(() => ID, { description: 'The organisation.' })
  organisation!: string;

  @Field(() => ID, { nullable: true, description: 'The one it belongs to; left out: to none.' })
  parent?: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'The command on an organisation was carried out.' })
export class OrganisationCommandSuccess {
  @Field(() => SequenceScalar, { description: 'The command\'s last event.' })
  readonly sequence: number;

  @Field(() => Boolean, { description: 'Whether queries show it already.' })
  readonly applied: boolean;

  @Field(() => Organisation, { nullable: true, description: 'The organisation; null while queries do not show it.' })
  readonly organisation: Organisation | undefined;

  constructor(sequence: number, applied: boolean, organisation: Organisation | undefined) {
    this.sequence = sequence;
    this.applied = applied;
    this.organisation = organisation;
  }
}

export const OrganisationCommandResult = createUnionType({
  name: 'OrganisationCommandResult',
  description: 'Success, or why not.',
  types: () => [OrganisationCommandSuccess, CommandRefused] as const,
});

@Resolver()
export class RegisterOrganisationResolver {
  @Mutation(() => OrganisationCommandResult, { description: 'Enters an organisation into the ledger.' })
  async registerOrganisation(
    @Ctx() context: LedgerContext,
    @Arg('input', () => RegisterOrganisationInput, { description: 'The organisation.' }) input: RegisterOrganisationInput,
  ): Promise<OrganisationCommandSuccess | CommandRefused> {
    const parent = organisationOf(input.parent);
    if (isGiven(input.parent) && parent === undefined) return notAnOrganisation('parent');
    return organisationResult(context, await context.services.application.registerOrganisation({ name: input.name, parent }, commandMeta(context, input)));
  }

  @Mutation(() => OrganisationCommandResult, { description: 'Puts an organisation under another one, or under none. A circle is refused.' })
  async moveOrganisation(
    @Ctx() context: LedgerContext,
    @Arg('input', () => MoveOrganisationInput, { description: 'The organisation and where it belongs.' }) input: MoveOrganisationInput,
  ): Promise<OrganisationCommandSuccess | CommandRefused> {
    const organisation = organisationOf(input.organisation);
    if (organisation === undefined) return notAnOrganisation('organisation');
    const parent = organisationOf(input.parent);
    if (isGiven(input.parent) && parent === undefined) return notAnOrganisation('parent');
    return organisationResult(context, await context.services.application.moveOrganisation({ organisation, parent }, commandMeta(context, input)));
  }
}

function organisationOf(id: string | null | undefined): string | undefined {
  const read = isGiven(id) ? readGlobalId(id) : undefined;
  return read?.kind === 'Organisation' ? read.id : undefined;
}

function notAnOrganisation(field: string): CommandRefused {
  return invalidInput('NOT_AN_ORGANISATION', [field]);
}

function organisationResult(context: LedgerContext, outcome: OrganisationOutcome): OrganisationCommandSuccess | CommandRefused {
  if (outcome.kind === 'refused') return new CommandRefused(outcome);
  const { sequence, applied, organisation } = outcome;
  return new OrganisationCommandSuccess(sequence, applied, applied ? organisationAt(context, organisation, presentMoment(context)) : undefined);
}
