/** Whether an optional argument has a value: GraphQL leaves it out or gives null, which say the same here. */
export function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}
