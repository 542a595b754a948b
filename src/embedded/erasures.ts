/**
 * That somebody was erased is an event too, and an erasure must not wait for the process that writes the log: it is noted in the data
 * directory first, by its opaque id alone, and recorded by whoever holds the directory next.
 */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ledgerDecider } from '../domain/ledger/decider.js';
import { derivedCommandId } from '../kernel/eventIds.js';
import { LEDGER_STREAM, type CommandId, type SubjectId } from '../kernel/identifiers.js';
import { REDACTED } from '../vault/port.js';
import type { EmbeddedLedger } from './embeddedLedger.js';
import { exportsFolder } from './exportsFolder.js';

/** Folder of the data directory. */
const NOTES_FOLDER = 'erasures';
const NOTE = /^subject-[0-9a-f]{32}$/;

/** Notes that a subject is about to be erased; durable when it returns. */
export function noteErasure(directory: string, subject: SubjectId): void {
  const folder = join(directory, NOTES_FOLDER);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  synced(openSync(join(folder, subject), 'w', 0o600));
  // A file that is new is on disk once the folder is that names it. Windows opens no folder, and needs no such sync.
  if (process.platform !== 'win32') for (const named of [folder, directory]) synced(openSync(named, 'r'));
}

function synced(file: number): void {
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Records the erasures that were noted, each once; answers with how many. */
export async function recordErasures({ directory, vault, handler, localActor, ledgerId }: EmbeddedLedger): Promise<number> {
  const folder = join(directory.path, NOTES_FOLDER);
  if (!existsSync(folder)) return 0;
  let recorded = 0;
  for (const name of readdirSync(folder).filter((each) => NOTE.test(each))) {
    const subject = name as SubjectId;
    // Noted, and then cut off: it was not erased.
    if ((await vault.nameOf(subject)) !== REDACTED) continue;
    const command = { kind: 'recordForgotten' as const, subject };
    const commandId = derivedCommandId(ledgerId as CommandId, `forgotten ${subject}`);
    const outcome = await handler.execute({ decider: ledgerDecider, stream: LEDGER_STREAM, command, commandId, actor: localActor, correlationId: ledgerId });
    if (outcome.kind === 'refused') throw new Error(`An erasure could not be recorded: ${outcome.refusal.message}`);
    // Names and reasons are in what was exported; whoever forgot may have been cut off before, and an export under way had read them.
    rmSync(exportsFolder(directory.path), { recursive: true, force: true });
    rmSync(join(folder, name));
    recorded += 1;
  }
  return recorded;
}
