import type { ProductFamily } from '../vocabulary.js';

/** Lines of products that rules speak of, each with its releases from the oldest to the newest. */
export const RELEASES = {
  WINDOWS: ['XP', 'Vista', '7', '8', '8.1', '10', '11'],
  WINDOWS_SERVER: ['2003', '2008', '2008 R2', '2012', '2012 R2', '2016', '2019', '2022', '2025'],
  OFFICE: ['2003', '2007', '2010', '2013', '2016', '2019', '2021', '2024'],
  SMALL_BUSINESS_SERVER: ['2003', '2008', '2011'],
} as const;
export type ProductLine = keyof typeof RELEASES;

/** A product as rules compare it. */
export interface Product {
  readonly line: ProductLine;
  /** One of `RELEASES`. Windows Server 2003 R2 is 2003: it is the same system to activation. */
  readonly release: string;
  /** Editions named, in their English names; a key may name several, and a product none. */
  readonly editions: readonly string[];
  /** Product of the Office family; undefined outside of it. */
  readonly component: 'OFFICE' | 'PROJECT' | 'VISIO' | undefined;
  readonly servicePack: number | undefined;
  /** Product key group of Windows Server 2008 and 2008 R2, where the name tells it. */
  readonly group: 'A' | 'B' | 'C' | undefined;
}

/**
 * The product that a person or a tool wrote: *Windows 7 Professional*, *Win 7 Pro*, *Windows(R) 7, Enterprise edition*,
 * *Office16_ProPlusVL_KMS_Client*. Undefined for a name that is none of those known, or of several: unknown stays unknown.
 */
export function recogniseProduct(name: string | undefined): Product | undefined {
  const products = recogniseProducts(name);
  return products.length === 1 ? products[0] : undefined;
}

/** Names whose products are remembered; when there are more, the memory starts again empty. */
const NAMES_REMEMBERED_MAX = 1_000;
const remembered = new Map<string, readonly Product[]>();

/** The products that a name covers; a key may be for several (*Windows 10/11 Pro*). */
export function recogniseProducts(name: string | undefined): readonly Product[] {
  if (name === undefined || name.length > NAME_CHARACTERS_MAX) return [];
  const known = remembered.get(name);
  if (known !== undefined) return known;
  // A ledger names few products and asks for them at every decision; the same name is always of the same products.
  if (remembered.size >= NAMES_REMEMBERED_MAX) remembered.clear();
  const products = productsNamed(name);
  remembered.set(name, products);
  return products;
}

function productsNamed(name: string): readonly Product[] {
  const text = plainText(name);
  if (OTHER_PRODUCTS.test(text)) return [];
  return smallBusinessServer(text) ?? office(text) ?? windowsServer(text) ?? windows(text) ?? [];
}

/** `Windows Server 2008 R2`, `Office 2013`: the name of a product without its edition. */
export function releaseName({ line, release }: Pick<Product, 'line' | 'release'>): string {
  return `${LINE_NAMES[line]} ${release}`;
}

/** Below 0: `a` is the older release. Undefined where they are of different lines. */
export function compareReleases(a: Product, b: Product): number | undefined {
  if (a.line !== b.line) return undefined;
  const releases: readonly string[] = RELEASES[a.line];
  return releases.indexOf(a.release) - releases.indexOf(b.release);
}

/**
 * The generation a Windows release is of; a client and the server of the same generation share it. Undefined outside Windows.
 * Windows 10 and 11 outlived their servers: they stand with the first one.
 */
export function generationOf({ line, release }: Product): number | undefined {
  if (line !== 'WINDOWS' && line !== 'WINDOWS_SERVER') return undefined;
  const index = GENERATIONS.findIndex((releases) => releases.includes(`${line} ${release}`));
  return index === -1 ? undefined : index;
}

