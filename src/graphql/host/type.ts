import { Field, Int, ObjectType } from 'type-graphql';
import type { HostIdentityRow, HostRow, InstallationStatus, InstallationStatusRow, StatusBasis } from '../../../projections/hostStatus.js';
import type { CatalogueSku } from '../../domain/catalogue/catalogue.js';
import { productNameOf } from '../../domain/catalogue/productName.js';
import type { ActivationMethod, EvidenceKind, LicenseStatus, ProductKeyKind } from '../../domain/vocabulary.js';
import type { Sequence, StreamId } from '../../kernel/identifiers.js';
import { SetupKey, Sku } from '../catalogue/type.js';
import type { Moment } from '../moment.js';
import { countedConnectionType } from '../relay/connection.js';
import { globalId } from '../relay/globalId.js';
import { Node } from '../relay/node.js';
import { InstantScalar } from '../scalars/instant.js';
import { InstallationTurn, MethodChange } from './lifeType.js';
import { SequenceScalar } from '../scalars/sequence.js';
import {
  ActivationMethodEnum,
  EvidenceKindEnum,
  IdentityKindEnum,
  InstallationStatusEnum,
  LicenseStatusEnum,
  NetworkTypeEnum,
  ProductKeyKindEnum,
  StatusBasisEnum,
  UntilBasisEnum,
} from '../vocabulary.js';

@ObjectType({ simpleResolvers: true, description: 'One way in which a host is known, and since when.' })
export class HostIdentity {
  @Field(() => IdentityKindEnum, { description: 'What kind of identity.' })
  readonly kind: HostIdentityRow['kind'];

  @Field(() => String, { description: 'Normalised: lower case, a name as `name` or `name.domain`.' })
  readonly value: string;

  @Field(() => String, { description: 'As it was written.' })
  readonly raw: string;

  @Field(() => SequenceScalar, { description: 'The event that showed it first.' })
  readonly sequence: Sequence;

  constructor(row: HostIdentityRow) {
    this.kind = row.kind;
    this.value = row.value;
    this.raw = row.raw;
    this.sequence = row.sequence;
  }
}

@ObjectType({ simpleResolvers: true, description: 'That a host has left a domain.' })
export class LeftDomain {
  @Field(() => String, { nullable: true, description: 'The domain, as it was reported.' })
  readonly name: string | undefined;

  @Field(() => InstantScalar, { description: 'When it was first seen outside of it.' })
  readonly at: number;

  constructor({ name, at }: NonNullable<HostRow['leftDomain']>) {
    this.name = name;
    this.at = at;
  }
}

@ObjectType({ simpleResolvers: true, description: 'The observation that something rests on.' })
export class Evidence {
  @Field(() => EvidenceKindEnum, { description: 'What kind of evidence.' })
  readonly kind: EvidenceKind;

  @Field(() => SequenceScalar, { description: 'The event that recorded it.' })
  readonly sequence: Sequence;

  @Field(() => InstantScalar, { description: 'When it was so, as the source claims.' })
  readonly occurredAt: number;

  constructor(row: { readonly kind: EvidenceKind; readonly sequence: Sequence; readonly occurredAt: number }) {
    this.kind = row.kind;
    this.sequence = row.sequence;
    this.occurredAt = row.occurredAt;
  }
}

@ObjectType({ simpleResolvers: true, description: 'An activation or renewal that failed.' })
export class ActivationFailure {
  @Field(() => String, { description: 'Its HRESULT: `0x` and eight hexadecimal digits.' })
  readonly hresult: string;

  @Field(() => String, { nullable: true, description: 'What the HRESULT means, where the catalogue says.' })
  readonly meaning: string | undefined;

  @Field(() => InstantScalar, { description: 'When it failed.' })
  readonly occurredAt: number;

  constructor(row: { readonly hresult: string; readonly occurredAt: number }, { catalogue }: Moment) {
    this.hresult = row.hresult;
    this.meaning = catalogue.errorCode(row.hresult)?.meaning;
    this.occurredAt = row.occurredAt;
  }
}

@ObjectType({ simpleResolvers: true, description: 'One product on one host, at the moment asked for.' })
export class Installation {
  readonly #row: InstallationStatusRow;
  readonly moment: Moment;

  constructor(row: InstallationStatusRow, moment: Moment) {
    this.#row = row;
    this.moment = moment;
  }

  @Field(() => Int, { description: 'Number among the host\'s installations, in the order the ledger met them.' })
  get number(): number {
    return this.#row.installation;
  }

  /** Stream of the host. */
  get host(): StreamId {
    return this.#row.host;
  }

  @Field(() => InstallationTurn, { nullable: true, description: 'What began it; null for one that the ledger met.' })
  get started(): InstallationTurn | undefined {
    const turn = this.#row.life?.started;
    return turn && new InstallationTurn(turn);
  }

