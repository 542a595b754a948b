/** The tree of organisations: each belongs to at most one other. */
import type { Affiliation } from '../vocabulary.js';

/** By id; a parent is always itself in the tree. */
export type Organisations = Readonly<Record<string, { readonly parent?: string | undefined }>>;

/** Organisations in one ledger: its state is copied with each of them. */
export const ORGANISATIONS_MAX = 5_000;
/** Organisations from one that belongs to none down to the last below it, both counted. */
export const ORGANISATION_LEVELS_MAX = 16;

export function isOrganisation(organisations: Organisations, id: string): boolean {
  return Object.hasOwn(organisations, id);
}

/** The organisation and those it belongs to, nearest first: at most ORGANISATION_LEVELS_MAX. */
export function withParents(organisations: Organisations, id: string): readonly string[] {
  const chain: string[] = [];
  for (let next: string | undefined = id; next !== undefined && chain.length < ORGANISATION_LEVELS_MAX; ) {
    if (!isOrganisation(organisations, next)) break;
    chain.push(next);
    next = organisations[next]?.parent;
  }
  return chain;
}

/** Levels of the part of the tree below an organisation, itself counted. */
export function levelsBelow(organisations: Organisations, id: string): number {
  const depths = Object.keys(organisations).map((each) => withParents(organisations, each).indexOf(id) + 1);
  return Math.max(1, ...depths);
}

/** How the organisation whose licence is consumed stands to the one whose key is used: affiliates belong to the same one in the end. */
export function affiliationOf(organisations: Organisations, one: string | undefined, other: string | undefined): Affiliation {
  if (one === undefined || other === undefined) return 'UNKNOWN';
  const root = withParents(organisations, one).at(-1);
  const otherRoot = withParents(organisations, other).at(-1);
  if (root === undefined || otherRoot === undefined) return 'UNKNOWN';
  if (one === other) return 'SAME';
  return root === otherRoot ? 'AFFILIATED' : 'UNRELATED';
}

/** The organisation and all that belong with it to the same one in the end; alone where it is unknown. */
export function affiliatesOf(organisations: Organisations, id: string): readonly string[] {
  const root = withParents(organisations, id).at(-1);
  if (root === undefined) return [id];
  return Object.keys(organisations).filter((each) => withParents(organisations, each).at(-1) === root);
}
