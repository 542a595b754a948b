import { officeHostKeyGroups, windowsHostKeyGroups } from '../catalogue/csvlkGroups.js';
import { compareReleases, generationOf, recogniseProduct, recogniseProducts, releaseName, type Product } from '../catalogue/product.js';
import type { ActivationMethod } from '../vocabulary.js';
import { DAY_MS } from './figures.js';
import { hostKeyActivates, hostSystemsFor, officeGroupOf } from './hostKeyTable.js';
import { cappedCount, kmsThreshold, preferredMethod, virtualMachineCounts } from './kmsFacts.js';
import type { RuleOutcome } from './judgement.js';
import { builtInRule } from './rule.js';
import type { RuleInputs } from './ruleBook.js';
import { documentation, faq } from './sources.js';
import { outcomeOf, some, type Truth } from './threeValued.js';

/** Places in the order of Windows generations (`generationOf`). */
const GENERATION_OF_WINDOWS_7 = 2;
const GENERATION_OF_WINDOWS_10 = 5;

/** Systems whose KMS host takes an update for Windows 7 and Server 2008 R2 (K-7). */
const UPDATED_FOR_WINDOWS_7: readonly string[] = ['Windows Server 2003', 'Windows Server 2008', 'Windows Vista'];

/** How KMS counts, whom it activates and what can be a KMS host. */
export const kmsRules = {
  'K-1': builtInRule('K-1', {
    effect: 'FACT',
    title: {
      en: 'KMS activates Windows clients from 25 unique machines, Windows Server from 5 and Office from 5; virtual machines count since Vista SP2 and Server 2008 SP2.',
      fr: 'KMS active les clients Windows à partir de 25 machines distinctes, Windows Server à partir de 5 et Office à partir de 5 ; les machines virtuelles comptent depuis Vista SP2 et Server 2008 SP2.',
    },
    citations: [faq('KMS'), faq('VIRTUAL_MACHINES'), documentation('KMS_PLANNING', { en: 'Activation thresholds', fr: 'Seuils d’activation' })],
    inputs: ['family', 'count', 'virtualMachine', 'operatingSystem'],
    judge({ family, count, virtualMachine, operatingSystem }, figure) {
      if (count === undefined) return virtualMachine === true ? outcomeOf(virtualMachineCounts(operatingSystem)) : 'NOT_DETERMINED';
      const threshold = kmsThreshold(family, figure);
      return outcomeOf(threshold === undefined ? undefined : count >= threshold);
    },
  }),

  'K-2': builtInRule('K-2', {
    effect: 'FACT',
    title: {
      en: 'A KMS host counts the unique client machine ids of the last 30 days, at most twice the largest minimum; a restart clears its list.',
      fr: 'Un hôte KMS compte les identifiants de machine distincts des 30 derniers jours, au plus deux fois le plus grand minimum ; un redémarrage vide sa liste.',
    },
    citations: [documentation('KMS_TECHNICAL', { en: 'Activation count cache', fr: 'Cache du nombre d’activations' })],
    inputs: ['observed', 'uncapped', 'largestMinimum'],
    judge({ observed, uncapped, largestMinimum }) {
      if (observed === undefined || uncapped === undefined || largestMinimum === undefined) return 'NOT_DETERMINED';
      return outcomeOf(observed === cappedCount(uncapped, largestMinimum));
    },
  }),

  'K-3': builtInRule('K-3', {
    effect: 'FACT',
    title: {
      en: 'A KMS activation is valid for 180 days; renewal is tried every 7 days, activation every 2 hours.',
      fr: 'Une activation KMS est valable 180 jours ; le renouvellement est tenté tous les 7 jours, l’activation toutes les 2 heures.',
    },
    citations: [documentation('KMS_PLANNING', { en: 'KMS activation renewal', fr: 'Renouvellement de l’activation KMS' })],
    inputs: ['lastSuccessAt', 'at'],
    judge({ lastSuccessAt, at }, figure) {
      if (lastSuccessAt === undefined) return 'NOT_DETERMINED';
      return outcomeOf(Date.parse(at) < Date.parse(lastSuccessAt) + figure('KMS_VALIDITY') * DAY_MS);
    },
  }),

  'K-4': builtInRule('K-4', {
    effect: 'REFUSE',
    title: {
      en: 'One KMS host key sets up at most 6 KMS hosts, each activated at most 10 times; a host that is removed frees no slot.',
      fr: 'Une clé d’hôte KMS configure au plus 6 hôtes KMS, chacun activé au plus 10 fois ; le retrait d’un hôte ne libère pas sa place.',
    },
    citations: [faq('VIRTUAL_MACHINES'), documentation('KMS_PLANNING', { en: 'KMS host keys', fr: 'Clés d’hôte KMS' })],
    inputs: ['slotsTaken', 'slots', 'activations', 'activationsAllowed'],
    judge: ({ slotsTaken, slots, activations, activationsAllowed }) => outcomeOf(slotsTaken <= slots && activations <= activationsAllowed),
  }),

  'K-5': builtInRule('K-5', {
    effect: 'REFUSE',
    title: {
      en: 'A KMS host key activates its own product group and the older ones.',
      fr: 'Une clé d’hôte KMS active son propre groupe de produits et les plus anciens.',
    },
    citations: [
      faq('DOWNGRADE_OF_WINDOWS_7'),
      documentation('KMS_PLANNING', { en: 'KMS host keys and the products they activate', fr: 'Clés d’hôte KMS et produits qu’elles activent' }),
      documentation('PRODUCT_GROUPS', { en: 'Choosing the KMS key', fr: 'Choix de la clé KMS' }),
    ],
    inputs: ['keyProduct', 'product'],
    table: { windows: windowsHostKeyGroups, office: officeHostKeyGroups },
    judge({ keyProduct, product }) {
      const keys = recogniseProducts(keyProduct);
      const wanted = recogniseProduct(product);
      if (keys.length === 0 || wanted === undefined) return 'NOT_DETERMINED';
      return outcomeOf(some(...keys.map((key) => hostKeyActivates(key, wanted))));
    },
  }),

  'K-6': builtInRule('K-6', {
    effect: 'REFUSE',
    title: {
      en: 'Only certain systems, in volume editions, can be a KMS host for Office.',
      fr: 'Seuls certains systèmes, en édition en volume, peuvent être hôte KMS pour Office.',
    },
    citations: [faq('DEDICATED_SERVER'), faq('KMS_HOST_SYSTEMS'), documentation('OFFICE_KMS_HOST', { en: 'Requirements', fr: 'Configuration requise' })],
    inputs: ['product', 'operatingSystem'],
    table: officeHostKeyGroups,
    judge: judgeOfficeHost,
  }),

  'K-7': builtInRule('K-7', {
    effect: 'WARN',
    title: {
      en: 'A KMS host on Server 2003, Server 2008 or Vista needs an update before it activates Windows 7 or Server 2008 R2.',
      fr: 'Un hôte KMS sous Server 2003, Server 2008 ou Vista nécessite une mise à jour avant d’activer Windows 7 ou Server 2008 R2.',
    },
    citations: [faq('HOST_OF_SERVER_2008'), faq('KMS_HOST_SYSTEMS')],
    inputs: ['product', 'operatingSystem', 'updated'],
    table: UPDATED_FOR_WINDOWS_7,
    judge: (inputs) =>
      judgeUpdate(inputs, {
        concerns: (generation) => generation === GENERATION_OF_WINDOWS_7,
        canHost: (system) => UPDATED_FOR_WINDOWS_7.includes(releaseName(system)),
      }),
  }),

  'K-8': builtInRule('K-8', {
    effect: 'ADVISE',
    title: {
      en: 'KMS needs no dedicated server; one KMS host may serve Windows and Office.',
      fr: 'KMS ne requiert aucun serveur dédié ; un même hôte KMS peut servir Windows et Office.',
    },
    citations: [faq('DEDICATED_SERVER'), faq('KMS')],
    inputs: ['products', 'otherServices'],
    judge: () => 'SATISFIED',
  }),

  'K-9': builtInRule('K-9', {
    effect: 'ADVISE',
    title: { en: 'KMS and MAK may be mixed in one organisation.', fr: 'KMS et MAK peuvent être combinés dans une même organisation.' },
    citations: [faq('MAK_AND_KMS')],
    inputs: ['methods'],
    table: ['KMS', 'MAK_INDEPENDENT', 'MAK_PROXY'],
    judge: ({ methods }) => outcomeOf(methods.every((method) => MIXED_METHODS.includes(method)) ? true : undefined),
  }),

  'K-10': builtInRule('K-10', {
    effect: 'ADVISE',
    title: {
      en: 'No KMS where its threshold is out of reach; else KMS for virtual machines; else MAK with VAMT below 50 PCs.',
      fr: 'Pas de KMS si son seuil est hors de portée ; sinon KMS pour les machines virtuelles ; sinon MAK avec VAMT au-dessous de 50 PC.',
    },
    citations: [faq('KMS'), faq('VIRTUAL_MACHINES'), faq('KMS_HOST_SYSTEMS')],
    inputs: ['method', 'thresholdReached', 'virtualMachine', 'machines'],
    judge({ method, ...facts }, figure) {
      const kind = methodKind(method);
      if (kind === undefined) return undefined;
      const preferred = preferredMethod(facts, figure);
      return outcomeOf(preferred && preferred === kind);
    },
  }),

  'K-11': builtInRule('K-11', {
    effect: 'FACT',
    title: {
      en: 'A client whose clock is more than 4 hours off fails with 0xC004F06C.',
      fr: 'Un client dont l’horloge s’écarte de plus de 4 heures échoue avec 0xC004F06C.',
    },
    citations: [documentation('ERROR_CODES', { en: '0xC004F06C', fr: '0xC004F06C' })],
    inputs: ['clockDifferenceMinutes'],
    judge: ({ clockDifferenceMinutes }, figure) =>
      outcomeOf(clockDifferenceMinutes === undefined ? undefined : Math.abs(clockDifferenceMinutes) <= figure('KMS_CLOCK_TOLERANCE') * MINUTES_AN_HOUR),
  }),

  'K-12': builtInRule('K-12', {
    effect: 'WARN',
    title: {
      en: 'A KMS host is updated before it activates Windows 10 and each later generation.',
      fr: 'Un hôte KMS est mis à jour avant d’activer Windows 10 et chaque génération ultérieure.',
    },
    citations: [faq('WINDOWS_10_WITH_KMS'), documentation('KMS_PLANNING', { en: 'KMS host requirements', fr: 'Configuration requise pour l’hôte KMS' })],
    inputs: ['product', 'operatingSystem', 'updated'],
    table: windowsHostKeyGroups.map(({ hostKey, hostableOn }) => ({ hostKey, hostableOn })),
    judge: (inputs) =>
      judgeUpdate(inputs, {
        concerns: (generation) => generation >= GENERATION_OF_WINDOWS_10,
        canHost: (system, product) => hostSystemsFor(product).some((listed) => compareReleases(listed.system, system) === 0),
      }),
  }),

  'K-13': builtInRule('K-13', {
    effect: 'FACT',
    title: {
      en: 'KMS can be hosted in a virtual machine on Vista SP1, Server 2008, Server 2003 with KMS 1.1, Windows 7 and later.',
      fr: 'KMS peut être hébergé sur une machine virtuelle sous Vista SP1, Server 2008, Server 2003 avec KMS 1.1, Windows 7 et versions ultérieures.',
    },
    citations: [faq('VIRTUAL_MACHINES')],
    inputs: ['operatingSystem', 'virtualMachine'],
    table: ['Windows Vista SP1', 'Windows Server 2008', 'Windows Server 2003', 'Windows 7'],
    judge: ({ operatingSystem, virtualMachine }) => (virtualMachine === false ? undefined : outcomeOf(hostableInVirtualMachine(operatingSystem))),
  }),
};

