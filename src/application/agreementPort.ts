import type { PriceLevel, ProductPool, Programme } from '../domain/vocabulary.js';
import type { Sequence, StreamId } from '../kernel/identifiers.js';
import type { CommandMeta, CommandOutcome, RefusedOutcome } from './port.js';

/** What the API asks of agreements and of the organisations that hold them. */
export interface AgreementCommands {
  registerAgreement(input: AgreementRegistration, meta: CommandMeta): Promise<CommandOutcome>;
  recordEntitlement(input: EntitlementRecord, meta: CommandMeta): Promise<EntitlementOutcome>;
  amendEntitlement(input: EntitlementAmendment, meta: CommandMeta): Promise<EntitlementOutcome>;
  endAgreement(input: { readonly agreement: StreamId; readonly endedOn: string }, meta: CommandMeta): Promise<CommandOutcome>;
  registerOrganisation(input: OrganisationRegistration, meta: CommandMeta): Promise<OrganisationOutcome>;
  moveOrganisation(input: OrganisationMove, meta: CommandMeta): Promise<OrganisationOutcome>;
}

/** Dates are `YYYY-MM-DD`. */
export interface AgreementRegistration {
  readonly licenceId: string;
  readonly programme: Programme;
  readonly priceLevel?: PriceLevel | undefined;
  /** Id of the organisation that holds it. */
  readonly organisation: string;
  readonly startsOn?: string | undefined;
  readonly endsOn?: string | undefined;
}

export interface EntitlementRecord {
  readonly agreement: StreamId;
  readonly product: string;
  readonly quantity: number;
  readonly partNumber?: string | undefined;
  readonly pool?: ProductPool | undefined;
  readonly from: string;
  readonly until?: string | undefined;
}

/** What is left out stays. */
export interface EntitlementAmendment {
  readonly agreement: StreamId;
  readonly entitlement: string;
  readonly quantity?: number | undefined;
  readonly until?: string | undefined;
}

export interface OrganisationRegistration {
  readonly name: string;
  /** Id of the organisation it belongs to. */
  readonly parent?: string | undefined;
}

export interface OrganisationMove {
  readonly organisation: string;
  /** Absent: it belongs to none from now on. */
  readonly parent?: string | undefined;
}

interface Done {
  readonly kind: 'done';
  readonly sequence: Sequence;
  readonly applied: boolean;
}

export type EntitlementOutcome = RefusedOutcome | (Done & { readonly agreement: StreamId; readonly entitlement: string });
export type OrganisationOutcome = RefusedOutcome | (Done & { readonly organisation: string });
