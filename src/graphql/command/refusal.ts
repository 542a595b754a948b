import { Field, InterfaceType, Int, ObjectType } from 'type-graphql';
import type { RefusedOutcome } from '../../application/port.js';

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

  constructor({ code, message, path = [], rules }: RefusedOutcome) {
    super(code, message, path);
    this.rules = rules;
  }
}

@ObjectType({ implements: UserError, simpleResolvers: true, description: 'The content is larger than one import may be.' })
export class ContentTooLarge extends UserError {
  @Field(() => Int, { description: 'Largest content, in bytes of UTF-8.' })
  readonly limitBytes: number;

  constructor(bytes: number, limitBytes: number) {
    const advice = 'Cut it, or import the file on the command line.';
    super('CONTENT_TOO_LARGE', `The content has ${bytes} bytes; at most ${limitBytes} are taken at once. ${advice}`, ['content']);
    this.limitBytes = limitBytes;
  }
}

/** The input does not fit together, whatever the ledger holds. */
export function invalidInput(message: string, path: readonly string[]): CommandRefused {
  return new CommandRefused({ kind: 'refused', code: 'INVALID_INPUT', message, path, rules: [] });
}
