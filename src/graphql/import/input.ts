import { ArgsType, Field, InputType } from 'type-graphql';
import type { ImportFilter } from '../../../projections/imports.js';
import { describedEnum } from '../describedEnum.js';
import { CommandInput } from '../command/input.js';
import { PageArguments } from '../relay/page.js';
import { InstantScalar } from '../scalars/instant.js';
import { DirectionEnum } from '../vocabulary.js';
import { ImportStateEnum, type ImportState } from './type.js';

/** Largest content of one `importObservations`, in bytes of UTF-8; larger files go through the command line. */
export const IMPORT_CONTENT_BYTES_MAX = 8 * 1_048_576;

export const DateOrderEnum = describedEnum<'YMD' | 'DMY' | 'MDY'>('DateOrder', 'Order of day and month in dates that do not begin with a year.', {
  YMD: 'Year, month, day.',
  DMY: 'Day, month, year.',
  MDY: 'Month, day, year.',
});

@InputType('ImportFilter', { description: 'Which imports; all given conditions hold.' })
export class ImportFilterInput {
  @Field(() => String, { nullable: true, description: 'Of this input format.' })
  format?: string | null;

  @Field(() => String, { nullable: true, description: 'Of the source with this SHA-256, hexadecimal.' })
  sourceSha256?: string | null;

  @Field(() => ImportStateEnum, { nullable: true, description: 'That came so far.' })
  state?: ImportState | null;
}

@ArgsType()
export class ImportsArguments extends PageArguments {
  @Field(() => ImportFilterInput, { nullable: true, description: 'Which imports; without it all.' })
  filter?: ImportFilterInput | null;

  @Field(() => DirectionEnum, { description: 'Earliest or latest first.', defaultValue: 'DESCENDING' })
  direction!: 'ASCENDING' | 'DESCENDING';

  @Field(() => InstantScalar, { nullable: true, description: 'As the ledger knew them at this time of recording.' })
  asOf?: number | null;
}

@InputType({ description: 'An export to read into the ledger.' })
export class ImportObservationsInput extends CommandInput {
  @Field(() => String, { nullable: true, description: 'Input format; without it, it is recognised from the content.' })
  format?: string | null;

  @Field(() => String, { description: `The text of the export: at most ${IMPORT_CONTENT_BYTES_MAX} bytes of UTF-8. Pass it as a variable.` })
  content!: string;

  @Field(() => String, { nullable: true, description: 'Name of the source, such as its file name.' })
  sourceName?: string | null;

  @Field(() => String, { nullable: true, description: 'Machine it is about, for formats that do not name it.' })
  host?: string | null;

  @Field(() => String, { nullable: true, description: 'IANA time zone of local times; without it they are kept as text, not guessed.' })
  timeZone?: string | null;

  @Field(() => DateOrderEnum, { nullable: true, description: 'Order of day and month; without it ambiguous dates are kept as text.' })
  dateOrder?: 'YMD' | 'DMY' | 'MDY' | null;
}

export function importFilter(input: ImportFilterInput | null | undefined): ImportFilter {
  return {
    format: input?.format ?? undefined,
    sourceSha256: input?.sourceSha256?.toLowerCase() ?? undefined,
    outcome: input?.state ?? undefined,
  };
}
