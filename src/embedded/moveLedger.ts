/**
 * Moves a ledger to another log and another vault, byte for byte, and proves it.
 *
 * The log goes first, in its order, one append after the other, so that every event gets the sequence it had; the vault last: until it is
 * there, a node refuses the target (VAULT_MISSING). A move that broke off is continued by moving again: what the target holds must be the
 * beginning of the source, and the rest follows.
 */
import { createHash } from 'node:crypto';
import { canonicalEvent } from '../kernel/canonical.js';
import { parseEnvelope, type NewEvent, type StoredEvent } from '../kernel/envelope.js';
import { START, type Bookmark, type Revision, type Sequence } from '../kernel/identifiers.js';
import { StoreError, type EventStore } from '../store/port.js';
import { copyVault, type CopiedEntries } from '../vault/copyVault.js';
import { VaultError, type Vault } from '../vault/port.js';

/** A log and its vault. Nobody else may write to either meanwhile. */
export interface MovedParts {
  readonly store: EventStore;
  readonly vault: Vault;
}

/** `compare`: what the target holds already; `copy`: the rest; `prove`: both logs once more. */
export type MoveStep = 'compare' | 'copy' | 'prove';

export interface MovedLedger {
  readonly ledgerId: string;
  readonly events: Sequence;
  /** SHA-256 over all events in order, each as four bytes of length (big-endian) and its canonical bytes, hexadecimal; of both logs. */
  readonly sha256: string;
  /** Events that were in the target before. */
  readonly present: Sequence;
  readonly vault: CopiedEntries;
}

/** Events read at once. */
const PAGE_EVENTS = 1_000;
/** Most events of one append. */
const RUN_EVENTS_MAX = 500;
/** Largest append in UTF-16 code units of canonical text: with three bytes for each and what a server counts beside it, below its 1 MiB. */
const RUN_CHARACTERS_MAX = 262_144;

/**
 * Rejects with `StoreError`: SOURCE_EMPTY; TARGET_FOREIGN when the target is not the beginning of the source; SOURCE_CHANGED or
 * TARGET_CHANGED when somebody wrote to one of them; EVENT_NOT_REPRODUCIBLE for an event whose bytes the target could not hold; COPY_DIFFERS
 * when the proof fails. With `VaultError`: VAULT_MISSING, VAULT_OF_ANOTHER_LEDGER and what `copyVault` rejects with.
 */
export async function moveLedger(from: MovedParts, to: MovedParts, onProgress: (step: MoveStep, done: Sequence, of: Sequence) => void): Promise<MovedLedger> {
  const { sequence: events } = await from.store.head();
  const ledgerId = await checkVaults(from, to);
  const place = await compareBeginning(from.store, to.store, events, (done, of) => onProgress('compare', done, of));
  await copyRest(from.store, to.store, place, (done) => onProgress('copy', done, events));
  const sha256 = await prove(from.store, to.store, events, (done) => onProgress('prove', done, events));
  const vault = await copyVault(from.vault, to.vault);
  return { ledgerId, events, sha256, present: place.sequence, vault };
}

/** The ledger's id, which both vaults must allow. */
async function checkVaults(from: MovedParts, to: MovedParts): Promise<string> {
  const [first] = await from.store.readAll(START, 1);
  if (first === undefined) throw refusal('SOURCE_EMPTY', 'There is no ledger to move: the source holds no event.');
  const { ledgerId } = parseEnvelope(first.text).data as { readonly ledgerId: string };
  const bound = await from.vault.ledgerId();
  if (bound === undefined) throw new VaultError('VAULT_MISSING', `The source's vault belongs to no ledger, its log is ledger ${ledgerId}: name the vault it belongs to.`);
  for (const [which, other] of [['source', bound], ['target', await to.vault.ledgerId()]]) {
    if (other !== undefined && other !== ledgerId) throw new VaultError('VAULT_OF_ANOTHER_LEDGER', `The ${which}'s vault belongs to ledger ${other}, the log is ledger ${ledgerId}.`);
  }
  return ledgerId;
}

/** The end of what the target holds already, as a place in the source. */
async function compareBeginning(from: EventStore, to: EventStore, events: Sequence, onProgress: (done: Sequence, of: Sequence) => void): Promise<Bookmark> {
  const { sequence: present } = await to.head();
  if (present > events) throw foreign(`it holds ${present} events, the source ${events}`);
  const source = eventsOf(from);
  let place = START;
  for await (const page of pagesOf(to)) {
    for (const { text, sequence } of page) {
      const { value: own } = await source.next();
      if (own?.text !== text) throw foreign(`its event ${sequence} is not the source's`);
      place = placeOf(own);
    }
    onProgress(place.sequence, present);
  }
  return place;
}

async function copyRest(from: EventStore, to: EventStore, start: Bookmark, onProgress: (done: Sequence) => void): Promise<void> {
  for await (const page of pagesOf(from, start)) {
    for (const run of runsOf(page)) await copyRun(to, run);
    onProgress((page.at(-1) as StoredEvent).sequence);
  }
}

