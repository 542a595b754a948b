/**
 * A stand-in for a node of KurrentDB: the gRPC services its client uses, over a log in memory, with faults on demand.
 * It shows that the adapter speaks the protocol and survives what can happen on the wire; of durability and of elections it shows nothing.
 */
import { Metadata, Server, ServerCredentials, status, type ServerDuplexStream, type ServerReadableStream, type ServerUnaryCall, type ServerWritableStream, type sendUnaryData } from '@grpc/grpc-js';
import { failure, openFaults, type Fault, type Faults, type FaultQueue } from './faults.js';
import { appendAnswer, batchAnswer, clusterInfo, expectedOfAppend, expectedOfBatch, proposed, streamOf, supportedMethods, type Member } from './messages.js';
import { GossipService, ServerFeaturesService, StreamsService, type AppendReq, type AppendResp, type BatchAppendReq, type BatchAppendResp, type ReadReq, type ReadResp } from './protocol.js';
import { serveRead } from './reads.js';
import { openServerLog, type Judged, type Proposed, type ServerLog } from './serverLog.js';

export interface KurrentdbDouble {
  readonly port: number;
  readonly connectionString: string;
  readonly log: ServerLog;
  readonly faults: Faults;
  /** How many subscriptions were asked of it. */
  subscriptionsReceived(): number;
  /** How many appends were sent to it, whatever became of them. */
  appendsReceived(): number;
  /** Breaks all live subscriptions. */
  dropSubscriptions(): void;
  /** Ends the server's half of the streams of appends, as a proxy may: nothing on them is answered any more. */
  halfCloseAppends(): void;
  /** As if the process was killed: connections break, the log stays. */
  stop(): Promise<void>;
  /** Listens again, on the same port. */
  start(): Promise<void>;
}

export interface DoubleOptions {
  /** 0, or nothing, for any free port. */
  readonly port?: number | undefined;
  /** The log of another double, of whose cluster this node is a member then. */
  readonly log?: ServerLog | undefined;
  readonly maxAppendSize?: number | undefined;
  /** Who is in the cluster; nothing for a single node. */
  readonly members?: (() => readonly Member[]) | undefined;
}

export async function startKurrentdbDouble(options: DoubleOptions = {}): Promise<KurrentdbDouble> {
  const log = options.log ?? openServerLog(options.maxAppendSize);
  const faults = openFaults();
  const appendStreams = new Set<ServerDuplexStream<BatchAppendReq, BatchAppendResp>>();
  const subscriptions = new Set<ServerWritableStream<ReadReq, ReadResp>>();
  let port = options.port ?? 0;
  let server: Server | undefined;

  const start = async (): Promise<void> => {
    const started = new Server({ 'grpc.max_receive_message_length': 17 * 1_024 * 1_024 });
    const members = options.members ?? (() => [{ port, isLeader: true }]);
    started.addService(StreamsService, {
      read: (call: ServerWritableStream<ReadReq, ReadResp>) => serveRead(call, log, faults, subscriptions),
      append: (call: ServerReadableStream<AppendReq, AppendResp>, answer: sendUnaryData<AppendResp>) => serveAppend(call, answer, log, faults),
      batchAppend: (call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>) => serveBatchAppend(call, log, faults, appendStreams),
      delete: unimplemented,
      tombstone: unimplemented,
    });
    started.addService(ServerFeaturesService, { getSupportedMethods: (_call: unknown, answer: sendUnaryData<unknown>) => answer(null, supportedMethods()) });
    started.addService(GossipService, { read: (_call: unknown, answer: sendUnaryData<unknown>) => answer(null, clusterInfo(members())) });
    port = await new Promise<number>((resolve, reject) => {
      started.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) => (error === null ? resolve(bound) : reject(error)));
    });
    server = started;
  };

  await start();
  return {
    get port() {
      return port;
    },
    get connectionString() {
      return `kurrentdb://127.0.0.1:${port}?tls=false`;
    },
    log,
    faults,
    subscriptionsReceived: () => faults.asked('subscribe'),
    appendsReceived: () => faults.asked('append'),
    dropSubscriptions() {
      for (const call of subscriptions) call.emit('error', failure({ kind: 'unavailable' }));
      subscriptions.clear();
    },
    halfCloseAppends() {
      for (const call of appendStreams) {
        call.removeAllListeners('data');
        call.end();
      }
      appendStreams.clear();
    },
    stop() {
      server?.forceShutdown();
      server = undefined;
      appendStreams.clear();
      subscriptions.clear();
      return Promise.resolve();
    },
    start,
  };
}

