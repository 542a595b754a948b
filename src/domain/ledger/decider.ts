/** The ledger's own stream: its opening and the imports. */
import { accept, refuse, type Decision, type DecisionContext } from '../decision.js';
import type { ImportFinished, ImportStarted, LedgerEvent } from './events.js';

export type LedgerCommand =
  | { readonly kind: 'openLedger'; readonly ledgerId: string }
  | ({ readonly kind: 'startImport' } & ImportStarted['data'])
  | ({ readonly kind: 'finishImport' } & ImportFinished['data']);

export interface LedgerState {
  readonly ledgerId?: string | undefined;
  /** Imports that have started and not finished, newest last, at most OPEN_IMPORTS_MAX. */
  readonly openImports: readonly string[];
}

/** Open imports the state remembers: one that a crash left open is forgotten after so many others. */
const OPEN_IMPORTS_MAX = 100;

export const ledgerDecider = {
  name: 'ledger',
  version: 1,
  initial: { openImports: [] } as LedgerState,
  decide,
  evolve,
};

function decide(state: LedgerState, command: LedgerCommand, context: DecisionContext): Decision<LedgerEvent> {
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
  }
}

function evolve(state: LedgerState, event: LedgerEvent): LedgerState {
  switch (event.type) {
    case 'LedgerOpened':
      return { ...state, ledgerId: event.data.ledgerId };
    case 'ImportStarted':
      return { ...state, openImports: [...state.openImports, event.data.importId].slice(-OPEN_IMPORTS_MAX) };
    case 'ImportFinished':
      return { ...state, openImports: state.openImports.filter((id) => id !== event.data.importId) };
    default:
      return state;
  }
}
