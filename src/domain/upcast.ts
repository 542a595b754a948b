/**
 * Old versions of events are read through pure upcasts, one step from a version to the next; what is stored is never rewritten.
 * The golden events in `test/golden` keep one example of each type and version forever.
 */
interface Versioned {
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: object;
}

type Upcast = (data: object) => object;

/** Steps by type and the version they start from, such as `'HostRegistered@1'`. None yet: every type is at its first version. */
const UPCASTS: Readonly<Record<string, Upcast>> = {};

/** The event in the newest version of its type. */
export function upcast<Event extends Versioned>(event: Event, upcasts: Readonly<Record<string, Upcast>> = UPCASTS): Event {
  let current = event;
  for (;;) {
    const step = upcasts[`${current.type}@${current.schemaVersion}`];
    if (step === undefined) return current;
    current = { ...current, schemaVersion: current.schemaVersion + 1, data: step(current.data) };
  }
}
