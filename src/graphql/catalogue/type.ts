import { Field, Int, ObjectType } from 'type-graphql';
import { minimumCounts, type MinimumCount } from '../../domain/catalogue/minimumCounts.js';
import type { CatalogueErrorCode, CatalogueSetupKey, CatalogueSku } from '../../domain/catalogue/catalogue.js';
import type { ProductFamily, ProductKeyKind } from '../../domain/vocabulary.js';
import { describedEnum } from '../describedEnum.js';
import { connectionType } from '../relay/connection.js';
import { InstantScalar } from '../scalars/instant.js';
import { CountClassEnum, ProductFamilyEnum, ProductKeyKindEnum } from '../vocabulary.js';

export const SetupKeyMethodEnum = describedEnum<'KMS' | 'AVMA' | 'OEM'>('SetupKeyMethod', 'How a host with a public setup key activates.', {
  KMS: 'By a KMS host or through Active Directory.',
  AVMA: 'By the virtualisation host.',
  OEM: 'By the key in its firmware: this is the default key that such a machine shows, and tells nothing of the machine.',
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
  readonly method: 'KMS' | 'AVMA' | 'OEM';

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

@ObjectType({ simpleResolvers: true, description: 'How many machines a KMS host must have counted before it activates a product class.' })
export class KmsMinimum {
  @Field(() => ProductFamilyEnum, { description: 'The product class.' })
  readonly family: ProductFamily;

  @Field(() => Int, { description: 'Machines needed.' })
  readonly required: number;

  @Field(() => CountClassEnum, { description: 'What it is counted with.' })
  readonly countClass: MinimumCount['countedWith'];

  @Field(() => InstantScalar, { nullable: true, description: 'From when the figure holds; null: since KMS exists for the class.' })
  readonly validFrom: string | undefined;

  @Field(() => InstantScalar, { nullable: true, description: 'From when it no longer holds; null while it does.' })
  readonly validUntil: string | undefined;

  @Field(() => String, { description: 'Where the fact comes from.' })
  readonly source: string;

  constructor(row: MinimumCount) {
    this.family = row.family;
    this.required = row.count;
    this.countClass = row.countedWith;
    this.validFrom = row.validFrom;
    this.validUntil = row.validUntil;
    this.source = row.source;
  }
}

@ObjectType({ simpleResolvers: true, description: 'Product facts, each with its source.' })
export class ProductCatalogue {
  @Field(() => [ErrorCode], { description: 'Error codes that matter to the ledger.' })
  readonly errorCodes: readonly ErrorCode[];

  @Field(() => [KmsMinimum], { description: 'What KMS needs per product class: every figure that was ever in force.' })
  readonly kmsMinimums: readonly KmsMinimum[] = minimumCounts.map((row) => new KmsMinimum(row));

  constructor(errorCodes: readonly ErrorCode[]) {
    this.errorCodes = errorCodes;
  }
}

export const SkuConnection = connectionType('Sku', () => Sku, 'product editions').Connection;
export const SetupKeyConnection = connectionType('SetupKey', () => SetupKey, 'public setup keys').Connection;
