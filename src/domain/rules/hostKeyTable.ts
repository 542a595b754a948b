import {
  officeHostKeyGroups,
  windowsHostKeyGroups,
  type OfficeHostKeyGroup,
  type WindowsHostKeyGroup,
} from '../catalogue/csvlkGroups.js';
import { compareReleases, generationOf, isBeforeVolumeActivation, recogniseProduct, type Product } from '../catalogue/product.js';
import { every, some, type Truth } from './threeValued.js';

/** Whether a KMS host key for one product activates another (K-5); undefined where no table says. */
export function hostKeyActivates(key: Product, product: Product): Truth {
  if (isBeforeVolumeActivation(product)) return false;
  if (key.line === 'OFFICE' || product.line === 'OFFICE') return officeKeyActivates(key, product);
  if (key.line === 'SMALL_BUSINESS_SERVER' || product.line === 'SMALL_BUSINESS_SERVER') return false;
  const groups = windowsGroupsOf(key);
  if (groups.length === 0) return newerActivatesOlder(key, product);
  const answers = groups.map((group) => groupActivates(group, product));
  // A key whose group of editions is not named may be any of them.
  return every(...answers) === some(...answers) ? answers[0] : undefined;
}

/** Systems that can be a KMS host for a product, as Microsoft's tables list them; `updated`: once they have their update. */
export function hostSystemsFor(product: Product): readonly { readonly system: Product; readonly updated: boolean }[] {
  return windowsHostKeyGroups
    .filter((group) => groupActivates(group, product) === true)
    .flatMap((group) => [...systemsOf(group.hostableOn, false), ...systemsOf(group.hostableAfterUpdate ?? [], true)]);
}

/** The group of an Office KMS host key, by its product. */
export function officeGroupOf(product: Product): { readonly group: OfficeHostKeyGroup; readonly systems: readonly Product[] } | undefined {
  const group = officeHostKeyGroups.find((each) => recogniseProduct(each.hostKey)?.release === product.release);
  return group && { group, systems: systemsOf(group.hostableOn, false).map(({ system }) => system) };
}

/** An Office key activates its own release; of older ones the tables do not speak. */
function officeKeyActivates(key: Product, product: Product): Truth {
  const age = compareReleases(product, key);
  if (age === undefined || age > 0) return false;
  return age === 0 ? true : undefined;
}

function windowsGroupsOf(key: Product): readonly WindowsHostKeyGroup[] {
  return windowsHostKeyGroups.filter((group) => {
    const own = recogniseProduct(group.hostKey);
    return own?.line === key.line && own.release === key.release && (key.group === undefined || key.group === group.productGroup);
  });
}

/** Releases between those that the tables list: their own generation and the older ones. A client key never activates servers. */
function newerActivatesOlder(key: Product, product: Product): Truth {
  if (key.line === 'WINDOWS' && product.line === 'WINDOWS_SERVER') return false;
  const ofKey = generationOf(key);
  const ofProduct = generationOf(product);
  return ofKey === undefined || ofProduct === undefined ? undefined : ofProduct <= ofKey;
}

function groupActivates(group: WindowsHostKeyGroup, product: Product): Truth {
  if (product.line === 'WINDOWS_SERVER') return serverListed(group, product);
  return product.line === 'WINDOWS' ? clientListed(group, product) : false;
}

const GROUP_RANKS = { A: 1, B: 2, C: 3 } as const;

function serverListed(group: WindowsHostKeyGroup, product: Product): Truth {
  const listed = group.servers.map((release) => recogniseProduct(`Windows Server ${release}`)).filter((each) => each !== undefined);
  if (listed.some((each) => each.release === product.release)) {
    if (group.productGroup === undefined || group.productGroup === 'C') return true;
    return product.group === undefined ? undefined : GROUP_RANKS[product.group] <= GROUP_RANKS[group.productGroup];
  }
  // Older than all that are listed, or among them but not listed: the table does not say.
  return listed.every((each) => (compareReleases(product, each) ?? 0) > 0) ? false : undefined;
}

function clientListed(group: WindowsHostKeyGroup, product: Product): Truth {
  const listed = group.clients
    .map((entry) => ({ entry, product: recogniseProduct(`Windows ${entry.replace(' (+N)', '')}`) }))
    .flatMap((each) => (each.product === undefined ? [] : [{ entry: each.entry, product: each.product }]));
  const ofRelease = listed.filter((each) => each.product.release === product.release);
  if (ofRelease.some((each) => editionListed(each.entry, each.product, product))) return true;
  if (ofRelease.length > 0) return undefined;
  const newer = listed.every((each) => (compareReleases(product, each.product) ?? 0) > 0);
  // Windows 11 has the public setup keys of Windows 10; for keys that list Windows 10 alone no table says more.
  if (newer && product.release === '11' && listed.some((each) => each.product.release === '10')) return undefined;
  return newer ? false : undefined;
}

/** Editions that differ in what they leave out (N, KN, E) or where they are sold (G) count as the edition they are of. */
function editionListed(entry: string, listed: Product, product: Product): boolean {
  const wanted = product.editions.map((edition) => edition.replace(/(?: (?:N|KN|E|G))+$/, ''));
  const longTerm = wanted.find((edition) => edition.startsWith(LONG_TERM));
  const isLongTerm = listed.editions.some((edition) => edition.startsWith(LONG_TERM));
  if (longTerm === undefined) return !isLongTerm && (wanted.length === 0 || wanted.some((edition) => listed.editions.includes(edition)));
  if (!isLongTerm) return false;
  const years: readonly string[] = entry.match(/20\d\d/g) ?? [];
  const year = longTerm.slice(LONG_TERM.length + 1);
  return years.length === 0 || years.includes(year);
}

const LONG_TERM = 'Enterprise LTSC';

function systemsOf(names: readonly string[], updated: boolean): readonly { readonly system: Product; readonly updated: boolean }[] {
  return names
    .map((name) => recogniseProduct(name))
    .filter((system) => system !== undefined)
    .map((system) => ({ system, updated }));
}
