/** A day of the calendar without a time: `YYYY-MM-DD`. Text order is time order. */
export type CalendarDate = string;

/** Whether a text names a day that exists: `2026-02-28`, not `2026-02-30` nor `28.02.2026`. */
export function isCalendarDate(text: string): text is CalendarDate {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const midnight = new Date(`${text}T00:00:00.000Z`);
  // A day that the month does not have is read as one of the next month.
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(text);
}
