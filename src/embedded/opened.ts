/** Something that is closed when it is not needed any more. */
export interface Closable {
  close(): void | Promise<void>;
}

/** What was opened, in the order in which it depends on each other. */
export interface Opened {
  add<Part extends Closable>(part: Part): Part;
  /** Closes in the reverse order. Idempotent. */
  close(): Promise<void>;
}

export function collectOpened(): Opened {
  const parts: Closable[] = [];
  return {
    add(part) {
      parts.push(part);
      return part;
    },
    async close() {
      for (const part of parts.splice(0).toReversed()) await part.close();
    },
  };
}

/** Does the opening; what was opened before it failed is closed again. */
export async function openTogether<Result>(open: (opened: Opened) => Promise<Result>): Promise<Result> {
  const opened = collectOpened();
  try {
    return await open(opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}
