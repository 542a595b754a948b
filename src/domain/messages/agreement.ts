import type { Message } from './message.js';

/** What refusals of an agreement say. */
export const agreementMessages = {
  AGREEMENT_UNKNOWN: {
    en: 'There is no such agreement; register it first.',
    fr: 'Ce contrat n’existe pas ; enregistrez-le d’abord.',
    path: ['agreement'],
  },
  AGREEMENT_ALREADY_REGISTERED: {
    en: 'Agreement {licenceId} is registered already.',
    fr: 'Le contrat {licenceId} est déjà enregistré.',
    path: ['licenceId'],
  },
  AGREEMENT_HAS_ENDED: {
    en: 'Agreement {licenceId} ended on {endedOn}; only corrections are recorded under it.',
    fr: 'Le contrat {licenceId} a pris fin le {endedOn} ; seules des corrections y sont enregistrées.',
    path: ['agreement'],
  },
  LICENCE_ID_MISSING: { en: 'Give the licence ID of the agreement.', fr: 'Indiquez l’identifiant de licence du contrat.', path: ['licenceId'] },
  PRICE_LEVEL_WITHOUT_PROGRAMME: {
    en: 'The programme {programme} has no price levels.',
    fr: 'Le programme {programme} n’a pas de niveaux de prix.',
    path: ['priceLevel', 'programme'],
  },
  AGREEMENT_DATE_UNREADABLE: {
    en: '“{date}” is not a day of the calendar written as YYYY-MM-DD.',
    fr: '« {date} » n’est pas un jour du calendrier écrit AAAA-MM-JJ.',
    path: ['startsOn', 'endsOn'],
  },
  AGREEMENT_ENDS_BEFORE_START: {
    en: 'The agreement would end on {until}, before it begins on {from}.',
    fr: 'Le contrat finirait le {until}, avant de commencer le {from}.',
    path: ['startsOn', 'endsOn'],
  },
  END_DATE_UNREADABLE: {
    en: '“{date}” is not a day of the calendar written as YYYY-MM-DD.',
    fr: '« {date} » n’est pas un jour du calendrier écrit AAAA-MM-JJ.',
    path: ['endedOn'],
  },
  END_BEFORE_START: {
    en: 'The agreement began on {from}; it cannot have ended on {endedOn}.',
    fr: 'Le contrat a commencé le {from} ; il ne peut pas avoir pris fin le {endedOn}.',
    path: ['endedOn'],
  },
  END_IN_THE_FUTURE: {
    en: '{endedOn} is still to come; an end is recorded when it has happened.',
    fr: 'Le {endedOn} est encore à venir ; une fin est enregistrée une fois survenue.',
    path: ['endedOn'],
  },
  ENTITLEMENT_UNKNOWN: {
    en: 'The agreement has no entitlement {entitlement}.',
    fr: 'Le contrat n’a pas de droit {entitlement}.',
    path: ['entitlement'],
  },
  ENTITLEMENT_ALREADY_RECORDED: {
    en: 'Entitlement {entitlement} is recorded already.',
    fr: 'Le droit {entitlement} est déjà enregistré.',
    path: ['entitlement'],
  },
  ENTITLEMENTS_TOO_MANY: {
    en: 'An agreement has at most {max} entitlements.',
    fr: 'Un contrat a au plus {max} droits.',
    path: ['agreement'],
  },
  ENTITLEMENT_PRODUCT_MISSING: {
    en: 'Name the product the licences are for.',
    fr: 'Indiquez le produit auquel les licences se rapportent.',
    path: ['product'],
  },
  ENTITLEMENT_DATE_UNREADABLE: {
    en: '“{date}” is not a day of the calendar written as YYYY-MM-DD.',
    fr: '« {date} » n’est pas un jour du calendrier écrit AAAA-MM-JJ.',
    path: ['from', 'until'],
  },
  ENTITLEMENT_ENDS_BEFORE_START: {
    en: 'The licences would count until {until}, but only from {from}.',
    fr: 'Les licences compteraient jusqu’au {until}, mais seulement à partir du {from}.',
    path: ['from', 'until'],
  },
  LICENCES_OUT_OF_RANGE: {
    en: 'A quantity of licences is 0 to {max}; {quantity} was given.',
    fr: 'Un nombre de licences va de 0 à {max} ; {quantity} a été donné.',
    path: ['quantity'],
  },
  AMENDMENT_EMPTY: {
    en: 'Say what changes: the quantity, the last date, or both.',
    fr: 'Indiquez ce qui change : la quantité, la dernière date, ou les deux.',
    path: ['quantity', 'until'],
  },
} as const satisfies Readonly<Record<string, Message>>;
