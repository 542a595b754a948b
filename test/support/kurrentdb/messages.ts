import type { Message } from 'google-protobuf';
import { anyPb, emptyPb, gossipPb, featuresPb, sharedPb, statusPb, streamsPb, type AppendReq, type AppendResp, type BatchAppendReq, type BatchAppendResp, type ReadResp, type UUID } from './protocol.js';
import type { Expected, Judged, Proposed, Recorded } from './serverLog.js';

/** Between the messages on the wire and what the log of the double holds. */

/** 100-nanosecond steps since 1970, as the protocol counts them: all events of the double are of one moment. */
const CREATED = '17958000000000000';

export function readEvent(recorded: Recorded, structuredIds: boolean): ReadResp {
  const position = recorded.position.toString();
  const event = new streamsPb.ReadResp.ReadEvent.RecordedEvent()
    .setId(structuredIds ? structured(recorded.id) : new sharedPb.UUID().setString(recorded.id))
    .setStreamIdentifier(streamIdentifier(recorded.stream))
    .setStreamRevision(String(recorded.revision))
    .setCommitPosition(position)
    .setPreparePosition(position)
    .setData(recorded.data)
    .setCustomMetadata(recorded.metadata);
  event.getMetadataMap().set('type', recorded.type).set('content-type', recorded.contentType).set('created', CREATED);
  return new streamsPb.ReadResp().setEvent(new streamsPb.ReadResp.ReadEvent().setEvent(event).setCommitPosition(position));
}

export function checkpoint(position: bigint): ReadResp {
  const text = position.toString();
  return new streamsPb.ReadResp().setCheckpoint(new streamsPb.ReadResp.Checkpoint().setCommitPosition(text).setPreparePosition(text));
}

export function confirmation(id: string): ReadResp {
  return new streamsPb.ReadResp().setConfirmation(new streamsPb.ReadResp.SubscriptionConfirmation().setSubscriptionId(id));
}

export function streamNotFound(stream: string): ReadResp {
  return new streamsPb.ReadResp().setStreamNotFound(new streamsPb.ReadResp.StreamNotFound().setStreamIdentifier(streamIdentifier(stream)));
}

export function streamOf(identifier: { getStreamName_asU8(): Uint8Array } | undefined): string {
  return Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');
}

export function expectedOfBatch(options: BatchAppendReq.Options): Expected {
  if (options.hasNoStream()) return 'none';
  if (options.hasStreamExists()) return 'exists';
  return options.hasStreamPosition() ? Number(options.getStreamPosition()) : 'any';
}

export function expectedOfAppend(options: AppendReq.Options): Expected {
  if (options.hasNoStream()) return 'none';
  if (options.hasStreamExists()) return 'exists';
  return options.hasRevision() ? Number(options.getRevision()) : 'any';
}

