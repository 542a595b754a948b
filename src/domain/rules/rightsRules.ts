import { compareReleases, recogniseEdition, recogniseProduct, recogniseProducts, releaseName, type Product } from '../catalogue/product.js';
import type { ActivationMethod, ActivationPurpose, Programme } from '../vocabulary.js';
import { identicalCopies, isPriorVersion, productOfCopy } from './copies.js';
import { builtInRule } from './rule.js';
import type { RuleInputs } from './ruleBook.js';
import { documentation, faq } from './sources.js';
import { every, outcomeOf, some, type Truth } from './threeValued.js';

/** Programmes whose customers have rights of evaluation, training and backup. */
const WITH_EXTRA_RIGHTS: readonly Programme[] = ['ENTERPRISE_AGREEMENT', 'SELECT', 'SELECT_PLUS'];
/** Programmes that the FAQ names beside them, without those rights. Of the others it does not tell. */
const WITHOUT_EXTRA_RIGHTS: readonly Programme[] = ['OPEN_LICENSE', 'OPEN_VALUE'];
const EXTRA_PURPOSES: readonly (ActivationPurpose | 'DOWNGRADE')[] = ['EVALUATION', 'TRAINING', 'BACKUP'];

/** Keys for going down from Windows 7 Professional: to what, with which key for which products. */
const WINDOWS_7_DOWNGRADES = {
  Vista: { KMS_HOST: ['Windows 7', 'Windows Vista'], MAK: ['Windows Vista'] },
  XP: ['Windows XP'],
} as const;

/** Editions whose manufacturer terms may grant a downgrade; those of Office do not. */
const OEM_DOWNGRADES = { WINDOWS: ['Professional', 'Business'], WINDOWS_SERVER: 'any edition', OFFICE: 'none' } as const;

/** Which MAK each edition of Small Business Server 2011 takes. */
const SMALL_BUSINESS_KEYS: Readonly<Record<string, string>> = {
  Standard: 'Win SBS Std/Essentials 2011',
  Essentials: 'Win SBS Std/Essentials 2011',
  'Premium Add-on': 'B Windows Server 2008 R2',
};

