import { Field, ObjectType } from 'type-graphql';
import type { CatalogueErrorCode, CatalogueSetupKey, CatalogueSku } from '../../domain/catalogue/catalogue.js';
import type { ProductFamily, ProductKeyKind } from '../../domain/vocabulary.js';
import { describedEnum } from '../describedEnum.js';
import { connectionType } from '../relay/connection.js';
import { ProductFamilyEnum, ProductKeyKindEnum } from '../vocabulary.js';

export const SetupKeyMethodEnum = describedEnum<'KMS' | 'AVMA'>('SetupKeyMethod', 'How a host with a public setup key activates.', {
  KMS: 'By a KMS host or through Active Directory.',
  AVMA: 'By the virtualisation host.',
});

@ObjectType({ simpleResolvers: true, description: 'A product edition and channel.' })
export class Sku {
  @Field(() => String, { description: 'Activation (SKU) id, a lower-case GUID.' })
  readonly skuId: string;

  @Field(() => String, { description: 'Its name.' })
  readonly name: string;

  @Field(() => String, { nullable: true, description: 'Its edition, as the system names it.' })
  readonly edition: string | undefined;

  @Field(() => ProductKeyKindEnum, { description: 'What kind of key its channel uses.' })
  readonly keyKind: ProductKeyKind;

  @Field(() => ProductFamilyEnum, { description: 'Product class of KMS thresholds.' })
  readonly family: ProductFamily;

  @Field(() => String, { description: 'Where the fact comes from.' })
  readonly source: string;

  constructor(row: CatalogueSku) {
    this.skuId = row.skuId;
    this.name = row.name;
    this.edition = row.edition;
    this.keyKind = row.keyKind;
    this.family = row.family;
    this.source = row.source;
  }
}

@ObjectType({ simpleResolvers: true, description: 'A published setup key, known by its last five characters alone.' })
export class SetupKey {
  @Field(() => String, { description: 'Its last five characters.' })
  readonly lastFive: string;

  @Field(() => String, { description: 'Product it installs.' })
  readonly product: string;

  @Field(() => ProductFamilyEnum, { description: 'Product class of KMS thresholds.' })
  readonly family: ProductFamily;

  @Field(() => SetupKeyMethodEnum, { description: 'How a host with it activates.' })
  readonly method: 'KMS' | 'AVMA';

  @Field(() => String, { description: 'Where the fact comes from.' })
  readonly source: string;

  constructor(row: CatalogueSetupKey) {
    this.lastFive = row.lastFive;
    this.product = row.product;
    this.family = row.family;
    this.method = row.method;
    this.source = row.source;
  }
}

@ObjectType({ simpleResolvers: true, description: 'What an HRESULT means here.' })
export class ErrorCode {
  @Field(() => String, { description: '`0x` and eight upper-case hexadecimal digits.' })
  readonly code: string;

  @Field(() => String, { description: 'Its meaning.' })
  readonly meaning: string;

  @Field(() => String, { description: 'What it matters for.' })
  readonly relevance: string;

  @Field(() => String, { description: 'Where the fact comes from.' })
  readonly source: string;

  constructor(row: CatalogueErrorCode) {
    this.code = row.code;
    this.meaning = row.meaning;
    this.relevance = row.relevance;
    this.source = row.source;
  }
}

@ObjectType({ simpleResolvers: true, description: 'Product facts, each with its source.' })
export class ProductCatalogue {
  @Field(() => [ErrorCode], { description: 'Error codes that matter to the ledger.' })
  readonly errorCodes: readonly ErrorCode[];

  constructor(errorCodes: readonly ErrorCode[]) {
    this.errorCodes = errorCodes;
  }
}

export const SkuConnection = connectionType('Sku', () => Sku, 'product editions').Connection;
export const SetupKeyConnection = connectionType('SetupKey', () => SetupKey, 'public setup keys').Connection;