export function proposed(message: BatchAppendReq.ProposedMessage | AppendReq.ProposedMessage): Proposed {
  const id = message.getId();
  return {
    id: id === undefined ? '' : idOf(id),
    type: message.getMetadataMap().get('type') ?? '',
    contentType: message.getMetadataMap().get('content-type') ?? '',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

export function batchAnswer(correlationId: UUID | undefined, stream: string, judged: Judged): BatchAppendResp {
  const answer = new streamsPb.BatchAppendResp().setCorrelationId(correlationId).setStreamIdentifier(streamIdentifier(stream));
  switch (judged.kind) {
    case 'success':
      return answer.setSuccess(new streamsPb.BatchAppendResp.Success().setCurrentRevision(String(judged.revision)).setPosition(allPosition(judged.position)));
    case 'wrongExpectedVersion':
      return answer.setError(status('WrongExpectedVersion', wrongExpectedVersion(judged)));
    case 'tooLarge':
      return answer.setError(status('MaximumAppendSizeExceeded', new sharedPb.MaximumAppendSizeExceeded().setMaxappendsize(judged.most)));
  }
}

export function appendAnswer(judged: Exclude<Judged, { kind: 'tooLarge' }>): AppendResp {
  const answer = new streamsPb.AppendResp();
  if (judged.kind === 'success') {
    const position = judged.position.toString();
    const place = new streamsPb.AppendResp.Position().setCommitPosition(position).setPreparePosition(position);
    return answer.setSuccess(new streamsPb.AppendResp.Success().setCurrentRevision(String(judged.revision)).setPosition(place));
  }
  const refusal = new streamsPb.AppendResp.WrongExpectedVersion();
  if (judged.current === undefined) refusal.setCurrentNoStream(new sharedPb.Empty());
  else refusal.setCurrentRevision(String(judged.current));
  if (typeof judged.expected === 'number') refusal.setExpectedRevision(String(judged.expected));
  else if (judged.expected === 'none') refusal.setExpectedNoStream(new sharedPb.Empty());
  else refusal.setExpectedStreamExists(new sharedPb.Empty());
  return answer.setWrongExpectedVersion(refusal);
}

export interface Member {
  readonly port: number;
  readonly isLeader: boolean;
}

export function clusterInfo(members: readonly Member[]): Message {
  const { ClusterInfo, EndPoint, MemberInfo } = gossipPb;
  return new ClusterInfo().setMembersList(
    members.map(({ port, isLeader }) =>
      new MemberInfo()
        .setInstanceId(new sharedPb.UUID().setString(`00000000-0000-4000-8000-${String(port).padStart(12, '0')}`))
        .setTimeStamp('0')
        .setState(isLeader ? MemberInfo.VNodeState.LEADER : MemberInfo.VNodeState.FOLLOWER)
        .setIsAlive(true)
        .setHttpEndPoint(new EndPoint().setAddress('127.0.0.1').setPort(port)),
    ),
  );
}

/** What server 23.10 says it can do, as far as a ledger is concerned: neither appends to many streams nor `appendRecords`. */
export function supportedMethods(): Message {
  const { SupportedMethod, SupportedMethods } = featuresPb;
  const methods = ['read', 'append', 'batchappend'].map((name) =>
    new SupportedMethod().setMethodName(name).setServiceName('event_store.client.streams.streams').setFeaturesList([]),
  );
  return new SupportedMethods().setEventStoreServerVersion('23.10.0.0').setMethodsList(methods);
}

function wrongExpectedVersion({ current, expected }: Extract<Judged, { kind: 'wrongExpectedVersion' }>): Message {
  const details = new sharedPb.WrongExpectedVersion();
  if (current === undefined) details.setCurrentNoStream(new emptyPb.Empty());
  else details.setCurrentStreamRevision(String(current));
  if (typeof expected === 'number') details.setExpectedStreamPosition(String(expected));
  else if (expected === 'none') details.setExpectedNoStream(new emptyPb.Empty());
  else details.setExpectedStreamExists(new emptyPb.Empty());
  return details;
}

function status(name: string, details: Message) {
  const any = new anyPb.Any();
  any.pack(details.serializeBinary(), `event_store.client.${name}`);
  return new statusPb.Status().setMessage(name).setDetails(any);
}

function allPosition(position: bigint) {
  return new sharedPb.AllStreamPosition().setCommitPosition(position.toString()).setPreparePosition(position.toString());
}

function streamIdentifier(stream: string) {
  return new sharedPb.StreamIdentifier().setStreamName(Buffer.from(stream, 'utf8'));
}

function structured(id: string): UUID {
  const hex = id.replaceAll('-', '');
  const bits = (part: string): string => BigInt.asIntN(64, BigInt(`0x${part}`)).toString();
  return new sharedPb.UUID().setStructured(new sharedPb.UUID.Structured().setMostSignificantBits(bits(hex.slice(0, 16))).setLeastSignificantBits(bits(hex.slice(16))));
}

function idOf(id: UUID): string {
  const parts = id.getStructured();
  if (parts === undefined) return id.getString();
  const hex = [parts.getMostSignificantBits(), parts.getLeastSignificantBits()].map((bits) => BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
