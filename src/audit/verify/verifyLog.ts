/** Checks a whole log, event by event, against a checkpoint that it published and one that the auditor kept. */
import { verifyCheckpoint, type Checkpoint, type TreeHead } from '../checkpoint.js';
import { equalHashes } from '../merkle.js';
import { parseNote, type VerifierKey } from '../signedNote.js';
import { parseCheckpointText } from '../checkpoint.js';
import { openTreeHasher } from '../treeHasher.js';
import { verdictOf, type Finding, type Verification } from './finding.js';
import { factsOfLine } from './rows.js';

/** An event of the log, or its hash alone. */
export interface LogLeaf {
  readonly hash: Uint8Array;
  /** The canonical bytes, where they may be read. */
  readonly entry?: Buffer | undefined;
  /** What the log's own tiles say its hash is, where they were read beside it. */
  readonly published?: Uint8Array | undefined;
}

export interface LogVerificationOptions {
  readonly keys: readonly VerifierKey[];
  readonly since?: string | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** `published`: the log's checkpoint, a signed note; `leaves`: of all events that it covers at least, in order. */
export async function verifyLog(published: string | undefined, leaves: AsyncIterable<readonly LogLeaf[]>, options: LogVerificationOptions): Promise<Verification> {
  const findings: Finding[] = [];
  const notes: string[] = [];
  const head = published === undefined ? undefined : headOf(published, options.keys, findings);
  if (head === undefined) {
    if (findings.length === 0) findings.push({ verdict: 'cannot verify', message: 'The log has published no checkpoint yet.' });
    return { verdict: verdictOf(findings), findings, notes };
  }
  const since = options.since === undefined ? undefined : sinceOf(options.since, options.keys, head.origin, findings);
  const hasher = openTreeHasher();
  const revisions = new Map<string, number>();
  let rootAtHead = hasher.size() === head.size ? hasher.root() : undefined;
  let rootAtSince = since?.size === 0 ? hasher.root() : undefined;
  let hasEntries = true;
  for await (const page of leaves) {
    for (const leaf of page) {
      const { hash, entry } = leaf;
      hasher.append(hash);
      const sequence = hasher.size();
      if (sequence === head.size) rootAtHead = hasher.root();
      if (sequence === since?.size) rootAtSince = hasher.root();
      if (entry === undefined) hasEntries = false;
      else findings.push(...entryFindings({ ...leaf, entry }, sequence, revisions, findings));
    }
    options.onProgress?.(hasher.size(), Math.max(head.size, hasher.size()));
  }
  if (rootAtHead === undefined) findings.push({ verdict: 'incomplete', sequence: hasher.size() + 1, message: `The checkpoint covers ${head.size} events, and there are ${hasher.size()}: those from ${hasher.size() + 1} on are missing.` });
  else if (!equalHashes(rootAtHead, head.root)) findings.push({ verdict: 'altered', message: `The first ${head.size} events do not lead to the root of the log's checkpoint.` });
  findings.push(...sinceFindings(since, rootAtSince, hasher.size()));
  if (options.since === undefined) notes.push('Not checked: whether the log goes on from what it was before. Keep its checkpoint and give it to the next verification (--since).');
  if (!hasEntries) notes.push('The hashes of the events were read and not the events: give a token to have them compared.');
  notes.push(`${hasher.size()} events${hasher.size() > head.size ? `, of which the checkpoint covers ${head.size}` : ''}.`);
  return { verdict: verdictOf(findings), findings, notes };
}

/** Of several events of which something is wrong, the first is named. */
function entryFindings({ entry, hash, published }: LogLeaf & { readonly entry: Buffer }, sequence: number, revisions: Map<string, number>, known: readonly Finding[]): Finding[] {
  const facts = factsOfLine(entry);
  const last = facts === undefined ? undefined : revisions.get(facts.stream);
  if (facts !== undefined) revisions.set(facts.stream, facts.revision);
  if (known.some((finding) => finding.sequence !== undefined)) return [];
  const differs = (how: string): Finding[] => [{ verdict: 'altered', sequence, message: `The first event that differs is ${sequence}: it is not ${how}.` }];
  if (published !== undefined && !equalHashes(published, hash)) return differs('what its hash in the log says');
  if (facts === undefined) return differs('the canonical text of one');
  const expected = last === undefined ? 0 : last + 1;
  if (facts.revision === expected) return [];
  return [{ verdict: 'altered', sequence, message: `Event ${sequence} is revision ${facts.revision} of ${facts.stream}, and ${expected} was to follow.` }];
}

function headOf(note: string, keys: readonly VerifierKey[], findings: Finding[]): Checkpoint | undefined {
  if (keys.length === 0) {
    findings.push({ verdict: 'unanchored', message: 'No key was given: whoever holds the log could have signed it with any. Give the key that you have from elsewhere.' });
    const head = parseCheckpointText(parseNote(note)?.text ?? '');
    if (head === undefined) findings.push({ verdict: 'altered', message: 'The checkpoint of the log is not one.' });
    return head;
  }
  const verdict = verifyCheckpoint(note, keys);
  if (verdict.kind === 'verified') return verdict.checkpoint;
  if (verdict.kind === 'noKnownKey') findings.push({ verdict: 'cannot verify', message: 'The checkpoint of the log is not signed by the key that was given.' });
  else findings.push({ verdict: 'altered', message: 'The checkpoint of the log is not as it was signed.' });
  return undefined;
}

function sinceOf(note: string, keys: readonly VerifierKey[], origin: string, findings: Finding[]): TreeHead | undefined {
  const verdict = keys.length === 0 ? undefined : verifyCheckpoint(note, keys);
  const head = verdict === undefined ? parseCheckpointText(parseNote(note)?.text ?? '') : verdict.kind === 'verified' ? verdict.checkpoint : undefined;
  if (head === undefined) findings.push({ verdict: 'cannot verify', message: 'Your earlier checkpoint is not one that the key signed.' });
  else if (head.origin !== origin) findings.push({ verdict: 'cannot verify', message: `Your earlier checkpoint is of another log, ${head.origin}.` });
  return head?.origin === origin ? head : undefined;
}

function sinceFindings(since: TreeHead | undefined, root: Uint8Array | undefined, size: number): Finding[] {
  if (since === undefined) return [];
  if (root === undefined) return [{ verdict: 'altered', sequence: size + 1, message: `Your checkpoint covers ${since.size} events, and the log has ${size}: it was cut.` }];
  return equalHashes(root, since.root) ? [] : [{ verdict: 'altered', message: `The first ${since.size} events are not those of your checkpoint: the history was rewritten.` }];
}
