import type { DeploymentImage, DeviceLicence, DowngradeRequested, ProductCopy, ReimagingCompleted } from '../domain/host/requestEvents.js';
import type { Language, Parameters } from '../domain/messages/message.js';
import type { ActivationReversed } from '../domain/productKey/activationEvents.js';
import type { Judgement } from '../domain/rules/judgement.js';
import type { ActivationMethod, ActivationPurpose, LimitKind, OveragePolicy } from '../domain/vocabulary.js';
import type { Sequence, StreamId } from '../kernel/identifiers.js';
import type { CommandMeta, CommandOutcome, RefusedOutcome } from './port.js';

/** `dryRun`: decided as it would be now, and nothing is recorded. */
export interface RequestMeta extends CommandMeta {
  readonly dryRun?: boolean | undefined;
}

/** A request that was decided. Granted or denied, both are recorded; `RefusedOutcome` is a command that was none. */
export interface DecidedOutcome {
  readonly kind: 'granted' | 'denied';
  /** Id of the request: that of its command. */
  readonly request: string;
  readonly judgements: readonly Judgement[];
  /** Why it was denied. */
  readonly denial?: { readonly code: string; readonly parameters: Parameters } | undefined;
  /** When the reservation lapses. */
  readonly expiresAt?: string | undefined;
  /** Absent in a dry run. */
  readonly recorded?: { readonly sequence: Sequence; readonly applied: boolean } | undefined;
  readonly productKey?: StreamId | undefined;
  readonly host?: StreamId | undefined;
}

export type RequestOutcome = DecidedOutcome | RefusedOutcome;

/** A host by its id, or by a name: a name never met enters the ledger. */
export interface HostReference {
  readonly host?: StreamId | undefined;
  readonly hostName?: string | undefined;
}

export interface ActivationRequest extends HostReference {
  readonly productKey: StreamId;
  readonly installation?: number | undefined;
  /** Absent: the key's. */
  readonly product?: string | undefined;
  /** Absent: by its host itself. */
  readonly method?: ActivationMethod | undefined;
  /** Absent: production. */
  readonly purpose?: ActivationPurpose | undefined;
  /** Licence ID of the agreement whose licence is consumed; absent: the key's. */
  readonly agreement?: string | undefined;
  readonly installationId?: string | undefined;
  readonly acceptWarnings?: readonly string[] | undefined;
}

export interface ActivationConfirmation {
  readonly productKey: StreamId;
  readonly activation: string;
  /** Kept in the vault, never in the log. */
  readonly confirmationId?: string | undefined;
  readonly installation?: number | undefined;
  readonly hardware?: string | undefined;
  readonly occurredAt?: number | undefined;
}

export interface ActivationEnd {
  readonly productKey: StreamId;
  readonly activation: string;
}

export interface ActivationReversal {
  readonly productKey: StreamId;
  readonly activation?: string | undefined;
  readonly host?: StreamId | undefined;
  readonly installation?: number | undefined;
  readonly cause: ActivationReversed['data']['cause'];
  readonly evidenceSha256: string;
}

export interface ConsumptionResolution extends Omit<ActivationReversal, 'cause' | 'evidenceSha256'> {
  readonly consumed: boolean;
}

export interface ReimagingRequest extends HostReference {
  readonly installation?: number | undefined;
  readonly device: DeviceLicence;
  readonly image: DeploymentImage;
  readonly method: ActivationMethod;
  readonly withStoredConfirmationId?: boolean | undefined;
  readonly productKey?: StreamId | undefined;
  readonly agreement?: string | undefined;
  readonly team?: string | undefined;
  /** SHA-256 of the document that shows what the device is licensed for. */
  readonly evidenceSha256?: string | undefined;
  readonly acceptWarnings?: readonly string[] | undefined;
}

