import type { Message } from './message.js';

/** What refusals of a product key say. */
export const productKeyMessages = {
  KEY_ALREADY_REGISTERED: {
    en: 'The key ending in {lastFive} is registered already.',
    fr: 'La clé se terminant par {lastFive} est déjà enregistrée.',
    path: ['productKey', 'lastFive'],
  },
  KEY_UNKNOWN: {
    en: 'The ledger knows no such product key.',
    fr: 'Le registre ne connaît pas cette clé de produit.',
    path: ['productKey'],
  },
  KEY_IS_NO_MAK: {
    en: 'The key ending in {lastFive} is of kind {kind}; only a MAK spends an activation that is asked for.',
    fr: 'La clé se terminant par {lastFive} est de type {kind} ; seule une clé MAK consomme une activation demandée.',
    path: ['productKey'],
  },
  KEY_IS_NO_KMS_HOST_KEY: {
    en: 'The key ending in {lastFive} is of kind {kind}; this needs a KMS host key.',
    fr: 'La clé se terminant par {lastFive} est de type {kind} ; il faut ici une clé d’hôte KMS.',
    path: ['productKey'],
  },
  KEY_BLOCKED: {
    en: 'The key ending in {lastFive} is blocked and grants nothing new.',
    fr: 'La clé se terminant par {lastFive} est bloquée et n’accorde plus rien.',
    path: ['productKey'],
  },
  KEY_RETIRED: {
    en: 'The key ending in {lastFive} is retired and grants nothing new.',
    fr: 'La clé se terminant par {lastFive} est retirée et n’accorde plus rien.',
    path: ['productKey'],
  },
  REPLACEMENT_IS_NO_KEY: {
    en: '{replacement} is no product key of this ledger.',
    fr: '{replacement} n’est pas une clé de produit de ce registre.',
    path: ['replacement'],
  },
  COUNT_OUT_OF_RANGE: {
    en: 'A count must be 0 to {max}; {count} was given.',
    fr: 'Un nombre doit aller de 0 à {max} ; {count} a été donné.',
    path: ['allowed', 'opening'],
  },
  LIMIT_OUT_OF_RANGE: {
    en: 'A limit must be 0 to {max}; {count} was given.',
    fr: 'Une limite doit aller de 0 à {max} ; {count} a été donné.',
    path: ['limit'],
  },
  QUANTITY_OUT_OF_RANGE: {
    en: 'A quantity must be 1 to {max}; {quantity} was given.',
    fr: 'Une quantité doit aller de 1 à {max} ; {quantity} a été donnée.',
    path: ['quantity'],
  },
  OPENING_WITHOUT_MAK: {
    en: 'Only a MAK has activations to open with.',
    fr: 'Seule une clé MAK a un solde d’activations à l’ouverture.',
    path: ['opening', 'kind'],
  },
  RESERVATION_HOURS_OUT_OF_RANGE: {
    en: 'A reservation counts for 1 to {max} whole hours; {hours} was given.',
    fr: 'Une réservation compte pendant 1 à {max} heures entières ; {hours} a été donné.',
    path: ['reservationHours'],
  },
  METHOD_WITHOUT_MAK: {
    en: 'A MAK activates by itself or by proxy, not by {method}.',
    fr: 'Une clé MAK active directement ou par proxy, pas par {method}.',
    path: ['method'],
  },
  INSTALLATION_ID_WITHOUT_PROXY: {
    en: 'An installation ID belongs to a proxy activation, not to {method}.',
    fr: 'Un ID d’installation va avec une activation par proxy, pas avec {method}.',
    path: ['installationId', 'method'],
  },
  INSTALLATION_ID_MALFORMED: {
    en: 'An installation ID has 50 to 63 digits and nothing else but spaces and dashes between them; {digits} characters were given.',
    fr: 'Un ID d’installation compte de 50 à 63 chiffres, séparés au plus par des espaces ou des tirets ; {digits} caractères ont été donnés.',
    path: ['installationId'],
  },
  CONFIRMATION_ID_MALFORMED: {
    en: 'A confirmation ID has 48 digits and nothing else but spaces and dashes between them; {digits} characters were given.',
    fr: 'Un ID de confirmation compte 48 chiffres, séparés au plus par des espaces ou des tirets ; {digits} caractères ont été donnés.',
    path: ['confirmationId'],
  },
  HRESULT_MALFORMED: {
    en: 'An error code is 0x and eight hexadecimal digits; {hresult} is none.',
    fr: 'Un code d’erreur s’écrit 0x suivi de huit chiffres hexadécimaux ; {hresult} n’en est pas un.',
    path: ['hresult', 'errorCode'],
  },
  ACTIVATION_EXISTS: {
    en: 'Activation {activation} was asked for already.',
    fr: 'L’activation {activation} a déjà été demandée.',
    path: ['activation'],
  },
  ACTIVATION_NOT_OPEN: {
    en: 'Activation {activation} is not open: this key never granted it, or it has ended.',
    fr: 'L’activation {activation} n’est pas ouverte : cette clé ne l’a pas accordée, ou elle est terminée.',
    path: ['activation'],
  },
  ACTIVATION_NOT_COUNTED: {
    en: 'The key counts no activation {activation}.',
    fr: 'La clé ne compte pas d’activation {activation}.',
    path: ['activation', 'host', 'installation'],
  },
  ACTIVATION_NOT_UNCERTAIN: {
    en: 'Of activation {activation} nothing is uncertain.',
    fr: 'Rien n’est incertain pour l’activation {activation}.',
    path: ['activation', 'host', 'installation'],
  },
  RESERVATION_OPEN: {
    en: 'This installation has a reservation of the key already: {activation}.',
    fr: 'Cette installation a déjà une réservation de la clé : {activation}.',
    path: ['host', 'installation'],
  },
  LIMIT_UNKNOWN: {
    en: 'It is not known how many activations the key ending in {lastFive} may perform.',
    fr: 'On ne sait pas combien d’activations la clé se terminant par {lastFive} permet.',
    path: ['productKey'],
  },
  LIMIT_REACHED: {
    en: 'The key ending in {lastFive} has used {used} of {allowed} activations.',
    fr: 'La clé se terminant par {lastFive} a utilisé {used} activations sur {allowed}.',
    path: ['productKey'],
  },
  PRODUCT_NOT_COVERED: {
    en: 'The key ending in {lastFive} does not activate this product ({rule}).',
    fr: 'La clé se terminant par {lastFive} n’active pas ce produit ({rule}).',
    path: ['product', 'products'],
  },
  KMS_LIMIT_REACHED: {
    en: 'The key ending in {lastFive} sets up no further KMS host, or this one no further time ({rule}).',
    fr: 'La clé se terminant par {lastFive} ne configure plus d’hôte KMS, ou plus celui-ci ({rule}).',
    path: ['host'],
  },
  KMS_SYSTEM_UNSUITED: {
    en: 'This operating system cannot be a KMS host for the product ({rule}).',
    fr: 'Ce système d’exploitation ne peut pas être un hôte KMS pour le produit ({rule}).',
    path: ['operatingSystem'],
  },
  REFUSED_BY_RULE: {
    en: 'Rule {rule} refuses it.',
    fr: 'La règle {rule} le refuse.',
  },
  CONSUMPTION_LEFT_OPEN: {
    en: 'Only a reimaging may leave open whether activation {activation} was consumed.',
    fr: 'Seule une réinstallation d’image peut laisser ouvert si l’activation {activation} a été consommée.',
    path: ['consumption'],
  },
  EVIDENCE_NEEDED: {
    en: 'An activation is reversed only with evidence: give the SHA-256 of the document, 64 hexadecimal digits.',
    fr: 'Une activation ne s’annule que sur preuve : donnez le SHA-256 du document, 64 chiffres hexadécimaux.',
    path: ['evidenceSha256'],
  },
  LIMIT_OF_ANOTHER_KIND: {
    en: 'A key of kind {kind} has no limit {limit}.',
    fr: 'Une clé de type {kind} n’a pas de limite {limit}.',
    path: ['limitKind'],
  },
  INCREASE_OPEN: {
    en: 'An increase of this limit is open already: {increase}.',
    fr: 'Une augmentation de cette limite est déjà ouverte : {increase}.',
    path: ['limitKind'],
  },
  INCREASE_NOT_OPEN: {
    en: 'Increase {increase} is not open on this key.',
    fr: 'L’augmentation {increase} n’est pas ouverte sur cette clé.',
    path: ['increase'],
  },
  INCREASE_SUBMITTED_ALREADY: {
    en: 'Increase {increase} was submitted already.',
    fr: 'L’augmentation {increase} a déjà été soumise.',
    path: ['increase'],
  },
  INCREASE_NOT_SUBMITTED: {
    en: 'Increase {increase} has not been submitted to the Activation Center; what it decides comes after that.',
    fr: 'L’augmentation {increase} n’a pas été soumise au Centre d’activation ; sa décision vient ensuite.',
    path: ['increase'],
  },
  CASE_NUMBER_NEEDED: {
    en: 'A case number has 1 to {max} characters.',
    fr: 'Un numéro de dossier compte de 1 à {max} caractères.',
    path: ['caseNumber'],
  },
  GRANT_DISAGREES: {
    en: 'The limit is {current}; {quantity} more do not make {limit}.',
    fr: 'La limite est de {current} ; {quantity} de plus ne font pas {limit}.',
    path: ['quantity', 'limit'],
  },
  KMS_HOST_NOT_SET_UP: {
    en: '{host} is not set up as KMS host with this key.',
    fr: '{host} n’est pas configuré comme hôte KMS avec cette clé.',
    path: ['host'],
  },
  ACTIVATION_OBJECT_EXISTS: {
    en: 'Forest {forest} has activation object {name} already.',
    fr: 'La forêt {forest} a déjà l’objet d’activation {name}.',
    path: ['name', 'forest'],
  },
  ACTIVATION_OBJECT_UNKNOWN: {
    en: 'This key made no activation object {name} in forest {forest}.',
    fr: 'Cette clé n’a pas créé d’objet d’activation {name} dans la forêt {forest}.',
    path: ['name', 'forest'],
  },
} as const satisfies Readonly<Record<string, Message>>;
