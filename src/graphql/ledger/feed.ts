import { Field, ObjectType } from 'type-graphql';
import type { Sequence } from '../../kernel/identifiers.js';
import { describedEnum } from '../describedEnum.js';
import { CountScalar } from '../scalars/count.js';
import { SequenceScalar } from '../scalars/sequence.js';

/** What the API asks the feed. */
export interface PublishedFeed {
  state(): Promise<{
    readonly state: 'publishing' | 'waiting' | 'stopped';
    /** The last event known to be on the feed. */
    readonly sequence: number;
    /** Events of the log that are not known to be on it. */
    readonly lag: number;
    readonly error?: { readonly code: string; readonly message: string } | undefined;
  }>;
}

type FeedStateName = 'PUBLISHING' | 'WAITING' | 'STOPPED';

const FeedStateEnum = describedEnum<FeedStateName>('FeedState', 'What the feed to other systems is doing.', {
  PUBLISHING: 'Each event is published as it is recorded, or the feed is on its way there.',
  WAITING: 'It tries again by itself: the NATS server is away, or another node publishes and this one stands by.',
  STOPPED: 'It stays stopped until somebody has acted; the problem says what to do.',
});

@ObjectType({ simpleResolvers: true, description: 'Why the feed waits or has stopped.' })
export class FeedProblem {
  @Field(() => String, { description: 'A stable code: `FEED_UNAVAILABLE`, `FEED_STANDS_BY`, `FEED_AHEAD_OF_LOG`, …' })
  readonly code: string;

  @Field(() => String, { description: 'What happened and, where it does not mend itself, what to do.' })
  readonly message: string;

  constructor(problem: FeedProblem) {
    this.code = problem.code;
    this.message = problem.message;
  }
}

@ObjectType({ simpleResolvers: true, description: 'How far the feed to other systems has followed the log.' })
export class FeedProgress {
  @Field(() => FeedStateEnum, { description: 'What it is doing.' })
  readonly state: FeedStateName;

  @Field(() => SequenceScalar, { description: 'The last event known to be on the feed; 0 until the feed has been reached once.' })
  readonly sequence: Sequence;

  @Field(() => CountScalar, { description: 'Events of the log that are not known to be on the feed.' })
  readonly lag: number;

  @Field(() => FeedProblem, { nullable: true, description: 'Why it waits or has stopped.' })
  readonly problem: FeedProblem | undefined;

  constructor({ state, sequence, lag, error }: Awaited<ReturnType<PublishedFeed['state']>>) {
    this.state = FeedStateEnum[state.toUpperCase() as FeedStateName];
    this.sequence = sequence as Sequence;
    this.lag = lag;
    this.problem = error === undefined ? undefined : new FeedProblem(error);
  }
}
