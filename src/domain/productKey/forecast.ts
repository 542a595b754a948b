/** Days whose spending a forecast goes by. */
export const FORECAST_BASIS_DAYS = 90;
/** Days a key must have been in use before its spending says anything. */
const FORECAST_DAYS_MIN = 7;
/** Days ahead beyond which a forecast is no answer: ten years. */
const FORECAST_AHEAD_DAYS_MAX = 3_653;
const DAY_MS = 86_400_000;

/** What a forecast rests on, or why there is none. */
export const FORECAST_BASES = ['RATE', 'EXHAUSTED', 'LIMIT_UNKNOWN', 'NOTHING_SPENT', 'TOO_SHORT', 'TOO_FAR'] as const;
export type ForecastBasis = (typeof FORECAST_BASES)[number];

export interface Forecast {
  readonly basis: ForecastBasis;
  /** The day on which none is left at the rate of `spent` in `days`, `YYYY-MM-DD`; undefined unless the basis is the rate. */
  readonly exhaustedOn?: string | undefined;
  readonly spent: number;
  readonly days: number;
}

/**
 * When a key runs out if it is spent on as in the last ninety days, or since its first activation if that is later.
 * `now` and `firstAt` in epoch milliseconds; `spent`: activations spent in the ninety days up to `now`.
 */
export function forecastOf(figures: { readonly now: number; readonly remaining: number | undefined; readonly spent: number; readonly firstAt: number | undefined }): Forecast {
  const { now, remaining, spent, firstAt } = figures;
  const days = firstAt === undefined ? 0 : Math.min(Math.ceil((now - firstAt) / DAY_MS), FORECAST_BASIS_DAYS);
  const answer = (basis: ForecastBasis): Forecast => ({ basis, spent, days });
  if (remaining === undefined) return answer('LIMIT_UNKNOWN');
  if (remaining <= 0) return answer('EXHAUSTED');
  if (spent <= 0) return answer('NOTHING_SPENT');
  if (days < FORECAST_DAYS_MIN) return answer('TOO_SHORT');
  const ahead = (remaining * days) / spent;
  if (ahead > FORECAST_AHEAD_DAYS_MAX) return answer('TOO_FAR');
  return { ...answer('RATE'), exhaustedOn: new Date(now + ahead * DAY_MS).toISOString().slice(0, 10) };
}

/** Where the time begins whose spending counts, epoch milliseconds. */
export function forecastFrom(now: number): number {
  return now - FORECAST_BASIS_DAYS * DAY_MS;
}
