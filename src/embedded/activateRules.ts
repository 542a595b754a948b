import { ledgerDecider } from '../domain/ledger/decider.js';
import type { DatedRuleBook } from '../domain/rules/makeRuleBook.js';
import { LEDGER_STREAM, type CommandId } from '../kernel/identifiers.js';
import type { EmbeddedLedger } from './embeddedLedger.js';

/** Records which rules and figures decide from here on, unless they are those that did before: every decision names their digest. */
export async function activateRules({ handler, localActor, ledgerId }: EmbeddedLedger, rules: DatedRuleBook, commandId: CommandId): Promise<void> {
  const { digest, configuredRules, configuredFigures } = rules;
  const command = { kind: 'activateRuleset' as const, digest, configuredRules, configuredFigures };
  const outcome = await handler.execute({ decider: ledgerDecider, stream: LEDGER_STREAM, command, commandId, actor: localActor, correlationId: ledgerId });
  if (outcome.kind === 'refused') throw new Error(`The rules in force could not be recorded: ${outcome.refusal.message}`);
}