  @Field(() => InstallationTurn, { nullable: true, description: 'What ended it; null while it runs. An ended installation keeps the status of its end.' })
  get ended(): InstallationTurn | undefined {
    const turn = this.#row.life?.ended;
    return turn && new InstallationTurn(turn);
  }

  @Field(() => Int, { nullable: true, description: 'Number of the installation that ended when this one began.' })
  get replaces(): number | undefined {
    return this.#row.life?.replaces;
  }

  @Field(() => Int, { nullable: true, description: 'Number of the installation that began in its place.' })
  get replacedBy(): number | undefined {
    return this.#row.life?.replacedBy;
  }

  @Field(() => InstallationStatusEnum, { description: 'Its state.' })
  get status(): InstallationStatus {
    return this.#row.status;
  }

  @Field(() => StatusBasisEnum, { description: 'Whether the state is observed, recorded or derived.' })
  get basis(): StatusBasis {
    return this.#row.basis;
  }

  @Field(() => InstantScalar, { nullable: true, description: 'Since when, as far as the evidence shows.' })
  get since(): number | undefined {
    return this.#row.sinceAt;
  }

  @Field(() => InstantScalar, { nullable: true, description: 'When the state ends by itself; null if it does not, or nobody knows.' })
  get until(): number | undefined {
    return this.#row.untilAt;
  }

  @Field(() => UntilBasisEnum, { nullable: true, description: 'Where that end comes from.' })
  get untilBasis(): 'REPORTED' | 'RULE' | undefined {
    return this.#row.untilBasis;
  }

  @Field(() => LicenseStatusEnum, { description: 'The licence status last reported, whatever became of it since.' })
  get licenseStatus(): LicenseStatus {
    return this.#row.licenseStatus;
  }

  @Field(() => ActivationMethodEnum, { nullable: true, description: 'How it is activated.' })
  get method(): ActivationMethod | undefined {
    return this.#row.method;
  }

  @Field(() => String, { nullable: true, description: 'Last five characters of its product key.' })
  get keyLastFive(): string | undefined {
    return this.#row.keyLastFive;
  }

  @Field(() => ProductKeyKindEnum, { nullable: true, description: 'What that key does.' })
  get keyKind(): ProductKeyKind | undefined {
    return this.#row.keyKind;
  }

  @Field(() => String, { nullable: true, description: 'Activation (SKU) id: exact edition and channel.' })
  get skuId(): string | undefined {
    return this.#row.skuId;
  }

  @Field(() => String, { nullable: true, description: 'Product as reported; where nobody reported a name, after the catalogue\'s of its SKU id.' })
  get productName(): string | undefined {
    const { productName } = this.#row;
    const sku = productName === undefined ? this.#catalogueSku : undefined;
    return sku === undefined ? productName : productNameOf(sku);
  }

  @Field(() => Sku, { nullable: true, description: 'What the catalogue says of its SKU id; null where it does not.' })
  get sku(): Sku | undefined {
    return this.#catalogueSku && new Sku(this.#catalogueSku);
  }

  get #catalogueSku(): CatalogueSku | undefined {
    const { skuId } = this.#row;
    return skuId === undefined ? undefined : this.moment.catalogue.sku(skuId);
  }

  @Field(() => SetupKey, { nullable: true, description: 'The published setup key with these last five characters; null if none has them.' })
  get setupKey(): SetupKey | undefined {
    const { keyLastFive } = this.#row;
    const row = keyLastFive === undefined ? undefined : this.moment.catalogue.setupKey(keyLastFive);
    return row && new SetupKey(row);
  }

  @Field(() => String, { nullable: true, description: 'KMS host last used: lower case, without port.' })
  get kmsHost(): string | undefined {
    return this.#row.kmsHost;
  }

  @Field(() => Evidence, { nullable: true, description: 'What the state rests on: the newest evidence.' })
  get evidence(): Evidence | undefined {
    return this.#row.evidence && new Evidence(this.#row.evidence);
  }

  @Field(() => InstantScalar, { nullable: true, description: 'Last proved success of a timed activation or its renewal.' })
  get lastSuccessAt(): number | undefined {
    return this.#row.lastSuccessAt;
  }

  @Field(() => Int, { description: 'Requests that a KMS host counted: not the same as activated.' })
  get countedRequests(): number {
    return this.#row.countedRequests;
  }

  @Field(() => Int, { description: 'Requests that failed.' })
  get failedRequests(): number {
    return this.#row.failedRequests;
  }

  @Field(() => ActivationFailure, { nullable: true, description: 'The last failure.' })
  get lastFailure(): ActivationFailure | undefined {
    return this.#row.lastFailure && new ActivationFailure(this.#row.lastFailure, this.moment);
  }
}

