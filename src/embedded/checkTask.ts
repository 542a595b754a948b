import { checkLog, type Finding } from '../audit/checkLog.js';
import { parseCheckpointText } from '../audit/checkpoint.js';
import { parseVerifierKey } from '../audit/signedNote.js';
import { openTileFiles } from '../audit/tileFiles.js';
import { openLogToFollow, type LogPlace } from './logPlace.js';
import { HEAD_FILE } from './sealTask.js';

/** What it takes to check a log beside the process that writes to it; can be handed to a thread. */
export interface CheckTask {
  readonly log: LogPlace;
  /** Where the tiles are. */
  readonly directory: string;
  readonly origin: string;
  readonly verifierKeys: readonly string[];
}

export interface CheckOutcome {
  readonly events: number;
  readonly findings: readonly Finding[];
}

/** From the thread that checks. */
export type FromChecker = { readonly kind: 'checked'; readonly outcome: CheckOutcome } | { readonly kind: 'failed'; readonly message: string };

/** Findings that are told. */
const FINDINGS_MAX = 10;
/** Of a core, the part that a check beside a running server takes: for each moment it works it rests this many times as long. */
const REST_FACTOR = 9;
const PAGE_CACHE_KIB = 2_048;

/** Derives log and tree anew, taking its time. */
export async function checkSlowly({ log: place, directory, origin, verifierKeys }: CheckTask): Promise<CheckOutcome> {
  const files = openTileFiles(directory);
  const findings: Finding[] = [];
  const log = await openLogToFollow(place, PAGE_CACHE_KIB);
  let begun = performance.now();
  try {
    const headText = place.kind === 'sqlite' ? await files.readText(HEAD_FILE) : undefined;
    const events = await checkLog({
      log,
      files,
      head: headText === undefined ? undefined : parseCheckpointText(headText),
      keys: verifierKeys.map(parseVerifierKey).filter((key) => key !== undefined),
      origin,
      onFinding: (finding) => void (findings.length < FINDINGS_MAX && findings.push(finding)),
      async onProgress() {
        const worked = performance.now() - begun;
        await new Promise((resolve) => void setTimeout(resolve, worked * REST_FACTOR));
        begun = performance.now();
      },
    });
    return { events, findings };
  } finally {
    await log.close();
  }
}
