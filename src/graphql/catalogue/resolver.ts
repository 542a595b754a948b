import { Arg, Args, Ctx, FieldResolver, Query, Resolver, type ClassType } from 'type-graphql';
import type { LedgerContext } from '../context.js';
import { arrayPage } from '../relay/arrayPage.js';
import { pageRequest } from '../relay/page.js';
import { CatalogueArguments } from './input.js';
import { ErrorCode, ProductCatalogue, SetupKey, SetupKeyConnection, Sku, SkuConnection } from './type.js';

@Resolver(() => ProductCatalogue)
export class CatalogueResolver {
  @Query(() => ProductCatalogue, { description: 'Product facts: editions, public setup keys, error codes.' })
  catalogue(@Ctx() { services }: LedgerContext): ProductCatalogue {
    return new ProductCatalogue(services.catalogue.errorCodes.map((row) => new ErrorCode(row)));
  }

  @FieldResolver(() => Sku, { nullable: true, description: 'The edition with this activation (SKU) id.' })
  sku(@Ctx() { services }: LedgerContext, @Arg('skuId', () => String, { description: 'A GUID.' }) skuId: string): Sku | undefined {
    const row = services.catalogue.sku(skuId.toLowerCase());
    return row && new Sku(row);
  }

  @FieldResolver(() => SkuConnection as ClassType, { description: 'Editions, in the catalogue\'s order.' })
  skus(@Ctx() { services }: LedgerContext, @Args(() => CatalogueArguments) args: CatalogueArguments): object {
    const request = pageRequest(args);
    const rows = services.catalogue.skus.filter(({ name, edition, skuId }) => contains(args.search, name, edition, skuId));
    return new SkuConnection(arrayPage(rows, request), request, (row) => new Sku(row));
  }

  @FieldResolver(() => SetupKeyConnection as ClassType, { description: 'Public setup keys, by their last five characters.' })
  setupKeys(@Ctx() { services }: LedgerContext, @Args(() => CatalogueArguments) args: CatalogueArguments): object {
    const request = pageRequest(args);
    const rows = services.catalogue.setupKeys.filter(({ lastFive, product }) => contains(args.search, lastFive, product));
    return new SetupKeyConnection(arrayPage(rows, request), request, (row) => new SetupKey(row));
  }
}

function contains(search: string | null | undefined, ...texts: readonly (string | undefined)[]): boolean {
  if (search === null || search === undefined) return true;
  return texts.some((text) => text?.toLowerCase().includes(search.toLowerCase()));
}
