import type { LocalisedText } from '../messages/message.js';

/** Where a rule comes from: a document, and the place in it. */
export interface Citation {
  readonly document: LocalisedText;
  /** Question of the FAQ, or section. */
  readonly place: LocalisedText;
}

/** The questions of Microsoft's FAQ, in its order: what this ledger was written to answer. French as published, English in our words. */
export const FAQ_QUESTIONS = {
  WINDOWS_10_WITH_KMS: {
    fr: 'Comment activer Windows 10 sur les ordinateurs à l’aide du service de gestion de clés (KMS) ?',
    en: 'How are Windows 10 computers activated through KMS?',
  },
  PRODUCT_ACTIVATION: { fr: 'Qu’est-ce que l’activation du produit ?', en: 'What is product activation?' },
  SETUP_KEY: { fr: 'Qu’est-ce qu’une clé d’installation ?', en: 'What is a setup key?' },
  KEYS_OF_AGREEMENT: {
    fr: 'Comment Microsoft détermine-t-il les clés de produits associées à mon ou mes contrats ?',
    en: 'How does Microsoft determine which product keys belong to my agreements?',
  },
  VOLUME_ACTIVATION: { fr: 'Qu’est-ce que l’activation en volume ?', en: 'What is volume activation?' },
  KMS: { fr: 'Qu’est-ce que le service de gestion de clés (KMS) ?', en: 'What is the key management service (KMS)?' },
  MAK: {
    fr: 'Qu’est-ce qu’une clé d’activation multiple (MAK) et comment fonctionne-t-elle ?',
    en: 'What is a multiple activation key (MAK), and how does it work?',
  },
  MAK_LIMITS: { fr: 'Y-a-t-il des limites d’utilisation des MAK ?', en: 'Is the use of MAKs limited?' },
  MAK_AND_KMS: {
    fr: 'Puis-je utiliser MAK et KMS pour activer des systèmes dans mon organisation ?',
    en: 'May MAK and KMS both be used in one organisation?',
  },
  DEDICATED_SERVER: {
    fr: 'Ai-je besoin d’un serveur dédié pour exécuter KMS pour Office 2010 ou 2013 ?',
    en: 'Does KMS for Office 2010 or 2013 need a dedicated server?',
  },
  ARCHITECTURES: {
    fr: 'Existe-t-il des clés différentes pour les versions x86 (32 bits) et x64 (64 bits) des produits Office 2010 ou Office 2013 ?',
    en: 'Are there different keys for x86 and x64 of Office 2010 or 2013?',
  },
  HVMS_AND_ISV: {
    fr: 'Si je suis un partenaire HVMS ou ISVR, où puis-je obtenir mes clés ?',
    en: 'Where do HVMS and ISV royalty partners get their keys?',
  },
  KMS_HOST_SYSTEMS: {
    fr: 'Je prévois de déployer Windows 7 et Office 2010 en utilisant KMS comme méthode d’activation. Quelles versions Windows Server puis-je utiliser pour configurer un ordinateur hôte KMS ?',
    en: 'Windows 7 and Office 2010 are to be activated through KMS: which versions of Windows Server can be the KMS host?',
  },
  VIRTUAL_MACHINES: {
    fr: 'Quelle méthode d’activation devrait être utilisée pour les ordinateurs virtuels ?',
    en: 'Which activation method should virtual machines use?',
  },
  HOST_OF_SERVER_2008: {
    fr: 'L’ordinateur hôte KMS de mon organisation a été activé avec une clé KMS Windows Server 2008. Ce même ordinateur peut-il être utilisé en tant qu’hôte pour le déploiement de Windows Server 2008 R2 ?',
    en: 'Can a KMS host that was activated with a Windows Server 2008 key serve Windows Server 2008 R2?',
  },
  DOWNGRADE_OF_WINDOWS_7: {
    fr: 'J’ai acheté de nouveaux PC sur lesquels Windows 7 Professional est préinstallé, et je prévois de revenir à une version antérieure de Windows. Quelle clé puis-je utiliser ?',
    en: 'New PCs came with Windows 7 Professional and are to run an older version: which key may be used?',
  },
  AFFILIATES: {
    fr: 'Si une filiale (détenue par une maison mère) a un contrat individuel, la maison mère peut-elle utiliser la même clé pour déployer Windows 7 et Windows Server 2008 R2 dans les deux sociétés ?',
    en: 'An affiliate has an agreement of its own: may the parent use one key for both companies?',
  },
  NOT_ACTIVATED: {
    fr: 'Que se passe-t-il si nous n’activons pas nos ordinateurs ?',
    en: 'What happens if computers are not activated?',
  },
  ACTIVATIONS_AND_LICENCES: {
    fr: 'Mon organisation prévoit d’utiliser des clés MAK pour activer la plupart de nos ordinateurs, mais le nombre d’activations MAK ne correspond pas au nombre de licences achetées. Pourquoi ces nombres sont-ils différents et comment demander plus de clés d’activation ?',
    en: 'Why does the number of MAK activations differ from the licences bought, and how are more asked for?',
  },
  REIMAGING_RIGHTS: {
    fr: 'Puis-je utiliser mes clés de licences en volume pour exercer mes droits de réinitialisation ?',
    en: 'May volume keys be used to exercise reimaging rights?',
  },
  REIMAGING_WITH_MAK: {
    fr: 'Je souhaite réinitialiser Windows 7 Professional à l’aide de MAK au lieu de KMS. Que se passe-t-il si je ne dispose pas de suffisamment d’activations associées à la clé MAK ?',
    en: 'Windows 7 Professional is to be reimaged with a MAK: what if not enough activations are left?',
  },
  SMALL_BUSINESS_SERVER: {
    fr: 'Quelle(s) clé(s) dois-je utiliser pour Small Business Server 2011 ?',
    en: 'Which keys does Small Business Server 2011 use?',
  },
} as const satisfies Readonly<Record<string, LocalisedText>>;
export type FaqQuestion = keyof typeof FAQ_QUESTIONS;

const FAQ_DOCUMENT: LocalisedText = {
  en: 'Microsoft, Volume licensing product-key FAQ, 06/2018',
  fr: 'Microsoft, Foire aux questions sur les clés des licences en volume, 06/2018',
};

/** A question of the FAQ. */
export function faq(question: FaqQuestion): Citation {
  return { document: FAQ_DOCUMENT, place: FAQ_QUESTIONS[question] };
}

/** Pages of Microsoft's documentation, by their English titles, which they keep in every language. */
const PAGES = {
  PLANNING: 'Plan for volume activation',
  KMS_PLANNING: 'KMS activation planning',
  KMS_TECHNICAL: 'Understanding KMS',
  ERROR_CODES: 'Volume activation error codes',
  ADBA: 'Activate using Active Directory-based activation',
  OFFICE_KMS_HOST: 'Configure a KMS host computer to activate volume licensed versions of Office',
  VAMT: 'Volume Activation Management Tool technical reference',
  PRODUCT_GROUPS: 'Volume Activation Planning Guide: Determining Product Key Needs',
  REIMAGING_BRIEF: 'Commercial Licensing brief: Reimaging rights',
  DOWNGRADE_BRIEF: 'Commercial Licensing brief: Downgrade rights',
} as const;

/** A place in Microsoft's documentation. */
export function documentation(page: keyof typeof PAGES, section: LocalisedText): Citation {
  const document = `Microsoft, ${PAGES[page]}`;
  return { document: { en: document, fr: document }, place: section };
}
