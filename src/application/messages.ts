import { render, type Language, type LocalisedText, type Message, type Parameters } from '../domain/messages/message.js';
import { MESSAGES, type MessageCode } from '../domain/messages/messages.js';

/** What refusals say that are no decision of the domain: about the form of a command, and what it names. */
const applicationMessages = {
  TEXT_TOO_LONG: { en: '"{field}" has {length} characters; at most {max} are taken.', fr: '« {field} » compte {length} caractères ; {max} au plus sont admis.' },
  TEXT_NOT_WELL_FORMED: { en: '"{field}" holds half of a character.', fr: '« {field} » contient une moitié de caractère.' },
  TEXT_MISSING: { en: '"{field}" is empty.', fr: '« {field} » est vide.' },
  COMMAND_ID_MALFORMED: { en: 'A command id is a UUID.', fr: 'Un identifiant de commande est un UUID.', path: ['commandId'] },
  COMMAND_ID_REUSED: {
    en: 'This command id was used before with another input. Use a new id for a new command.',
    fr: 'Cet identifiant de commande a déjà servi avec d’autres données. Utilisez un nouvel identifiant pour une nouvelle commande.',
    path: ['commandId'],
  },
  BUSY: { en: 'Too many commands are waiting; send this one again later.', fr: 'Trop de commandes sont en attente ; renvoyez celle-ci plus tard.' },
  COMMAND_TOO_LARGE: {
    en: 'The command would record {events} events; at most {max} are recorded at once. Send it in parts.',
    fr: 'La commande enregistrerait {events} événements ; {max} au plus sont enregistrés à la fois. Envoyez-la en plusieurs fois.',
  },
  CONTENTION: { en: 'Others wrote to the same place in between; send the command again.', fr: 'D’autres ont écrit entre-temps au même endroit ; renvoyez la commande.' },
  RESERVATION_ENDED: {
    en: 'The activation reserved for this command is reserved no longer. Send the request as a new command.',
    fr: 'L’activation réservée pour cette commande ne l’est plus. Envoyez la demande comme une nouvelle commande.',
    path: ['commandId'],
  },
  REASON_REQUIRED: { en: '"{name}" needs a reason here.', fr: '« {name} » nécessite ici un motif.', path: ['reason'] },
  REASON_CODE_MALFORMED: {
    en: 'A reason\'s code is a capital letter and up to 39 more capitals, digits and underscores, such as LAB_REFRESH.',
    fr: 'Le code d’un motif est une majuscule suivie d’au plus 39 majuscules, chiffres et traits de soulignement, comme LAB_REFRESH.',
    path: ['reasonCode'],
  },
  REASON_TICKET_MALFORMED: {
    en: 'A ticket is one word of at most 64 letters, digits and # . _ / : - characters, such as CHG-4711, and no product key.',
    fr: 'Un ticket est un mot d’au plus 64 lettres, chiffres et caractères # . _ / : -, comme CHG-4711, et non une clé de produit.',
    path: ['reasonTicket'],
  },
  OCCURRED_IN_THE_FUTURE: { en: 'What is recorded has happened: the time lies in the future.', fr: 'Ce qui est enregistré a eu lieu : la date est dans le futur.', path: ['occurredAt'] },
  OCCURRED_OUT_OF_RANGE: { en: 'A time lies in the years 0001 to 9999.', fr: 'Une date se situe entre les années 0001 et 9999.', path: ['occurredAt'] },
  PRODUCT_MISSING: { en: 'Name the product.', fr: 'Indiquez le produit.', path: ['product'] },
  TOO_MANY_PRODUCTS: { en: 'At most {max} products are taken.', fr: '{max} produits au plus sont admis.', path: ['products'] },
  REPLACEMENT_IS_ITSELF: { en: 'A key does not replace itself.', fr: 'Une clé ne se remplace pas elle-même.', path: ['replacement'] },
  ACTIVATION_CONFIRMED: {
    en: 'Activation {activation} is confirmed already; this confirmation ID was not kept.',
    fr: 'L’activation {activation} est déjà confirmée ; cet ID de confirmation n’a pas été conservé.',
    path: ['confirmationId'],
  },
  KEY_AMBIGUOUS: {
    en: 'Several keys end in {lastFive}; give the whole key, of which only a fingerprint is kept.',
    fr: 'Plusieurs clés se terminent par {lastFive} ; donnez la clé entière, dont seule une empreinte est conservée.',
    path: ['lastFive'],
  },
  KEY_MALFORMED: {
    en: 'A product key has five groups of five letters or digits; give it, or its last five characters.',
    fr: 'Une clé de produit a cinq groupes de cinq lettres ou chiffres ; donnez-la, ou ses cinq derniers caractères.',
    path: ['productKey', 'lastFive'],
  },
  HOST_NAME_UNREADABLE: {
    en: 'The name is missing, too long, or holds characters no machine name has.',
    fr: 'Le nom manque, est trop long, ou contient des caractères qu’aucun nom de machine n’a.',
    path: ['name'],
  },
  CMID_MALFORMED: { en: 'A client machine id is a GUID.', fr: 'Un identifiant de machine cliente est un GUID.', path: ['cmid'] },
  SKU_MALFORMED: { en: 'An activation (SKU) id is a GUID.', fr: 'Un identifiant d’activation (SKU) est un GUID.', path: ['skuId'] },
  MAC_ADDRESS_MALFORMED: {
    en: 'A hardware address has 12 hexadecimal digits; at most {max} are taken.',
    fr: 'Une adresse matérielle a 12 chiffres hexadécimaux ; {max} au plus sont admises.',
    path: ['macAddresses'],
  },
  TIME_ZONE_UNKNOWN: { en: 'There is no such time zone.', fr: 'Ce fuseau horaire n’existe pas.', path: ['timeZone'] },
  EVENT_UNKNOWN: { en: 'There is no event of this id.', fr: 'Aucun événement ne porte cet identifiant.', path: ['event'] },
  BULK_SIZE: { en: '{given} items were given; 1 to {max} are taken at once.', fr: '{given} éléments ont été donnés ; de 1 à {max} sont admis à la fois.', path: ['items'] },
  BULK_NOT_ONE_STREAM: {
    en: 'The items fall on {streams} streams, which cannot be written as one: send them with mode EACH.',
    fr: 'Les éléments relèvent de {streams} flux, qui ne peuvent être écrits ensemble : envoyez-les avec le mode EACH.',
    path: ['mode'],
  },
  FORMAT_UNKNOWN: {
    en: 'The format is not recognised, or there is none of that name; there are: {formats}.',
    fr: 'Le format n’est pas reconnu, ou aucun ne porte ce nom ; il y a : {formats}.',
    path: ['format'],
  },
  MISSING_HOST: { en: 'This format does not name the machine: give it in "host".', fr: 'Ce format ne nomme pas la machine : indiquez-la dans « host ».', path: ['host'] },
} as const satisfies Readonly<Record<string, Message>>;

/** Codes that the application refuses with: its own, and those of the domain. */
export type RefusalCode = keyof typeof applicationMessages | MessageCode;

const REFUSALS: Readonly<Record<RefusalCode, Message>> = { ...MESSAGES, ...applicationMessages };

/** What a code says. */
export function refusalMessage(code: RefusalCode): Message {
  return REFUSALS[code];
}

/** The text of a refusal in a language; undefined for a code that has none, whose message is then in English. */
export function refusalText(code: string, parameters: Parameters | undefined, language: Language): string | undefined {
  const message = Object.entries<LocalisedText>(REFUSALS).find(([known]) => known === code)?.[1];
  const text = message && render(message, parameters, language);
  // Without what it names, a text in English that names it is the better one.
  return text === undefined || /\{\w+\}/.test(text) ? undefined : text;
}
