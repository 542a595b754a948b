import { Field, ObjectType } from 'type-graphql';
import type { AgreementRow, EntitlementRow } from '../../../projections/agreements.js';
import type { PriceLevel, ProductPool, Programme } from '../../domain/vocabulary.js';
import type { Sequence, StreamId } from '../../kernel/identifiers.js';
import type { Moment } from '../moment.js';
import { connectionType, countedConnectionType } from '../relay/connection.js';
import { globalId, readGlobalId } from '../relay/globalId.js';
import { Node } from '../relay/node.js';
import { CalendarDateScalar } from '../scalars/calendarDate.js';
import { CountScalar } from '../scalars/count.js';
import { SequenceScalar } from '../scalars/sequence.js';
import { KeysFromEnum, PriceLevelEnum, ProductPoolEnum, ProgrammeEnum } from '../vocabulary.js';

@ObjectType({ implements: Node, simpleResolvers: true, description: 'An agreement of volume licensing: a licence ID of a customer, as it stands after corrections, at the moment asked for.' })
export class Agreement extends Node {
  readonly row: AgreementRow;
  readonly moment: Moment;

  constructor(row: AgreementRow, moment: Moment) {
    super();
    this.row = row;
    this.moment = moment;
  }

  override get id(): string {
    return globalId('Agreement', this.row.agreement);
  }

  @Field(() => String, { description: 'Its stream in the ledger: `agreement-…`.' })
  get stream(): string {
    return this.row.agreement;
  }

  @Field(() => String, { description: 'The licence ID.' })
  get licenceId(): string {
    return this.row.licenceId;
  }

  @Field(() => ProgrammeEnum, { description: 'Its programme.' })
  get programme(): Programme {
    return this.row.programme;
  }

  @Field(() => PriceLevelEnum, { nullable: true, description: 'Its price level, where the programme has one and it is known (rule B-3).' })
  get priceLevel(): PriceLevel | undefined {
    return this.row.priceLevel;
  }

  @Field(() => KeysFromEnum, { description: 'Where its keys are had (rule P-2).' })
  get keysFrom(): AgreementRow['keysFrom'] {
    return this.row.keysFrom;
  }

  @Field(() => CalendarDateScalar, { nullable: true, description: 'Its first day.' })
  get startsOn(): string | undefined {
    return this.row.startsOn;
  }

  @Field(() => CalendarDateScalar, { nullable: true, description: 'The last day it is meant to have.' })
  get endsOn(): string | undefined {
    return this.row.endsOn;
  }

  @Field(() => CalendarDateScalar, { nullable: true, description: 'Its last day, once it has ended; null while it has not.' })
  get endedOn(): string | undefined {
    return this.row.endedOn;
  }

  @Field(() => SequenceScalar, { description: 'The event that made it what it is here.' })
  get sequence(): Sequence {
    return this.row.sequence;
  }
}

@ObjectType({ implements: Node, simpleResolvers: true, description: 'Licences of one product that were bought under an agreement, as they stand after amendments and corrections.' })
export class Entitlement extends Node {
  readonly row: EntitlementRow;
  readonly moment: Moment;

  constructor(row: EntitlementRow, moment: Moment) {
    super();
    this.row = row;
    this.moment = moment;
  }

  override get id(): string {
    return globalId('Entitlement', `${this.row.agreement}/${this.row.entitlement}`);
  }

  @Field(() => String, { description: 'Product the licences are for.' })
  get product(): string {
    return this.row.product;
  }

  @Field(() => CountScalar, { description: 'How many.' })
  get quantity(): number {
    return this.row.quantity;
  }

  @Field(() => String, { nullable: true, description: 'Part number.' })
  get partNumber(): string | undefined {
    return this.row.partNumber;
  }

  @Field(() => ProductPoolEnum, { nullable: true, description: 'Pool of the product (rule P-4).' })
  get pool(): ProductPool | undefined {
    return this.row.pool;
  }

  @Field(() => CalendarDateScalar, { description: 'First day on which they count.' })
  get from(): string {
    return this.row.from;
  }

  @Field(() => CalendarDateScalar, { nullable: true, description: 'Last day on which they count; null: they have no end.' })
  get until(): string | undefined {
    return this.row.until;
  }

  @Field(() => SequenceScalar, { description: 'The event that made it what it is here.' })
  get sequence(): Sequence {
    return this.row.sequence;
  }
}

export const AgreementConnection = countedConnectionType('Agreement', () => Agreement, 'agreements').Connection;
export const EntitlementConnection = connectionType('Entitlement', () => Entitlement, 'entitlements').Connection;

/** The parts of an entitlement's id; undefined for text that is none. */
export function readEntitlementId(text: string): { readonly agreement: StreamId; readonly entitlement: string } | undefined {
  const read = readGlobalId(text);
  return read?.kind === 'Entitlement' ? entitlementParts(read.id) : undefined;
}

export function entitlementParts(id: string): { readonly agreement: StreamId; readonly entitlement: string } {
  const [agreement = '', entitlement = ''] = id.split('/');
  return { agreement: agreement as StreamId, entitlement };
}
