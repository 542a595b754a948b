import { writeFileSync } from 'node:fs';
import { seededRandom } from './random.js';

const ALPHABET = 'BCDFGHJKMPQRTVWXY2346789';

/** Writes a list of invented, obviously false keys (each begins with BBBBB). */
export function writeProductKeys(path: string, plan: { readonly seed: number; readonly productKeys: number }): void {
  const random = seededRandom(plan.seed);
  const group = (): string => Array.from({ length: 5 }, () => ALPHABET[random(ALPHABET.length)]).join('');
  const rows = Array.from({ length: plan.productKeys }, (_, index) => {
    const allowed = 50 + random(1_000);
    return `BBBBB-CCCCC-${group()}-${group()}-${group()},MAK,Synthetic product ${index},${allowed},${random(allowed)}`;
  });
  writeFileSync(path, `Product Key,Type,Product,Allowed,Remaining\n${rows.join('\n')}\n`);
}
