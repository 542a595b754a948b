/** Sizes, seeds and numbers of runs (`settings.json`), the sizes multiplied by `--scale`. */
export interface Settings {
  readonly seed: number;
  readonly events: number;
  readonly hosts: number;
  readonly productKeys: number;
  readonly importRuns: number;
  /** In all rounds together. */
  readonly commands: number;
  readonly commandRounds: number;
  readonly concurrentCommands: number;
  readonly rebuildRuns: number;
  readonly httpConnections: number;
  readonly httpSeconds: number;
  readonly httpRounds: number;
  readonly startRuns: number;
  readonly missedEvents: number;
  readonly resumeRuns: number;
  /** Messages published in each turn of the feed. */
  readonly feedEvents: number;
  readonly feedRounds: number;
  /** How long events come at a steady rate. */
  readonly feedSeconds: number;
}

/** What a scenario works with. */
export interface Bench {
  readonly settings: Settings;
  /** A directory outside of version control, emptied of nothing: generated files are used again. */
  readonly workDirectory: string;
  /** The import of the CSV, its ledger kept: made once in a run, and shared by the scenarios that read a large ledger. */
  importedLedger(): Promise<ImportedLedger>;
  readonly say: (text: string) => void;
}

export interface ImportedLedger {
  readonly directory: string;
  readonly run: ImportRun;
}

/** What one import came to, measured in its own process. */
export interface ImportRun {
  readonly events: number;
  /** From the call to the last durable append. */
  readonly appendSeconds: number;
  /** From the call until every projection is applied. */
  readonly projectedSeconds: number;
  /** Until the ledger is closed: everything is sealed then. */
  readonly closedSeconds: number;
  /** Highest resident memory of the process, in MiB. */
  readonly rssMiB: number;
}

/** One promised number: a ratio of subject to floor, or a plain size. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: 'ratio' | 'MiB' | 'KiB';
  readonly target: number;
  readonly sense: 'atLeast' | 'atMost';
  /** What `value` was made of: seconds, events per second, requests per second, by name. */
  readonly samples: Readonly<Record<string, readonly number[]>>;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  run(bench: Bench): Promise<readonly Figure[]>;
}

export function isMet({ value, target, sense }: Figure): boolean {
  return sense === 'atLeast' ? value >= target : value <= target;
}

/** The middle of an odd number of samples, the mean of the two in the middle of an even one. */
export function median(samples: readonly number[]): number {
  const ordered = samples.toSorted((left, right) => left - right);
  const middle = ordered.length / 2;
  const [below = Number.NaN, above = Number.NaN] = [ordered[Math.ceil(middle) - 1], ordered[Math.floor(middle)]];
  return (below + above) / 2;
}
