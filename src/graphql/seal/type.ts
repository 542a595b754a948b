import { Field, ObjectType } from 'type-graphql';
import type { SealedCheckpoint } from '../../application/sealedLog.js';
import type { Sequence } from '../../kernel/identifiers.js';
import { SequenceScalar } from '../scalars/sequence.js';

@ObjectType({ simpleResolvers: true, description: 'A signed head of the log: its length and the root of the Merkle tree of all its events (https://c2sp.org/tlog-checkpoint).' })
export class Checkpoint {
  @Field(() => SequenceScalar, { description: 'The last event it covers.' })
  readonly sequence: Sequence;

  @Field(() => String, { description: 'Root of the Merkle tree (RFC 6962) of the events up to there, base64.' })
  readonly root: string;

  @Field(() => String, { description: 'The signed note, verbatim. Keep it outside: it shows later whether anything before it was changed.' })
  readonly note: string;

  constructor(checkpoint: SealedCheckpoint) {
    this.sequence = checkpoint.sequence;
    this.root = checkpoint.root;
    this.note = checkpoint.note;
  }
}

@ObjectType({ simpleResolvers: true, description: 'How far an event is acknowledged: recorded at once, sealed when a published checkpoint covers it.' })
export class Receipt {
  @Field(() => Boolean, { description: 'Whether a published checkpoint covers the event; until then it is recorded, and the rest is null.' })
  readonly sealed: boolean;

  @Field(() => String, { nullable: true, description: 'Proof that the event is in the log, to be checked without the ledger (https://c2sp.org/tlog-proof).' })
  readonly proof: string | undefined;

  @Field(() => Checkpoint, { nullable: true, description: 'The checkpoint in the proof.' })
  readonly checkpoint: Checkpoint | undefined;

  constructor(fields: Receipt) {
    this.sealed = fields.sealed;
    this.proof = fields.proof;
    this.checkpoint = fields.checkpoint;
  }
}