export interface ReimagingCompletion {
  readonly host: StreamId;
  readonly request: string;
  readonly hardwareBefore?: string | undefined;
  readonly hardwareAfter?: string | undefined;
  readonly activationConsumed?: ReimagingCompleted['data']['activationConsumed'];
  readonly occurredAt?: number | undefined;
}

export interface DowngradeRequest extends HostReference {
  readonly installation?: number | undefined;
  readonly from: DeviceLicence;
  readonly to: ProductCopy;
  readonly basis: DowngradeRequested['data']['basis'];
  readonly evidenceSha256?: string | undefined;
  readonly method: ActivationMethod;
  readonly productKey?: StreamId | undefined;
  readonly agreement?: string | undefined;
  readonly team?: string | undefined;
  readonly acceptWarnings?: readonly string[] | undefined;
}

export interface HostRequestEnd {
  readonly host: StreamId;
  readonly request: string;
  readonly occurredAt?: number | undefined;
}

export interface LimitIncreaseRequest {
  readonly productKey: StreamId;
  readonly limitKind: LimitKind;
  readonly quantity: number;
  /** Absent: generated from the ledger's figures. */
  readonly justification?: string | undefined;
}

export interface RemainingReport {
  readonly productKey: StreamId;
  readonly remaining: number;
  readonly source: 'PORTAL' | 'TELEPHONE' | 'VAMT_DATABASE' | 'API';
  readonly occurredAt?: number | undefined;
}

/** `ATOMIC`: all or nothing, where all items fall on one stream. `EACH`: every item for itself. */
export type BulkMode = 'ATOMIC' | 'EACH';

export interface Bulk<Item> {
  readonly items: readonly Item[];
  readonly mode: BulkMode;
}

/** One answer for each item, in their order. */
export type BulkOutcome<Outcome> = RefusedOutcome | { readonly kind: 'answered'; readonly outcomes: readonly Outcome[] };

/** An increase that may be asked for. */
export type LimitJustification = Pick<LimitIncreaseRequest, 'productKey' | 'limitKind' | 'quantity'>;

export interface RequestCommands {
  requestActivation(input: ActivationRequest, meta: RequestMeta): Promise<RequestOutcome>;
  requestActivations(input: Bulk<ActivationRequest>, meta: RequestMeta): Promise<BulkOutcome<RequestOutcome>>;
  confirmActivation(input: ActivationConfirmation, meta: RequestMeta): Promise<CommandOutcome>;
  confirmActivations(input: Bulk<ActivationConfirmation>, meta: RequestMeta): Promise<BulkOutcome<CommandOutcome>>;
  failActivation(input: ActivationEnd & { readonly hresult: string; readonly occurredAt?: number | undefined }, meta: CommandMeta): Promise<CommandOutcome>;
  cancelActivation(input: ActivationEnd, meta: CommandMeta): Promise<CommandOutcome>;
  reverseActivation(input: ActivationReversal, meta: CommandMeta): Promise<CommandOutcome>;
  resolveConsumption(input: ConsumptionResolution, meta: CommandMeta): Promise<CommandOutcome>;

  requestReimaging(input: ReimagingRequest, meta: RequestMeta): Promise<RequestOutcome>;
  requestReimagings(input: Bulk<ReimagingRequest>, meta: RequestMeta): Promise<BulkOutcome<RequestOutcome>>;
  completeReimaging(input: ReimagingCompletion, meta: CommandMeta): Promise<CommandOutcome>;
  cancelReimaging(input: HostRequestEnd, meta: CommandMeta): Promise<CommandOutcome>;
  requestDowngrade(input: DowngradeRequest, meta: RequestMeta): Promise<RequestOutcome>;
  completeDowngrade(input: HostRequestEnd, meta: CommandMeta): Promise<CommandOutcome>;
  revertDowngrade(input: HostRequestEnd, meta: CommandMeta): Promise<CommandOutcome>;
  cancelDowngrade(input: HostRequestEnd, meta: CommandMeta): Promise<CommandOutcome>;

