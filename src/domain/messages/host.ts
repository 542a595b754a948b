import type { Message } from './message.js';

/** What refusals of a host say. */
export const hostMessages = {
  ACTIVATION_NOT_GRANTED: {
    en: 'The key ending in {lastFive} grants no activation ({answer}). Ask for a limit increase, or use another key or method.',
    fr: 'La clé se terminant par {lastFive} n’accorde pas d’activation ({answer}). Demandez une augmentation de la limite, ou employez une autre clé ou méthode.',
    path: ['productKey'],
  },
  ACTIVATION_NOT_REQUESTED: {
    en: 'The rights hold; {method} also spends an activation, which the key has not been asked for.',
    fr: 'Les droits sont acquis ; {method} consomme aussi une activation, qui n’a pas été demandée à la clé.',
    path: ['productKey'],
  },
  CONFIRMATION_ID_WITHOUT_MAK: {
    en: 'Only a MAK has a confirmation id that can be applied again; the method given is {method}.',
    fr: 'Seule une clé MAK a un ID de confirmation réutilisable ; la méthode donnée est {method}.',
    path: ['withStoredConfirmationId', 'method'],
  },
  CONSUMPTION_NOT_EXPECTED: {
    en: 'No activation was reserved for {request}, so none can have been consumed or saved.',
    fr: 'Aucune activation n’a été réservée pour {request} : aucune n’a pu être consommée ni économisée.',
    path: ['activationConsumed'],
  },
  CONSUMPTION_NOT_SAID: {
    en: 'An activation was reserved for {request}: say whether it was consumed, or that this is not known.',
    fr: 'Une activation a été réservée pour {request} : indiquez si elle a été consommée, ou que cela n’est pas connu.',
    path: ['activationConsumed'],
  },
  COPY_NOT_IDENTICAL: {
    en: 'The image is not a copy that the device’s licence allows ({rules}).',
    fr: 'L’image n’est pas une copie que permet la licence de l’appareil ({rules}).',
    path: ['image', 'device'],
  },
  DOWNGRADE_NOT_ALLOWED: {
    en: 'This downgrade, or this key for it, is not allowed ({rules}).',
    fr: 'Ce passage à une version antérieure, ou cette clé pour le faire, n’est pas permis ({rules}).',
    path: ['from', 'to', 'productKey'],
  },
  DOWNGRADE_NOT_IN_FORCE: {
    en: 'Downgrade {request} is not in force on this host.',
    fr: 'Le passage à une version antérieure {request} n’est pas en vigueur sur cette machine.',
    path: ['request'],
  },
  DOWNGRADE_OPEN: {
    en: 'Downgrade {request} of this host is still open. Complete or cancel it first.',
    fr: 'Le passage à une version antérieure {request} de cette machine est encore ouvert. Terminez-le ou annulez-le d’abord.',
    path: ['host'],
  },
  EVIDENCE_MALFORMED: {
    en: 'Of the evidence give the SHA-256 of the document, 64 hexadecimal digits.',
    fr: 'De la preuve, donnez le SHA-256 du document, 64 chiffres hexadécimaux.',
    path: ['evidenceSha256'],
  },
  ENDS_BEFORE_START: {
    en: 'Installation {installation} began at {startedAt} and cannot have ended before.',
    fr: 'L’installation {installation} a commencé le {startedAt} et n’a pas pu se terminer avant.',
    path: ['occurredAt'],
  },
  HOST_ALREADY_REGISTERED: { en: '{name} is registered already.', fr: '{name} est déjà enregistré.', path: ['name'] },
  HOST_MERGED: {
    en: 'This host is part of {survivor} now.',
    fr: 'Cette machine fait désormais partie de {survivor}.',
    path: ['host'],
  },
  HOST_RETIRED: {
    en: 'This host was retired at {retiredAt}.',
    fr: 'Cette machine a été retirée du service le {retiredAt}.',
    path: ['host'],
  },
  HOST_UNKNOWN: {
    en: 'There is no such host; register it first.',
    fr: 'Cette machine n’existe pas ; enregistrez-la d’abord.',
    path: ['host'],
  },
  INSTALLATION_ENDED: {
    en: 'Installation {installation} has ended.',
    fr: 'L’installation {installation} est terminée.',
    path: ['installation'],
  },
  INSTALLATION_NOT_NAMED: {
    en: 'The host has {installations} installations; name the one that will be replaced.',
    fr: 'La machine a {installations} installations ; indiquez celle qui sera remplacée.',
    path: ['installation'],
  },
  INSTALLATION_UNKNOWN: { en: 'The host has no installation {installation}.', fr: 'La machine n’a pas d’installation {installation}.', path: ['installation'] },
  KEY_NOT_NAMED: {
    en: '{method} spends an activation: name the key.',
    fr: '{method} consomme une activation : indiquez la clé.',
    path: ['productKey'],
  },
  KEY_OF_ANOTHER_METHOD: {
    en: 'The key ending in {lastFive} is of kind {kind}, which does not go with {method}.',
    fr: 'La clé se terminant par {lastFive} est de type {kind}, ce qui ne convient pas à {method}.',
    path: ['productKey', 'method'],
  },
  MERGED_WITH_ITSELF: {
    en: 'A host cannot be merged with itself.',
    fr: 'Une machine ne peut pas être fusionnée avec elle-même.',
    path: ['survivor', 'absorbed'],
  },
  REIMAGING_OPEN: {
    en: 'Reimaging {request} of this host is still open. Complete or cancel it first.',
    fr: 'La réinstallation {request} de cette machine est encore ouverte. Terminez-la ou annulez-la d’abord.',
    path: ['host'],
  },
  REQUEST_NOT_OPEN: {
    en: 'Request {request} is not open on this host.',
    fr: 'La demande {request} n’est pas ouverte pour cette machine.',
    path: ['request'],
  },
  REQUEST_OPEN: {
    en: 'Request {request} of this host is still open. Complete or cancel it first.',
    fr: 'La demande {request} de cette machine est encore ouverte. Terminez-la ou annulez-la d’abord.',
    path: ['absorbed'],
  },
  RULES_FORBID: {
    en: 'The rules in force forbid it ({rules}).',
    fr: 'Les règles en vigueur l’interdisent ({rules}).',
  },
  SBS_NOT_SERVED_SO: {
    en: 'Small Business Server 2011 is not installed or activated in this way ({rules}).',
    fr: 'Small Business Server 2011 ne s’installe ou ne s’active pas de cette manière ({rules}).',
    path: ['productKey', 'method'],
  },
} as const satisfies Readonly<Record<string, Message>>;
