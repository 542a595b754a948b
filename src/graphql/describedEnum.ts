import { registerEnumType } from 'type-graphql';

/** Registers a GraphQL enum whose every value is described; the result is the type thunk's target. */
export function describedEnum<Value extends string>(
  name: string,
  description: string,
  values: Readonly<Record<Value, string>>,
): Readonly<Record<Value, Value>> {
  const names = Object.keys(values) as Value[];
  const enumObject = Object.fromEntries(names.map((value) => [value, value])) as Record<Value, Value>;
  registerEnumType(enumObject, {
    name,
    description,
    valuesConfig: Object.fromEntries(names.map((value) => [value, { description: values[value] }])) as Record<Value, { description: string }>,
  });
  return enumObject;
}
