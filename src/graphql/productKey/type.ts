import { Field, Int, ObjectType } from 'type-graphql';
import type { KeyActivationRow, KeyActivationState, KeyCountsRow, KeyStatus, ObtainedFrom } from '../../../projections/keyCounts.js';
import type { ActivationMethod, ActivationPurpose, EvidenceKind, OveragePolicy, ProductKeyKind, ProductPool } from '../../domain/vocabulary.js';
import type { Sequence } from '../../kernel/identifiers.js';
import { SetupKey } from '../catalogue/type.js';
import type { Moment } from '../moment.js';
import { connectionType, countedConnectionType } from '../relay/connection.js';
import { globalId } from '../relay/globalId.js';
import { Node } from '../relay/node.js';
import { InstantScalar } from '../scalars/instant.js';
import { SequenceScalar } from '../scalars/sequence.js';
import {
  ActivationMethodEnum,
  ActivationPurposeEnum,
  CountsAsEnum,
  EvidenceKindEnum,
  KeyActivationStateEnum,
  KeyStatusEnum,
  ObtainedFromEnum,
  OveragePolicyEnum,
  ProductKeyKindEnum,
  ProductPoolEnum,
} from '../vocabulary.js';

const COUNTED_STATES = ['CONFIRMED', 'RESERVED', 'OBSERVED', 'MOVED_FROM_OPENING', 'UNCERTAIN'] as const;
type CountedState = (typeof COUNTED_STATES)[number];

@ObjectType({ simpleResolvers: true, description: 'What Microsoft reported last about a key.' })
export class ReportedRemaining {
  @Field(() => Int, { description: 'Activations that remain, as reported.' })
  readonly remaining: number;

  @Field(() => InstantScalar, { description: 'When it was so.' })
  readonly occurredAt: number;

  @Field(() => EvidenceKindEnum, { description: 'What told it.' })
  readonly evidence: EvidenceKind;

  @Field(() => SequenceScalar, { description: 'The event that recorded it.' })
  readonly sequence: Sequence;

  constructor(row: NonNullable<KeyCountsRow['reported']>) {
    this.remaining = row.remaining;
    this.occurredAt = row.occurredAt;
    this.evidence = row.evidence;
    this.sequence = row.sequence;
  }
}

@ObjectType({ simpleResolvers: true, description: 'An error that was reported with a key.' })
export class KeyError {
  @Field(() => String, { description: 'Its HRESULT: `0x` and eight hexadecimal digits.' })
  readonly hresult: string;

  @Field(() => String, { nullable: true, description: 'What the HRESULT means, where the catalogue says.' })
  readonly meaning: string | undefined;

  constructor(hresult: string, meaning: string | undefined) {
    this.hresult = hresult;
    this.meaning = meaning;
  }
}

@ObjectType({ simpleResolvers: true, description: 'An activation of a key that was asked for or seen.' })
export class KeyActivation {
  readonly row: KeyActivationRow;
  readonly moment: Moment;

  constructor(row: KeyActivationRow, moment: Moment) {
    this.row = row;
    this.moment = moment;
  }

  @Field(() => String, { nullable: true, description: 'Its id, where it was asked for.' })
  get activation(): string | undefined {
    return this.row.activation;
  }

  @Field(() => Int, { nullable: true, description: 'Which of the host\'s installations; null while that is not known.' })
  get installation(): number | undefined {
    return this.row.installation;
  }

  @Field(() => KeyActivationStateEnum, { description: 'What has become of it.' })
  get state(): KeyActivationState {
    return this.row.state;
  }

  @Field(() => CountsAsEnum, { nullable: true, description: 'The class it is counted in; null where it does not count.' })
  get countsAs(): CountedState | undefined {
    return COUNTED_STATES.find((state) => state === this.row.state);
  }

  @Field(() => InstantScalar, { description: 'When it became what it is.' })
  get occurredAt(): number {
    return this.row.occurredAt;
  }

  @Field(() => SequenceScalar, { description: 'Its first event.' })
  get sequence(): Sequence {
    return this.row.sequence;
  }

