import { Field, ID, InputType, Int } from 'type-graphql';
import type { Connectivity } from '../../domain/advice/facts.js';
import { ConnectivityEnum } from './type.js';

@InputType({ description: 'What is to be activated. What is left out is taken from the host where one is named, and is otherwise not known.' })
export class ActivationAdviceInput {
  @Field(() => String, { description: 'The product: `Windows 7 Professional`.' })
  product!: string;

  @Field(() => String, { nullable: true, description: 'Edition, where the product does not say it.' })
  edition?: string | null;

  @Field(() => ID, { nullable: true, description: 'The host, where it is about one that the ledger knows.' })
  host?: string | null;

  @Field(() => Int, { nullable: true, description: 'How many machines: 1 to 1,000,000. Without it 1.' })
  machines?: number | null;

  @Field(() => Int, { nullable: true, description: 'PCs of the organisation.' })
  fleet?: number | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether they are virtual machines.' })
  virtualMachine?: boolean | null;

  @Field(() => String, { nullable: true, description: 'Their operating system, where the product is another.' })
  operatingSystem?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether they are members of a domain.' })
  domainMember?: boolean | null;

  @Field(() => Int, { nullable: true, description: 'Difference of their clocks from the KMS host\'s, in minutes, either way.' })
  clockDifferenceMinutes?: number | null;

  @Field(() => ConnectivityEnum, { nullable: true, description: 'How they reach Microsoft. Without it `ONLINE`.' })
  connectivity?: Connectivity | null;

  @Field(() => String, { nullable: true, description: 'Licence ID of the agreement whose licences are consumed.' })
  agreement?: string | null;

  @Field(() => String, { nullable: true, description: 'What the host\'s hardware is identified by now, to compare with what a stored confirmation id was for.' })
  hardware?: string | null;
}

@InputType({ description: 'A host that is to be wiped.' })
export class WipedHostInput {
  @Field(() => ID, { description: 'The host.' })
  host!: string;

  @Field(() => String, { nullable: true, description: 'What its hardware is identified by now.' })
  hardware?: string | null;
}

@InputType({ description: 'Hosts that are to be wiped and installed again.' })
export class WipeAdviceInput {
  @Field(() => [WipedHostInput], { description: '1 to 100.' })
  hosts!: WipedHostInput[];

  @Field(() => String, { nullable: true, description: 'What will be installed. Without it each host\'s Windows, as the ledger knows it.' })
  product?: string | null;

  @Field(() => ConnectivityEnum, { nullable: true, description: 'How they reach Microsoft. Without it `ONLINE`.' })
  connectivity?: Connectivity | null;

  @Field(() => String, { nullable: true, description: 'Licence ID of the agreement whose licences are consumed.' })
  agreement?: string | null;
}
