import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { ReservationRow } from '../../../projections/reservations.js';
import type { ActivationMethod } from '../../domain/vocabulary.js';
import { shownHost, shownKey } from '../command/result.js';
import type { LedgerContext } from '../context.js';
import { Host } from '../host/type.js';
import { ProductKey } from '../productKey/type.js';
import { connectionType } from '../relay/connection.js';
import { InstantScalar } from '../scalars/instant.js';
import { SequenceScalar } from '../scalars/sequence.js';
import { ActivationMethodEnum } from '../vocabulary.js';

@ObjectType({ simpleResolvers: true, description: 'An activation that is reserved and has not ended yet.' })
export class Reservation {
  readonly row: ReservationRow;
  readonly context: LedgerContext;

  constructor(row: ReservationRow, context: LedgerContext) {
    this.row = row;
    this.context = context;
  }

  @Field(() => ID, { description: 'Id of the activation, which confirming or cancelling it names.' })
  get activation(): string {
    return this.row.activation;
  }

  @Field(() => ProductKey, { nullable: true, description: 'The key it is reserved on.' })
  get productKey(): ProductKey | undefined {
    return shownKey(this.row.productKey, this.context);
  }

  @Field(() => Host, { nullable: true, description: 'The host it is for.' })
  get host(): Host | undefined {
    return shownHost(this.row.host, this.context);
  }

  @Field(() => Int, { nullable: true, description: 'Which of the host\'s installations, where it was named.' })
  get installation(): number | undefined {
    return this.row.installation;
  }

  @Field(() => String, { description: 'Product to be activated.' })
  get product(): string {
    return this.row.product;
  }

  @Field(() => ActivationMethodEnum, { description: 'How it will be activated.' })
  get method(): ActivationMethod {
    return this.row.method;
  }

  @Field(() => String, { nullable: true, description: 'Installation ID that waits for its confirmation ID.' })
  get installationId(): string | undefined {
    return this.row.installationId;
  }

  @Field(() => InstantScalar, { description: 'When it was asked for.' })
  get requestedAt(): number {
    return this.row.requestedAt;
  }

  @Field(() => InstantScalar, { description: 'When it lapses.' })
  get expiresAt(): number {
    return this.row.expiresAt;
  }

  @Field(() => SequenceScalar, { description: 'The event that granted it.' })
  get sequence(): number {
    return this.row.sequence;
  }
}

export const ReservationConnection = connectionType('Reservation', () => Reservation, 'reservations').Connection;