/** Events that follow each other on one stream, within what one append takes. */
export function runsOf(page: readonly StoredEvent[]): readonly (readonly [StoredEvent, ...StoredEvent[]])[] {
  const runs: [StoredEvent, ...StoredEvent[]][] = [];
  let characters = 0;
  for (const event of page) {
    const run = runs.at(-1);
    characters += event.text.length;
    if (run !== undefined && run[0].stream === event.stream && run.length < RUN_EVENTS_MAX && characters <= RUN_CHARACTERS_MAX) {
      run.push(event);
    } else {
      runs.push([event]);
      characters = event.text.length;
    }
  }
  return runs;
}

async function copyRun(to: EventStore, run: readonly [StoredEvent, ...StoredEvent[]]): Promise<void> {
  const [{ stream, revision, sequence }] = run;
  const outcome = await to.append(stream, revision === 0 ? 'none' : ((revision - 1) as Revision), run.map(newEventOf));
  if (outcome.kind === 'conflict' || outcome.kind === 'duplicateId') throw changed('target', `event ${sequence} found its stream otherwise (${outcome.kind})`);
  for (const [index, event] of run.entries()) {
    const written = outcome.events[index];
    if (written?.sequence !== event.sequence) throw changed('target', `event ${event.sequence} became event ${written?.sequence ?? 'none'}`);
    if (written.text !== event.text) throw refusal('COPY_DIFFERS', `Event ${event.sequence} has other bytes in the target. Move into an empty target.`);
  }
}

/** The event as it was before it had its place, if the target will give it the same bytes again. */
function newEventOf({ text, stream, revision, sequence }: StoredEvent): NewEvent {
  const { stream: _stream, revision: _revision, ...event } = parseEnvelope(text);
  if (canonicalEvent(event, stream, revision) === text) return event;
  const message = `Event ${sequence} cannot be written with the same bytes by this program: was it recorded by a newer version? Move with that one.`;
  throw refusal('EVENT_NOT_REPRODUCIBLE', message);
}

/** Reads both logs from the beginning: as many events with the same bytes, and nobody wrote meanwhile. */
async function prove(from: EventStore, to: EventStore, events: Sequence, onProgress: (done: Sequence) => void): Promise<string> {
  await catchUp(from);
  const source = await digestOf(from, onProgress);
  if (source.events !== events) throw changed('source', `it had ${events} events at the beginning and has ${source.events} now`);
  await catchUp(to);
  const target = await digestOf(to, onProgress);
  if (target.events > events) throw changed('target', `it has ${target.events} events, the source ${events}`);
  if (target.events !== source.events || target.sha256 !== source.sha256) {
    throw refusal('COPY_DIFFERS', `The copy is not the same: ${source.events} events with ${source.sha256}, and ${target.events} with ${target.sha256}.`);
  }
  return source.sha256;
}

/** A log that is read from what a node has counted of it catches up with its server before it answers where an event is. */
async function catchUp(store: EventStore): Promise<void> {
  const [first] = await store.readAll(START, 1);
  if (first !== undefined) await store.findByIds([first.id]);
}

/** Number of events, and SHA-256 over them in order: each as four bytes of length (big-endian) and its canonical bytes. */
export async function digestOf(store: EventStore, onProgress: (done: Sequence) => void = () => undefined): Promise<{ readonly events: Sequence; readonly sha256: string }> {
  const digest = createHash('sha256');
  const length = Buffer.alloc(4);
  let events = 0 as Sequence;
  for await (const page of pagesOf(store)) {
    for (const { text, sequence } of page) {
      if (sequence !== events + 1) throw refusal('LOG_DAMAGED', `The log delivered event ${sequence} after ${events}.`);
      events = sequence;
      const bytes = Buffer.from(text, 'utf8');
      length.writeUInt32BE(bytes.length);
      digest.update(length).update(bytes);
    }
    onProgress(events);
  }
  return { events, sha256: digest.digest('hex') };
}

async function* pagesOf(store: EventStore, start: Bookmark = START): AsyncGenerator<readonly StoredEvent[]> {
  let place = start;
  for (;;) {
    const page = await store.readAll(place, PAGE_EVENTS);
    const last = page.at(-1);
    if (last === undefined) return;
    place = placeOf(last);
    yield page;
  }
}

async function* eventsOf(store: EventStore): AsyncGenerator<StoredEvent, undefined> {
  for await (const page of pagesOf(store)) yield* page;
}

function placeOf({ position, sequence }: StoredEvent): Bookmark {
  return { position, sequence };
}

function foreign(how: string): StoreError {
  return refusal('TARGET_FOREIGN', `The target is neither empty nor the beginning of the source: ${how}. Name an empty one.`);
}

function changed(which: 'source' | 'target', how: string): StoreError {
  const code = which === 'source' ? 'SOURCE_CHANGED' : 'TARGET_CHANGED';
  return refusal(code, `Somebody wrote to the ${which}: ${how}. Stop every node of it, and ${which === 'source' ? 'move again: what is copied stays' : 'move into an empty one'}.`);
}

function refusal(code: string, message: string): StoreError {
  return new StoreError(code, message, { retryable: false });
}
