import { ArgsType, Field, ID, InputType } from 'type-graphql';
import type { SubjectId, StreamId } from '../../kernel/identifiers.js';
import type { TimelineFilter } from '../../../projections/timeline.js';
import { isGiven } from '../given.js';
import { PageArguments } from '../relay/page.js';
import { readGlobalId } from '../relay/globalId.js';
import { InstantScalar } from '../scalars/instant.js';
import { DirectionEnum } from '../vocabulary.js';
import { inputError } from '../clientError.js';

@InputType({ description: 'Which events; all given conditions hold.' })
export class LedgerEventFilter {
  @Field(() => ID, { nullable: true, description: 'Events of this host or product key.' })
  subject?: string | null;

  @Field(() => String, { nullable: true, description: 'Events of this stream, such as `ledger`.' })
  stream?: string | null;

  @Field(() => [String], { nullable: true, description: 'Events of these types.' })
  types?: string[] | null;

  @Field(() => ID, { nullable: true, description: 'Events caused by this subject.' })
  actor?: string | null;
}

@InputType({ description: 'Which events of the past; all given conditions hold.' })
export class EventHistoryFilter extends LedgerEventFilter {
  @Field(() => String, { nullable: true, description: 'Events that mention a product key with these last five characters, on whichever stream.' })
  keyLastFive?: string | null;

  @Field(() => InstantScalar, { nullable: true, description: 'Happened at or after this time.' })
  occurredFrom?: number | null;

  @Field(() => InstantScalar, { nullable: true, description: 'Happened before this time.' })
  occurredTo?: number | null;

  @Field(() => InstantScalar, { nullable: true, description: 'Recorded at or after this time.' })
  recordedFrom?: number | null;

  @Field(() => InstantScalar, { nullable: true, description: 'Recorded before this time.' })
  recordedTo?: number | null;
}

@ArgsType()
export class EventsArguments extends PageArguments {
  @Field(() => EventHistoryFilter, { nullable: true, description: 'Which events; without it all.' })
  filter?: EventHistoryFilter | null;

  @Field(() => DirectionEnum, { description: 'In log order, or newest first.', defaultValue: 'ASCENDING' })
  direction!: 'ASCENDING' | 'DESCENDING';

  @Field(() => InstantScalar, { nullable: true, description: 'Only what the ledger knew at this time.' })
  asOf?: number | null;
}

/** The stream a filter names, by global id or by its own name. */
export function filteredStream(filter: LedgerEventFilter | null | undefined): StreamId | undefined {
  if (filter?.subject === null || filter?.subject === undefined) return (filter?.stream ?? undefined) as StreamId | undefined;
  const read = readGlobalId(filter.subject);
  if (read?.kind !== 'Host' && read?.kind !== 'ProductKey') throw inputError('NO_SUBJECT');
  if (isGiven(filter.stream) && filter.stream !== read.id) throw inputError('TWO_STREAMS');
  return read.id as StreamId;
}

export function timelineFilter(filter: EventHistoryFilter | null | undefined): TimelineFilter {
  return {
    stream: filteredStream(filter),
    types: filter?.types ?? undefined,
    actor: (filter?.actor ?? undefined) as SubjectId | undefined,
    keyLastFive: filter?.keyLastFive?.toUpperCase() ?? undefined,
    occurredFrom: filter?.occurredFrom ?? undefined,
    occurredTo: filter?.occurredTo ?? undefined,
    recordedFrom: filter?.recordedFrom ?? undefined,
    recordedTo: filter?.recordedTo ?? undefined,
  };
}
