import { Field, Int, ObjectType } from 'type-graphql';
import type { ImportOutcome, ImportRow } from '../../../projections/imports.js';
import type { Sequence } from '../../kernel/identifiers.js';
import { describedEnum } from '../describedEnum.js';
import { Actor } from '../event/type.js';
import { connectionType } from '../relay/connection.js';
import { globalId } from '../relay/globalId.js';
import { Node } from '../relay/node.js';
import { CountScalar } from '../scalars/count.js';
import { InstantScalar } from '../scalars/instant.js';
import { SequenceScalar } from '../scalars/sequence.js';

export type ImportState = ImportOutcome['outcome'] | 'UNFINISHED';

export const ImportStateEnum = describedEnum<ImportState>('ImportState', 'How far an import came.', {
  COMPLETED: 'Read to its end; single records may have been refused.',
  CANCELLED: 'Stopped by whoever started it.',
  FAILED: 'Stopped by an error; what it had appended remains.',
  UNFINISHED: 'Still running, or cut off.',
});

@ObjectType({ simpleResolvers: true, description: 'A record that could not be taken.' })
export class RefusedRecord {
  @Field(() => Int, { description: 'Number of the record in the file, from 1.' })
  readonly record: number;

  @Field(() => String, { description: 'Stable code: `MALFORMED_XML`, `MISSING_HOST`, …' })
  readonly code: string;

  readonly row: ImportOutcome['refusals'][number];

  constructor(row: ImportOutcome['refusals'][number]) {
    this.record = row.record;
    this.code = row.code;
    this.row = row;
  }
}

@ObjectType({ implements: Node, simpleResolvers: true, description: 'One file or text that was read into the ledger.' })
export class Import extends Node {
  readonly #row: ImportRow;

  constructor(row: ImportRow) {
    super();
    this.#row = row;
  }

  override get id(): string {
    return globalId('Import', this.#row.importId);
  }

  @Field(() => ImportStateEnum, { description: 'How far it came.' })
  get state(): ImportState {
    return this.#row.finished?.outcome ?? 'UNFINISHED';
  }

  @Field(() => String, { description: 'Input format.' })
  get format(): string {
    return this.#row.format;
  }

  @Field(() => Int, { description: 'Version of the parser.' })
  get parserVersion(): number {
    return this.#row.parserVersion;
  }

  @Field(() => String, { nullable: true, description: 'Name of the source, as given.' })
  get sourceName(): string | undefined {
    return this.#row.sourceName;
  }

  @Field(() => String, { description: 'SHA-256 of the source, hexadecimal.' })
  get sourceSha256(): string {
    return this.#row.sourceSha256;
  }

  @Field(() => CountScalar, { description: 'Size of the source, in bytes.' })
  get sourceBytes(): number {
    return this.#row.sourceBytes;
  }

  @Field(() => Actor, { description: 'Who imported it.' })
  get actor(): Actor {
    return new Actor(this.#row.actor);
  }

  @Field(() => InstantScalar, { description: 'When it began.' })
  get startedAt(): number {
    return this.#row.startedAt;
  }

  @Field(() => SequenceScalar, { description: 'The event that recorded the beginning.' })
  get startedSequence(): Sequence {
    return this.#row.startedSequence;
  }

  @Field(() => InstantScalar, { nullable: true, description: 'When it ended.' })
  get finishedAt(): number | undefined {
    return this.#row.finished?.finishedAt;
  }

  @Field(() => SequenceScalar, { nullable: true, description: 'The event that recorded the end.' })
  get finishedSequence(): Sequence | undefined {
    return this.#row.finished?.sequence;
  }

  @Field(() => Int, { nullable: true, description: 'Records read: understood and refused.' })
  get recordsRead(): number | undefined {
    return this.#row.finished?.recordsRead;
  }

  @Field(() => Int, { nullable: true, description: 'Events appended.' })
  get eventsAppended(): number | undefined {
    return this.#row.finished?.eventsAppended;
  }

  @Field(() => Int, { nullable: true, description: 'Records whose events were in the ledger already.' })
  get recordsAlreadyKnown(): number | undefined {
    return this.#row.finished?.recordsAlreadyKnown;
  }

  @Field(() => Int, { nullable: true, description: 'Records understood that say nothing new or nothing of interest.' })
  get recordsWithoutNews(): number | undefined {
    return this.#row.finished?.recordsWithoutNews;
  }

  @Field(() => Int, {
    nullable: true,
    description: 'Records whose own time could not be read without guessing zone or order: name the zone (`timeZone`) and the order (`dateOrder`).',
  })
  get recordsTimeUnclear(): number | undefined {
    return this.#row.finished?.recordsTimeUnclear;
  }

  @Field(() => Int, { nullable: true, description: 'Records that could not be taken.' })
  get recordsRefused(): number | undefined {
    return this.#row.finished?.recordsRefused;
  }

  @Field(() => [RefusedRecord], { description: 'The first of those; `recordsRefused` counts all.' })
  get refusals(): readonly RefusedRecord[] {
    return (this.#row.finished?.refusals ?? []).map((refusal) => new RefusedRecord(refusal));
  }
}

export const ImportConnection = connectionType('Import', () => Import, 'imports').Connection;
