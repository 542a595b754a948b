/**
 * The licence position: for each group of product, agreement and organisation the four numbers that must never be mixed up, put
 * together from several projections, which do not know each other. All cells are read (they are as many as there are keys and
 * products bought, whatever was activated); the counts of keys only for the groups of a page.
 */
import type { AgreementRow, AgreementsQueries, EntitlementRow, OwnedLicences } from '../../../projections/agreements.js';
import type { KeyCountsQueries, KeyCountsRow } from '../../../projections/keyCounts.js';
import type { ConsumedLicences, LicenceUseQueries, VolumeKey } from '../../../projections/licenceUse.js';
import { normaliseLicenceId } from '../../domain/agreement/licenceId.js';
import { normaliseProductText } from '../../domain/productText.js';
import type { Programme } from '../../domain/vocabulary.js';
import type { Sequence, StreamId } from '../../kernel/identifiers.js';
import type { Cursor, Page, PagedRow, PageRequest } from '../../readmodel/page.js';
import type { Moment } from '../moment.js';

export const POSITION_DIMENSIONS = ['PRODUCT', 'AGREEMENT', 'ORGANISATION'] as const;
export type PositionDimension = (typeof POSITION_DIMENSIONS)[number];

export interface PositionFilter {
  readonly product?: string | undefined;
  readonly licenceId?: string | undefined;
  readonly organisations?: readonly string[] | undefined;
  readonly programme?: readonly Programme[] | undefined;
}

/** The read models that the position is made of. */
export interface PositionSources {
  readonly agreements: AgreementsQueries;
  readonly licenceUse: LicenceUseQueries;
  readonly productKeys: KeyCountsQueries;
}

/** What belongs together. A member is undefined where it is not grouped by, or where what is in the group names none. */
export interface PositionGroup {
  readonly product: string | undefined;
  readonly licenceId: string | undefined;
  /** Undefined also for a licence ID that nobody registered. */
  readonly agreement: AgreementRow | undefined;
  /** Id of the organisation. */
  readonly organisation: string | undefined;
  readonly owned: readonly OwnedLicences[];
  readonly keys: readonly VolumeKey[];
  readonly consumed: readonly ConsumedLicences[];
}

/** One number, and what it was made of. */
export interface PositionFigure {
  /** Undefined: of none of its parts it is known. */
  readonly value: number | undefined;
  /** Keys whose part is not known, and not in the number. */
  readonly unknown: number;
  /** Largest first, at most POSITION_PARTS_MAX. */
  readonly parts: () => readonly PositionPart[];
}

export interface PositionPart {
  readonly share: number;
  /** The last event that made it so much. */
  readonly sequence: Sequence;
  readonly key?: KeyCountsRow | undefined;
  readonly entitlement?: EntitlementRow | undefined;
}

/** Parts that a figure is explained with. */
export const POSITION_PARTS_MAX = 1_000;
/** Keys whose counts are read by one statement. */
const KEYS_READ_AT_ONCE = 500;

/** All groups, ordered by what they are grouped by; those that name none come first. */
export function positionGroups(
  sources: PositionSources,
  dimensions: readonly PositionDimension[],
  filter: PositionFilter,
  moment: Moment,
): readonly PagedRow<PositionGroup>[] {
  return [...groupsOf(sources, dimensions, filter, moment).values()].sort((one, other) => compare(one.cursor, other.cursor));
}

export function positionPage(groups: readonly PagedRow<PositionGroup>[], { after, before, direction, limit }: PageRequest): Page<PositionGroup> {
  for (const bound of [after, before]) {
    if (bound !== undefined && bound.length !== POSITION_DIMENSIONS.length) throw new RangeError('The cursor belongs to another list');
  }
  const within = groups.filter(({ cursor }) => (after === undefined || compare(cursor, after) > 0) && (before === undefined || compare(cursor, before) < 0));
  const rows = direction === 'FORWARD' ? within.slice(0, limit) : within.slice(-limit);
  return { rows, hasMore: within.length > rows.length };
}

