import { Field, ObjectType } from 'type-graphql';
import type { OrganisationRow } from '../../../projections/agreements.js';
import type { Sequence } from '../../kernel/identifiers.js';
import type { Moment } from '../moment.js';
import { connectionType } from '../relay/connection.js';
import { globalId } from '../relay/globalId.js';
import { Node } from '../relay/node.js';
import { SequenceScalar } from '../scalars/sequence.js';

@ObjectType({ implements: Node, simpleResolvers: true, description: 'An organisation that holds agreements, or that others belong to.' })
export class Organisation extends Node {
  readonly row: OrganisationRow;
  readonly moment: Moment;

  constructor(row: OrganisationRow, moment: Moment) {
    super();
    this.row = row;
    this.moment = moment;
  }

  override get id(): string {
    return globalId('Organisation', this.row.organisation);
  }

  @Field(() => String, { description: 'Its name.' })
  get name(): string {
    return this.row.name;
  }

  @Field(() => SequenceScalar, { description: 'The event that made it what it is here.' })
  get sequence(): Sequence {
    return this.row.sequence;
  }
}

export const OrganisationConnection = connectionType('Organisation', () => Organisation, 'organisations').Connection;
