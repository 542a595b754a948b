import { Field, Int, ObjectType } from 'type-graphql';
import type { CountClass, CountedTwice, DuplicateCmid, KmsCensusRow, KmsHostRow, LapsingClient } from '../../../projections/kmsCensus.js';
import type { ProductFamily } from '../../domain/vocabulary.js';
import type { Sequence, StreamId } from '../../kernel/identifiers.js';
import type { Moment } from '../moment.js';
import { connectionType } from '../relay/connection.js';
import { globalId } from '../relay/globalId.js';
import { Node } from '../relay/node.js';
import { InstantScalar } from '../scalars/instant.js';
import { SequenceScalar } from '../scalars/sequence.js';
import { CountClassEnum, ProductFamilyEnum } from '../vocabulary.js';

@ObjectType({ simpleResolvers: true, description: 'A count that a KMS host reported of itself.' })
export class ReportedCount {
  @Field(() => Int, { description: 'The count.' })
  readonly count: number;

  @Field(() => InstantScalar, { description: 'When it was so.' })
  readonly occurredAt: number;

  @Field(() => SequenceScalar, { description: 'The event that recorded it.' })
  readonly sequence: Sequence;

  constructor(row: NonNullable<KmsCensusRow['observed']>) {
    this.count = row.count;
    this.occurredAt = row.occurredAt;
    this.sequence = row.sequence;
  }
}

@ObjectType({ simpleResolvers: true, description: 'The count a product class needs before a KMS host activates it.' })
export class KmsThreshold {
  @Field(() => ProductFamilyEnum, { description: 'The product class.' })
  readonly family: ProductFamily;

  @Field(() => Int, { description: 'Machines needed.' })
  readonly required: number;

  @Field(() => Boolean, { description: 'Whether the count has reached it.' })
  readonly reached: boolean;

  constructor(row: KmsCensusRow['thresholds'][number]) {
    this.family = row.family;
    this.required = row.required;
    this.reached = row.reached;
  }
}

@ObjectType({ simpleResolvers: true, description: 'A client machine id that several machines use: an image that was not generalised.' })
export class DuplicateClientId {
  readonly hostStreams: readonly StreamId[];
  readonly moment: Moment;

  @Field(() => String, { description: 'The client machine id.' })
  readonly cmid: string;

  constructor(row: DuplicateCmid, moment: Moment) {
    this.moment = moment;
    this.cmid = row.cmid;
    this.hostStreams = row.hosts;
  }
}

@ObjectType({ simpleResolvers: true, description: 'A machine that a KMS host counts more than once: it was reimaged or rearmed, and the ids it had before are remembered for 30 days (rule K-2).' })
export class KmsClientCountedTwice {
  readonly hostStream: StreamId;
  readonly moment: Moment;

  @Field(() => [String], { description: 'The client machine ids it used.' })
  readonly cmids: readonly string[];

  constructor(row: CountedTwice, moment: Moment) {
    this.moment = moment;
    this.hostStream = row.host;
    this.cmids = row.cmids;
  }
}

@ObjectType({ simpleResolvers: true, description: 'A client whose KMS activation is about to lapse.' })
export class LapsingKmsClient {
  readonly hostStream: StreamId;
  readonly moment: Moment;

  @Field(() => String, { description: 'Its client machine id.' })
  readonly cmid: string;

  @Field(() => InstantScalar, { description: 'Its last counted request.' })
  readonly lastContactAt: number;

  @Field(() => InstantScalar, { description: 'When its activation ends: 180 days after that request.' })
  readonly lapsesAt: number;

  constructor(row: LapsingClient, moment: Moment) {
    this.moment = moment;
    this.hostStream = row.host;
    this.cmid = row.cmid;
    this.lastContactAt = row.lastContactAt;
    this.lapsesAt = row.lapsesAt;
  }
}

@ObjectType({ simpleResolvers: true, description: 'What a KMS host counts for one class of products at a time.' })
export class KmsCensus {
  readonly kmsHost: number;
  /** Whose `now` is the end of the 30 days. */
  readonly moment: Moment;
  readonly #row: KmsCensusRow;

  constructor(row: KmsCensusRow, kmsHost: number, moment: Moment) {
    this.#row = row;
    this.kmsHost = kmsHost;
    this.moment = moment;
  }

  @Field(() => CountClassEnum, { description: 'The class.' })
  get countClass(): CountClass {
    return this.#row.countClass;
  }

  @Field(() => ReportedCount, { nullable: true, description: 'The host\'s own figure, the newest by then.' })
  get observed(): ReportedCount | undefined {
    return this.#row.observed && new ReportedCount(this.#row.observed);
  }

  @Field(() => Int, { description: 'Distinct client machine ids of counted requests in the 30 days before.' })
  get uncapped(): number {
    return this.#row.uncapped;
  }

  @Field(() => Int, { description: 'The same, at most twice the largest minimum seen: what the host itself can show.' })
  get capped(): number {
    return this.#row.capped;
  }

  @Field(() => [KmsThreshold], { description: 'What each product class needs, and whether it is reached.' })
  get thresholds(): readonly KmsThreshold[] {
    return this.#row.thresholds.map((threshold) => new KmsThreshold(threshold));
  }

  @Field(() => Int, { description: 'Client machine ids that several machines used in the 30 days before.' })
  get duplicateClientIdCount(): number {
    return this.#row.duplicateCmids;
  }

  @Field(() => Int, { description: 'Machines that used several client machine ids in the 30 days before, and are counted once for each.' })
  get countedTwiceCount(): number {
    return this.#row.countedTwice;
  }

  @Field(() => Int, { description: 'Clients whose activation, 180 days after their last counted request, ends within the next 30 days.' })
  get lapsingCount(): number {
    return this.#row.aboutToLapse;
  }
}

@ObjectType({ implements: Node, simpleResolvers: true, description: 'A host that activates others, as its clients and its own log show it.' })
export class KmsHost extends Node {
  readonly row: KmsHostRow;
  readonly moment: Moment;

  constructor(row: KmsHostRow, moment: Moment) {
    super();
    this.row = row;
    this.moment = moment;
  }

  // By name: the row's own id is only good for one read-model file.
  override get id(): string {
    return globalId('KmsHost', this.row.domain === '' ? this.row.name : `${this.row.name}.${this.row.domain}`);
  }

  @Field(() => String, { description: 'Short name, lower case; empty for requests whose source does not name the KMS host.' })
  get name(): string {
    return this.row.name;
  }

  @Field(() => String, { nullable: true, description: 'DNS domain, lower case; null when unknown.' })
  get domain(): string | undefined {
    return this.row.domain === '' ? undefined : this.row.domain;
  }

  @Field(() => InstantScalar, { nullable: true, description: 'The first contact known.' })
  get firstContactAt(): number | undefined {
    return this.row.firstContactAt;
  }

  @Field(() => InstantScalar, { nullable: true, description: 'The last contact known.' })
  get lastContactAt(): number | undefined {
    return this.row.lastContactAt;
  }
}

export const KmsHostConnection = connectionType('KmsHost', () => KmsHost, 'KMS hosts').Connection;
