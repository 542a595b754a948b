import type { Reason } from '../application/acceptedReason.js';
import type { DateOrder } from '../importing/parser.js';
import type { CommandId, SubjectId } from '../kernel/identifiers.js';

/** How a content is to be read. */
export interface ImportReading {
  readonly format?: string | undefined;
  readonly host?: string | undefined;
  readonly timeZone?: string | undefined;
  readonly dateOrder?: DateOrder | undefined;
  readonly encoding?: string | undefined;
  readonly observedAt?: string | undefined;
}

export interface FileImport extends ImportReading, Reason {
  readonly path: string;
  /** Shown and recorded; the path's last part where left out. */
  readonly sourceName?: string | undefined;
  readonly commandId?: CommandId | undefined;
  readonly actor?: SubjectId | undefined;
}
