import { Ctx, Field, FieldResolver, InterfaceType, Int, ObjectType, Resolver, Root } from 'type-graphql';
import { importRefusalText, refusalText } from '../../application/messages.js';
import type { RefusedOutcome } from '../../application/port.js';
import { render, type Language, type LocalisedText, type Parameters } from '../../domain/messages/message.js';
import type { LedgerContext } from '../context.js';

@InterfaceType({ description: 'Why a command was not carried out: something its caller can change.' })
export abstract class UserError {
  @Field(() => String, { description: 'Stable code, upper snake case.' })
  readonly code: string;

  @Field(() => String, { description: 'A sentence for people.' })
  readonly message: string;

  @Field(() => [String], { description: 'The input fields concerned; empty if none in particular.' })
  readonly path: readonly string[];

  constructor(code: string, message: string, path: readonly string[]) {
    this.code = code;
    this.message = message;
    this.path = path;
  }
}

@ObjectType({ implements: UserError, simpleResolvers: true, description: 'The command was refused: its input, the rules, or the state of the ledger speak against it. Nothing was recorded.' })
export class CommandRefused extends UserError {
  @Field(() => [String], { description: 'Ids of the rules that decided; empty when none did.' })
  readonly rules: readonly string[];

  /** What the message names, for other languages. */
  readonly parameters: Parameters | undefined;

  constructor({ code, message, path = [], rules, parameters }: RefusedOutcome) {
    super(code, message, path);
    this.rules = rules;
    this.parameters = parameters;
  }

  /** The message in a language: that of the code, or in English where it has no other. */
  messageIn(language: Language): string {
    return language === 'en' ? this.message : (refusalText(this.code, this.parameters, language) ?? importRefusalText(this.code, this.message, language));
  }
}

/** Input that does not fit together: one code, several sentences. */
class InputRefused extends CommandRefused {
  readonly text: LocalisedText;

  constructor(text: LocalisedText, parameters: Parameters, path: readonly string[]) {
    super({ kind: 'refused', code: 'INVALID_INPUT', message: render(text, parameters), path, rules: [], parameters });
    this.text = text;
  }

  override messageIn(language: Language): string {
    return render(this.text, this.parameters, language);
  }
}

@Resolver(() => CommandRefused)
export class CommandRefusedResolver {
  @FieldResolver(() => String, { description: 'A sentence for people, in the language of the request.' })
  message(@Root() refused: CommandRefused, @Ctx() { language }: LedgerContext): string {
    return refused.messageIn(language);
  }
}

@ObjectType({ implements: UserError, simpleResolvers: true, description: 'The content is larger than one import may be.' })
export class ContentTooLarge extends UserError {
  readonly bytes: number;

  @Field(() => Int, { description: 'Largest content, in bytes of UTF-8.' })
  readonly limitBytes: number;

  constructor(bytes: number, limitBytes: number) {
    super('CONTENT_TOO_LARGE', render(contentTooLarge, { bytes, limitBytes }), ['content']);
    this.bytes = bytes;
    this.limitBytes = limitBytes;
  }
}

const contentTooLarge: LocalisedText = {
  en: 'The content has {bytes} bytes; at most {limitBytes} are taken at once. Cut it, or import the file on the command line.',
  fr: 'Le contenu compte {bytes} octets ; {limitBytes} au plus sont admis à la fois. Coupez-le, ou importez le fichier en ligne de commande.',
};

@Resolver(() => ContentTooLarge)
export class ContentTooLargeResolver {
  @FieldResolver(() => String, { description: 'A sentence for people, in the language of the request.' })
  message(@Root() { bytes, limitBytes }: ContentTooLarge, @Ctx() { language }: LedgerContext): string {
    return render(contentTooLarge, { bytes, limitBytes }, language);
  }
}

/** The input does not fit together, whatever the ledger holds. */
export function invalidInput(text: keyof typeof inputMessages, path: readonly string[]): CommandRefused {
  return new InputRefused(inputMessages[text], { field: path[0] ?? '' }, path);
}

const inputMessages = {
  NOT_A_HOST: { en: '"{field}" is not the id of a host.', fr: '« {field} » n’est pas l’identifiant d’une machine.' },
  NOT_A_PRODUCT_KEY: { en: '"{field}" is not the id of a product key.', fr: '« {field} » n’est pas l’identifiant d’une clé de produit.' },
  NOT_AN_ENTITLEMENT: { en: '"{field}" is not the id of an entitlement.', fr: '« {field} » n’est pas l’identifiant d’un droit acquis.' },
  NOT_AN_ORGANISATION: { en: '"{field}" is not the id of an organisation.', fr: '« {field} » n’est pas l’identifiant d’une organisation.' },
  NOT_AN_AGREEMENT: { en: '"{field}" is not the id of an agreement.', fr: '« {field} » n’est pas l’identifiant d’un contrat.' },
  WHOLE_KEY_OR_LAST_FIVE: {
    en: 'Give either the whole product key or its last five characters.',
    fr: 'Donnez soit la clé de produit entière, soit ses cinq derniers caractères.',
  },
  ONE_VALUE: { en: 'Give one value: a text, a number, or yes or no.', fr: 'Donnez une seule valeur : un texte, un nombre, ou oui ou non.' },
} as const satisfies Readonly<Record<string, LocalisedText>>;