function unimplemented(_call: ServerUnaryCall<unknown, unknown>, answer: sendUnaryData<unknown>): void {
  answer({ code: status.UNIMPLEMENTED });
}

interface BatchedAppend {
  readonly options: BatchAppendReq.Options;
  readonly events: Proposed[];
}

function serveBatchAppend(
  call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>,
  log: ServerLog,
  faults: FaultQueue,
  open: Set<ServerDuplexStream<BatchAppendReq, BatchAppendResp>>,
): void {
  const unfinished = new Map<string, BatchedAppend>();
  open.add(call);
  call.on('close', () => open.delete(call));
  call.on('error', () => open.delete(call));
  call.on('end', () => call.end());
  call.on('data', (request: BatchAppendReq) => {
    const correlationId = request.getCorrelationId();
    const key = correlationId?.getString() ?? '';
    const options = request.getOptions() ?? unfinished.get(key)?.options;
    if (options === undefined) return;
    const events = unfinished.get(key)?.events ?? [];
    for (const message of request.getProposedMessagesList()) events.push(proposed(message));
    if (!request.getIsFinal()) return void unfinished.set(key, { options, events });
    unfinished.delete(key);
    const stream = streamOf(options.getStreamIdentifier());
    judgeUnderFault(
      faults.next('append'),
      () => log.append(stream, expectedOfBatch(options), events),
      (judged) => call.write(batchAnswer(correlationId, stream, judged)),
      (error) => void call.emit('error', error),
    );
  });
}

function serveAppend(call: ServerReadableStream<AppendReq, AppendResp>, answer: sendUnaryData<AppendResp>, log: ServerLog, faults: FaultQueue): void {
  let options: AppendReq.Options | undefined;
  const events: Proposed[] = [];
  call.on('data', (request: AppendReq) => {
    options = request.getOptions() ?? options;
    const message = request.getProposedMessage();
    if (message !== undefined) events.push(proposed(message));
  });
  call.on('end', () => {
    if (options === undefined) return answer({ code: status.INVALID_ARGUMENT });
    const { stream, expected } = { stream: streamOf(options.getStreamIdentifier()), expected: expectedOfAppend(options) };
    judgeUnderFault(
      faults.next('append'),
      () => log.append(stream, expected, events),
      (judged) => (judged.kind === 'tooLarge' ? answer(tooLarge(judged.most)) : answer(null, appendAnswer(judged))),
      (error) => answer(error),
    );
  });
}

function judgeUnderFault(fault: Fault | undefined, append: () => Judged, answer: (judged: Judged) => void, fail: (error: ReturnType<typeof failure>) => void): void {
  switch (fault?.kind) {
    case undefined:
      return answer(append());
    case 'silent':
      return;
    case 'answerLost':
      append();
      return;
    case 'brokenAfter':
      append();
      return fail(failure(fault));
    case 'held':
      return void fault.until.then(() => answer(append()));
    case 'unavailable':
    case 'notLeader':
    case 'denied':
      return fail(failure(fault));
  }
}

function tooLarge(most: number): Parameters<sendUnaryData<unknown>>[0] {
  const metadata = new Metadata();
  metadata.set('exception', 'maximum-append-size-exceeded');
  metadata.set('maximum-append-size', String(most));
  return { code: status.INVALID_ARGUMENT, details: `Maximum Append Size of ${most} Exceeded.`, metadata };
}
