import { Field, ID, InterfaceType } from 'type-graphql';

/** An object that can be fetched again by its id alone. */
@InterfaceType({ description: 'An object that `node` can fetch again by its id alone.' })
export abstract class Node {
  // A decorated accessor cannot be abstract.
  @Field(() => ID, { description: 'Opaque id, unique in this ledger.' })
  get id(): string {
    throw new Error('Each kind of node makes its own id.');
  }
}