/** Volume activation began with Windows Vista, Windows Server 2008 and Office 2010: what is older takes setup keys (P-3). */
export function isBeforeVolumeActivation({ line, release }: Product): boolean {
  const releases: readonly string[] = RELEASES[line];
  const first = FIRST_ACTIVATED[line];
  return first !== undefined && releases.indexOf(release) < releases.indexOf(first);
}

/** The KMS class of a product (K-1). */
export function familyOf(product: Product | undefined): ProductFamily {
  return product === undefined ? 'UNKNOWN' : FAMILIES[product.line];
}

/** Edition of an edition field, in the name that `Product.editions` uses; undefined where it is none known. */
export function recogniseEdition(name: string | undefined, line: ProductLine): string | undefined {
  if (name === undefined || name.length > NAME_CHARACTERS_MAX) return undefined;
  const editions = editionsIn(plainText(name), line);
  return editions.length === 1 ? editions[0] : undefined;
}

/** Longest name read, in characters. */
const NAME_CHARACTERS_MAX = 512;

const FIRST_ACTIVATED: Readonly<Record<ProductLine, string | undefined>> = {
  WINDOWS: 'Vista',
  WINDOWS_SERVER: '2008',
  OFFICE: '2010',
  SMALL_BUSINESS_SERVER: undefined,
};

const LINE_NAMES: Readonly<Record<ProductLine, string>> = {
  WINDOWS: 'Windows',
  WINDOWS_SERVER: 'Windows Server',
  OFFICE: 'Office',
  SMALL_BUSINESS_SERVER: 'Windows Small Business Server',
};

const FAMILIES: Readonly<Record<ProductLine, ProductFamily>> = {
  WINDOWS: 'WINDOWS_CLIENT',
  WINDOWS_SERVER: 'WINDOWS_SERVER',
  OFFICE: 'OFFICE',
  // No KMS class: KMS does not exist for it.
  SMALL_BUSINESS_SERVER: 'UNKNOWN',
};

const GENERATIONS: readonly (readonly string[])[] = [
  ['WINDOWS XP', 'WINDOWS_SERVER 2003'],
  ['WINDOWS Vista', 'WINDOWS_SERVER 2008'],
  ['WINDOWS 7', 'WINDOWS_SERVER 2008 R2'],
  ['WINDOWS 8', 'WINDOWS_SERVER 2012'],
  ['WINDOWS 8.1', 'WINDOWS_SERVER 2012 R2'],
  ['WINDOWS 10', 'WINDOWS_SERVER 2016'],
  ['WINDOWS_SERVER 2019'],
  ['WINDOWS 11', 'WINDOWS_SERVER 2022'],
  ['WINDOWS_SERVER 2025'],
];

/** Products with *Windows*, *Office* or *Server* in their names that none of the rules is about. */
const OTHER_PRODUCTS =
  /\b(?:sql|exchange|sharepoint|dynamics|visual studio|system center|biztalk|project server|embedded|posready|thin pc|phone|mobile|iot|home server|o ?365|office 365|microsoft 365)\b/;

/** Lower case, words apart: `Windows(R) 7`, `ServerStandard`, `Office16_ProPlusVL` as *windows 7*, *server standard*, *office 16 pro plus vl*. */
function plainText(name: string): string {
  return name
    .normalize('NFKC')
    .replaceAll(/\((?:r|tm|c)\)|[®™©]/gi, ' ')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase()
    .replaceAll(/(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])/g, ' ')
    .replaceAll(/[^\p{Letter}\p{Number}.&]+|\.(?!\d)/gu, ' ')
    .replaceAll(/\bmicrosoft\b/g, ' ')
    .replaceAll(/\bwin\b/g, 'windows')
    .replaceAll(/\b(?:srv|svr|serveur)\b/g, 'server')
    .replaceAll(/\bentreprise\b/g, 'enterprise')
    .replaceAll(/\bprofessionnel(?:le)?\b/g, 'professional')
    .replaceAll(/\bfamille\b|\bfamiliale\b/g, 'home')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function smallBusinessServer(text: string): readonly Product[] | undefined {
  if (!/\bsmall business server\b|\bsbs\b/.test(text)) return undefined;
  return productsOf('SMALL_BUSINESS_SERVER', text, yearsIn(text, 'SMALL_BUSINESS_SERVER'));
}

