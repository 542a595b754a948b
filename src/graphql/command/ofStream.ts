/** Mutations about one product key or one host: the input as a command on its stream, and the answer in the terms of the API. */
import type { CommandMeta, CommandOutcome } from '../../application/port.js';
import type { StreamId } from '../../kernel/identifiers.js';
import type { LedgerContext } from '../context.js';
import { givenOf, type Given } from '../given.js';
import { streamIdOf } from '../relay/streamId.js';
import { commandMeta, type CommandInput } from './input.js';
import type { CommandRefused } from './refusal.js';
import { hostResult, productKeyResult, type HostCommandSuccess, type ProductKeyCommandSuccess } from './result.js';

type OnStream<Input, Field extends 'productKey' | 'host'> = Omit<Given<Input>, Field> & { readonly [Named in Field]: StreamId };

/** `send` gets what the input says, with the stream of its key. */
export async function onProductKey<Input extends CommandInput & { readonly productKey: string }>(
  context: LedgerContext,
  input: Input,
  send: (command: OnStream<Input, 'productKey'>, meta: CommandMeta) => Promise<CommandOutcome>,
): Promise<ProductKeyCommandSuccess | CommandRefused> {
  const command = { ...givenOf(input), productKey: streamIdOf('ProductKey', input.productKey) };
  return productKeyResult(await send(command, commandMeta(context, input)), context);
}

/** `send` gets what the input says, with the stream of its host. */
export async function onHost<Input extends CommandInput & { readonly host: string }>(
  context: LedgerContext,
  input: Input,
  send: (command: OnStream<Input, 'host'>, meta: CommandMeta) => Promise<CommandOutcome>,
): Promise<HostCommandSuccess | CommandRefused> {
  const command = { ...givenOf(input), host: streamIdOf('Host', input.host) };
  return hostResult(await send(command, commandMeta(context, input)), context);
}
