import { compareReleases, recogniseProduct, recogniseProducts, type Product } from '../catalogue/product.js';
import { builtInErrorCodes } from '../catalogue/errorCodes.js';
import { builtInRule } from './rule.js';
import { documentation, faq } from './sources.js';
import { every, outcomeOf, some, type Truth } from './threeValued.js';

/** Errors that matter to budgets and hosts (B-5). */
export const ACTIVATION_ERRORS: Readonly<Record<string, 'LIMIT_EXCEEDED' | 'KEY_BLOCKED' | 'KMS' | 'HARDWARE'>> = {
  '0xC004C020': 'LIMIT_EXCEEDED',
  '0xC004C021': 'LIMIT_EXCEEDED',
  '0xC004C008': 'LIMIT_EXCEEDED',
  '0xC004C003': 'KEY_BLOCKED',
  '0xC004F051': 'KEY_BLOCKED',
  '0xC004F038': 'KMS',
  '0xC004F074': 'KMS',
  '0xC004F00F': 'HARDWARE',
};

/** Activations of a MAK. */
export const budgetRules = {
  'B-1': builtInRule('B-1', {
    effect: 'REFUSE',
    title: {
      en: 'A MAK has a preset number of activations, set by the agreement; the customer or Microsoft may have it revised.',
      fr: 'Une clé MAK a un nombre prédéterminé d’activations, fixé par le contrat ; il peut être révisé à la demande du client ou de Microsoft.',
    },
    citations: [faq('MAK'), faq('MAK_LIMITS')],
    inputs: ['allowed', 'used', 'overage'],
    judge: ({ allowed, used }) => outcomeOf(allowed === undefined ? undefined : used < allowed),
    effectOn: ({ overage }) => overage,
  }),

  'B-2': builtInRule('B-2', {
    effect: 'FACT',
    title: {
      en: 'A host activated with a MAK needs no further contact, until its hardware changes significantly.',
      fr: 'Un hôte activé par MAK n’a plus besoin de contact, tant que son matériel ne change pas notablement.',
    },
    citations: [faq('MAK'), documentation('PLANNING', { en: 'Multiple activation key', fr: 'Clé d’activation multiple' })],
    inputs: ['hardwareChanged'],
    judge: ({ hardwareChanged }) => outcomeOf(hardwareChanged === undefined ? undefined : !hardwareChanged),
  }),

  'B-3': builtInRule('B-3', {
    effect: 'ADVISE',
    title: {
      en: 'The allotment of a MAK is not the number of licences: Open License customers usually get more; elsewhere it follows the price level and the volume at it, KMS being assumed the preferred method.',
      fr: 'La dotation d’une clé MAK n’est pas le nombre de licences : les clients Open License en reçoivent généralement plus ; ailleurs elle suit le niveau de prix et son volume, KMS étant supposé le mode préféré.',
    },
    citations: [faq('ACTIVATIONS_AND_LICENCES')],
    inputs: ['programme'],
    // No figures for the price levels: the FAQ gives none. Of Open License it gives one example: 50 for 1 to 25 licences.
    table: { byLicences: ['OPEN_LICENSE'], byPriceLevel: ['SELECT', 'ENTERPRISE_AGREEMENT', 'CAMPUS', 'SCHOOL', 'SPLA'] },
    judge: ({ programme }) => outcomeOf(programme === undefined || allotmentFactor(programme) === undefined ? undefined : true),
  }),

  'B-4': builtInRule('B-4', {
    effect: 'FACT',
    title: {
      en: 'Re-applying the stored confirmation id on unchanged hardware uses no activation; an online activation after a reimage may use one.',
      fr: 'Réappliquer l’identifiant de confirmation conservé sur un matériel inchangé ne consomme aucune activation ; une activation en ligne après réinitialisation peut en consommer une.',
    },
    citations: [documentation('VAMT', { en: 'Local reactivation', fr: 'Réactivation locale' })],
    inputs: ['confirmationIdStored', 'hardwareChanged'],
    judge: ({ confirmationIdStored, hardwareChanged }) => {
      if (confirmationIdStored !== true) return 'NOT_DETERMINED';
      return outcomeOf(hardwareChanged === undefined ? undefined : !hardwareChanged);
    },
  }),

  'B-5': builtInRule('B-5', {
    effect: 'FACT',
    title: {
      en: 'Errors that say a limit is reached, a key is blocked, KMS does not answer or count enough, or the hardware changed.',
      fr: 'Erreurs indiquant une limite atteinte, une clé bloquée, un KMS qui ne répond pas ou ne compte pas assez, ou un matériel modifié.',
    },
    citations: [documentation('ERROR_CODES', { en: 'Summary of error codes', fr: 'Récapitulatif des codes d’erreur' })],
    inputs: ['hresult'],
    table: builtInErrorCodes().filter(({ code }) => Object.hasOwn(ACTIVATION_ERRORS, code)).map(({ code, meaning }) => ({ code, meaning })),
    judge: ({ hresult }) => outcomeOf(hresult === undefined ? undefined : succeeded(hresult)),
  }),

  'B-6': builtInRule('B-6', {
    effect: 'FACT',
    title: {
      en: 'A MAK activates its own product group only, not older ones.',
      fr: 'Une clé MAK n’active que son propre groupe de produits, pas les plus anciens.',
    },
    citations: [documentation('PRODUCT_GROUPS', { en: 'Choosing the MAK', fr: 'Choix de la clé MAK' })],
    inputs: ['keyProduct', 'product'],
    judge({ keyProduct, product }) {
      const keys = recogniseProducts(keyProduct);
      const wanted = recogniseProduct(product);
      if (keys.length === 0 || wanted === undefined) return 'NOT_DETERMINED';
      return outcomeOf(some(...keys.map((key) => makActivates(key, wanted))));
    },
  }),
};

/** What the allotment of a programme's MAKs follows (B-3); undefined where the FAQ does not say. */
export function allotmentFactor(programme: string): 'LICENCES' | 'PRICE_LEVEL' | undefined {
  if (programme === 'OPEN_LICENSE') return 'LICENCES';
  return ['SELECT', 'ENTERPRISE_AGREEMENT', 'CAMPUS', 'SCHOOL', 'SPLA'].includes(programme) ? 'PRICE_LEVEL' : undefined;
}

function succeeded(hresult: string): Truth {
  const digits = /^0x([0-9a-f]{1,8})$/i.exec(hresult.trim())?.[1];
  if (digits === undefined) return undefined;
  if (/^0+$/.test(digits)) return true;
  return Object.hasOwn(ACTIVATION_ERRORS, `0x${digits.toUpperCase().padStart(8, '0')}`) ? false : undefined;
}

/** Windows 10 and 11 share their keys as far as is known, and no table says so; Office products each have their own. */
function makActivates(key: Product, wanted: Product): Truth {
  if (wanted.line === 'SMALL_BUSINESS_SERVER' && wanted.editions.includes('Premium Add-on')) {
    return key.line === 'WINDOWS_SERVER' && key.release === '2008 R2';
  }
  const age = compareReleases(key, wanted);
  if (age === undefined) return false;
  if (age !== 0) return key.line === 'WINDOWS' && [key.release, wanted.release].every((release) => release === '10' || release === '11') ? undefined : false;
  const sameComponent = key.component === wanted.component;
  const sameGroup = key.group === undefined || wanted.group === undefined ? undefined : key.group === wanted.group;
  return every(sameComponent || undefined, key.group === undefined && wanted.group === undefined ? true : sameGroup);
}
