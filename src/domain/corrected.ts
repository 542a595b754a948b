import type { CorrectionRecorded } from './correction.js';

/** An event as a fold reads it. */
interface CorrectableEvent {
  readonly id: string;
  readonly type: string;
  readonly data: object;
}

/**
 * A stream's events as they should have been: each correction put into the event it names, the later one last. For questions about
 * how something was (`validAt`); what the ledger knew at a time has the corrections as events of their own.
 */
export function corrected<Event extends CorrectableEvent>(events: readonly Event[]): readonly Event[] {
  const corrections = events.filter(({ type }) => type === 'CorrectionRecorded').map(({ data }) => data as CorrectionRecorded['data']);
  if (corrections.length === 0) return events;
  return events.map((event) => corrections.filter((correction) => correction.event === event.id).reduce(correctOne, event));
}

/** What a field of an event's data says (a dot goes into a member); undefined where it says nothing. */
export function fieldOf(data: object, field: string): unknown {
  let value: unknown = data;
  for (const member of field.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, member)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[member];
  }
  return value;
}

function correctOne<Event extends CorrectableEvent>(event: Event, { field, value }: CorrectionRecorded['data']): Event {
  return { ...event, data: withMember(event.data, field.split('.'), value) };
}

function withMember(data: object, [member, ...deeper]: readonly string[], value: unknown): object {
  if (member === undefined) return data;
  const inner: unknown = (data as Record<string, unknown>)[member];
  if (deeper.length === 0) return { ...data, [member]: value };
  return typeof inner === 'object' && inner !== null ? { ...data, [member]: withMember(inner, deeper, value) } : data;
}
