import { recogniseProduct } from '../catalogue/product.js';
import type { Programme } from '../vocabulary.js';
import { builtInRule } from './rule.js';
import { documentation, faq } from './sources.js';
import { outcomeOf } from './threeValued.js';

/** Programmes whose keys are had by telephone only (P-2). */
const CALL_ONLY: readonly Programme[] = ['ISV_ROYALTY', 'HVMS'];

/** How a programme's keys are issued (P-4); the FAQ does not tell of the others. */
const ISSUED_PER: Readonly<Partial<Record<Programme, 'POOL' | 'PURCHASE'>>> = {
  ENTERPRISE_AGREEMENT: 'POOL',
  SELECT: 'POOL',
  SELECT_PLUS: 'POOL',
  OPEN_LICENSE: 'PURCHASE',
  OPEN_VALUE: 'PURCHASE',
};

const SETUP_KEY_SOURCES = ['MEDIA_SLEEVE', 'DOWNLOAD_PAGE', 'ACTIVATION_CENTER'] as const;

/** Which keys there are, and where they are had. */
export const productKeyRules = {
  'P-1': builtInRule('P-1', {
    effect: 'ADVISE',
    title: { en: 'One key serves x86 and x64 of Office 2010 and 2013.', fr: 'Une même clé sert les versions x86 et x64 d’Office 2010 et 2013.' },
    citations: [faq('ARCHITECTURES')],
    inputs: ['product'],
    table: ['Office 2010', 'Office 2013'],
    judge({ product }) {
      const office = recogniseProduct(product);
      if (office !== undefined && office.line !== 'OFFICE') return undefined;
      return outcomeOf(office !== undefined && ['2010', '2013'].includes(office.release) ? true : undefined);
    },
  }),

  'P-2': builtInRule('P-2', {
    effect: 'ADVISE',
    title: {
      en: 'ISV royalty and HVMS partners get keys by calling the Activation Center only, not from the portal.',
      fr: 'Les partenaires ISV à redevances et HVMS obtiennent leurs clés en appelant le Centre d’activation uniquement, pas sur le portail.',
    },
    citations: [faq('HVMS_AND_ISV')],
    inputs: ['programme', 'from'],
    table: CALL_ONLY,
    judge({ programme, from }) {
      if (programme === undefined || from === undefined) return 'NOT_DETERMINED';
      return outcomeOf(from === 'ACTIVATION_CENTER' || keysFromOf(programme) === 'PORTAL');
    },
  }),

  'P-3': builtInRule('P-3', {
    effect: 'ADVISE',
    title: {
      en: 'Setup keys are had from the media sleeve, the download page, or the Activation Center with the agreement’s data and a proof of purchase; they need no activation.',
      fr: 'Les clés d’installation figurent sur la pochette du support, sur la page de téléchargement, ou s’obtiennent du Centre d’activation avec les données du contrat et une preuve d’achat ; elles ne requièrent pas d’activation.',
    },
    citations: [faq('SETUP_KEY')],
    inputs: ['keyKind', 'obtainedFrom'],
    table: SETUP_KEY_SOURCES,
    judge({ keyKind, obtainedFrom }) {
      if (keyKind !== undefined && keyKind !== 'SETUP') return undefined;
      if (keyKind === undefined || obtainedFrom === undefined) return 'NOT_DETERMINED';
      return outcomeOf(SETUP_KEY_SOURCES.some((source) => source === obtainedFrom) ? true : undefined);
    },
  }),

  'P-4': builtInRule('P-4', {
    effect: 'WARN',
    title: {
      en: 'Keys belong to a licence ID: per product pool for Enterprise, Select and Select Plus, per purchase for Open License and Open Value.',
      fr: 'Les clés appartiennent à un ID de licence : par pool de produits pour Accord Entreprise, Select et Select Plus, par achat pour Open License et Open Value.',
    },
    citations: [faq('KEYS_OF_AGREEMENT'), documentation('PLANNING', { en: 'Product keys', fr: 'Clés de produit' })],
    inputs: ['keyAgreement', 'agreement', 'programme'],
    table: ISSUED_PER,
    judge: ({ keyAgreement, agreement }) => outcomeOf(keyAgreement === undefined || agreement === undefined ? undefined : keyAgreement === agreement),
  }),
};

/** Where the keys of a programme are had (P-2). */
export function keysFromOf(programme: Programme): 'PORTAL' | 'CALL_ONLY' {
  return CALL_ONLY.includes(programme) ? 'CALL_ONLY' : 'PORTAL';
}

/** How the keys of a programme are issued (P-4); undefined where the FAQ does not say. */
export function keysIssuedPer(programme: Programme): 'POOL' | 'PURCHASE' | undefined {
  return ISSUED_PER[programme];
}
