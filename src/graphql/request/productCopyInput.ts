import { Field, InputType, Int } from 'type-graphql';
import type { LicenceChannel } from '../../domain/vocabulary.js';
import { LicenceChannelEnum } from '../vocabulary.js';

@InputType({ description: 'A copy of a product. What is left out is not known, and rules that need it warn.' })
export class ProductCopyInput {
  @Field(() => String, { description: 'The product, such as `Windows` or `Windows 7`.' })
  product!: string;

  @Field(() => String, { nullable: true, description: 'Its version.' })
  version?: string | null;

  @Field(() => String, { nullable: true, description: 'Its edition.' })
  edition?: string | null;

  @Field(() => String, { nullable: true, description: 'Its language, such as `fr-FR`.' })
  language?: string | null;
}

@InputType({ description: 'What a device is licensed for.' })
export class DeviceLicenceInput extends ProductCopyInput {
  @Field(() => LicenceChannelEnum, { description: 'How the licence was bought.' })
  channel!: LicenceChannel;
}

@InputType({ description: 'What is to be put on a device.' })
export class DeploymentImageInput extends ProductCopyInput {
  @Field(() => String, { description: 'The imaging team\'s name for it.' })
  image!: string;

  @Field(() => Boolean, { nullable: true, description: 'Generalised with sysprep, so that each machine gets a client machine id of its own.' })
  generalised?: boolean | null;

  @Field(() => Int, { nullable: true, description: 'Rearms that are left in it.' })
  rearmsLeft?: number | null;
}