const MINUTES_AN_HOUR = 60;


const MIXED_METHODS: readonly ActivationMethod[] = ['KMS', 'MAK_INDEPENDENT', 'MAK_PROXY'];

function methodKind(method: ActivationMethod): 'KMS' | 'MAK' | undefined {
  if (method === 'KMS') return 'KMS';
  return method === 'MAK_INDEPENDENT' || method === 'MAK_PROXY' ? 'MAK' : undefined;
}

function judgeOfficeHost({ product, operatingSystem }: RuleInputs['K-6']): RuleOutcome | undefined {
  const office = recogniseProduct(product);
  if (office === undefined) return 'NOT_DETERMINED';
  if (office.line !== 'OFFICE') return undefined;
  const entry = officeGroupOf(office);
  const system = recogniseProduct(operatingSystem);
  if (entry === undefined || system === undefined) return 'NOT_DETERMINED';
  if (!isVolumeEdition(system)) return 'VIOLATED';
  return outcomeOf(some(...entry.systems.map((listed) => hostsOffice(system, listed, entry.group.newerToo))));
}

/** Windows editions that are not sold in volume. */
const RETAIL_EDITIONS: readonly string[] = ['Home', 'Home Basic', 'Home Premium', 'Starter', 'Ultimate'];

function isVolumeEdition(system: Product): boolean {
  return system.line !== 'WINDOWS' || !system.editions.some((edition) => RETAIL_EDITIONS.includes(edition));
}

