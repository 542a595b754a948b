import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { Consumed, ReimagingReportRow, RequestKind, RequestRow, RequestState } from '../../../projections/requests.js';
import type { DeviceLicence, ProductCopy } from '../../domain/host/requestEvents.js';
import type { Parameters } from '../../domain/messages/message.js';
import type { ActivationMethod, ActivationPurpose, LicenceChannel, LimitKind } from '../../domain/vocabulary.js';
import type { Sequence } from '../../kernel/identifiers.js';
import { describedEnum } from '../describedEnum.js';
import { Actor } from '../event/type.js';
import type { Moment } from '../moment.js';
import { countedConnectionType } from '../relay/connection.js';
import { globalId } from '../relay/globalId.js';
import { Node } from '../relay/node.js';
import { InstantScalar } from '../scalars/instant.js';
import { SequenceScalar } from '../scalars/sequence.js';
import { ActivationMethodEnum, ActivationPurposeEnum, ConsumedEnum, LicenceChannelEnum, LimitKindEnum, DowngradeBasisEnum } from '../vocabulary.js';
import { Judgement } from './type.js';

export const RequestKindEnum = describedEnum<RequestKind>('RequestKind', 'What was asked.', {
  ACTIVATION: 'An activation of a MAK.',
  REIMAGING: 'Reinstalling a host from volume media.',
  DOWNGRADE: 'Running an older version than the licence is for.',
  LIMIT_INCREASE: 'More activations or KMS hosts than a key allows, from Microsoft.',
});

export const RequestStateEnum = describedEnum<RequestState>('RequestState', 'Where a request stands.', {
  REQUESTED: 'Asked, not decided.',
  SUBMITTED: 'With the Activation Center.',
  GRANTED: 'Granted and not ended; a limit increase awaits the report that shows it.',
  REFUSED: 'Refused.',
  COMPLETED: 'Done.',
  FAILED: 'The activation failed; its reservation is free again.',
  CANCELLED: 'Not wanted any more.',
  LAPSED: 'The reservation\'s time ran out.',
  WITHDRAWN: 'Taken back by the one who asked.',
  REVERTED: 'The host went back up to the licensed version.',
  REVERSED: 'Taken out of the counts.',
});

@ObjectType({ simpleResolvers: true, description: 'A copy of a product, as far as the request says.' })
export class RequestedCopy {
  @Field(() => String, { description: 'The product.' })
  readonly product: string;

  @Field(() => String, { nullable: true, description: 'Its version.' })
  readonly version: string | undefined;

  @Field(() => String, { nullable: true, description: 'Its edition.' })
  readonly edition: string | undefined;

  @Field(() => String, { nullable: true, description: 'Its language.' })
  readonly language: string | undefined;

  @Field(() => LicenceChannelEnum, { nullable: true, description: 'How its licence was bought; null for a copy that is to be installed.' })
  readonly channel: LicenceChannel | undefined;

  constructor(copy: ProductCopy | DeviceLicence) {
    this.product = copy.product;
    this.version = copy.version;
    this.edition = copy.edition;
    this.language = copy.language;
    this.channel = 'channel' in copy ? copy.channel : undefined;
  }
}

@ObjectType({ simpleResolvers: true, description: 'Why a request was refused.' })
export class RequestRefusal {
  @Field(() => String, { description: 'Stable code, upper snake case.' })
  readonly code: string;

  @Field(() => [String], { description: 'Ids of the rules that refused it; empty when none did.' })
  readonly rules: readonly string[];

  /** What its sentence names. */
  readonly parameters: Parameters;

  constructor({ code, parameters, rules }: NonNullable<RequestRow['refusal']>) {
    this.code = code;
    this.parameters = parameters;
    this.rules = rules;
  }
}

/** A request as the list has it; what mutations answer with is in `type.ts`. */
@ObjectType('Request', { implements: Node, simpleResolvers: true, description: 'Something asked of the ledger, with what became of it by the moment asked for.' })
export class LedgerRequest extends Node {
  readonly row: RequestRow;
  readonly moment: Moment;

  constructor(row: RequestRow, moment: Moment) {
    super();
    this.row = row;
    this.moment = moment;
  }

  override get id(): string {
    return globalId('Request', this.row.request);
  }

  @Field(() => ID, { description: 'Its own id, that of its command: what further commands name.' })
  get request(): string {
    return this.row.request;
  }

