import { render, type Language, type LocalisedText, type Parameters } from './message.js';

/** What advice says: reasons, objections, remedies and notes. */
export const adviceMessages = {
  CONFIRMATION_ID_APPLIES: {
    en: 'The confirmation id of this machine is stored and its hardware is unchanged: applied again it uses no activation.',
    fr: 'L’identifiant de confirmation de cette machine est conservé et son matériel est inchangé : réappliqué, il ne consomme aucune activation.',
  },
  HARDWARE_CHANGED: {
    en: 'The hardware has changed: a stored confirmation id does not fit it, and the machine must be activated anew.',
    fr: 'Le matériel a changé : un identifiant de confirmation conservé ne lui convient plus, et la machine doit être activée de nouveau.',
  },
  HARDWARE_NOT_KNOWN: {
    en: 'Whether the hardware is unchanged is not known; only then the stored confirmation id fits.',
    fr: 'On ne sait pas si le matériel est inchangé ; l’identifiant de confirmation conservé ne convient que dans ce cas.',
  },
  CONFIRMATION_ID_NOT_STORED: { en: 'No confirmation id of this machine is stored.', fr: 'Aucun identifiant de confirmation de cette machine n’est conservé.' },

  DIRECTORY_ACTIVATES: {
    en: '{product} activates by itself in the domain with the activation object {name}; there is no threshold, and no activation is spent.',
    fr: '{product} s’active de lui-même dans le domaine avec l’objet d’activation {name} ; sans seuil, et sans dépenser d’activation.',
  },
  DIRECTORY_TOO_OLD: {
    en: '{product} is older than what Active Directory activates: Windows 8, Server 2012, Office 2013 and later.',
    fr: '{product} est antérieur à ce qu’Active Directory active : Windows 8, Server 2012, Office 2013 et versions ultérieures.',
  },
  NOT_IN_DOMAIN: { en: 'The machine is not a member of the domain.', fr: 'La machine n’est pas membre du domaine.' },
  DOMAIN_NOT_KNOWN: { en: 'Whether the machine is a member of the domain is not known.', fr: 'On ne sait pas si la machine est membre du domaine.' },
  JOIN_DOMAIN: { en: 'Join it to the domain.', fr: 'Joignez-la au domaine.' },
  NO_ACTIVATION_OBJECT: { en: 'There is no activation object that activates {product}.', fr: 'Il n’existe aucun objet d’activation qui active {product}.' },
  CREATE_ACTIVATION_OBJECT: {
    en: 'Create one with the KMS host key ending in {lastFive}: it spends one activation of that key and takes none of its slots.',
    fr: 'Créez-en un avec la clé d’hôte KMS se terminant par {lastFive} : cela dépense une activation de cette clé et ne prend aucune de ses places.',
  },

  THRESHOLD_REACHED: {
    en: 'KMS host {host} counts {count}, with these machines {total}; {required} are needed.',
    fr: 'L’hôte KMS {host} compte {count}, avec ces machines {total} ; il en faut {required}.',
  },
  THRESHOLD_SHORT: {
    en: 'KMS host {host} counts {count}, with these machines {total}; {required} are needed: {missing} too few.',
    fr: 'L’hôte KMS {host} compte {count}, avec ces machines {total} ; il en faut {required} : il en manque {missing}.',
  },
  COUNT_NOT_KNOWN: { en: 'How many machines KMS host {host} counts is not known.', fr: 'On ne sait pas combien de machines l’hôte KMS {host} compte.' },
  THRESHOLD_OUT_OF_REACH: {
    en: 'KMS needs {required} machines; {machines} are known.',
    fr: 'KMS nécessite {required} machines ; {machines} sont connues.',
  },
  NO_KMS_HOST: { en: 'No KMS host activates {product}.', fr: 'Aucun hôte KMS n’active {product}.' },
  SET_UP_KMS_HOST: {
    en: 'Set one up with the KMS host key ending in {lastFive}; it needs no dedicated server, may serve Windows and Office, and may be a virtual machine.',
    fr: 'Configurez-en un avec la clé d’hôte KMS se terminant par {lastFive} ; il ne requiert aucun serveur dédié, peut servir Windows et Office, et peut être une machine virtuelle.',
  },
  KMS_KEY_TOO_OLD: {
    en: 'The key of KMS host {host} does not activate {product}.',
    fr: 'La clé de l’hôte KMS {host} n’active pas {product}.',
  },
  KMS_KEY_NOT_DETERMINED: {
    en: 'Whether the key of KMS host {host} activates {product} cannot be told.',
    fr: 'On ne peut pas dire si la clé de l’hôte KMS {host} active {product}.',
  },
  INSTALL_NEWER_HOST_KEY: {
    en: 'Install a host key for {product} or a later product on it, after the update that it may need.',
    fr: 'Installez-y une clé d’hôte pour {product} ou un produit ultérieur, après la mise à jour éventuellement nécessaire.',
  },
  KMS_HOST_SYSTEM_UNFIT: {
    en: 'KMS host {host} runs {system}, which cannot be a KMS host for {product}.',
    fr: 'L’hôte KMS {host} exécute {system}, qui ne peut pas être hôte KMS pour {product}.',
  },
  MOVE_KMS_HOST: {
    en: 'Upgrade it or use another host: for Office 2010 for instance Server 2008 R2, Windows 7 volume edition, or Server 2003, also in a virtual machine.',
    fr: 'Mettez-le à niveau ou utilisez un autre hôte : pour Office 2010 par exemple Server 2008 R2, Windows 7 édition en volume, ou Server 2003, aussi en machine virtuelle.',
  },
  KMS_HOST_NEEDS_UPDATE: {
    en: 'KMS host {host} runs {system} and needs an update before it activates {product}.',
    fr: 'L’hôte KMS {host} exécute {system} et nécessite une mise à jour avant d’activer {product}.',
  },
  UPDATE_KMS_HOST: {
    en: 'Install the update, then the newer host key, and record it (updateKmsHost).',
    fr: 'Installez la mise à jour, puis la clé d’hôte plus récente, et enregistrez-la (updateKmsHost).',
  },
  CLOCK_OFF: {
    en: 'The clock is {minutes} minutes off; KMS takes at most {hours} hours (0xC004F06C).',
    fr: 'L’horloge s’écarte de {minutes} minutes ; KMS admet au plus {hours} heures (0xC004F06C).',
  },
  CORRECT_CLOCK: { en: 'Correct the clock first.', fr: 'Corrigez d’abord l’horloge.' },
  VIRTUAL_NOT_COUNTED: {
    en: 'Virtual machines with {system} do not count for the threshold.',
    fr: 'Les machines virtuelles sous {system} ne comptent pas pour le seuil.',
  },
  COUNTED_TWICE: {
    en: 'A reimaged machine may count twice at its KMS host for {days} days; generalise the image, so that each machine has a client machine id of its own.',
    fr: 'Une machine réinitialisée peut compter deux fois sur son hôte KMS pendant {days} jours ; généralisez l’image, afin que chaque machine ait son propre identifiant.',
  },
  METHOD_SPENDS_NOTHING: { en: 'It spends no activation.', fr: 'Cela ne dépense aucune activation.' },

  KMS_FOR_VIRTUAL: {
    en: 'For virtual machines KMS is preferred: each activation with a MAK, physical or virtual, is used up.',
    fr: 'Pour les machines virtuelles, KMS est préféré : chaque activation par MAK, physique ou virtuelle, est décomptée.',
  },
  KMS_FOR_MANY: { en: 'With {machines} machines KMS is preferred.', fr: 'Avec {machines} machines, KMS est préféré.' },
  MAK_FOR_FEW: {
    en: 'With fewer than {limit} PCs a MAK with the Volume Activation Management Tool is the better choice.',
    fr: 'Avec moins de {limit} PC, une clé MAK avec l’outil Gestion de l’activation en volume est le meilleur choix.',
  },
  MAK_WITHOUT_THRESHOLD: { en: 'A MAK has no threshold, and that of KMS is out of reach.', fr: 'Une clé MAK n’a pas de seuil, et celui de KMS est hors de portée.' },
  MAK_NO_FURTHER_CONTACT: {
    en: 'Once activated a machine needs no further contact, until its hardware changes significantly.',
    fr: 'Une fois activée, une machine n’a plus besoin de contact, tant que son matériel ne change pas notablement.',
  },
  PROXY_ON_BEHALF: {
    en: 'One station with a connection, or by telephone, activates on behalf of machines that have none.',
    fr: 'Un poste connecté, ou par téléphone, active au nom des machines qui n’ont pas de connexion.',
  },
  INDEPENDENT_BY_PHONE: { en: 'Each machine is activated by telephone.', fr: 'Chaque machine est activée par téléphone.' },
  MICROSOFT_OUT_OF_REACH: { en: 'The machine cannot reach Microsoft, neither online nor by telephone.', fr: 'La machine ne peut joindre Microsoft ni en ligne ni par téléphone.' },
  BUDGET_SUFFICES: { en: '{remaining} activations are left; {needed} are needed.', fr: 'Il reste {remaining} activations ; il en faut {needed}.' },
  BUDGET_SHORT: { en: '{remaining} activations are left; {needed} are needed: {missing} too few.', fr: 'Il reste {remaining} activations ; il en faut {needed} : il en manque {missing}.' },
  ASK_LIMIT_INCREASE: {
    en: 'Ask for {missing} more: requestLimitIncrease writes the justification from the ledger’s figures; the Activation Center decides.',
    fr: 'Demandez-en {missing} de plus : requestLimitIncrease rédige la justification d’après les chiffres du registre ; le Centre d’activation décide.',
  },
  LIMIT_NOT_KNOWN: { en: 'How many activations are left is not known.', fr: 'On ne sait pas combien d’activations il reste.' },
  RECORD_LIMIT: {
    en: 'Look it up in the portal or with the Volume Activation Management Tool and record it (reportRemaining, reviseLimit).',
    fr: 'Consultez le portail ou l’outil Gestion de l’activation en volume et enregistrez-le (reportRemaining, reviseLimit).',
  },
  KEY_FOR_PRODUCT: { en: 'The key ending in {lastFive} is for {product}.', fr: 'La clé se terminant par {lastFive} est pour {product}.' },
  KEY_NOT_FOR_PRODUCT: { en: 'The key ending in {lastFive} is not for {product}.', fr: 'La clé se terminant par {lastFive} n’est pas pour {product}.' },
  KEY_NOT_DETERMINED: {
    en: 'Whether the key ending in {lastFive} is for {product} cannot be told.',
    fr: 'On ne peut pas dire si la clé se terminant par {lastFive} est pour {product}.',
  },
  KEY_NOT_IN_USE: { en: 'The key ending in {lastFive} is blocked or retired.', fr: 'La clé se terminant par {lastFive} est bloquée ou retirée.' },
  NO_MAK: { en: 'No MAK for {product} is registered.', fr: 'Aucune clé MAK pour {product} n’est enregistrée.' },
  REGISTER_KEY: {
    en: 'Register the key from the portal (registerProductKey), or ask the Activation Center for one.',
    fr: 'Enregistrez la clé du portail (registerProductKey), ou demandez-en une au Centre d’activation.',
  },
  LICENCE_OF_ANOTHER: {
    en: 'The key belongs to another licence ID: within an organisation and between affiliates that is permitted, and must be accepted.',
    fr: 'La clé relève d’un autre ID de licence : au sein d’une organisation et entre affiliés c’est permis, et doit être accepté.',
  },
  SBS_WITHOUT_KMS: {
    en: 'There is no KMS for Small Business Server 2011, although it installs as a KMS client.',
    fr: 'KMS n’existe pas pour Small Business Server 2011, bien qu’il s’installe en client KMS.',
  },
  CONVERT_TO_MAK: {
    en: 'Convert it by installing the MAK {key}, during or after setup.',
    fr: 'Convertissez-le en installant la clé MAK {key}, pendant ou après l’installation.',
  },
  ONLINE_AFTER_REIMAGE: {
    en: 'An online activation after a reimage may or may not use an activation: compare the reports before and after.',
    fr: 'Une activation en ligne après réinitialisation peut consommer ou non une activation : comparez les rapports d’avant et d’après.',
  },

  ALLOTMENT_BY_LICENCES: {
    en: 'The allotment is not the number of licences: Open License customers usually get more than they bought, for example 50 for 1 to 25 licences.',
    fr: 'La dotation n’est pas le nombre de licences : les clients Open License en reçoivent généralement plus qu’achetées, par exemple 50 pour 1 à 25 licences.',
  },
  ALLOTMENT_BY_PRICE_LEVEL: {
    en: 'The allotment is not the number of licences: it follows the price level (A, B, C, D) and the volume bought at it, KMS being assumed the preferred method. Microsoft publishes no figures for the levels.',
    fr: 'La dotation n’est pas le nombre de licences : elle suit le niveau de prix (A, B, C, D) et le volume acheté à ce niveau, KMS étant supposé le mode préféré. Microsoft ne publie pas de chiffres par niveau.',
  },
  BOTH_ARCHITECTURES: { en: 'One key serves x86 and x64 of {product}.', fr: 'Une même clé sert les versions x86 et x64 de {product}.' },
  KEYS_BY_CALL: {
    en: 'Keys of this programme are had by calling the Activation Center only, not from the portal.',
    fr: 'Les clés de ce programme s’obtiennent en appelant le Centre d’activation uniquement, pas sur le portail.',
  },
  KEYS_PER_POOL: { en: 'Keys of this programme are issued per product pool: systems, servers, applications.', fr: 'Les clés de ce programme sont fournies par pool de produits : systèmes, serveurs, applications.' },
  KEYS_PER_PURCHASE: { en: 'Keys of this programme follow what was bought.', fr: 'Les clés de ce programme suivent l’achat.' },
  SETUP_KEY_SUFFICES: {
    en: 'The setup key ending in {lastFive} unlocks the installation, and needs no activation.',
    fr: 'La clé d’installation se terminant par {lastFive} déverrouille l’installation, et ne requiert pas d’activation.',
  },
  SETUP_KEYS_FROM: {
    en: '{product} is older than volume activation: it takes a setup key, from the media sleeve, the download page, or the Activation Center with a proof of purchase.',
    fr: '{product} est antérieur à l’activation en volume : il prend une clé d’installation, de la pochette du support, de la page de téléchargement, ou du Centre d’activation avec une preuve d’achat.',
  },
  METHODS_MAY_BE_MIXED: { en: 'KMS and MAK may be mixed in one organisation.', fr: 'KMS et MAK peuvent être combinés dans une même organisation.' },
  NOT_RECOGNISED: {
    en: '{product} is no product that the rules know: what depends on it cannot be told.',
    fr: '{product} n’est pas un produit que les règles connaissent : ce qui en dépend ne peut être dit.',
  },
  WITHOUT_ACTIVATION: {
    en: 'Without activation there are {days} days of grace, then notification mode.',
    fr: 'Sans activation, il y a {days} jours de grâce, puis le mode de notification.',
  },
  IDENTICAL_COPY: {
    en: 'A device with an OEM or boxed licence is reimaged with an identical copy: product, version, edition, language.',
    fr: 'Un appareil sous licence OEM ou en boîte est réinitialisé avec une copie identique : produit, version, édition, langue.',
  },
} as const satisfies Readonly<Record<string, LocalisedText>>;

export type AdviceCode = keyof typeof adviceMessages;

/** One sentence of advice, with the rules behind it. */
export interface Statement {
  readonly code: AdviceCode;
  readonly parameters: Parameters;
  /** Ids of the rules behind it; the rule book has their citations. */
  readonly rules: readonly string[];
}

export function statement(code: AdviceCode, rules: readonly string[], parameters: Parameters = {}): Statement {
  return { code, parameters, rules };
}

/** The sentence in a language. */
export function sentenceOf({ code, parameters }: Statement, language: Language): string {
  return render(adviceMessages[code], parameters, language);
}
