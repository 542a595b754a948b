/** Commands on known hosts, each one event, `concurrent` callers at a time; in turns with raw inserts of the events they wrote. */
import { join } from 'node:path';
import type { HostCommand } from '../../src/domain/host/commands.js';
import { hostDecider } from '../../src/domain/host/decider.js';
import { parseHostName } from '../../src/domain/host/hostName.js';
import { openEmbeddedLedger } from '../../src/embedded/embeddedLedger.js';
import { openRawLog, openRawReader } from '../floor/rawLog.js';
import { answer, taskOfProcess } from './child.js';
import { newCommandId, programEnvironment } from './environment.js';

export interface CommandsTask {
  readonly directory: string;
  readonly rounds: number;
  /** In all rounds together. */
  readonly commands: number;
  readonly concurrent: number;
}

/** Hosts that the commands are about; more than callers, so that commands of one round are on streams of their own. */
const HOSTS = 1_000;

const task = taskOfProcess<CommandsTask>();
const ledger = await openEmbeddedLedger({ directory: task.directory, environment: programEnvironment, follow: 'onDemand' });
let turn = 0;
await issue(HOSTS);
const reader = openRawReader(ledger.directory.logPath);
const log = openRawLog(join(task.directory, 'floor.db'));
const subject: number[] = [];
const floor: number[] = [];
let written = 0;
catchUpFloor();
for (let round = 0; round < task.rounds; round += 1) {
  const commands = Math.floor(task.commands / task.rounds);
  const start = performance.now();
  await issue(commands);
  subject.push(commands / ((performance.now() - start) / 1_000));
  floor.push(catchUpFloor());
}
log.close();
reader.close();
await ledger.close();
answer({ subject, floor });

/** Each caller sends its next command when the last is answered. */
async function issue(commands: number): Promise<void> {
  const end = turn + commands;
  const caller = async (): Promise<void> => {
    while (turn < end) {
      turn += 1;
      const { stream, command } = commandOn(turn % HOSTS);
      const origin = { commandId: newCommandId(), actor: ledger.localActor, correlationId: ledger.ledgerId };
      const outcome = await ledger.handler.execute({ decider: hostDecider, stream, command, ...origin });
      if (outcome.kind !== 'recorded') throw new Error(`A command was not recorded: ${outcome.kind}.`);
    }
  };
  await Promise.all(Array.from({ length: task.concurrent }, caller));
}

function commandOn(host: number): { stream: ReturnType<typeof ledger.recorder.hosts.resolve>; command: HostCommand } {
  const rawName = `pc-${host}.bench.example`;
  const name = parseHostName(rawName);
  if (name === undefined) throw new Error(`${rawName} is no host name.`);
  const command: HostCommand = {
    kind: 'recordObservation',
    name,
    observation: {
      kind: 'kmsRequest',
      host: { rawName, cmid: `00000000-0000-4000-8000-${String(host).padStart(12, '0')}` },
      kmsHost: 'kms01.bench.example',
      hresult: '0x00000000',
      requiredCount: 25,
      virtualMachine: false,
      statusBefore: 'LICENSED',
      minutesRemaining: 250_000,
      skuId: '73111121-5638-40f6-bc11-f1d7b0d64300',
    },
  };
  return { stream: ledger.recorder.hosts.resolve(name), command };
}

/** Writes raw what the commands wrote since; rows per second. */
function catchUpFloor(): number {
  const rows = reader.read(written, task.commands + 2 * HOSTS);
  const seconds = log.write(rows, task.concurrent);
  written += rows.events.length;
  return rows.events.length / seconds;
}
