/** Whether an optional argument has a value: GraphQL leaves it out or gives null, which say the same here. */
export function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}

/** An input in which null and absent are the same, all the way down, without what every command takes. */
export type Given<Input> = Input extends readonly (infer Item)[]
  ? readonly Given<Item>[]
  : Input extends object
    ? { readonly [Field in keyof Input as Exclude<Field, CommandField>]: Given<Exclude<Input[Field], null>> }
    : Input;

type CommandField = 'commandId' | 'reason' | 'reasonCode' | 'reasonTicket' | 'dryRun';

/** What an input says. */
export function givenOf<Input extends object>(input: Input): Given<Input> {
  const { commandId: _commandId, reason: _reason, reasonCode: _code, reasonTicket: _ticket, dryRun: _dryRun, ...fields } = input as Input & Partial<Record<CommandField, unknown>>;
  return withoutNulls(fields) as Given<Input>;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  return Object.fromEntries(Object.entries(value).flatMap(([field, held]) => (isGiven(held) ? [[field, withoutNulls(held)]] : [])));
}
