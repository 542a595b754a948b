/** Apart from the verb, which is loaded for every call: the clients of KurrentDB and NATS take their time. */
import { resolve } from 'node:path';
import { openMovedPlace, type MovedPlace } from '../embedded/movedPlaces.js';
import { moveLedger, type MovedLedger, type MoveStep } from '../embedded/moveLedger.js';
import { openTogether } from '../embedded/opened.js';
import { EXIT, type CliEnvironment } from './environment.js';
import { VerbError } from './failure.js';
import { isConnectionString, kurrentdbPlace, shownLog, vaultPlaceOf } from './nodeOptions.js';
import { groupDigits } from './numbers.js';
import { openTerminal, type Progress, type Terminal } from './terminal.js';

export interface MigrateOptions {
  readonly from: string;
  readonly fromPrefix: string;
  readonly fromVault?: string;
  readonly fromVaultBucket: string;
  readonly fromVaultKeyFile?: string;
  readonly fromVaultCredentials?: string;
  readonly to: string;
  readonly toPrefix: string;
  readonly toVault?: string;
  readonly toVaultBucket: string;
  readonly toVaultKeyFile?: string;
  readonly toVaultCredentials?: string;
  readonly storePlaintext?: boolean;
  readonly json?: boolean;
}

const STEP_TITLES: Readonly<Record<MoveStep, string>> = { compare: 'compare', copy: 'copy   ', prove: 'prove  ' };

/** Copies a ledger from one place to another and tells the proof. Throws `VerbError` for places that are none, and what moving throws. */
export async function migrateLedger(options: MigrateOptions, environment: CliEnvironment): Promise<void> {
  const terminal = openTerminal(environment);
  const [from, to] = [await sourceOf(options), await targetOf(options)];
  if (shown(from) === shown(to)) throw new VerbError('--from and --to name the same place.', EXIT.usage);
  for (const place of [from, to]) {
    if (place.kind === 'kurrentdb') terminal.note(terminal.paint.dim(`No node may be running on ${shown(place)}: it is seen to at the end that nothing was written, not prevented.`));
  }
  const moved = await openTogether(async (opened) => {
    const source = opened.add(await openMovedPlace(from, 'source', environment, () => undefined));
    const target = opened.add(await openMovedPlace(to, 'target', environment, () => undefined));
    const steps = showSteps(terminal);
    try {
      return await moveLedger(source, target, steps.show);
    } finally {
      steps.stop();
      await opened.close();
    }
  });
  tell(moved, from, to, options, terminal);
}

async function sourceOf({ from, fromPrefix, storePlaintext, fromVault, fromVaultBucket, fromVaultKeyFile, fromVaultCredentials }: MigrateOptions): Promise<MovedPlace> {
  const vault = await vaultPlaceOf({ vault: fromVault, vaultBucket: fromVaultBucket, vaultKeyFile: fromVaultKeyFile, vaultCredentials: fromVaultCredentials });
  return placeOf('from', from, fromPrefix, storePlaintext, vault);
}

async function targetOf({ to, toPrefix, storePlaintext, toVault, toVaultBucket, toVaultKeyFile, toVaultCredentials }: MigrateOptions): Promise<MovedPlace> {
  const vault = await vaultPlaceOf({ vault: toVault, vaultBucket: toVaultBucket, vaultKeyFile: toVaultKeyFile, vaultCredentials: toVaultCredentials });
  return placeOf('to', to, toPrefix, storePlaintext, vault);
}

function placeOf(end: 'from' | 'to', text: string, prefix: string, plaintext: boolean | undefined, vault: Awaited<ReturnType<typeof vaultPlaceOf>>): MovedPlace {
  if (isConnectionString(text)) {
    if (vault !== undefined) return { kind: 'kurrentdb', log: kurrentdbPlace(text, prefix, plaintext), vault };
    throw new VerbError(`--${end} is a KurrentDB: name the vault of its nodes with --${end}-vault nats://host:port.`, EXIT.usage);
  }
  // Not repeated where it may hold a password.
  if (text.includes('://')) throw new VerbError(`--${end} is neither a directory nor a connection string of KurrentDB, such as kurrentdb://user:password@host:2113.`, EXIT.usage);
  if (vault === undefined) return { kind: 'directory', path: resolve(text) };
  throw new VerbError(`--${end}-vault goes with a KurrentDB: the vault of a directory is in that directory.`, EXIT.usage);
}

function shown(place: MovedPlace): string {
  return place.kind === 'directory' ? place.path : shownLog(place.log);
}

/** One bar after the other. Both logs are read for the proof: its bar is full when the second is. */
function showSteps(terminal: Terminal): { readonly show: (step: MoveStep, done: number, of: number) => void; readonly stop: () => void } {
  let current: { readonly step: MoveStep; readonly bar: Progress; passed: number; last: number } | undefined;
  return {
    show(step, done, of) {
      if (current?.step !== step) {
        current?.bar.stop();
        current = { step, bar: terminal.progress(STEP_TITLES[step], step === 'prove' ? 2 * of : of, 'events'), passed: 0, last: 0 };
      }
      if (done <= current.last) current.passed += current.last;
      current.last = done;
      current.bar.update(current.passed + done);
    },
    stop: () => current?.bar.stop(),
  };
}

function tell({ ledgerId, events, sha256, present, vault }: MovedLedger, from: MovedPlace, to: MovedPlace, { json }: MigrateOptions, { print, note, paint, breathe }: Terminal): void {
  const places = { from: shown(from), to: shown(to) };
  if (json === true) {
    print(JSON.stringify({ ledgerId, ...places, events, present, sha256, vault }));
    return;
  }
  breathe();
  const rows: readonly (readonly [string, string])[] = [
    ['ledger', ledgerId],
    ['from', places.from],
    ['to', places.to],
    ['events', `${groupDigits(events)}${present > 0 ? ` (${groupDigits(present)} were there already)` : ''}`],
    ['sha-256', `${sha256} (both)`],
    ['vault', `${groupDigits(vault.subject)} people and programs, ${groupDigits(vault.token)} tokens, ${groupDigits(vault.confirmationId)} confirmation ids`],
  ];
  for (const [label, value] of rows) print(`${paint.dim(label.padEnd(9))}${value}`);
  note(paint.dim('From now on serve the one or the other: two that go on apart are two ledgers with one name.'));
}
