import { Field, ObjectType } from 'type-graphql';
import type { Sequence } from '../../kernel/identifiers.js';
import { CountScalar } from '../scalars/count.js';
import { SequenceScalar } from '../scalars/sequence.js';
import { FeedProgress } from './feed.js';
import { UuidScalar } from '../scalars/uuid.js';

@ObjectType({ simpleResolvers: true, description: 'How far the tables that queries read have followed the log.' })
export class ProjectionProgress {
  @Field(() => SequenceScalar, { description: 'The last event applied.' })
  readonly sequence: Sequence;

  @Field(() => CountScalar, { description: 'Events of the log not yet applied.' })
  readonly lag: number;

  @Field(() => Boolean, { description: 'Whether old tables answer, frozen, while new ones are built.' })
  readonly rebuilding: boolean;

  constructor(sequence: Sequence, head: Sequence, rebuilding: boolean) {
    this.sequence = sequence;
    this.lag = Math.max(0, head - sequence);
    this.rebuilding = rebuilding;
  }
}

@ObjectType({ simpleResolvers: true, description: 'The ledger itself.' })
export class Ledger {
  @Field(() => UuidScalar, { nullable: true, description: 'Its id; null until its first event.' })
  readonly ledgerId: string | undefined;

  @Field(() => SequenceScalar, { description: 'Its last event.' })
  readonly sequence: Sequence;

  @Field(() => String, { description: 'Version of the program that answers.' })
  readonly version: string;

  @Field(() => String, { description: 'What stores the log: `sqlite`, `memory`, …' })
  readonly store: string;

  @Field(() => ProjectionProgress, { description: 'How far queries have followed the log.' })
  readonly projections: ProjectionProgress;

  @Field(() => FeedProgress, { nullable: true, description: 'How far the feed to other systems has followed the log; null where this node has none.' })
  readonly feed: FeedProgress | undefined;

  constructor(fields: Ledger) {
    this.ledgerId = fields.ledgerId;
    this.sequence = fields.sequence;
    this.version = fields.version;
    this.store = fields.store;
    this.projections = fields.projections;
    this.feed = fields.feed;
  }
}