  @Field(() => SequenceScalar, { description: 'The event that made it what it is.' })
  get lastSequence(): Sequence {
    return this.row.lastSequence;
  }

  @Field(() => String, { nullable: true, description: 'Product it was asked for.' })
  get product(): string | undefined {
    return this.row.product;
  }

  @Field(() => ActivationMethodEnum, { nullable: true, description: 'How it is activated.' })
  get method(): ActivationMethod | undefined {
    return this.row.method;
  }

  @Field(() => ActivationPurposeEnum, { nullable: true, description: 'What it was asked for.' })
  get purpose(): ActivationPurpose | undefined {
    return this.row.purpose;
  }

  @Field(() => String, { nullable: true, description: 'Agreement whose licence is consumed, where it was named.' })
  get agreement(): string | undefined {
    return this.row.agreement;
  }

  @Field(() => String, { nullable: true, description: 'Installation ID of a proxy activation.' })
  get installationId(): string | undefined {
    return this.row.installationId;
  }

  @Field(() => InstantScalar, { nullable: true, description: 'When its reservation lapses, or lapsed.' })
  get expiresAt(): number | undefined {
    return this.row.expiresAt;
  }

  @Field(() => String, { nullable: true, description: 'Code of the refusal.' })
  get refusal(): string | undefined {
    return this.row.refusal;
  }

  @Field(() => String, { nullable: true, description: 'HRESULT it failed with.' })
  get hresult(): string | undefined {
    return this.row.hresult;
  }

  @Field(() => Boolean, { description: 'It was confirmed after its reservation had lapsed.' })
  get late(): boolean {
    return this.row.confirmedBy === 'LATE';
  }

  @Field(() => Boolean, { description: 'The vault keeps its confirmation ID, for local reactivation on unchanged hardware (rule B-4).' })
  get confirmationIdStored(): boolean {
    return this.row.confirmationIdStored === true;
  }
}

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'A product key and its counts, at the moment asked for. The key itself is never stored: only its last five characters and a keyed fingerprint.',
})
export class ProductKey extends Node {
  readonly row: KeyCountsRow;
  readonly moment: Moment;

  constructor(row: KeyCountsRow, moment: Moment) {
    super();
    this.row = row;
    this.moment = moment;
  }

  override get id(): string {
    return globalId('ProductKey', this.row.key);
  }

  @Field(() => String, { description: 'Its stream in the ledger: `productKey-…`.' })
  get stream(): string {
    return this.row.key;
  }

  @Field(() => String, { description: 'Its last five characters.' })
  get lastFive(): string {
    return this.row.lastFive;
  }

  @Field(() => ProductKeyKindEnum, { description: 'What it does.' })
  get kind(): ProductKeyKind {
    return this.row.kind;
  }

  @Field(() => String, { nullable: true, description: 'Product it is for; of a published setup key nobody named, what the catalogue says.' })
  get product(): string | undefined {
    return this.row.product ?? this.setupKey?.product;
  }

  @Field(() => SetupKey, { nullable: true, description: 'The published setup key with these last five characters; null if none has them.' })
  get setupKey(): SetupKey | undefined {
    const row = this.moment.catalogue.setupKey(this.row.lastFive);
    return row && new SetupKey(row);
  }

  @Field(() => String, { nullable: true, description: 'Agreement it was issued under.' })
  get agreement(): string | undefined {
    return this.row.agreement;
  }

  @Field(() => KeyStatusEnum, { description: 'Whether it grants anything.' })
  get status(): KeyStatus {
    return this.row.status;
  }

  @Field(() => ProductPoolEnum, { nullable: true, description: 'Pool it was issued for.' })
  get pool(): ProductPool | undefined {
    return this.row.pool;
  }

  @Field(() => ObtainedFromEnum, { nullable: true, description: 'Where the key came from.' })
  get obtainedFrom(): ObtainedFrom | undefined {
    return this.row.obtainedFrom;
  }

  @Field(() => OveragePolicyEnum, { description: 'What it does with a request beyond its limit.' })
  get overage(): OveragePolicy {
    return this.row.overage;
  }

