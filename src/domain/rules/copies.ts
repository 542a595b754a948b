import { compareReleases, recogniseEdition, recogniseProduct, type Product } from '../catalogue/product.js';
import type { CopyInputs } from './ruleBook.js';
import { every, type Truth } from './threeValued.js';

/** The product of a copy: its name says the release, or name and version together do (*Windows* and *7*). */
export function productOfCopy({ product, version, edition }: CopyInputs): Product | undefined {
  const recognised = recogniseProduct(product) ?? (product === undefined || version === undefined ? undefined : recogniseProduct(`${product} ${version}`));
  if (recognised === undefined || edition === undefined) return recognised;
  const named = recogniseEdition(edition, recognised.line);
  return { ...recognised, editions: named === undefined ? [] : [named] };
}

/** Whether two copies are identical: product, version, edition and language. */
export function identicalCopies(a: CopyInputs, b: CopyInputs): Truth {
  return every(sameProduct(a, b), sameVersion(a, b), sameEdition(a, b), sameLanguage(a.language, b.language));
}

/** Editions that took each other's place: *Business* of Windows Vista is what *Professional* is before and after it. */
const EDITION_LINES: Readonly<Record<string, string>> = { Business: 'Professional' };

/** Whether an older or equal release is of the same edition, so that a volume licence covers it. */
export function isPriorVersion(from: CopyInputs, to: CopyInputs): Truth {
  const licensed = productOfCopy(from);
  const wanted = productOfCopy(to);
  if (licensed === undefined || wanted === undefined) return undefined;
  const age = compareReleases(wanted, licensed);
  if (age === undefined) return false;
  return every(age <= 0, licensed.component === wanted.component, sameText(editionLine(from, licensed), editionLine(to, wanted)));
}

function sameProduct(a: CopyInputs, b: CopyInputs): Truth {
  const first = productOfCopy(a);
  const second = productOfCopy(b);
  if (first !== undefined && second !== undefined) {
    return compareReleases(first, second) === 0 && first.component === second.component;
  }
  // Names that nobody knows are the same product where they are the same name; otherwise who can say.
  return sameText(a.product, b.product) === true ? true : undefined;
}

/** Of products known by release, versions written alike are the same, and others may be (*SP1*, *22H2*). */
function sameVersion(a: CopyInputs, b: CopyInputs): Truth {
  const same = sameText(a.version, b.version);
  if (same === true) return true;
  const recognised = productOfCopy(a) !== undefined && productOfCopy(b) !== undefined;
  if (!recognised) return a.version === undefined && b.version === undefined ? undefined : same;
  return isRelease(a) && isRelease(b) ? true : undefined;
}

/** Whether the version says no more than the release does, which the products have been compared by. */
function isRelease(copy: CopyInputs): boolean {
  if (copy.version === undefined) return true;
  const product = productOfCopy(copy);
  return product !== undefined && copy.version.trim().toLowerCase() === product.release.toLowerCase();
}

function sameEdition(a: CopyInputs, b: CopyInputs): Truth {
  return sameText(editionOf(a), editionOf(b));
}

function editionOf(copy: CopyInputs): string | undefined {
  const product = productOfCopy(copy);
  return product?.editions.length === 1 ? product.editions[0] : copy.edition;
}

function editionLine(copy: CopyInputs, product: Product): string | undefined {
  const edition = product.editions.length === 1 ? product.editions[0] : copy.edition;
  return edition === undefined ? undefined : (EDITION_LINES[edition] ?? edition);
}

/** `fr` and `fr-FR` are the same language to a copy, `fr-FR` and `fr-CA` are not; a language that is written out is only itself. */
function sameLanguage(a: string | undefined, b: string | undefined): Truth {
  const same = sameText(a?.replace('_', '-'), b?.replace('_', '-'));
  if (same !== false || a === undefined || b === undefined) return same;
  const first = LANGUAGE_TAG.exec(a.trim());
  const second = LANGUAGE_TAG.exec(b.trim());
  if (first === null || second === null) return undefined;
  if (first[1]?.toLowerCase() !== second[1]?.toLowerCase()) return false;
  return first[2] === undefined || second[2] === undefined;
}

const LANGUAGE_TAG = /^([a-z]{2,3})(?:[-_]([a-z]{2,4}))?$/i;

function sameText(a: string | undefined, b: string | undefined): Truth {
  if (a === undefined || b === undefined) return undefined;
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}
