import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import type { Sequence } from '../../kernel/identifiers.js';
import type { LedgerContext } from '../context.js';
import { LedgerEvent } from '../event/type.js';
import { isGiven } from '../given.js';
import { Ledger } from '../ledger/type.js';
import { inputError } from '../relay/page.js';
import { SequenceScalar } from '../scalars/sequence.js';
import { Checkpoint, Receipt } from './type.js';

/** Longest wait for a seal in one call, in milliseconds: several times what a seal takes. */
export const SEAL_WAIT_MS_MAX = 10_000;

@Resolver(() => LedgerEvent)
export class EventReceiptResolver {
  @FieldResolver(() => Receipt, { description: 'What proves that it is in the log.' })
  async receipt(@Root() event: LedgerEvent, @Ctx() { services }: LedgerContext): Promise<Receipt> {
    const found = await services.sealedLog?.receipt(event.sequence);
    return new Receipt({ sealed: found !== undefined, proof: found?.proof, checkpoint: found && new Checkpoint(found.checkpoint) });
  }
}

@Resolver(() => Ledger)
export class SealedLedgerResolver {
  @FieldResolver(() => Checkpoint, { nullable: true, description: 'The checkpoint last published; null before the first.' })
  checkpoint(@Ctx() { services }: LedgerContext): Checkpoint | undefined {
    const checkpoint = services.sealedLog?.checkpoint();
    return checkpoint && new Checkpoint(checkpoint);
  }

  @FieldResolver(() => SequenceScalar, { description: 'The last event that is sealed: covered by a published checkpoint.' })
  sealedSequence(@Ctx() { services }: LedgerContext): Sequence {
    return services.sealedLog?.checkpoint()?.sequence ?? (0 as Sequence);
  }

  @FieldResolver(() => [String], { description: 'Keys that verify its checkpoints (https://c2sp.org/signed-note), the current one first. Compare them with those you were given by another way.' })
  verifierKeys(@Ctx() { services }: LedgerContext): readonly string[] {
    return services.sealedLog?.verifierKeys ?? [];
  }

  @Query(() => Boolean, { description: 'Whether an event is sealed: covered by a published checkpoint. Waits for it, if asked to.' })
  async sealed(
    @Ctx() { services }: LedgerContext,
    @Arg('sequence', () => SequenceScalar, { description: 'The event: what a mutation gives as `sequence`.' }) sequence: Sequence,
    @Arg('withinMs', () => Int, { nullable: true, description: 'How long to wait for it, in milliseconds, at most 10,000; without it the answer comes at once.' }) withinMs?: number | null,
  ): Promise<boolean> {
    const wait = isGiven(withinMs) ? withinMs : 0;
    if (wait < 0 || wait > SEAL_WAIT_MS_MAX) throw inputError(`"withinMs" is from 0 to ${SEAL_WAIT_MS_MAX}.`);
    return (await services.sealedLog?.waitUntilSealed(sequence, wait)) ?? false;
  }
}