  @Field(() => RequestKindEnum, { description: 'What was asked.' })
  get kind(): RequestKind {
    return this.row.kind;
  }

  @Field(() => RequestStateEnum, { description: 'Where it stands.' })
  get state(): RequestState {
    return this.row.state;
  }

  @Field(() => SequenceScalar, { description: 'Its first event.' })
  get sequence(): Sequence {
    return this.row.sequence;
  }

  @Field(() => SequenceScalar, { description: 'The last event that changed it.' })
  get lastSequence(): Sequence {
    return this.row.lastSequence;
  }

  @Field(() => Actor, { description: 'Who asked.' })
  get actor(): Actor {
    return new Actor(this.row.actor);
  }

  @Field(() => InstantScalar, { description: 'When it was asked.' })
  get requestedAt(): number {
    return this.row.requestedAt;
  }

  @Field(() => InstantScalar, { nullable: true, description: 'When it was granted or refused.' })
  get decidedAt(): number | undefined {
    return this.row.decidedAt;
  }

  @Field(() => InstantScalar, { nullable: true, description: 'When it ended.' })
  get endedAt(): number | undefined {
    return this.row.endedAt;
  }

  @Field(() => Int, { nullable: true, description: 'The host\'s installation it is about; of an activation that is confirmed, the activated one.' })
  get installation(): number | undefined {
    return this.row.installation;
  }

  @Field(() => Int, { nullable: true, description: 'The installation that ended when it was completed.' })
  get endedInstallation(): number | undefined {
    return this.row.endedInstallation;
  }

  @Field(() => Int, { nullable: true, description: 'The installation that began when it was completed.' })
  get startedInstallation(): number | undefined {
    return this.row.startedInstallation;
  }

  @Field(() => String, { nullable: true, description: 'Licence ID of the agreement whose licence is consumed.' })
  get agreement(): string | undefined {
    return this.row.agreement;
  }

  @Field(() => String, { nullable: true, description: 'Team that does it.' })
  get team(): string | undefined {
    return this.row.team;
  }

  @Field(() => String, { nullable: true, description: 'The imaging team\'s name of the image.' })
  get image(): string | undefined {
    return this.row.image;
  }

  @Field(() => ActivationMethodEnum, { nullable: true, description: 'How it is to be activated.' })
  get method(): ActivationMethod | undefined {
    return this.row.method;
  }

  @Field(() => ActivationPurposeEnum, { nullable: true, description: 'What it is for.' })
  get purpose(): ActivationPurpose | undefined {
    return this.row.purpose;
  }

  @Field(() => String, { nullable: true, description: 'What is to be activated or installed.' })
  get product(): string | undefined {
    return this.row.product;
  }

  @Field(() => Boolean, { nullable: true, description: 'Of an image: whether it was generalised, so that each machine gets a client machine id of its own.' })
  get generalised(): boolean | undefined {
    return this.row.generalised;
  }

  @Field(() => Int, { nullable: true, description: 'Of an image: rearms that were left in it.' })
  get rearmsLeft(): number | undefined {
    return this.row.rearmsLeft;
  }

  @Field(() => DowngradeBasisEnum, { nullable: true, description: 'Of a downgrade: where the right was said to come from.' })
  get basis(): RequestRow['basis'] {
    return this.row.basis;
  }

  @Field(() => String, { nullable: true, description: 'Of a reimaging or downgrade: SHA-256 of the evidence document.' })
  get evidenceSha256(): string | undefined {
    return this.row.evidenceSha256;
  }

  @Field(() => RequestedCopy, { nullable: true, description: 'What the device is licensed for.' })
  get licensed(): RequestedCopy | undefined {
    return this.row.licensed && new RequestedCopy(this.row.licensed);
  }

  @Field(() => RequestedCopy, { nullable: true, description: 'What is to be installed.' })
  get target(): RequestedCopy | undefined {
    return this.row.target && new RequestedCopy(this.row.target);
  }

  @Field(() => InstantScalar, { nullable: true, description: 'When what is reserved for it lapses.' })
  get expiresAt(): number | undefined {
    return this.row.expiresAt;
  }

  @Field(() => ConsumedEnum, { nullable: true, description: 'Whether an activation was consumed; null where none was at stake, or it is not over.' })
  get consumed(): Consumed | undefined {
    return this.row.consumed;
  }

  @Field(() => String, { nullable: true, description: 'HRESULT of an activation that failed.' })
  get hresult(): string | undefined {
    return this.row.hresult;
  }

