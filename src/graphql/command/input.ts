import { Field, InputType } from 'type-graphql';
import type { CommandMeta } from '../../application/port.js';
import type { RequestMeta } from '../../application/requestPort.js';
import type { LedgerContext } from '../context.js';
import { UuidScalar } from '../scalars/uuid.js';

const COMMAND_ID = 'Makes a retry safe: the same id with the same input is the same command. Without it each call is a new one.';
const REASON = 'Why, in your own words; kept sealed, and erased with your name.';
const REASON_CODE = 'Of your own list of reasons, such as `LAB_REFRESH`: a capital letter, then capitals, digits and underscores. It is not sealed, and stays.';
const REASON_TICKET = 'Ticket, change or order that asked for it, such as `CHG-4711`: one word. It is not sealed, and stays.';
const DRY_RUN = 'Decide it as it would be decided now, and record nothing.';

/** What every command takes. */
@InputType()
export abstract class CommandInput {
  @Field(() => UuidScalar, { nullable: true, description: COMMAND_ID })
  commandId?: string | null;

  @Field(() => String, { nullable: true, description: REASON })
  reason?: string | null;

  @Field(() => String, { nullable: true, description: REASON_CODE })
  reasonCode?: string | null;

  @Field(() => String, { nullable: true, description: REASON_TICKET })
  reasonTicket?: string | null;
}

/** What every request takes. */
@InputType()
export abstract class RequestInput extends CommandInput {
  @Field(() => Boolean, { nullable: true, description: DRY_RUN })
  dryRun?: boolean | null;
}

/** An item of a bulk call as an input of its own: its fields, and what every command takes. */
export function commandOf<Item extends object>(item: abstract new () => Item): abstract new () => Item & CommandInput {
  // Fields of the item come by inheritance, those of a command are named again: a class has one parent.
  @InputType()
  abstract class ItemCommand extends (item as abstract new () => object) {
    @Field(() => UuidScalar, { nullable: true, description: COMMAND_ID })
    commandId?: string | null;

    @Field(() => String, { nullable: true, description: REASON })
    reason?: string | null;

    @Field(() => String, { nullable: true, description: REASON_CODE })
    reasonCode?: string | null;

    @Field(() => String, { nullable: true, description: REASON_TICKET })
    reasonTicket?: string | null;
  }
  return ItemCommand as abstract new () => Item & CommandInput;
}

/** The same with what every request takes. */
export function requestOf<Item extends object>(item: abstract new () => Item): abstract new () => Item & RequestInput {
  @InputType()
  abstract class ItemRequest extends (commandOf(item) as abstract new () => object) {
    @Field(() => Boolean, { nullable: true, description: DRY_RUN })
    dryRun?: boolean | null;
  }
  return ItemRequest as abstract new () => Item & RequestInput;
}

export function requestMeta(context: LedgerContext, input: RequestInput): RequestMeta {
  return { ...commandMeta(context, input), dryRun: input.dryRun ?? undefined };
}

/** Who, why and which command. */
export function commandMeta({ services, actor, language }: LedgerContext, { commandId, reason, reasonCode, reasonTicket }: CommandInput): CommandMeta {
  return {
    actor: actor.subject,
    commandId: commandId ?? undefined,
    reason: reason ?? undefined,
    reasonCode: reasonCode ?? undefined,
    reasonTicket: reasonTicket ?? undefined,
    correlationId: services.newId(),
    language,
  };
}