  @Field(() => Int, { nullable: true, description: 'Hours a reservation counts before it lapses; null where the ledger\'s own figure holds.' })
  get reservationHours(): number | undefined {
    return this.row.reservationHours;
  }

  @Field(() => Int, { description: 'KMS hosts set up with it; a slot stays taken.' })
  get slotsTaken(): number {
    return this.row.slotsTaken;
  }

  @Field(() => Boolean, { description: 'False for a key that was only seen in observations.' })
  get registered(): boolean {
    return this.row.registered;
  }

  @Field(() => SequenceScalar, { description: 'Its first event.' })
  get firstSequence(): Sequence {
    return this.row.firstSequence;
  }

  @Field(() => SequenceScalar, { description: 'Its last event.' })
  get lastSequence(): Sequence {
    return this.row.lastSequence;
  }

  @Field(() => Int, { description: 'Activations spent before the ledger.' })
  get opening(): number {
    return this.row.opening;
  }

  @Field(() => Int, { description: 'Activations requested here and confirmed.' })
  get confirmed(): number {
    return this.row.confirmed;
  }

  @Field(() => Int, { description: 'Activations granted and not yet confirmed.' })
  get reserved(): number {
    return this.row.reserved;
  }

  @Field(() => Int, { description: 'Activations seen without a request.' })
  get observed(): number {
    return this.row.observed;
  }

  @Field(() => Int, { description: 'Activations that may have been spent, counted until it is known.' })
  get uncertain(): number {
    return this.row.uncertain;
  }

  @Field(() => Int, { description: 'Activations spent: the sum of opening, confirmed, reserved, observed and uncertain.' })
  get used(): number {
    return this.row.used;
  }

  @Field(() => Int, { nullable: true, description: 'Activations the key may perform; null when not known.' })
  get allowed(): number | undefined {
    return this.row.allowed;
  }

  @Field(() => Int, { nullable: true, description: 'Allowed less used; negative in an overrun, null when allowed is not known.' })
  get remaining(): number | undefined {
    return this.row.remaining;
  }

  @Field(() => ReportedRemaining, { nullable: true, description: 'What Microsoft reported last.' })
  get reported(): ReportedRemaining | undefined {
    return this.row.reported && new ReportedRemaining(this.row.reported);
  }

  @Field(() => Int, { nullable: true, description: 'Activations that the report shows as spent and the ledger cannot explain, at the time of the report.' })
  get unexplained(): number | undefined {
    return this.row.unexplained;
  }

  @Field(() => Int, { nullable: true, description: 'Installations last observed licensed with this key; null in an answer for `validAt`.' })
  get active(): number | undefined {
    return this.row.active;
  }

  @Field(() => Int, { nullable: true, description: 'Installations with a key of the same last five that cannot be told from others: counted nowhere.' })
  get unattributed(): number | undefined {
    return this.row.unattributed;
  }

  @Field(() => KeyError, { nullable: true, description: 'The error last reported with the key.' })
  get lastError(): KeyError | undefined {
    const { errorCode } = this.row;
    return errorCode === undefined ? undefined : new KeyError(errorCode, this.moment.catalogue.errorCode(errorCode)?.meaning);
  }
}

@ObjectType({ simpleResolvers: true, description: 'Product keys after an event that touched them.' })
export class KeyCountsChange {
  @Field(() => SequenceScalar, { description: 'The event; pass it as `after` to resume.' })
  readonly sequence: Sequence;

  @Field(() => String, { description: 'The event\'s type.' })
  readonly eventType: string;

  @Field(() => [ProductKey], { description: 'The keys as the ledger knew them with this event.' })
  readonly productKeys: readonly ProductKey[];

  constructor(sequence: Sequence, eventType: string, productKeys: readonly ProductKey[]) {
    this.sequence = sequence;
    this.eventType = eventType;
    this.productKeys = productKeys;
  }
}

export const ProductKeyConnection = countedConnectionType('ProductKey', () => ProductKey, 'product keys').Connection;
export const KeyActivationConnection = connectionType('KeyActivation', () => KeyActivation, 'activations').Connection;
