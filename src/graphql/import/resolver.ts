import { Arg, Args, createUnionType, Ctx, Field, FieldResolver, Mutation, ObjectType, Query, Resolver, Root, type ClassType } from 'type-graphql';
import { importRefusalText } from '../../application/messages.js';
import type { LedgerContext } from '../context.js';
import { commandMeta } from '../command/input.js';
import { CommandRefused, ContentTooLarge } from '../command/refusal.js';
import { sequenceAsOf } from '../moment.js';
import { pageRequest, readPage } from '../relay/page.js';
import { SequenceScalar } from '../scalars/sequence.js';
import { IMPORT_CONTENT_BYTES_MAX, importFilter, ImportObservationsInput, ImportsArguments } from './input.js';
import { Import, ImportConnection, RefusedRecord } from './type.js';

@ObjectType({ simpleResolvers: true, description: 'The content was read; single records may have been refused.' })
export class ImportObservationsSuccess {
  @Field(() => SequenceScalar, { description: 'The import\'s last event.' })
  readonly sequence: number;

  @Field(() => Boolean, { description: 'Whether queries show it already.' })
  readonly applied: boolean;

  @Field(() => Import, { nullable: true, description: 'What was read; null while queries do not show it.' })
  readonly import: Import | undefined;

  constructor(sequence: number, applied: boolean, imported: Import | undefined) {
    this.sequence = sequence;
    this.applied = applied;
    this.import = imported;
  }
}

export const ImportObservationsResult = createUnionType({
  name: 'ImportObservationsResult',
  description: 'Success, or why not.',
  types: () => [ImportObservationsSuccess, CommandRefused, ContentTooLarge] as const,
});

@Resolver(() => RefusedRecord)
export class RefusedRecordResolver {
  @FieldResolver(() => String, { description: 'What is wrong, in the language of the request; in English with what the record holds.' })
  reason(@Root() { row }: RefusedRecord, @Ctx() { language }: LedgerContext): string {
    return importRefusalText(row.code, row.reason, language);
  }
}

@Resolver(() => Import)
export class ImportResolver {
  @Query(() => ImportConnection as ClassType, { description: 'What was read into the ledger, latest first.' })
  imports(@Ctx() context: LedgerContext, @Args(() => ImportsArguments) args: ImportsArguments): object {
    const request = pageRequest(args);
    const { imports } = context.services.readModel;
    const asOf = sequenceAsOf(context, args.asOf);
    const page = readPage(request, (bounds) => imports.page(importFilter(args.filter), args.direction === 'DESCENDING', bounds, asOf));
    return new ImportConnection(page, request, (row) => new Import(row));
  }

  @Mutation(() => ImportObservationsResult, { description: 'Reads an export into the ledger. Records that are in it already append nothing.' })
  async importObservations(
    @Ctx() context: LedgerContext,
    @Arg('input', () => ImportObservationsInput, { description: 'What to read.' }) input: ImportObservationsInput,
  ): Promise<ImportObservationsSuccess | CommandRefused | ContentTooLarge> {
    const bytes = Buffer.byteLength(input.content, 'utf8');
    if (bytes > IMPORT_CONTENT_BYTES_MAX) return new ContentTooLarge(bytes, IMPORT_CONTENT_BYTES_MAX);
    const { services } = context;
    const outcome = await services.application.importObservations(
      {
        format: input.format ?? undefined,
        content: input.content,
        sourceName: input.sourceName ?? undefined,
        host: input.host ?? undefined,
        timeZone: input.timeZone ?? undefined,
        dateOrder: input.dateOrder ?? undefined,
      },
      commandMeta(context, input),
    );
    if (outcome.kind === 'refused') return new CommandRefused(outcome);
    const row = outcome.applied ? services.readModel.imports.byId(outcome.importId) : undefined;
    return new ImportObservationsSuccess(outcome.sequence, outcome.applied, row && new Import(row));
  }
}
