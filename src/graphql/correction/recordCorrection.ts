import { Arg, Ctx, Field, ID, InputType, Int, Mutation, Resolver } from 'type-graphql';
import { CommandInput, commandMeta } from '../command/input.js';
import { invalidInput, type CommandRefused } from '../command/refusal.js';
import { correctionResult, CorrectionResult, type CorrectionSuccess } from '../command/result.js';
import type { LedgerContext } from '../context.js';
import { isGiven } from '../given.js';

@InputType({ description: 'What an earlier event said wrongly. One value at most; none says that nothing is known.' })
export class RecordCorrectionInput extends CommandInput {
  @Field(() => ID, { description: 'Id of the event, as `events` shows it.' })
  event!: string;

  @Field(() => String, { description: 'The field of its data.' })
  field!: string;

  @Field(() => String, { nullable: true, description: 'What holds instead, where it is a text.' })
  text?: string | null;

  @Field(() => Int, { nullable: true, description: 'What holds instead, where it is a number.' })
  number?: number | null;

  @Field(() => Boolean, { nullable: true, description: 'What holds instead, where it is yes or no.' })
  flag?: boolean | null;
}

@Resolver()
export class CorrectionResolver {
  @Mutation(() => CorrectionResult, { description: 'Corrects what an event said, by a new event; the old one stays as it is.' })
  async recordCorrection(
    @Ctx() context: LedgerContext,
    @Arg('input', () => RecordCorrectionInput, { description: 'The correction.' }) input: RecordCorrectionInput,
  ): Promise<CorrectionSuccess | CommandRefused> {
    const values = [input.text, input.number, input.flag].filter(isGiven);
    if (values.length > 1) return invalidInput('ONE_VALUE', ['text', 'number', 'flag']);
    const correction = { event: input.event, field: input.field, value: values[0] };
    return correctionResult(await context.services.application.recordCorrection(correction, commandMeta(context, input)), context);
  }
}