const OFFICE_VERSIONS: Readonly<Record<string, string>> = {
  '11': '2003',
  '12': '2007',
  '14': '2010',
  '15': '2013',
  '16': '2016',
  '19': '2019',
  '21': '2021',
  '24': '2024',
};

function office(text: string): readonly Product[] | undefined {
  if (!/\b(?:office|project|visio)\b/.test(text) || /\bserver\b/.test(text)) return undefined;
  const years = yearsIn(text, 'OFFICE');
  if (years.length > 0) return productsOf('OFFICE', text, years);
  const version = /\b(?:office|project|visio) (?:pro |standard |std )?(\d\d)\b/.exec(text)?.[1];
  const release = version === undefined ? undefined : OFFICE_VERSIONS[version];
  return productsOf('OFFICE', text, release === undefined ? [] : [release]);
}

function windowsServer(text: string): readonly Product[] | undefined {
  const serverYear = /\bwindows 20(?:03|08|12|16|19|22|25)\b/.test(text);
  if (!/\bserver\b/.test(text) && !serverYear) return undefined;
  const years = yearsIn(text, 'WINDOWS_SERVER');
  if (years.length > 1) return [];
  const second = /\br 2\b/.test(text);
  return productsOf('WINDOWS_SERVER', text, serverReleases(text, years[0], second));
}

/** `WinNext`-like working titles name no release; *Win 7 Server* and *Server 12 R2* are what Microsoft's own key data call 2008 R2 and 2012 R2. */
function serverReleases(text: string, year: string | undefined, second: boolean): readonly string[] {
  if (year === '2003') return ['2003'];
  if (year === '2008' || year === '2012') return [second ? `${year} R2` : year];
  if (year !== undefined) return [year];
  if (/\bwindows 7 server\b/.test(text)) return ['2008 R2'];
  return /\bserver 12 r 2\b/.test(text) ? ['2012 R2'] : [];
}

function windows(text: string): readonly Product[] | undefined {
  const named = /\bwindows (?:operating system )?((?:xp|vista|11|10|8\.1|8|7)(?: (?:xp|vista|11|10|8\.1|8|7)\b)*)\b(?!\.\d)/.exec(text)?.[1];
  if (named === undefined) return undefined;
  const releases = RELEASES.WINDOWS.filter((release) => named.split(' ').includes(release.toLowerCase()));
  return productsOf('WINDOWS', text, releases);
}

/** Years of a line's releases that stand in the text as words, each once. */
function yearsIn(text: string, line: ProductLine): readonly string[] {
  const years = new Set(RELEASES[line].map((release) => release.slice(0, 4)));
  return [...new Set(text.split(' ').filter((word) => years.has(word)))];
}

function productsOf(line: ProductLine, text: string, releases: readonly string[]): readonly Product[] {
  const servicePack = /\b(?:sp|service pack) (\d)\b/.exec(text)?.[1];
  return releases.map((release) => {
    const editions = editionsIn(text, line);
    return {
      line,
      release,
      editions,
      component: line === 'OFFICE' ? componentOf(text) : undefined,
      servicePack: servicePack === undefined ? undefined : Number(servicePack),
      group: line === 'WINDOWS_SERVER' ? serverGroup(text, release, editions) : undefined,
    };
  });
}

function componentOf(text: string): 'OFFICE' | 'PROJECT' | 'VISIO' {
  if (/\bvisio\b/.test(text)) return 'VISIO';
  return /\bproject\b/.test(text) ? 'PROJECT' : 'OFFICE';
}

type EditionPatterns = readonly (readonly [edition: string, pattern: RegExp])[];

