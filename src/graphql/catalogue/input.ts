import { ArgsType, Field } from 'type-graphql';
import { PageArguments } from '../relay/page.js';

@ArgsType()
export class CatalogueArguments extends PageArguments {
  @Field(() => String, { nullable: true, description: 'Only entries that contain this text; upper and lower case are the same.' })
  search?: string | null;
}
