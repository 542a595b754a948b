/** Errors that are meant for the client, in each language of the product. Their codes do not change. */
import { GraphQLError } from 'graphql';
import { render, type Language, type LocalisedText, type Parameters } from '../domain/messages/message.js';

const texts = {
  CURSOR_OF_ANOTHER_LIST: { en: 'The cursor belongs to another list.', fr: 'Le curseur appartient à une autre liste.' },
  CURSOR_OF_ANOTHER_ORDER: { en: 'The cursor belongs to another list or order.', fr: 'Le curseur appartient à une autre liste ou à un autre ordre.' },
  NO_CURSOR: { en: '"{argument}" must be a cursor of this list, as this API gave it.', fr: '« {argument} » doit être un curseur de cette liste, tel que cette API l’a donné.' },
  FIRST_OR_LAST: { en: 'Give "first" or "last", not both.', fr: 'Donnez « first » ou « last », pas les deux.' },
  OUT_OF_BOUNDS: { en: '"{argument}" must be between {min} and {max}; it is {given}.', fr: '« {argument} » doit être compris entre {min} et {max} ; il vaut {given}.' },
  TOO_MANY_GIVEN: { en: '"{argument}" holds {given}; {min} to {max} are taken.', fr: '« {argument} » en contient {given} ; de {min} à {max} sont admis.' },
  EITHER: { en: 'Give either "{one}" or "{other}".', fr: 'Donnez soit « {one} », soit « {other} ».' },
  NO_ID: { en: '"{argument}" must be the id of a {kind}, as this API gave it.', fr: '« {argument} » doit être l’identifiant d’un objet {kind}, tel que cette API l’a donné.' },
  NO_SUBJECT: { en: '"subject" must be the id of a Host or ProductKey, as this API gave it.', fr: '« subject » doit être l’identifiant d’un objet Host ou ProductKey, tel que cette API l’a donné.' },
  TWO_STREAMS: { en: '"subject" and "stream" name different streams.', fr: '« subject » et « stream » nomment des flux différents.' },
  NO_SUCH_HOST: { en: '"{given}" is not the id of a host that the ledger knows.', fr: '« {given} » n’est pas l’identifiant d’une machine que le registre connaît.' },
  TOO_MANY_EVENTS_TO_FOLD: {
    en: '"validAt" folds at most {max} events, and this object has more; ask "asOf" a time instead.',
    fr: '« validAt » lit au plus {max} événements, et cet objet en a davantage ; demandez plutôt une date par « asOf ».',
  },
  TOO_MANY_EVENTS_TO_EXPLAIN: {
    en: 'A status is explained from at most {max} events, and this host has more; read "events" instead.',
    fr: 'Un état s’explique par au plus {max} événements, et cette machine en a davantage ; lisez plutôt « events ».',
  },
  AFTER_THE_END: {
    en: '"after" is {after}, and the ledger ends at {end}: it is no cursor of this ledger.',
    fr: '« after » vaut {after}, et le registre se termine à {end} : ce n’est pas un curseur de ce registre.',
  },
  SEVERAL_HOSTS: { en: '{hosts} hosts are known by this name: ask by id.', fr: '{hosts} machines sont connues sous ce nom : demandez par l’identifiant.' },
  TOKEN_NOT_VALID: { en: 'The access token is not valid any more.', fr: 'Le jeton d’accès n’est plus valable.' },
  REBUILDING: { en: 'The read model is being rebuilt; resume from the last cursor later.', fr: 'Le modèle de lecture est en cours de reconstruction ; reprenez plus tard au dernier curseur.' },
  PART_NOT_ANSWERING: {
    en: 'A part of the ledger does not answer now; the same request may succeed later.',
    fr: 'Une partie du registre ne répond pas pour le moment ; la même requête peut aboutir plus tard.',
  },
  UNEXPECTED: { en: 'Something went wrong here. The log knows it as {errorId}.', fr: 'Une erreur s’est produite ici. Le journal la connaît sous {errorId}.' },
} as const satisfies Readonly<Record<string, LocalisedText>>;

/** An error whose message is told in the language of the request. */
export class ClientError extends GraphQLError {
  readonly #text: LocalisedText;
  readonly #parameters: Parameters;

  constructor(text: keyof typeof texts, parameters: Parameters, extensions: { readonly code: string; readonly [name: string]: unknown }) {
    super(render(texts[text], parameters), { extensions });
    this.#text = texts[text];
    this.#parameters = parameters;
  }

  messageIn(language: Language): string {
    return render(this.#text, this.#parameters, language);
  }
}

/** The request has to be mended. */
export function inputError(text: keyof typeof texts, parameters: Parameters = {}): ClientError {
  return new ClientError(text, parameters, { code: 'BAD_USER_INPUT' });
}
