import { ArgsType, Field, ID, InputType, Int } from 'type-graphql';
import type { KeyFilter, KeyOrder } from '../../../projections/keyCounts.js';
import type { ProductKeyKind } from '../../domain/vocabulary.js';
import { describedEnum } from '../describedEnum.js';
import { PageArguments } from '../relay/page.js';
import { InstantScalar } from '../scalars/instant.js';
import { DirectionEnum, ProductKeyKindEnum } from '../vocabulary.js';

export const KeyOrderEnum = describedEnum<KeyOrder>('ProductKeyOrder', 'What a list of product keys is ordered by.', {
  LAST_FIVE: 'Last five characters.',
  PRODUCT: 'Product.',
  REMAINING: 'Remaining activations.',
});

@InputType({ description: 'Which product keys; all given conditions hold.' })
export class ProductKeyFilter {
  @Field(() => [ProductKeyKindEnum], { nullable: true, description: 'Of one of these kinds.' })
  kind?: ProductKeyKind[] | null;

  @Field(() => String, { nullable: true, description: 'Issued under this agreement.' })
  agreement?: string | null;

  @Field(() => String, { nullable: true, description: 'For this product.' })
  product?: string | null;

  @Field(() => String, { nullable: true, description: 'With these last five characters.' })
  lastFive?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Registered, or only seen in observations.' })
  registered?: boolean | null;

  @Field(() => Int, { nullable: true, description: 'Remaining activations are known and fewer than this.' })
  remainingBelow?: number | null;
}

@ArgsType()
export class ProductKeysArguments extends PageArguments {
  @Field(() => ProductKeyFilter, { nullable: true, description: 'Which keys; without it all.' })
  filter?: ProductKeyFilter | null;

  @Field(() => KeyOrderEnum, { description: 'What the list is ordered by.', defaultValue: 'LAST_FIVE' })
  order!: KeyOrder;

  @Field(() => DirectionEnum, { description: 'Which way.', defaultValue: 'ASCENDING' })
  direction!: 'ASCENDING' | 'DESCENDING';

  @Field(() => InstantScalar, {
    nullable: true,
    description: 'Counts as the ledger knew them at this time of recording; filter and order are those of today.',
  })
  asOf?: number | null;
}

@InputType({ description: 'Which changes of counts; all given conditions hold.' })
export class KeyChangeFilter {
  @Field(() => [ID], { nullable: true, description: 'Of these product keys.' })
  productKeys?: string[] | null;

  @Field(() => [ProductKeyKindEnum], { nullable: true, description: 'Of keys of these kinds.' })
  kind?: ProductKeyKind[] | null;
}

export function keyFilter(input: ProductKeyFilter | null | undefined): KeyFilter {
  return {
    kind: input?.kind ?? undefined,
    agreement: input?.agreement ?? undefined,
    product: input?.product ?? undefined,
    lastFive: input?.lastFive?.toUpperCase() ?? undefined,
    registered: input?.registered ?? undefined,
    remainingBelow: input?.remainingBelow ?? undefined,
  };
}
