import type { Language } from '../domain/messages/message.js';
import type { ActivationMethod, OveragePolicy, ProductKeyKind, ProductPool } from '../domain/vocabulary.js';
import type { DateOrder } from '../importing/parser.js';
import type { ReasonReference } from '../kernel/envelope.js';
import type { Sequence, StreamId, SubjectId } from '../kernel/identifiers.js';
import type { AgreementCommands } from './agreementPort.js';
import type { Bulk, BulkOutcome, RequestCommands, RequestMeta } from './requestPort.js';

/** What the API asks of the ledger's commands. A refusal is a value; a rejected promise is a fault of ours. */
export interface LedgerApplication extends AgreementCommands, RequestCommands {
  registerProductKey(input: ProductKeyRegistration, meta: CommandMeta): Promise<CommandOutcome>;
  registerHost(input: HostRegistration, meta: RequestMeta): Promise<CommandOutcome>;
  registerHosts(input: Bulk<HostRegistration>, meta: RequestMeta): Promise<BulkOutcome<CommandOutcome>>;
  recordActivation(input: ActivationRecord, meta: CommandMeta): Promise<CommandOutcome>;
  importObservations(input: ObservationImport, meta: CommandMeta): Promise<ImportOutcome>;
}

/** Who asks, why, and which command it is. */
export interface CommandMeta extends ReasonReference {
  readonly actor: SubjectId;
  /** UUID; the same id with the same input is the same command. Absent: a new command. */
  readonly commandId?: string | undefined;
  readonly reason?: string | undefined;
  readonly correlationId: string;
  /** Of texts that are written for the caller; absent: English. */
  readonly language?: Language | undefined;
}

export interface ProductKeyRegistration {
  /** The whole key (25 characters in groups of five); reduced to its last five and a fingerprint before anything is kept. */
  readonly productKey?: string | undefined;
  /** Where the whole key is not at hand. */
  readonly lastFive?: string | undefined;
  readonly kind: ProductKeyKind;
  readonly product: string;
  readonly agreement?: string | undefined;
  readonly allowed?: number | undefined;
  /** `asOf` in epoch milliseconds. */
  readonly opening?: { readonly count: number; readonly asOf: number; readonly source: string } | undefined;
  readonly obtainedFrom?: 'MEDIA_SLEEVE' | 'DOWNLOAD_PAGE' | 'PORTAL' | 'ACTIVATION_CENTER' | undefined;
  readonly pool?: ProductPool | undefined;
  readonly overage?: OveragePolicy | undefined;
  readonly reservationHours?: number | undefined;
}

export interface HostRegistration {
  readonly name: string;
  readonly cmid?: string | undefined;
  readonly macAddresses?: readonly string[] | undefined;
  readonly operatingSystem?: string | undefined;
  readonly virtualMachine?: boolean | undefined;
}

/** An activation somebody has seen. */
export interface ActivationRecord {
  readonly host: StreamId;
  readonly productKey: StreamId;
  /** The host's installation; absent: the one of the SKU or of the key, else a new one. */
  readonly installation?: number | undefined;
  readonly skuId?: string | undefined;
  readonly method?: ActivationMethod | undefined;
  /** Epoch milliseconds; absent: now. */
  readonly occurredAt?: number | undefined;
}

export interface ObservationImport {
  /** Name of an input format; absent: recognised from the content. */
  readonly format?: string | undefined;
  readonly content: string;
  readonly sourceName?: string | undefined;
  /** Machine the content is about, for formats that do not name it. */
  readonly host?: string | undefined;
  /** IANA zone of local times. */
  readonly timeZone?: string | undefined;
  readonly dateOrder?: DateOrder | undefined;
}

/** `path` names the input fields concerned. */
export interface RefusedOutcome {
  readonly kind: 'refused';
  readonly code: string;
  readonly message: string;
  readonly path?: readonly string[] | undefined;
  readonly rules: readonly string[];
  /** What the message names, for other languages. */
  readonly parameters?: Readonly<Record<string, string | number>> | undefined;
}

export type CommandOutcome =
  | RefusedOutcome
  | {
      readonly kind: 'done';
      /** Of the command's last event; of the log's end, if there was nothing to append. */
      readonly sequence: Sequence;
      /** Whether the read model shows it already. */
      readonly applied: boolean;
      /** The stream the command was about. */
      readonly id: StreamId;
    };

export type ImportOutcome =
  | RefusedOutcome
  | { readonly kind: 'done'; readonly sequence: Sequence; readonly applied: boolean; readonly importId: string };
