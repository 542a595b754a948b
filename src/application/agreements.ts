/** Commands on agreements, what was bought under them, and the organisations that hold them. */
import type { AgreementCommand } from '../domain/agreement/commands.js';
import { agreementDecider } from '../domain/agreement/decider.js';
import { normaliseLicenceId } from '../domain/agreement/licenceId.js';
import { ledgerDecider, type LedgerCommand } from '../domain/ledger/decider.js';
import type { CommandRequest } from '../kernel/commandHandler.js';
import { derivedStreamId } from '../kernel/eventIds.js';
import { LEDGER_STREAM, type CommandId, type StreamId } from '../kernel/identifiers.js';
import { acceptTexts, refused } from './acceptedText.js';
import type { AgreementCommands, EntitlementOutcome, OrganisationOutcome } from './agreementPort.js';
import type { CommandMeta, CommandOutcome, RefusedOutcome } from './port.js';

export interface AgreementCommandsOptions {
  /** Carries out the command of a mutation, and answers when the read model shows it. */
  readonly execute: <State, Command>(
    mutation: string,
    target: Pick<CommandRequest<State, Command>, 'decider' | 'stream' | 'command'>,
    meta: CommandMeta,
  ) => Promise<CommandOutcome>;
  readonly newId: () => CommandId;
  /** Whether the read model knows an organisation of this id. */
  readonly isOrganisation: (organisation: string) => boolean;
}

/** The stream of a licence ID. */
export function agreementStream(licenceId: string): StreamId {
  return derivedStreamId('agreement', 'licenceId', normaliseLicenceId(licenceId));
}

export function createAgreementCommands(options: AgreementCommandsOptions): AgreementCommands {
  const { execute } = options;
  const onAgreement = async (mutation: string, stream: StreamId, command: AgreementCommand, meta: CommandMeta): Promise<CommandOutcome> => {
    // An id that a caller made up could name a stream of another kind, whose events this decider cannot fold.
    if (!stream.startsWith('agreement-')) return unknown('AGREEMENT_UNKNOWN');
    return execute(mutation, { decider: agreementDecider, stream, command }, meta);
  };
  const onLedger = async (mutation: string, command: OrganisationCommand, meta: CommandMeta): Promise<OrganisationOutcome> => {
    const outcome = await execute(mutation, { decider: ledgerDecider, stream: LEDGER_STREAM, command }, meta);
    return outcome.kind === 'refused' ? outcome : { ...outcome, organisation: command.organisation };
  };

  return {
    async registerAgreement(input, meta) {
      const accepted = acceptTexts({ licenceId: input.licenceId });
      if (accepted.kind === 'refused') return accepted;
      if (!options.isOrganisation(input.organisation)) return unknown('ORGANISATION_UNKNOWN');
      const licenceId = (accepted.texts.licenceId ?? '').trim();
      return onAgreement('registerAgreement', agreementStream(licenceId), { kind: 'registerAgreement', ...input, licenceId }, meta);
    },

    async recordEntitlement({ agreement, ...input }, meta) {
      const accepted = acceptTexts({ product: input.product, partNumber: input.partNumber });
      if (accepted.kind === 'refused') return accepted;
      const { product = '', partNumber } = accepted.texts;
      const identified = withCommandId(meta, options.newId);
      const entitlement = identified.commandId;
      const command = { kind: 'recordEntitlement' as const, entitlement, ...input, product: product.trim(), partNumber };
      return entitlementOutcome(await onAgreement('recordEntitlement', agreement, command, identified), agreement, entitlement);
    },

    async amendEntitlement({ agreement, ...input }, meta) {
      const outcome = await onAgreement('amendEntitlement', agreement, { kind: 'amendEntitlement', ...input }, meta);
      return entitlementOutcome(outcome, agreement, input.entitlement);
    },

    endAgreement: ({ agreement, endedOn }, meta) => onAgreement('endAgreement', agreement, { kind: 'endAgreement', endedOn }, meta),

    async registerOrganisation({ name, parent }, meta) {
      const accepted = acceptTexts({ name });
      if (accepted.kind === 'refused') return accepted;
      const identified = withCommandId(meta, options.newId);
      const command = { kind: 'registerOrganisation' as const, organisation: identified.commandId, name: (accepted.texts.name ?? '').trim(), parent };
      return onLedger('registerOrganisation', command, identified);
    },

    moveOrganisation: (input, meta) => onLedger('moveOrganisation', { kind: 'moveOrganisation', ...input }, meta),
  };
}

type OrganisationCommand = Extract<LedgerCommand, { readonly organisation: string }>;

function unknown(code: 'AGREEMENT_UNKNOWN' | 'ORGANISATION_UNKNOWN'): RefusedOutcome {
  return refused(code);
}

/** Entitlements and organisations are named after the command that brings them, so that a retry brings the same one. */
function withCommandId(meta: CommandMeta, newId: () => CommandId): CommandMeta & { readonly commandId: string } {
  return { ...meta, commandId: meta.commandId?.toLowerCase() ?? newId() };
}

function entitlementOutcome(outcome: CommandOutcome, agreement: StreamId, entitlement: string): EntitlementOutcome {
  return outcome.kind === 'refused' ? outcome : { kind: 'done', sequence: outcome.sequence, applied: outcome.applied, agreement, entitlement };
}
