import { Field, InputType } from 'type-graphql';
import { BulkModeEnum } from '../vocabulary.js';
import { RequestInput } from './input.js';

/** What requests that are sent together take. */
@InputType()
export abstract class BulkInput extends RequestInput {
  @Field(() => BulkModeEnum, { nullable: true, description: 'All or none, or every item for itself; without it every item for itself.' })
  mode?: 'ATOMIC' | 'EACH' | null;
}