@ObjectType({ implements: Node, simpleResolvers: true, description: 'A physical or virtual computer, at the moment asked for.' })
export class Host extends Node {
  readonly row: HostRow;
  readonly moment: Moment;

  constructor(row: HostRow, moment: Moment) {
    super();
    this.row = row;
    this.moment = moment;
  }

  override get id(): string {
    return globalId('Host', this.row.host);
  }

  @Field(() => String, { description: 'Its stream in the ledger: `host-…`.' })
  get stream(): string {
    return this.row.host;
  }

  @Field(() => String, { description: 'Short name, lower case: the first the ledger met.' })
  get name(): string {
    return this.row.name;
  }

  @Field(() => String, { nullable: true, description: 'DNS domain, lower case; null when unknown.' })
  get domain(): string | undefined {
    return this.row.domain === '' ? undefined : this.row.domain;
  }

  @Field(() => String, { description: 'That name as it was written.' })
  get rawName(): string {
    return this.row.rawName;
  }

  @Field(() => String, { nullable: true, description: 'Operating system as reported.' })
  get operatingSystem(): string | undefined {
    return this.row.operatingSystem;
  }

  @Field(() => Boolean, { nullable: true, description: 'Whether it is a virtual machine; null when unknown.' })
  get virtualMachine(): boolean | undefined {
    return this.row.virtualMachine;
  }

  @Field(() => String, { nullable: true, description: 'Domain or workgroup it was found in.' })
  get networkName(): string | undefined {
    return this.row.networkName;
  }

  @Field(() => NetworkTypeEnum, { nullable: true, description: 'Which of the two.' })
  get networkType(): HostRow['networkType'] {
    return this.row.networkType;
  }

  @Field(() => LeftDomain, { nullable: true, description: 'The domain it is a member of no longer: what Active Directory activated there is active no more (rule A-1).' })
  get leftDomain(): LeftDomain | undefined {
    return this.row.leftDomain && new LeftDomain(this.row.leftDomain);
  }

  @Field(() => Boolean, { description: 'Whether it is a KMS host itself.' })
  get isKmsHost(): boolean {
    return this.row.isKmsHost;
  }

  @Field(() => String, { nullable: true, description: 'Client machine id of the newest evidence.' })
  get cmid(): string | undefined {
    return this.row.cmid;
  }

  @Field(() => String, { nullable: true, description: 'KMS host last used: lower case, without port.' })
  get kmsHost(): string | undefined {
    return this.row.kmsHost;
  }

  @Field(() => InstantScalar, { description: 'Time of the earliest evidence.' })
  get firstSeenAt(): number {
    return this.row.firstSeenAt;
  }

  @Field(() => InstantScalar, { description: 'Time of the newest evidence.' })
  get lastSeenAt(): number {
    return this.row.lastSeenAt;
  }

  @Field(() => InstantScalar, { nullable: true, description: 'The earliest end of a timed activation among its installations.' })
  get expiresAt(): number | undefined {
    return this.row.expiresAt;
  }

  @Field(() => InstantScalar, { nullable: true, description: 'When it was retired; null while it is in use.' })
  get retiredAt(): number | undefined {
    return this.row.life?.retired?.at;
  }

  @Field(() => Boolean, { description: 'Whether it was seen after it had been retired.' })
  get seenSinceRetired(): boolean {
    const retiredAt = this.row.life?.retired?.at;
    return retiredAt !== undefined && this.row.lastSeenAt > retiredAt;
  }

  @Field(() => [MethodChange], { description: 'Changes of how its installations are activated, oldest first.' })
  get methodChanges(): readonly MethodChange[] {
    return (this.row.life?.methodChanges ?? []).map((change) => new MethodChange(change));
  }

  @Field(() => [Installation], { description: 'Its products, in the order the ledger met them.' })
  get installations(): readonly Installation[] {
    return this.row.installations.map((installation) => new Installation(installation, this.moment));
  }
}

@ObjectType({ simpleResolvers: true, description: 'A host after an event that touched it.' })
export class HostStatusChange {
  @Field(() => SequenceScalar, { description: 'The event; pass it as `after` to resume.' })
  readonly sequence: Sequence;

  @Field(() => String, { description: 'The event\'s type.' })
  readonly eventType: string;

  @Field(() => Host, { description: 'The host as the ledger knew it with this event.' })
  readonly host: Host;

  constructor(sequence: Sequence, eventType: string, host: Host) {
    this.sequence = sequence;
    this.eventType = eventType;
    this.host = host;
  }
}

export const HostConnection = countedConnectionType('Host', () => Host, 'hosts').Connection;