/** The counts of all keys of some groups, read when the first figure that needs them is asked for. */
export function lazyCounts(sources: PositionSources, groups: readonly PositionGroup[], moment: Moment): () => ReadonlyMap<StreamId, KeyCountsRow> {
  let counts: Map<StreamId, KeyCountsRow> | undefined;
  return () => {
    if (counts !== undefined) return counts;
    counts = new Map();
    const keys = groups.flatMap((group) => group.keys.map(({ key }) => key));
    for (let from = 0; from < keys.length; from += KEYS_READ_AT_ONCE) {
      for (const row of sources.productKeys.byKeys(keys.slice(from, from + KEYS_READ_AT_ONCE), moment.asOf)) counts.set(row.key, row);
    }
    return counts;
  };
}

/** Licences in force on the day of the moment. */
export function owned({ agreements }: PositionSources, group: PositionGroup, moment: Moment): PositionFigure {
  const parts = (): readonly PositionPart[] =>
    group.owned.flatMap(({ agreement, productKey }) =>
      agreements
        .entitlementsInForce(agreement, productKey, dayOf(moment), POSITION_PARTS_MAX, moment.asOf)
        .map((entitlement) => ({ share: entitlement.quantity, sequence: entitlement.sequence, entitlement })),
    );
  return { value: sum(group.owned.map(({ quantity }) => quantity)), unknown: 0, parts: () => largest(parts()) };
}

/** Activations that name licences of the group as those they consume: reserved or confirmed. */
export function consumed({ licenceUse, productKeys }: PositionSources, group: PositionGroup, moment: Moment): PositionFigure {
  const parts = (): readonly PositionPart[] =>
    group.consumed.flatMap(({ cell }) =>
      licenceUse
        .consumingKeys(cell, POSITION_PARTS_MAX, moment.asOf)
        .map(({ key, activations, sequence }) => ({ share: activations, sequence, key: productKeys.byKey(key, moment.asOf) })),
    );
  return { value: sum(group.consumed.map(({ reserved, confirmed }) => reserved + confirmed)), unknown: 0, parts: () => largest(parts()) };
}

/** What the group's keys come to. A MAK has an allotment; what activates through KMS or Active Directory is active without one. */
export const KEY_FIGURES = {
  allowed: { onlyMak: true, share: (row: KeyCountsRow) => row.allowed, sequence: (row: KeyCountsRow) => row.lastSequence },
  used: { onlyMak: true, share: (row: KeyCountsRow) => row.used, sequence: (row: KeyCountsRow) => row.lastSequence },
  reported: { onlyMak: true, share: (row: KeyCountsRow) => row.reported?.remaining, sequence: (row: KeyCountsRow) => row.reported?.sequence ?? row.lastSequence },
  active: { onlyMak: false, share: (row: KeyCountsRow) => row.active, sequence: (row: KeyCountsRow) => row.lastSequence },
} as const;

export function ofKeys(figure: keyof typeof KEY_FIGURES, group: PositionGroup, counts: ReadonlyMap<StreamId, KeyCountsRow>): PositionFigure {
  const { onlyMak, share, sequence } = KEY_FIGURES[figure];
  const rows = group.keys.flatMap(({ key, kind }) => (onlyMak && kind !== 'MAK' ? [] : (counts.get(key) ?? [])));
  const parts = rows.flatMap((key) => {
    const known = share(key);
    return known === undefined ? [] : [{ share: known, sequence: sequence(key), key }];
  });
  const unknown = rows.length - parts.length;
  // An allotment that no key of the group has is not 0 but none.
  const isKnown = parts.length > 0 || (rows.length === 0 && !onlyMak);
  return { value: !isKnown ? undefined : sum(parts.map((part) => part.share)), unknown, parts: () => largest(parts.filter((part) => part.share !== 0)) };
}

type GatheredGroup = { -readonly [Member in keyof PositionGroup]: PositionGroup[Member] extends readonly (infer Item)[] ? Item[] : PositionGroup[Member] };

