import { Field, ID, ObjectType } from 'type-graphql';
import type { ExportJob, ExportLink, ExportState } from '../../application/exportPort.js';
import type { ExportFormat } from '../../domain/vocabulary.js';
import { describedEnum } from '../describedEnum.js';
import { CountScalar } from '../scalars/count.js';
import { InstantScalar } from '../scalars/instant.js';
import { SequenceScalar } from '../scalars/sequence.js';

export const ExportFormatEnum = describedEnum<ExportFormat>('ExportFormat', 'What an export is written as.', {
  NDJSON: 'The canonical bytes of the events, one a line: the evidence itself.',
  CSV: 'Tables, one file each, packed (.tar).',
  XLSX: 'The same tables as the sheets of one workbook.',
  PARQUET: 'The same tables with typed columns, one file each, packed (.tar).',
  BUNDLE: 'All that an auditor checks, packed (.tar): events, proofs, checkpoint, tables, schemas and a verifier.',
});

export const ExportViewFormatEnum = describedEnum<'CSV' | 'XLSX' | 'PARQUET'>('ExportViewFormat', 'What the tables of a bundle are written as.', {
  CSV: 'One file each.',
  XLSX: 'One workbook.',
  PARQUET: 'One file each, with typed columns.',
});

export const ExportStateEnum = describedEnum<ExportState>('ExportState', 'How far an export is.', {
  RUNNING: 'Under way, or waiting for its turn.',
  COMPLETED: 'Recorded in the ledger, and to be fetched.',
  FAILED: 'It could not be made; nothing was recorded.',
  CANCELLED: 'Stopped by whoever asked for it; nothing was recorded.',
});

@ObjectType({ simpleResolvers: true, description: 'Where an export is fetched from. The path is all it takes: no token is asked for.' })
export class ExportDownload {
  @Field(() => String, { description: 'Below the server\'s address, with a signature. Whoever has it can fetch the export until it expires.' })
  readonly path: string;

  @Field(() => InstantScalar, { description: 'When this path is good for nothing any more; ask again for another one.' })
  readonly expiresAt: number;

  constructor({ path, expiresAt }: ExportLink) {
    this.path = path;
    this.expiresAt = expiresAt;
  }
}

@ObjectType({ simpleResolvers: true, description: 'An export that you asked this server for. It is kept for a day; that it was made is kept in the ledger for good.' })
export class Export {
  readonly #job: ExportJob;

  constructor(job: ExportJob) {
    this.#job = job;
  }

  @Field(() => ID, { description: 'Id of the export: that of its command.' })
  get id(): string {
    return this.#job.id;
  }

  @Field(() => ExportStateEnum, { description: 'How far it is.' })
  get state(): ExportState {
    return this.#job.state;
  }

  @Field(() => ExportFormatEnum, { description: 'What it is written as.' })
  get format(): ExportFormat {
    return this.#job.format;
  }

  @Field(() => InstantScalar, { description: 'When it was asked for.' })
  get requestedAt(): number {
    return this.#job.requestedAt;
  }

  @Field(() => CountScalar, { description: 'Events read so far.' })
  get eventsRead(): number {
    return this.#job.done;
  }

  @Field(() => CountScalar, { description: 'Events that are to be read; 0 until it is known.' })
  get eventsToRead(): number {
    return this.#job.total;
  }

  @Field(() => String, { nullable: true, description: 'Code of what went wrong.' })
  get failureCode(): string | undefined {
    return this.#job.failure?.code;
  }

  @Field(() => String, { nullable: true, description: 'What went wrong.' })
  get failure(): string | undefined {
    return this.#job.failure?.message;
  }

  @Field(() => SequenceScalar, { nullable: true, description: 'First event of the range.' })
  get fromSequence(): number | undefined {
    return this.#job.completed?.fromSequence;
  }

  @Field(() => SequenceScalar, { nullable: true, description: 'Last event of the range.' })
  get toSequence(): number | undefined {
    return this.#job.completed?.toSequence;
  }

  @Field(() => CountScalar, { nullable: true, description: 'Events exported.' })
  get events(): number | undefined {
    return this.#job.completed?.events;
  }

  @Field(() => CountScalar, { nullable: true, description: 'Size of the file, in bytes.' })
  get bytes(): number | undefined {
    return this.#job.completed?.bytes;
  }

  @Field(() => String, { nullable: true, description: 'SHA-256, hexadecimal, as the ledger recorded it: of the manifest of a bundle, of the file, or of the list of files.' })
  get digest(): string | undefined {
    return this.#job.completed?.digest;
  }

  @Field(() => SequenceScalar, { nullable: true, description: 'The event that recorded it.' })
  get sequence(): number | undefined {
    return this.#job.completed?.sequence;
  }

  @Field(() => InstantScalar, { nullable: true, description: 'When the file is removed.' })
  get keptUntil(): number | undefined {
    return this.#job.completed?.keptUntil;
  }
}