/** What names each edition. A pattern that matches hides its text from those after it: *Pro Education* is not *Education*. */
const EDITIONS: Readonly<Record<ProductLine, EditionPatterns>> = {
  WINDOWS: [
    ['Enterprise LTSC', /\b(?:enterprise )?(?:n )?(?:ltsc|ltsb)(?: 20\d\d)?\b|\benterprise s\b/],
    ['Pro for Workstations', /\b(?:pro|professional) (?:for )?workstations?\b/],
    ['Pro Education', /\b(?:pro|professional) education\b/],
    ['Home Premium', /\bhome premium\b/],
    ['Home Basic', /\bhome basic\b/],
    ['Home', /\bhome\b|\bcore\b/],
    ['Professional', /\b(?:professional|pro)\b/],
    ['Enterprise', /\b(?:enterprise|ent)\b/],
    ['Education', /\beducation\b/],
    ['Business', /\bbusiness\b/],
    ['Ultimate', /\b(?:ultimate|intégrale)\b/],
    ['Starter', /\bstarter\b/],
  ],
  WINDOWS_SERVER: [
    ['Datacenter: Azure Edition', /\bdatacenter azure(?: edition)?\b/],
    ['Datacenter', /\b(?:datacenter|dc)\b/],
    ['Standard', /\b(?:standard|std)\b/],
    ['Enterprise', /\b(?:enterprise|ent)\b/],
    ['Essentials', /\bessentials\b/],
    ['Foundation', /\bfoundation\b/],
    ['Web', /\bweb\b/],
    ['HPC', /\b(?:hpc|compute cluster)\b/],
    ['Itanium', /\b(?:itanium|ia 64)\b/],
  ],
  OFFICE: [
    ['Professional Plus', /\b(?:pro|professional) plus\b/],
    ['Home and Business', /\bhome (?:and |& )?business\b/],
    ['Home and Student', /\bhome (?:and |& )?student\b/],
    ['Professional', /\b(?:professional|pro)\b/],
    ['Standard', /\b(?:standard|std)\b/],
  ],
  SMALL_BUSINESS_SERVER: [
    ['Premium Add-on', /\bpremium add ?on\b/],
    ['Premium', /\bpremium\b/],
    ['Standard', /\b(?:standard|std)\b/],
    ['Essentials', /\bessentials\b/],
  ],
};

function editionsIn(text: string, line: ProductLine): readonly string[] {
  let rest = text;
  const found: string[] = [];
  for (const [edition, pattern] of EDITIONS[line]) {
    const match = pattern.exec(rest);
    if (match === null) continue;
    const after = rest.slice(match.index + match[0].length);
    const variant = line === 'WINDOWS' ? /^ (n|kn|g|e)\b/.exec(after)?.[1] : undefined;
    const year = edition === 'Enterprise LTSC' ? /20\d\d/.exec(match[0])?.[0] : undefined;
    found.push([edition, year, variant?.toUpperCase()].filter((part) => part !== undefined).join(' '));
    rest = `${rest.slice(0, match.index)}|${after}`;
  }
  return found;
}

/** The keys of Windows Server 2008 and 2008 R2 are for groups of editions; VLSC names them by letter too (*B Windows Server 2008 R2*). */
function serverGroup(text: string, release: string, editions: readonly string[]): 'A' | 'B' | 'C' | undefined {
  if (release !== '2008' && release !== '2008 R2') return undefined;
  const letter = /^(?:mak |kms )?([abc]) (?:windows|server)|\bgroup ([abc])\b|\b(?:mak|kms) ([abc])\b/.exec(text);
  const named = (letter?.[1] ?? letter?.[2] ?? letter?.[3])?.toUpperCase();
  if (named === 'A' || named === 'B' || named === 'C') return named;
  if (editions.includes('Datacenter') || editions.includes('Itanium')) return 'C';
  if (editions.includes('Standard') || editions.includes('Enterprise')) return 'B';
  return editions.includes('Web') || editions.includes('HPC') ? 'A' : undefined;
}
