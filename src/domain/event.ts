/** A time as the domain sees it: ISO 8601, UTC, milliseconds (`2026-11-22T13:00:00.000Z`). Text order is time order. */
export type InstantText = string;

/** A fact a decider returns, and what `evolve` is given: structurally the kernel's `DomainEvent`. */
export interface Fact<Type extends string, Data extends object> {
  readonly type: Type;
  readonly schemaVersion: number;
  readonly occurredAt: InstantText;
  readonly data: Data;
}
