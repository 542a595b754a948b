import { Field, InputType } from 'type-graphql';
import type { ExportRequest } from '../../application/exportPort.js';
import type { ExportFormat } from '../../domain/vocabulary.js';
import type { CommandId } from '../../kernel/identifiers.js';
import { CommandInput } from '../command/input.js';
import type { LedgerContext } from '../context.js';
import { readGlobalId } from '../relay/globalId.js';
import { InstantScalar } from '../scalars/instant.js';
import { SequenceScalar } from '../scalars/sequence.js';
import { ExportFormatEnum, ExportViewFormatEnum } from './type.js';

/** Hosts, keys, agreements or types of one filter. */
const NAMES_MAX = 1_000;

@InputType({ description: 'What to export. All given conditions hold; of several values of one, any. `reason` is required.' })
export class RequestExportInput extends CommandInput {
  @Field(() => ExportFormatEnum, { nullable: true, description: 'What it is written as; without it a bundle.' })
  format?: ExportFormat | null;

  @Field(() => SequenceScalar, { nullable: true, description: 'First event; without it the first there is, or the one behind the checkpoint `since`.' })
  fromSequence?: number | null;

  @Field(() => SequenceScalar, { nullable: true, description: 'Last event; without it all that queries show.' })
  toSequence?: number | null;

  @Field(() => InstantScalar, { nullable: true, description: 'Recorded at this time or later.' })
  recordedFrom?: number | null;

  @Field(() => InstantScalar, { nullable: true, description: 'Recorded before this time.' })
  recordedTo?: number | null;

  @Field(() => [String], { nullable: true, description: 'Events of these hosts, and those that name them: names, or ids of this API.' })
  hosts?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Events of these product keys, and those that name them: last five characters, or ids.' })
  productKeys?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Events of these agreements, and those that name them: licence IDs, or ids.' })
  agreements?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Events of these types.' })
  types?: string[] | null;

  @Field(() => String, { nullable: true, description: 'Your earlier checkpoint, a signed note: what came after it, and the proof that the log goes on from it.' })
  since?: string | null;

  @Field(() => [ExportViewFormatEnum], { nullable: true, description: 'What the tables of a bundle are written as; without it CSV.' })
  views?: ('CSV' | 'XLSX' | 'PARQUET')[] | null;
}

/** Undefined where a list is too long. */
export function exportRequest({ services, actor }: LedgerContext, input: RequestExportInput): ExportRequest | undefined {
  const lists = [input.hosts, input.productKeys, input.agreements, input.types];
  if (lists.some((list) => (list?.length ?? 0) > NAMES_MAX)) return undefined;
  return {
    exportId: (input.commandId ?? services.newId()) as CommandId,
    actor: actor.subject,
    format: input.format ?? 'BUNDLE',
    reason: input.reason ?? undefined,
    from: input.fromSequence ?? undefined,
    to: input.toSequence ?? undefined,
    recordedFrom: instant(input.recordedFrom),
    recordedTo: instant(input.recordedTo),
    hosts: input.hosts?.map(innerId),
    keys: input.productKeys?.map(innerId),
    agreements: input.agreements?.map(innerId),
    types: input.types ?? undefined,
    since: input.since ?? undefined,
    views: input.views?.map((format) => VIEW_FORMATS[format]),
  };
}

const VIEW_FORMATS = { CSV: 'csv', XLSX: 'xlsx', PARQUET: 'parquet' } as const;

function innerId(text: string): string {
  return readGlobalId(text)?.id ?? text;
}

function instant(time: number | null | undefined): string | undefined {
  return time === null || time === undefined ? undefined : new Date(time).toISOString();
}