function hostsOffice(system: Product, listed: Product, newerToo: boolean): Truth {
  const age = compareReleases(system, listed);
  if (age === undefined || age < 0) return false;
  if (age > 0) return newerToo;
  if (listed.servicePack === undefined) return true;
  return system.servicePack === undefined ? undefined : system.servicePack >= listed.servicePack;
}

interface UpdateTable {
  /** Whether the rule is about products of this generation. */
  readonly concerns: (generation: number) => boolean;
  /** Whether an older system can be a KMS host for the product once it has its update. */
  readonly canHost: (system: Product, product: Product) => boolean;
}

/** Whether a host needs an update for a newer product, and has it. */
function judgeUpdate({ product, operatingSystem, updated }: RuleInputs['K-7'], { concerns, canHost }: UpdateTable): RuleOutcome | undefined {
  const wanted = recogniseProduct(product);
  if (wanted === undefined) return 'NOT_DETERMINED';
  const generation = generationOf(wanted);
  // Office is K-6's; older and newer generations are another rule's.
  if (generation === undefined || !concerns(generation)) return undefined;
  const system = recogniseProduct(operatingSystem);
  const ofSystem = system && generationOf(system);
  if (system === undefined || ofSystem === undefined) return 'NOT_DETERMINED';
  if (ofSystem >= generation) return 'SATISFIED';
  return canHost(system, wanted) ? outcomeOf(updated) : 'NOT_DETERMINED';
}

function hostableInVirtualMachine(operatingSystem: string | undefined): Truth {
  const system = recogniseProduct(operatingSystem);
  if (system === undefined || generationOf(system) === undefined) return undefined;
  if (system.release === 'XP') return false;
  if (system.release === 'Vista') return system.servicePack === undefined ? undefined : system.servicePack >= 1;
  return true;
}
