/** A table for people: typed columns, and rows a batch at a time. */
export interface Table {
  /** Name of its file, and of its sheet. */
  readonly name: string;
  readonly title: string;
  readonly columns: readonly TableColumn[];
  /** In an order that follows from the events alone. */
  readonly rows: () => AsyncIterable<readonly TableRow[]> | Iterable<readonly TableRow[]>;
}

export interface TableColumn {
  readonly name: string;
  readonly kind: CellKind;
  readonly meaning: string;
  /** The vault opens names and sealed texts until their subject is forgotten: these cells cannot be recomputed from the events. */
  readonly fromVault?: boolean;
  /** Ids that are as good as random: there is nothing in them to compress. */
  readonly random?: boolean;
}

/** An `instant` is epoch milliseconds, UTC; a `date` is `YYYY-MM-DD`. */
export type CellKind = 'text' | 'integer' | 'instant' | 'date' | 'boolean';

/** In the order of the columns; undefined: not known, or none. */
export type TableRow = readonly TableCell[];
export type TableCell = string | number | boolean | undefined;

/** Rows of a batch. */
export const TABLE_BATCH_ROWS = 1_000;
