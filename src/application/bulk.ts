/** Many commands in one call: their bounds, their ids, and one answer for each in order. */
import { derivedCommandId, isCommandId } from '../kernel/eventIds.js';
import type { CommandId } from '../kernel/identifiers.js';
import { refused } from './acceptedText.js';
import type { CommandMeta, RefusedOutcome } from './port.js';
import type { BulkOutcome } from './requestPort.js';

/** Items of one call. */
export const BULK_ITEMS_MAX = 1_000;

/** Why a bulk call cannot be taken as a whole; undefined when it can. */
export function refusedBulk(items: readonly unknown[]): RefusedOutcome | undefined {
  if (items.length > 0 && items.length <= BULK_ITEMS_MAX) return undefined;
  return refused('BULK_SIZE', { given: items.length, max: BULK_ITEMS_MAX });
}

/** `ATOMIC` is for items of one stream: what falls on several cannot be appended together. */
export function singleStream(streams: readonly string[]): RefusedOutcome | undefined {
  const distinct = new Set(streams).size;
  if (distinct <= 1) return undefined;
  return refused('BULK_NOT_ONE_STREAM', { streams: distinct });
}

/** Every item for itself, under an id of its own that derives from the call's: a retried call repeats nothing. */
export async function eachItem<Item, Meta extends CommandMeta, Outcome>(
  items: readonly Item[],
  meta: Meta,
  execute: (item: Item, meta: Meta) => Promise<Outcome>,
): Promise<BulkOutcome<Outcome>> {
  const { commandId } = meta;
  const whole = commandId?.toLowerCase();
  if (whole !== undefined && !isCommandId(whole)) return refused('COMMAND_ID_MALFORMED');
  const outcomes = items.map((item, index) => execute(item, { ...meta, commandId: whole === undefined ? undefined : itemCommandId(whole, index) }));
  return { kind: 'answered', outcomes: await Promise.all(outcomes) };
}

/** Id of the command of one item (0, 1, …). */
export function itemCommandId(commandId: CommandId, item: number): CommandId {
  return derivedCommandId(commandId, `item ${item}`);
}
