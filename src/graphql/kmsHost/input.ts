import { ArgsType, Field } from 'type-graphql';
import { PageArguments } from '../relay/page.js';
import { InstantScalar } from '../scalars/instant.js';

@ArgsType()
export class KmsHostsArguments extends PageArguments {
  @Field(() => InstantScalar, { nullable: true, description: 'As the ledger knew them at this time of recording.' })
  asOf?: number | null;
}
