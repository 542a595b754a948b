/** The ledger's own stream: its opening, the imports, the organisations, the rules in force, exports and erasures. */
import { isText, judgeCorrection, type Corrections, type RecordCorrection } from '../correction.js';
import { accept, refuse, type Decision, type DecisionContext } from '../decision.js';
import type { ExportCompleted, ImportFinished, ImportStarted, LedgerEvent, RulesetActivated, SigningKeyIntroduced, SubjectForgotten } from './events.js';
import { isOrganisation, levelsBelow, ORGANISATION_LEVELS_MAX, ORGANISATIONS_MAX, withParents, type Organisations } from './organisations.js';

export type LedgerCommand =
  | { readonly kind: 'openLedger'; readonly ledgerId: string }
  | ({ readonly kind: 'startImport' } & ImportStarted['data'])
  | ({ readonly kind: 'finishImport' } & ImportFinished['data'])
  | RegisterOrganisation
  | MoveOrganisation
  | ({ readonly kind: 'activateRuleset' } & RulesetActivated['data'])
  | ({ readonly kind: 'completeExport' } & ExportCompleted['data'])
  | ({ readonly kind: 'recordForgotten' } & SubjectForgotten['data'])
  | ({ readonly kind: 'introduceSigningKey' } & SigningKeyIntroduced['data'])
  | RecordCorrection;

export interface RegisterOrganisation {
  readonly kind: 'registerOrganisation';
  /** Id of the organisation to be. */
  readonly organisation: string;
  readonly name: string;
  readonly parent?: string | undefined;
}

export interface MoveOrganisation {
  readonly kind: 'moveOrganisation';
  readonly organisation: string;
  /** Absent: it belongs to none from now on. */
  readonly parent?: string | undefined;
}

export interface LedgerState {
  readonly ledgerId?: string | undefined;
  /** Imports that have started and not finished, newest last, at most OPEN_IMPORTS_MAX. */
  readonly openImports: readonly string[];
  readonly organisations: Organisations;
  /** Digest of the rules and figures in force; absent: the built-in ones, never recorded. */
  readonly ruleset?: string | undefined;
  /** Public keys that were introduced; there is one for each change of keys. */
  readonly signingKeys: readonly string[];
}

type Answer = Decision<LedgerEvent>;

/** Open imports the state remembers: one that a crash left open is forgotten after so many others. */
const OPEN_IMPORTS_MAX = 100;

/** What an organisation belongs to changes by `OrganisationMoved`; what an import read is on the record as it was. */
const LEDGER_CORRECTIONS: Corrections = { OrganisationRegistered: { name: isText } };

export const ledgerDecider = {
  name: 'ledger',
  version: 3,
  initial: { openImports: [], organisations: {}, signingKeys: [] } as LedgerState,
  decide,
  evolve,
};

function decide(state: LedgerState, command: LedgerCommand, context: DecisionContext): Answer {
  const occurredAt = context.now;
  switch (command.kind) {
    case 'openLedger':
      if (state.ledgerId === command.ledgerId) return accept();
      if (state.ledgerId !== undefined) return refuse('LEDGER_ALREADY_OPEN', { ledgerId: state.ledgerId });
      return accept({ type: 'LedgerOpened', schemaVersion: 1, occurredAt, data: { ledgerId: command.ledgerId } });
    case 'startImport': {
      const { kind: _kind, ...data } = command;
      return accept({ type: 'ImportStarted', schemaVersion: 1, occurredAt, data });
    }
    case 'finishImport': {
      const { kind: _kind, ...data } = command;
      if (!state.openImports.includes(data.importId)) return refuse('IMPORT_NOT_OPEN', { importId: data.importId });
      return accept({ type: 'ImportFinished', schemaVersion: 1, occurredAt, data });
    }
    case 'registerOrganisation':
      return registerOrganisation(state, command, context);
    case 'moveOrganisation':
      return moveOrganisation(state, command, context);
    case 'activateRuleset': {
      const { kind: _kind, ...data } = command;
      if (data.digest === state.ruleset) return accept();
      return accept({ type: 'RulesetActivated', schemaVersion: 1, occurredAt, data });
    }
    case 'completeExport': {
      const { kind: _kind, ...data } = command;
      return accept({ type: 'ExportCompleted', schemaVersion: 1, occurredAt, data });
    }
    case 'recordForgotten':
      return accept({ type: 'SubjectForgotten', schemaVersion: 1, occurredAt, data: { subject: command.subject } });
    case 'introduceSigningKey': {
      const { kind: _kind, ...data } = command;
      if (state.signingKeys.includes(data.publicKey)) return accept();
      return accept({ type: 'SigningKeyIntroduced', schemaVersion: 1, occurredAt, data });
    }
    case 'recordCorrection':
      return judgeCorrection(command, LEDGER_CORRECTIONS, context);
  }
}