  requestLimitIncrease(input: LimitIncreaseRequest, meta: CommandMeta): Promise<CommandOutcome>;
  /** The justification that is made from the ledger's figures, before anything is recorded; undefined: there is no such key. */
  limitJustification(input: LimitJustification, language: Language): string | undefined;
  submitLimitIncrease(input: { readonly productKey: StreamId; readonly increase: string; readonly caseNumber: string }, meta: CommandMeta): Promise<CommandOutcome>;
  grantLimitIncrease(
    input: { readonly productKey: StreamId; readonly increase: string; readonly quantity: number; readonly limit: number },
    meta: CommandMeta,
  ): Promise<CommandOutcome>;
  refuseLimitIncrease(input: { readonly productKey: StreamId; readonly increase: string }, meta: CommandMeta): Promise<CommandOutcome>;
  withdrawLimitIncrease(input: { readonly productKey: StreamId; readonly increase: string }, meta: CommandMeta): Promise<CommandOutcome>;
  reviseLimit(
    input: { readonly productKey: StreamId; readonly limitKind: LimitKind; readonly limit: number; readonly initiative: 'MICROSOFT' | 'CUSTOMER' },
    meta: CommandMeta,
  ): Promise<CommandOutcome>;
  reportRemaining(input: RemainingReport, meta: CommandMeta): Promise<CommandOutcome>;

  blockProductKey(input: { readonly productKey: StreamId; readonly blockedBy: 'MICROSOFT' | 'CUSTOMER'; readonly errorCode?: string | undefined }, meta: CommandMeta): Promise<CommandOutcome>;
  retireProductKey(input: { readonly productKey: StreamId }, meta: CommandMeta): Promise<CommandOutcome>;
  replaceProductKey(input: { readonly productKey: StreamId; readonly replacement: StreamId }, meta: CommandMeta): Promise<CommandOutcome>;
  changeKeyPolicy(
    input: { readonly productKey: StreamId; readonly overage?: OveragePolicy | undefined; readonly reservationHours?: number | undefined },
    meta: CommandMeta,
  ): Promise<CommandOutcome>;

  configureKmsHost(
    input: HostReference & {
      readonly productKey: StreamId;
      readonly operatingSystem?: string | undefined;
      readonly products?: readonly string[] | undefined;
      readonly acceptWarnings?: readonly string[] | undefined;
    },
    meta: CommandMeta,
  ): Promise<CommandOutcome>;
  updateKmsHost(input: { readonly productKey: StreamId; readonly host: StreamId; readonly update: string }, meta: CommandMeta): Promise<CommandOutcome>;
  removeKmsHost(input: { readonly productKey: StreamId; readonly host: StreamId }, meta: CommandMeta): Promise<CommandOutcome>;
  createActivationObject(
    input: { readonly productKey: StreamId; readonly name: string; readonly forest: string; readonly method?: 'ONLINE' | 'PROXY' | undefined },
    meta: CommandMeta,
  ): Promise<CommandOutcome>;
  removeActivationObject(input: { readonly productKey: StreamId; readonly name: string; readonly forest: string }, meta: CommandMeta): Promise<CommandOutcome>;

  retireHost(input: { readonly host: StreamId; readonly occurredAt?: number | undefined }, meta: CommandMeta): Promise<CommandOutcome>;
  mergeHosts(input: { readonly survivor: StreamId; readonly absorbed: StreamId }, meta: CommandMeta): Promise<CommandOutcome>;
  changeActivationMethod(input: { readonly host: StreamId; readonly installation: number; readonly method: ActivationMethod }, meta: CommandMeta): Promise<CommandOutcome>;

  /** `event`: id of the event that was wrong. */
  recordCorrection(
    input: { readonly event: string; readonly field: string; readonly value?: string | number | boolean | undefined },
    meta: CommandMeta,
  ): Promise<CommandOutcome>;
}
