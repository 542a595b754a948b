import { readFile } from 'node:fs/promises';
import { parseVerifierKey, type VerifierKey } from '../audit/signedNote.js';
import { replaceFile } from '../audit/outsideCheckpoint.js';
import { witness, type WitnessedLog, type WitnessVerdict } from '../audit/witness.js';
import { tokenOf } from './ask.js';
import { EXIT, type ExitCode } from './environment.js';
import { VerbError } from './failure.js';
import { groupDigits } from './numbers.js';
import { openTerminal, type Terminal } from './terminal.js';
import { wholeNumber, type Verb } from './verb.js';

interface WitnessOptions {
  readonly url: string;
  readonly token?: string;
  readonly state: string;
  readonly key?: readonly string[];
  readonly once?: boolean;
  readonly every: number;
  readonly json?: boolean;
}

const EVERY_SECONDS = 60;
const EVERY_SECONDS_MAX = 86_400;
/** How long one answer of the server may take, in milliseconds. */
const ANSWER_MS_MAX = 30_000;

/** `witness`: keeps the last checkpoint of a server elsewhere, and holds each new one to it. */
export const witnessVerb: Verb = (program, run, environment) => {
  const terminal = openTerminal(environment);
  program
    .command('witness')
    .description('keep the last checkpoint of a running server, and report when its log is not the continuation of it any more')
    .requiredOption('--url <url>', 'address of the server')
    .requiredOption('--state <file>', 'where the last checkpoint is kept; on another machine than the ledger')
    .option('--token <token>', 'access token for the server (or ACTIVATION_LEDGER_TOKEN)')
    .option('--key <key...>', 'verifier keys of the log, as "key show" prints them; without them the server is asked at the first time, and believed')
    .option('--once', 'look once, and end with the verdict as exit code')
    .option('--every <seconds>', 'how long to wait between two looks', wholeNumber(1, EVERY_SECONDS_MAX), EVERY_SECONDS)
    .option('--json', 'answer with JSON on standard output')
    .action((options: WitnessOptions) =>
      run(async () => {
        const stopped = options.once === true ? undefined : environment.stopRequested();
        for (;;) {
          const verdict = await look(options);
          report(verdict, options, terminal);
          // What is not verified may be later; of another history there is nothing to wait for.
          if (stopped === undefined || (verdict.kind !== 'consistent' && verdict.kind !== 'unverified')) return EXIT_OF[verdict.kind];
          if (await isStopped(stopped, options.every * 1_000)) return EXIT.done;
        }
      }),
    );
};

const EXIT_OF: Readonly<Record<WitnessVerdict['kind'], ExitCode>> = {
  consistent: EXIT.done,
  fork: EXIT.forked,
  rollback: EXIT.rolledBack,
  truncation: EXIT.truncated,
  unverified: EXIT.unverified,
};

/** The state is a signed note, and behind a line of its own the keys it is believed by. */
interface State {
  readonly note: string | undefined;
  readonly keys: readonly string[];
}

const KEYS_LINE = '\n--- keys\n';

async function look(options: WitnessOptions): Promise<WitnessVerdict> {
  try {
    const log = servedLog(options);
    const state = await readState(options.state);
    const texts = options.key ?? (state.keys.length > 0 ? state.keys : await log.keys());
    const verdict = await witness(log, texts.map(keyOf), state.note);
    // Kept before it is reported: what was once called consistent is what the next look is held to.
    if (verdict.kind === 'consistent') await replaceFile(options.state, `${verdict.note}${KEYS_LINE}${texts.map((text) => `${text}\n`).join('')}`);
    return verdict;
  } catch (error) {
    if (error instanceof VerbError) throw error;
    return { kind: 'unverified', reason: error instanceof Error ? error.message : String(error) };
  }
}

async function readState(path: string): Promise<State> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  const [note = '', keys = ''] = text.split(KEYS_LINE);
  return { note: note === '' ? undefined : note, keys: keys.split('\n').filter((line) => line !== '') };
}

function keyOf(text: string): VerifierKey {
  const key = parseVerifierKey(text);
  if (key === undefined) throw new VerbError(`"${text}" is not a verifier key; "key show" prints one.`);
  return key;
}

function servedLog(options: WitnessOptions): WitnessedLog & { keys(): Promise<readonly string[]> } {
  const token = tokenOf({ data: '', token: options.token });
  const get = async (path: string): Promise<Buffer | undefined> => {
    const response = await fetch(`${options.url.replace(/\/+$/, '')}/log/${path}`, { headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    if (response.status === 404) return undefined;
    if (response.status === 401) throw new VerbError('The server does not accept the token.', EXIT.notAuthorised);
    if (!response.ok) throw new Error(`The server answered ${response.status} for ${path}.`);
    return Buffer.from(await response.arrayBuffer());
  };
  return {
    checkpoint: async () => (await get('checkpoint'))?.toString('utf8'),
    tile: (path) => get(path),
    keys: async () => ((await get('key'))?.toString('utf8') ?? '').split('\n').filter((line) => line !== ''),
  };
}

function report(verdict: WitnessVerdict, options: WitnessOptions, { print, paint }: Terminal): void {
  if (options.json === true) return print(JSON.stringify(verdict));
  switch (verdict.kind) {
    case 'consistent':
      return print(`${paint.green('consistent')}  ${groupDigits(verdict.size)} events${verdict.from === 0 ? ', seen for the first time' : `, continuing the ${groupDigits(verdict.from)} seen before`}.`);
    case 'fork':
      return print(`${paint.red('fork')}  The log of ${groupDigits(verdict.size)} events has another past than the ${groupDigits(verdict.seen)} seen before. Keep ${options.state}: it is the evidence.`);
    case 'rollback':
      return print(`${paint.red('rollback')}  The server shows a checkpoint of ${groupDigits(verdict.size)} events; ${groupDigits(verdict.seen)} were seen before, and are still there.`);
    case 'truncation':
      return print(`${paint.red('truncation')}  The log has ${groupDigits(verdict.size)} events; ${groupDigits(verdict.seen)} were seen before.`);
    case 'unverified':
      return print(`${paint.yellow('unverified')}  ${verdict.reason}`);
  }
}

/** Waits; true when it was told to stop meanwhile. Then nothing is left that keeps the process alive. */
async function isStopped(stopped: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, milliseconds, false);
  });
  try {
    return await Promise.race([stopped.then(() => true), over]);
  } finally {
    clearTimeout(timer);
  }
}
