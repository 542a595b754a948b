/** A product's name as it is compared: however people space and case it, it is the same product. */
export function normaliseProductText(product: string): string {
  return product.trim().replaceAll(/\s+/g, ' ').toLowerCase();
}
