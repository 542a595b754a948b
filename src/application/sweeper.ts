/**
 * Ends reservations whose time is up. A key does the same first thing in its next command; the sweeper is for keys that are asked nothing,
 * so that their counts do not stand still. Its command ids derive from the reservations: two sweepers end none twice.
 */
import type { Decider } from '../kernel/decider.js';
import type { ProductKeyCommand } from '../domain/productKey/commands.js';
import type { CommandHandler } from '../kernel/commandHandler.js';
import { derivedCommandId } from '../kernel/eventIds.js';
import type { CommandId, Instant, StreamId, SubjectId } from '../kernel/identifiers.js';

/** A reservation as the sweeper finds it. */
export interface LapsedReservation {
  readonly activation: string;
  readonly productKey: StreamId;
}

export interface SweeperOptions {
  readonly handler: CommandHandler;
  readonly keyDecider: Decider<unknown, ProductKeyCommand>;
  readonly lapsed: (now: number, limit: number) => readonly LapsedReservation[];
  readonly actor: SubjectId;
  readonly now: () => Instant;
}

/** Reservations ended in one sweep; those beyond wait for the next. */
const SWEPT_MAX = 1_000;

/** Ends what has lapsed by now; how many reservations it ended. A store that fails is tried again at the next sweep. */
export async function sweepReservations({ handler, keyDecider, lapsed, actor, now }: SweeperOptions): Promise<number> {
  const ended = await Promise.all(
    lapsed(Date.parse(now()), SWEPT_MAX).map(async ({ activation, productKey }) => {
      const command: ProductKeyCommand = { kind: 'releaseActivation', activation, cause: 'LAPSED' };
      const commandId = derivedCommandId(activation as CommandId, 'lapse');
      const outcome = await handler.execute({ decider: keyDecider, stream: productKey, command, commandId, actor, correlationId: activation });
      return outcome.kind === 'recorded' ? 1 : 0;
    }),
  );
  return ended.reduce<number>((total, one) => total + one, 0);
}
