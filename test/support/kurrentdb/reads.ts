import type { ServerWritableStream } from '@grpc/grpc-js';
import { failure, type FaultQueue } from './faults.js';
import { checkpoint, confirmation, readEvent, streamNotFound, streamOf } from './messages.js';
import { streamsPb, type ReadReq, type ReadResp } from './protocol.js';
import type { Recorded, ServerLog } from './serverLog.js';

type Call = ServerWritableStream<ReadReq, ReadResp>;

/** Events a filtered subscription looks at before it reports how far it is, times the client's multiplier; the client may say otherwise. */
const SEARCH_WINDOW_EVENTS = 32;

/** Streams.Read: reads of a stream and of all streams, both ways, and subscriptions to all streams. */
export function serveRead(call: Call, log: ServerLog, faults: FaultQueue, subscriptions: Set<Call>): void {
  const options = call.request.getOptions();
  if (options === undefined) return void call.end();
  call.on('error', () => subscriptions.delete(call));
  const serve = options.hasSubscription() ? () => subscribe(call, log, options, subscriptions) : () => void answerRead(call, log, options);
  const fault = faults.next(options.hasSubscription() ? 'subscribe' : 'read');
  switch (fault?.kind) {
    case undefined:
      return serve();
    case 'held':
      return void fault.until.then(serve);
    case 'silent':
    case 'answerLost':
      if (options.hasSubscription()) {
        subscriptions.add(call);
        call.write(confirmation('silent'));
      }
      return;
    case 'unavailable':
    case 'brokenAfter':
    case 'notLeader':
    case 'denied':
      call.emit('error', failure(fault));
  }
}

async function answerRead(call: Call, log: ServerLog, options: ReadReq.Options): Promise<void> {
  const structuredIds = options.getUuidOption()?.hasString() !== true;
  const inStream = options.getStream();
  const stream = streamOf(inStream?.getStreamIdentifier());
  if (inStream !== undefined && log.stream(stream).length === 0) {
    call.write(streamNotFound(stream));
    call.end();
    return;
  }
  const events = inStream === undefined ? ofAll(log, options) : ofStream(log.stream(stream), inStream, isBackwards(options));
  const accepts = filterOf(options);
  let left = Number(options.getCount());
  for (const event of events) {
    if (left <= 0 || call.cancelled) break;
    if (!accepts(event)) continue;
    left -= 1;
    if (!call.write(readEvent(event, structuredIds))) await drained(call);
  }
  call.end();
}

/** Inclusive of the place where it starts. */
function* ofStream(events: readonly Recorded[], options: ReadReq.Options.StreamOptions, backwards: boolean): Generator<Recorded> {
  const from = options.hasRevision() ? Number(options.getRevision()) : undefined;
  const ordered = backwards ? events.toReversed() : events;
  for (const event of ordered) {
    if (from === undefined || (backwards ? event.revision <= from : event.revision >= from)) yield event;
  }
}

function* ofAll(log: ServerLog, options: ReadReq.Options): Generator<Recorded> {
  const all = options.getAll();
  const position = all?.getPosition();
  const at = position === undefined ? undefined : BigInt(position.getCommitPosition());
  if (!isBackwards(options)) {
    const first = at === undefined ? (all?.hasEnd() === true ? log.all.length : 0) : log.indexOf(at);
    const { length } = log.all;
    for (let index = first; index < length; index += 1) yield log.all[index] as Recorded;
  } else if (all?.hasStart() !== true) {
    const past = at === undefined ? log.all.length : log.indexOf(at + 1n);
    for (let index = past - 1; index >= 0; index -= 1) yield log.all[index] as Recorded;
  }
}

/** Exclusive of the place where it starts; reports its progress even where nothing passes the filter. */
function subscribe(call: Call, log: ServerLog, options: ReadReq.Options, subscriptions: Set<Call>): void {
  const all = options.getAll();
  const position = all?.getPosition();
  const structuredIds = options.getUuidOption()?.hasString() !== true;
  const accepts = filterOf(options);
  const filter = options.getFilter();
  const window = filter === undefined ? Number.POSITIVE_INFINITY : (filter.hasMax() ? filter.getMax() : SEARCH_WINDOW_EVENTS) * Math.max(1, filter.getCheckpointintervalmultiplier());
  let next = position === undefined ? (all?.hasEnd() === true ? log.all.length : 0) : log.indexOf(BigInt(position.getCommitPosition()) + 1n);
  let seen = 0;
  let isBusy = false;

  const pump = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    while (next < log.all.length && !call.cancelled && !call.destroyed) {
      const event = log.all[next] as Recorded;
      next += 1;
      seen += 1;
      if (accepts(event) && !call.write(readEvent(event, structuredIds))) await drained(call);
      if (seen % window === 0) call.write(checkpoint(event.position));
    }
    isBusy = false;
  };

  subscriptions.add(call);
  const leave = log.onAppended(() => void pump());
  const end = (): void => {
    leave();
    subscriptions.delete(call);
  };
  call.on('cancelled', end);
  call.on('close', end);
  call.write(confirmation(`subscription-${next}`));
  void pump();
}

function isBackwards(options: ReadReq.Options): boolean {
  return options.getReadDirection() === streamsPb.ReadReq.Options.ReadDirection.BACKWARDS;
}

function filterOf(options: ReadReq.Options): (event: Recorded) => boolean {
  const expression = options.getFilter()?.getStreamIdentifier();
  if (expression === undefined) return () => true;
  const prefixes = expression.getPrefixList();
  return ({ stream }) => prefixes.some((prefix) => stream.startsWith(prefix));
}

function drained(call: Call): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      call.off('drain', done).off('close', done).off('cancelled', done);
      resolve();
    };
    call.on('drain', done).on('close', done).on('cancelled', done);
  });
}