function registerOrganisation({ organisations }: LedgerState, command: RegisterOrganisation, context: DecisionContext): Answer {
  const { organisation, name, parent } = command;
  if (isOrganisation(organisations, organisation)) return refuse('ORGANISATION_ALREADY_REGISTERED', { organisation });
  if (name.trim() === '') return refuse('ORGANISATION_NAME_MISSING');
  if (Object.keys(organisations).length >= ORGANISATIONS_MAX) return refuse('ORGANISATIONS_TOO_MANY', { max: ORGANISATIONS_MAX });
  const refusal = refusalOfParent(organisations, parent, 1);
  return refusal ?? accept({ type: 'OrganisationRegistered', schemaVersion: 1, occurredAt: context.now, data: { organisation, name, parent } });
}

function moveOrganisation({ organisations }: LedgerState, { organisation, parent }: MoveOrganisation, context: DecisionContext): Answer {
  if (!isOrganisation(organisations, organisation)) return refuse('ORGANISATION_UNKNOWN', { organisation });
  if (organisations[organisation]?.parent === parent) return accept();
  if (parent !== undefined && withParents(organisations, parent).includes(organisation)) return refuse('ORGANISATION_CYCLE', { organisation, parent });
  const refusal = refusalOfParent(organisations, parent, levelsBelow(organisations, organisation));
  return refusal ?? accept({ type: 'OrganisationMoved', schemaVersion: 1, occurredAt: context.now, data: { organisation, parent } });
}

/** Why so many levels cannot stand below that organisation. */
function refusalOfParent(organisations: Organisations, parent: string | undefined, levels: number): Answer | undefined {
  if (parent === undefined) return undefined;
  if (!isOrganisation(organisations, parent)) return refuse('PARENT_UNKNOWN', { parent });
  const tooDeep = withParents(organisations, parent).length + levels > ORGANISATION_LEVELS_MAX;
  return tooDeep ? refuse('ORGANISATIONS_TOO_DEEP', { max: ORGANISATION_LEVELS_MAX }) : undefined;
}

function evolve(state: LedgerState, event: LedgerEvent): LedgerState {
  switch (event.type) {
    case 'LedgerOpened':
      return { ...state, ledgerId: event.data.ledgerId };
    case 'ImportStarted':
      return { ...state, openImports: [...state.openImports, event.data.importId].slice(-OPEN_IMPORTS_MAX) };
    case 'ImportFinished':
      return { ...state, openImports: state.openImports.filter((id) => id !== event.data.importId) };
    case 'OrganisationRegistered':
    case 'OrganisationMoved':
      return { ...state, organisations: { ...state.organisations, [event.data.organisation]: { parent: event.data.parent } } };
    case 'RulesetActivated':
      return { ...state, ruleset: event.data.digest };
    case 'SigningKeyIntroduced':
      return { ...state, signingKeys: [...state.signingKeys, event.data.publicKey] };
    case 'ExportCompleted':
    case 'SubjectForgotten':
    case 'CorrectionRecorded':
      return state;
  }
}
