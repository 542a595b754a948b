import type { RefusalCode } from '../refusals.js';

/**
 * A document as a run of elements, the same for XML and JSON: an XML element and its attributes; a JSON member by its key, each item
 * of a list under the key of the list. Names are lower case, without prefix.
 */
export interface TreeEvents {
  open(name: string, attributes: ReadonlyMap<string, string>): void;
  /** `text` is the element's own text, trimmed; undefined if it has elements inside. */
  close(name: string, text: string | undefined): void;
  /** The document cannot be read on; nothing follows. `sentence` tells the line and what is wrong, and quotes nothing. */
  fault(code: RefusalCode, sentence: string): void;
  /** The document was read to its end without a fault. */
  end(): void;
}

/** Deepest nesting read. */
export const TREE_DEPTH_MAX = 64;