  @Field(() => LimitKindEnum, { nullable: true, description: 'Which limit is to be raised.' })
  get limitKind(): LimitKind | undefined {
    return this.row.limitKind;
  }

  @Field(() => Int, { nullable: true, description: 'By how many, as asked.' })
  get quantity(): number | undefined {
    return this.row.quantity;
  }

  @Field(() => Int, { nullable: true, description: 'By how many, as granted.' })
  get grantedQuantity(): number | undefined {
    return this.row.grantedQuantity;
  }

  @Field(() => Int, { nullable: true, description: 'The limit that was granted.' })
  get limit(): number | undefined {
    return this.row.limit;
  }

  @Field(() => String, { nullable: true, description: 'Microsoft\'s case number.' })
  get caseNumber(): string | undefined {
    return this.row.caseNumber;
  }

  @Field(() => RequestRefusal, { nullable: true, description: 'Why it was refused; null if it was not, or by Microsoft.' })
  get refusal(): RequestRefusal | undefined {
    return this.row.refusal && new RequestRefusal(this.row.refusal);
  }

  @Field(() => String, { nullable: true, description: 'Digest of the rules in force when it was decided; null where no rule was asked.' })
  get ruleset(): string | undefined {
    return this.row.decision?.ruleset;
  }

  @Field(() => [Judgement], { description: 'What each rule made of it.' })
  get judgements(): readonly Judgement[] {
    return (this.row.decision?.judgements ?? []).map((judgement) => new Judgement(judgement));
  }

  @Field(() => [String], { description: 'Rules whose warning the one who asked accepted.' })
  get acceptedWarnings(): readonly string[] {
    return (this.row.decision?.judgements ?? []).filter(({ accepted }) => accepted === true).map(({ rule }) => rule);
  }
}

@ObjectType({ simpleResolvers: true, description: 'How many requests of a kind are in a state.' })
export class RequestCount {
  @Field(() => RequestKindEnum, { description: 'The kind.' })
  readonly kind: RequestKind;

  @Field(() => RequestStateEnum, { description: 'The state.' })
  readonly state: RequestState;

  @Field(() => Int, { description: 'How many.' })
  readonly count: number;

  constructor(row: { readonly kind: RequestKind; readonly state: RequestState; readonly requests: number }) {
    this.kind = row.kind;
    this.state = row.state;
    this.count = row.requests;
  }
}

@ObjectType({ simpleResolvers: true, description: 'Completed reimagings with one image, by one team, in one month.' })
export class ReimagingReportLine {
  @Field(() => String, { description: 'The imaging team\'s name of the image.' })
  readonly image: string;

  @Field(() => String, { nullable: true, description: 'The team; null for reimagings that name none.' })
  readonly team: string | undefined;

  @Field(() => String, { description: 'The month they were completed in, UTC: `YYYY-MM`.' })
  readonly month: string;

  @Field(() => Int, { description: 'How many.' })
  readonly reimagings: number;

  @Field(() => Int, { description: 'Those that consumed an activation.' })
  readonly consumed: number;

  @Field(() => Int, { description: 'Those for which one was reserved and not consumed.' })
  readonly notConsumed: number;

  @Field(() => Int, { description: 'Those of which it is not known.' })
  readonly unknown: number;

  constructor(row: ReimagingReportRow) {
    this.image = row.image;
    this.team = row.team;
    this.month = row.month;
    this.reimagings = row.reimagings;
    this.consumed = row.consumed;
    this.notConsumed = row.notConsumed;
    this.unknown = row.unknown;
  }
}

@ObjectType({ simpleResolvers: true, description: 'Requests after an event that changed them.' })
export class RequestsChange {
  @Field(() => SequenceScalar, { description: 'The event; pass it as `after` to resume.' })
  readonly sequence: Sequence;

  @Field(() => String, { description: 'The event\'s type.' })
  readonly eventType: string;

  @Field(() => [LedgerRequest], { description: 'The requests as the ledger knew them with this event.' })
  readonly requests: readonly LedgerRequest[];

  constructor(sequence: Sequence, eventType: string, requests: readonly LedgerRequest[]) {
    this.sequence = sequence;
    this.eventType = eventType;
    this.requests = requests;
  }
}

export const RequestConnection = countedConnectionType('Request', () => LedgerRequest, 'requests').Connection;
