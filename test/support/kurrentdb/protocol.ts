/**
 * The wire protocol of KurrentDB: the messages and services that its own client package was generated with.
 * They are CommonJS whose names no static look finds, so they are required.
 */
import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);
const v1 = '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1';

export const streamsPb = load(`${v1}/streams_pb.js`) as typeof import('@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js');
export const sharedPb = load(`${v1}/shared_pb.js`) as typeof import('@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb.js');
export const statusPb = load(`${v1}/status_pb.js`) as typeof import('@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/status_pb.js');
export const gossipPb = load(`${v1}/gossip_pb.js`) as typeof import('@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_pb.js');
export const featuresPb = load(`${v1}/serverfeatures_pb.js`) as typeof import('@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_pb.js');
export const anyPb = load('google-protobuf/google/protobuf/any_pb.js') as typeof import('google-protobuf/google/protobuf/any_pb.js');
export const emptyPb = load('google-protobuf/google/protobuf/empty_pb.js') as typeof import('google-protobuf/google/protobuf/empty_pb.js');

export const { StreamsService } = load(`${v1}/streams_grpc_pb.js`) as typeof import('@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb.js');
export const { GossipService } = load(`${v1}/gossip_grpc_pb.js`) as typeof import('@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_grpc_pb.js');
export const { ServerFeaturesService } = load(`${v1}/serverfeatures_grpc_pb.js`) as typeof import('@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_grpc_pb.js');

export type { BatchAppendReq, BatchAppendResp, AppendReq, AppendResp, ReadReq, ReadResp } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
export type { UUID } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb.js';
