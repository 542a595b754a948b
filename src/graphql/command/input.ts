import { Field, InputType } from 'type-graphql';
import type { CommandMeta } from '../../application/port.js';
import type { RequestMeta } from '../../application/requestPort.js';
import type { LedgerContext } from '../context.js';
import { UuidScalar } from '../scalars/uuid.js';

/** What every command takes. */
@InputType()
export abstract class CommandInput {
  @Field(() => UuidScalar, {
    nullable: true,
    description: 'Makes a retry safe: the same id with the same input is the same command. Without it each call is a new one.',
  })
  commandId?: string | null;

  @Field(() => String, { nullable: true, description: 'Why, in your own words; kept sealed, and erased with your name.' })
  reason?: string | null;
}

/** What every request takes. */
@InputType()
export abstract class RequestInput extends CommandInput {
  @Field(() => Boolean, { nullable: true, description: 'Decide it as it would be decided now, and record nothing.' })
  dryRun?: boolean | null;
}

export function requestMeta(context: LedgerContext, input: RequestInput): RequestMeta {
  return { ...commandMeta(context, input), dryRun: input.dryRun ?? undefined };
}

/** Who, why and which command. */
export function commandMeta({ services, actor, language }: LedgerContext, { commandId, reason }: CommandInput): CommandMeta {
  return {
    actor: actor.subject,
    commandId: commandId ?? undefined,
    reason: reason ?? undefined,
    correlationId: services.newId(),
    language,
  };
}
