import { canonicalText } from '../kernel/canonical.js';
import { APPEND_EVENTS_MAX, type EventStore } from '../store/port.js';
import { eventIdOf } from '../kernel/eventIds.js';
import { parseEnvelope, type EventEnvelope, type StoredEvent } from '../kernel/envelope.js';
import { START, type CommandId, type StreamId } from '../kernel/identifiers.js';
import { CHECKPOINT_FILE } from './builder.js';
import { verifyCheckpoint, type TreeHead } from './checkpoint.js';
import { equalHashes } from './merkle.js';
import type { VerifierKey } from './signedNote.js';
import { tilePath, TILE_WIDTH, type Tile } from './tiles.js';
import type { TileFiles } from './tileFiles.js';
import { openTileTree, type FilledTile } from './tileTree.js';

/** Something that is not as it was written. */
export interface Finding {
  /** Stable, upper snake case. */
  readonly code: string;
  /** File, event or table. */
  readonly place: string;
  /** For people. */
  readonly message: string;
}

export interface LogCheck {
  readonly log: Pick<EventStore, 'readAll' | 'head'>;
  readonly files: TileFiles;
  /** The last signed head, as it is kept; undefined where nothing was signed. */
  readonly head: TreeHead | undefined;
  readonly keys: readonly VerifierKey[];
  readonly origin: string;
  readonly onFinding: (finding: Finding) => void;
  /** Called after each batch of events; awaited, so that who checks beside a running server can take its time. */
  readonly onProgress?: ((events: number) => void | Promise<void>) | undefined;
  /** What else is looked at in each event. */
  readonly onEvent?: ((event: EventEnvelope) => void | Promise<void>) | undefined;
}

/** Events read at once. */
const BATCH_EVENTS = 1_000;

/**
 * Derives everything of the log anew: canonical bytes, ids, revisions, the tree with its tiles, the root of the checkpoint and of the signed
 * head, the signature. What is not sealed yet is checked as far as it has anything to be held to. Answers with the number of events.
 */
export async function checkLog(check: LogCheck): Promise<number> {
  const { log, files, onFinding } = check;
  const sealed = await publishedHead(check);
  const tree = openTileTree();
  const revisions = new Map<StreamId, number>();
  const judge = eventJudge(onFinding);
  let bookmark = START;

  const holdTree = async (): Promise<void> => {
    const size = tree.size();
    if (size === sealed?.size) {
      if (!equalHashes(tree.root(), sealed.root)) onFinding({ code: 'ROOT_DIFFERS', place: CHECKPOINT_FILE, message: `The events up to ${size} lead to another root than the checkpoint's.` });
      for (const tile of tree.partial()) await holdTile(files, tile, onFinding);
    }
    if (size === check.head?.size && !equalHashes(tree.root(), check.head.root)) {
      onFinding({ code: 'ROOT_DIFFERS', place: 'head', message: `The events up to ${size} lead to another root than the signed head's.` });
    }
  };

  for (;;) {
    const events = await log.readAll(bookmark, BATCH_EVENTS);
    for (const event of events) {
      if (event.sequence !== bookmark.sequence + 1) onFinding({ code: 'SEQUENCE_GAP', place: `event ${event.sequence}`, message: `It comes after event ${bookmark.sequence}.` });
      bookmark = { sequence: event.sequence, position: event.position };
      const envelope = judge(event, revisions);
      if (envelope !== undefined) await check.onEvent?.(envelope);
      tree.append(Buffer.from(event.text));
      await holdTree();
    }
    for (const tile of tree.takeFull()) if (isSealed(tile.tile, sealed)) await holdTile(files, tile, onFinding);
    if (events.length === 0) break;
    await check.onProgress?.(tree.size());
  }
  for (const [name, head] of [[CHECKPOINT_FILE, sealed], ['head', check.head]] as const) {
    if (head !== undefined && head.size > tree.size()) onFinding({ code: 'EVENTS_MISSING', place: name, message: `It is of ${head.size} events, and the log has ${tree.size()}.` });
  }
  return tree.size();
}

async function publishedHead({ files, keys, origin, onFinding }: LogCheck): Promise<TreeHead | undefined> {
  const note = await files.readText(CHECKPOINT_FILE);
  if (note === undefined) return undefined;
  const verdict = verifyCheckpoint(note, keys, origin);
  if (verdict.kind === 'verified') return verdict.checkpoint;
  const message = { malformed: 'It is not a signed checkpoint.', noKnownKey: 'None of the keys of the vault has signed it.', badSignature: 'Its signature is wrong.', otherOrigin: 'It is of another log.' }[verdict.kind];
  onFinding({ code: 'CHECKPOINT_UNVERIFIED', place: CHECKPOINT_FILE, message });
  return undefined;
}

function isSealed({ level, index }: Tile, sealed: TreeHead | undefined): boolean {
  const leaves = level === 'entries' ? TILE_WIDTH : TILE_WIDTH ** (level + 1);
  return sealed !== undefined && (index + 1) * leaves <= sealed.size;
}

async function holdTile(files: TileFiles, { tile, bytes }: FilledTile, onFinding: LogCheck['onFinding']): Promise<void> {
  const place = tilePath(tile);
  try {
    const found = await files.find(tile);
    if (found === undefined) onFinding({ code: 'TILE_MISSING', place, message: 'It is not there.' });
    else if (!Buffer.from(found).equals(bytes)) onFinding({ code: 'TILE_DIFFERS', place, message: 'It is not what the events of the log lead to.' });
  } catch (error) {
    onFinding({ code: 'TILE_DIFFERS', place, message: error instanceof Error ? error.message : String(error) });
  }
}

/** Judges events one after the other; gives the envelope of those that can be read. */
function eventJudge(onFinding: LogCheck['onFinding']): (stored: StoredEvent, revisions: Map<StreamId, number>) => EventEnvelope | undefined {
  let command: CommandId | undefined;
  let place = 0;

  const isDerived = ({ id, commandId }: EventEnvelope): boolean => {
    place = commandId === command ? place + 1 : 0;
    command = commandId;
    if (eventIdOf(commandId, place) === id) return true;
    // Its command's other events may stand elsewhere.
    for (let index = 0; index < APPEND_EVENTS_MAX; index += 1) {
      if (eventIdOf(commandId, index) !== id) continue;
      place = index;
      return true;
    }
    return false;
  };

  return (stored, revisions) => {
    const report = (code: string, message: string): void => onFinding({ code, place: `event ${stored.sequence}`, message });
    let envelope: EventEnvelope;
    try {
      envelope = parseEnvelope(stored.text);
      if (canonicalText(envelope) !== stored.text) report('NOT_CANONICAL', 'Its bytes are not the canonical form of what it says.');
    } catch {
      report('EVENT_UNREADABLE', 'It is not an event.');
      return undefined;
    }
    if (envelope.id !== stored.id || envelope.stream !== stored.stream || envelope.revision !== stored.revision) {
      report('EVENT_MISPLACED', 'It says another id, stream or revision than it is stored under.');
    }
    const expected = (revisions.get(stored.stream) ?? -1) + 1;
    if (stored.revision !== expected) report('REVISION_GAP', `It is revision ${stored.revision} of ${stored.stream}, after ${expected - 1}.`);
    revisions.set(stored.stream, stored.revision);
    if (!isDerived(envelope)) report('ID_NOT_DERIVED', 'Its id does not derive from that of its command.');
    return envelope;
  };
}