/** What a cell names, before it is grouped. */
interface Named {
  readonly productKey: string | undefined;
  readonly product: string | undefined;
  readonly agreement: StreamId | undefined;
  readonly licenceId: string | undefined;
}

function groupsOf(sources: PositionSources, dimensions: readonly PositionDimension[], filter: PositionFilter, moment: Moment) {
  const { asOf, catalogue } = moment;
  const agreements = new Map(sources.agreements.all(asOf).map((row) => [row.agreement, { row, order: normaliseLicenceId(row.licenceId) }]));
  const groups = new Map<string, { readonly row: GatheredGroup; readonly cursor: Cursor }>();
  const passes = filterOf(filter);
  const by = { product: dimensions.includes('PRODUCT'), agreement: dimensions.includes('AGREEMENT'), organisation: dimensions.includes('ORGANISATION') };

  const groupOf = (named: Named): GatheredGroup | undefined => {
    const registered = named.agreement === undefined ? undefined : agreements.get(named.agreement);
    const agreement = registered?.row;
    if (!passes(named, agreement)) return undefined;
    const licenceId = agreement?.licenceId ?? named.licenceId;
    const order = registered?.order ?? (licenceId === undefined ? '' : normaliseLicenceId(licenceId));
    const cursor = [
      by.product ? (named.productKey ?? '') : '',
      by.agreement ? order : '',
      by.organisation ? (agreement?.organisation ?? '') : '',
    ];
    const id = cursor.join('\u0000');
    const known = groups.get(id);
    if (known !== undefined) return known.row;
    const group: GatheredGroup = {
      product: by.product ? named.product : undefined,
      licenceId: by.agreement ? licenceId : undefined,
      agreement: by.agreement ? agreement : undefined,
      organisation: by.organisation ? agreement?.organisation : undefined,
      owned: [],
      keys: [],
      consumed: [],
    };
    groups.set(id, { row: group, cursor });
    return group;
  };

  for (const cell of sources.agreements.owned(dayOf(moment), asOf)) groupOf({ ...cell, licenceId: undefined })?.owned.push(cell);
  for (const key of sources.licenceUse.keys(asOf)) {
    const product = key.product ?? catalogue.setupKey(key.lastFive)?.product;
    groupOf({ ...key, product, productKey: product === undefined ? undefined : normaliseProductText(product) })?.keys.push(key);
  }
  for (const cell of sources.licenceUse.consumed(asOf)) groupOf(cell)?.consumed.push(cell);
  return groups;
}

function filterOf(filter: PositionFilter): (named: Named, agreement: AgreementRow | undefined) => boolean {
  const product = filter.product === undefined ? undefined : normaliseProductText(filter.product);
  const licenceId = filter.licenceId === undefined ? undefined : normaliseLicenceId(filter.licenceId);
  const organisations = filter.organisations === undefined ? undefined : new Set(filter.organisations);
  return (named, agreement) => {
    if (product !== undefined && named.productKey !== product) return false;
    if (licenceId !== undefined && normaliseLicenceId(agreement?.licenceId ?? named.licenceId ?? '') !== licenceId) return false;
    if (organisations !== undefined && (agreement === undefined || !organisations.has(agreement.organisation))) return false;
    return filter.programme === undefined || (agreement !== undefined && filter.programme.includes(agreement.programme));
  };
}

/** The day of the moment, in UTC. */
function dayOf({ now }: Moment): string {
  return new Date(now).toISOString().slice(0, 'YYYY-MM-DD'.length);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function largest(parts: readonly PositionPart[]): readonly PositionPart[] {
  return parts.toSorted((one, other) => other.share - one.share || one.sequence - other.sequence).slice(0, POSITION_PARTS_MAX);
}

/** Texts are compared by code units: the same order everywhere. */
function compare(one: Cursor, other: Cursor): number {
  for (const [index, part] of one.entries()) {
    const [left, right] = [String(part), String(other[index])];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