/** What licences and their keys may be used for. They change with the Product Terms: a configuration may replace each. */
export const rightsRules = {
  'R-1': builtInRule('R-1', {
    effect: 'WARN',
    title: {
      en: 'Every volume customer may use volume keys to reimage and to downgrade; Enterprise, Select and Select Plus also to evaluate and, in limited copies, for training and backup.',
      fr: 'Tout client en volume peut utiliser ses clés pour réinitialiser et passer à une version antérieure ; Accord Entreprise, Select et Select Plus aussi pour évaluer et, en copies limitées, pour la formation et la sauvegarde.',
    },
    citations: [faq('KEYS_OF_AGREEMENT'), faq('REIMAGING_RIGHTS')],
    inputs: ['programme', 'purpose'],
    table: { purposes: EXTRA_PURPOSES, granted: WITH_EXTRA_RIGHTS, notGranted: WITHOUT_EXTRA_RIGHTS },
    judge({ programme, purpose }) {
      if (!EXTRA_PURPOSES.includes(purpose)) return 'SATISFIED';
      if (programme === undefined) return 'NOT_DETERMINED';
      if (WITH_EXTRA_RIGHTS.includes(programme)) return 'SATISFIED';
      return WITHOUT_EXTRA_RIGHTS.includes(programme) ? 'VIOLATED' : 'NOT_DETERMINED';
    },
  }),

  'R-2': builtInRule('R-2', {
    effect: 'REFUSE',
    title: {
      en: 'A device with an OEM or boxed licence is reimaged with an identical copy: product, version, edition, language; an Open License customer has bought at least one unit of the product.',
      fr: 'Un appareil sous licence OEM ou en boîte est réinitialisé avec une copie identique : produit, version, édition, langue ; un client Open License a acheté au moins une unité du produit.',
    },
    citations: [faq('REIMAGING_RIGHTS'), documentation('REIMAGING_BRIEF', { en: 'Reimaging with volume licensing media', fr: 'Réinitialisation à partir d’un support en volume' })],
    inputs: ['channel', ...copyInputs('licensed'), ...copyInputs('image'), ...copyInputs('downgradeTarget'), 'programme', 'unitsOwned'],
    judge: (inputs) => outcomeOf(every(imageFits(inputs), unitBought(inputs))),
  }),

  'R-3': builtInRule('R-3', {
    effect: 'REFUSE',
    title: {
      en: 'Reimaging with a MAK needs enough activations; if they are short, a higher limit is asked for.',
      fr: 'La réinitialisation par MAK nécessite assez d’activations ; s’il en manque, une limite plus haute est demandée.',
    },
    citations: [faq('REIMAGING_WITH_MAK')],
    inputs: ['method', 'remaining', 'granted'],
    judge({ method, remaining, granted }) {
      if (!MAK_METHODS.includes(method)) return undefined;
      if (granted) return 'SATISFIED';
      return outcomeOf(remaining === undefined ? undefined : remaining >= 1);
    },
  }),

  'R-4': builtInRule('R-4', {
    effect: 'REFUSE',
    title: {
      en: 'From Windows 7 Professional down to Vista: a Windows 7 or Vista KMS host, or a Vista MAK; to XP: the Windows XP Professional key only.',
      fr: 'De Windows 7 Professional vers Vista : un hôte KMS Windows 7 ou Vista, ou une clé MAK Vista ; vers XP : la clé Windows XP Professional uniquement.',
    },
    citations: [faq('DOWNGRADE_OF_WINDOWS_7')],
    inputs: [...copyInputs('from'), ...copyInputs('to'), 'keyKind', 'keyProduct'],
    table: WINDOWS_7_DOWNGRADES,
    judge: judgeWindows7Downgrade,
  }),

  'R-5': builtInRule('R-5', {
    effect: 'WARN',
    title: {
      en: 'A volume licence may run any prior version of the same edition; an OEM licence only as its terms say; a boxed product generally not. The licence stays the one bought.',
      fr: 'Une licence en volume peut exécuter toute version antérieure de la même édition ; une licence OEM seulement selon ses termes ; un produit en boîte généralement pas. La licence reste celle achetée.',
    },
    citations: [documentation('DOWNGRADE_BRIEF', { en: 'Downgrade rights by licensing channel', fr: 'Droits de passage à une version antérieure par canal' })],
    inputs: ['channel', ...copyInputs('from'), ...copyInputs('to')],
    table: { VOLUME: 'any prior version of the same edition', OEM: OEM_DOWNGRADES, BOXED: 'none' },
    judge({ channel, from, to }) {
      if (channel === 'BOXED') return 'VIOLATED';
      const prior = isPriorVersion(from, to);
      return outcomeOf(channel === 'VOLUME' ? prior : every(prior, oemTermsCover(productOfCopy(from))));
    },
  }),

  'R-6': builtInRule('R-6', {
    effect: 'REFUSE',
    title: {
      en: 'Small Business Server 2011 is activated by MAK: Standard and Essentials with Win SBS Std/Essentials 2011, Premium Add-on with B Windows Server 2008 R2; it installs as a KMS client and is converted. Standard media are physical only.',
      fr: 'Small Business Server 2011 s’active par MAK : Standard et Essentials avec Win SBS Std/Essentials 2011, Premium Add-on avec B Windows Server 2008 R2 ; il s’installe en client KMS et doit être converti. Le support de Standard est physique uniquement.',
    },
    citations: [faq('SMALL_BUSINESS_SERVER')],
    inputs: ['product', 'edition', 'method', 'keyProduct', 'virtualMachine', 'media'],
    table: SMALL_BUSINESS_KEYS,
    judge: judgeSmallBusinessServer,
  }),

  'R-7': builtInRule('R-7', {
    effect: 'WARN',
    title: {
      en: 'Small Business Server 2008 comes on physical media with its keys; its client access licences need no activation. Down to SBS 2003 is for the whole suite and needs SBS 2003 client access licence keys.',
      fr: 'Small Business Server 2008 vient sur support physique avec ses clés ; ses licences d’accès client ne s’activent pas. Le passage à SBS 2003 vaut pour toute la suite et nécessite les clés de licences d’accès client SBS 2003.',
    },
    citations: [faq('SMALL_BUSINESS_SERVER'), documentation('DOWNGRADE_BRIEF', { en: 'Suites', fr: 'Suites' })],
    inputs: [...copyInputs('from'), ...copyInputs('to'), 'clientLicenceKeysHeld'],
    judge({ from, to, clientLicenceKeysHeld }) {
      const licensed = productOfCopy(from);
      if (licensed?.line !== 'SMALL_BUSINESS_SERVER') return undefined;
      const wanted = productOfCopy(to);
      if (wanted === undefined) return 'NOT_DETERMINED';
      if (wanted.line !== 'SMALL_BUSINESS_SERVER') return 'VIOLATED';
      return wanted.release === '2003' && licensed.release !== '2003' ? outcomeOf(clientLicenceKeysHeld) : 'SATISFIED';
    },
  }),

  'R-8': builtInRule('R-8', {
    effect: 'WARN',
    title: {
      en: 'Keys of one licence ID may serve licences of another, within an organisation or between parent and affiliate; nobody has to.',
      fr: 'Les clés d’un ID de licence peuvent servir les licences d’un autre, au sein d’une organisation ou entre maison mère et filiale ; ce n’est pas une obligation.',
    },
    citations: [faq('AFFILIATES')],
    inputs: ['affiliation'],
    table: { permitted: ['SAME', 'AFFILIATED'], notPermitted: ['UNRELATED'] },
    judge: ({ affiliation }) => outcomeOf(affiliation === 'UNKNOWN' ? undefined : affiliation !== 'UNRELATED'),
  }),
};

/** The MAK that an edition of Small Business Server 2011 takes. */
export function smallBusinessKeyFor(edition: string): string | undefined {
  return Object.hasOwn(SMALL_BUSINESS_KEYS, edition) ? SMALL_BUSINESS_KEYS[edition] : undefined;
}

function copyInputs(name: string): readonly string[] {
  return ['product', 'version', 'edition', 'language'].map((member) => `${name}.${member}`);
}

const MAK_METHODS: readonly ActivationMethod[] = ['MAK_INDEPENDENT', 'MAK_PROXY'];

/** A volume licence is for its edition and the prior versions; that the image is another thing, R-2 has no word on. */
function imageFits({ channel, licensed, image, downgradeTarget }: RuleInputs['R-2']): Truth {
  const target = downgradeTarget === undefined ? false : identicalCopies(downgradeTarget, image);
  if (channel === 'VOLUME') return some(isPriorVersion(licensed, image) || undefined, target || undefined);
  return some(identicalCopies(licensed, image), target);
}

function unitBought({ programme, unitsOwned }: RuleInputs['R-2']): Truth {
  if (unitsOwned !== undefined && unitsOwned >= 1) return true;
  if (programme !== undefined && programme !== 'OPEN_LICENSE') return true;
  return programme === undefined || unitsOwned === undefined ? undefined : false;
}

function judgeWindows7Downgrade({ from, to, keyKind, keyProduct }: RuleInputs['R-4']) {
  const licensed = productOfCopy(from);
  if (licensed === undefined) return 'NOT_DETERMINED';
  const edition = licensed.editions[0];
  if (licensed.line !== 'WINDOWS' || licensed.release !== '7' || (edition !== undefined && edition !== 'Professional')) return undefined;
  const wanted = productOfCopy(to);
  if (edition === undefined || wanted?.line !== 'WINDOWS') return 'NOT_DETERMINED';
  const keys = recogniseProducts(keyProduct);
  if (wanted.release === 'XP') return outcomeOf(keys.length === 0 ? undefined : some(...keys.map(isXpProfessional)));
  return wanted.release === 'Vista' ? outcomeOf(vistaKeyServes(keyKind, keys)) : 'NOT_DETERMINED';
}

function isXpProfessional({ line, release, editions }: Product): Truth {
  if (line !== 'WINDOWS' || release !== 'XP') return false;
  return editions.length === 0 ? undefined : editions.includes('Professional');
}

function vistaKeyServes(keyKind: string | undefined, keys: readonly Product[]): Truth {
  const table = WINDOWS_7_DOWNGRADES.Vista;
  if (keyKind === 'MAK') {
    const products: readonly string[] = table.MAK;
    return keys.length === 0 ? undefined : keys.some((key) => products.includes(releaseName(key)));
  }
  if (keyKind === 'KMS_HOST') {
    const products: readonly string[] = table.KMS_HOST;
    if (keys.some((key) => products.includes(releaseName(key)))) return true;
    // Host keys of later systems: K-5 knows, this table does not.
    return undefined;
  }
  // A public setup key activates through some KMS host, and which is not said.
  return keyKind === undefined || keyKind === 'KMS_CLIENT' || keyKind === 'UNKNOWN' ? undefined : false;
}

function oemTermsCover(licensed: Product | undefined): Truth {
  if (licensed === undefined) return undefined;
  if (licensed.line === 'OFFICE') return false;
  if (licensed.line !== 'WINDOWS') return true;
  const [edition] = licensed.editions;
  const covered: readonly string[] = OEM_DOWNGRADES.WINDOWS;
  return edition === undefined ? undefined : covered.includes(edition);
}

function judgeSmallBusinessServer({ product, edition, method, keyProduct, media }: RuleInputs['R-6']) {
  const server = recogniseProduct(product);
  if (server === undefined) return mentionsSmallBusinessServer(product) ? 'NOT_DETERMINED' : undefined;
  if (server.line !== 'SMALL_BUSINESS_SERVER' || server.release !== '2011') return undefined;
  const named = recogniseEdition(edition, 'SMALL_BUSINESS_SERVER') ?? (server.editions.length === 1 ? server.editions[0] : undefined);
  return outcomeOf(every(method === undefined ? undefined : MAK_METHODS.includes(method), keyFits(named, keyProduct), mediaFit(named, media)));
}

function mentionsSmallBusinessServer(product: string | undefined): boolean {
  return product === undefined || /\bsbs\b|small business server/i.test(product);
}

function keyFits(edition: string | undefined, keyProduct: string | undefined): Truth {
  const key = recogniseProduct(keyProduct);
  const takes = edition === undefined ? undefined : recogniseProduct(smallBusinessKeyFor(edition));
  if (key === undefined || takes === undefined) return undefined;
  if (compareReleases(key, takes) !== 0) return false;
  if (takes.group !== undefined) return key.group === undefined ? undefined : key.group === takes.group;
  return key.editions.length === 0 || key.editions.some((each) => takes.editions.includes(each));
}

/** Only for Standard, and only where it was said what it is installed from. */
function mediaFit(edition: string | undefined, media: RuleInputs['R-6']['media']): Truth {
  return media === undefined || edition !== 'Standard' ? true : media === 'PHYSICAL';
}
