import { statement } from '../messages/advice.js';
import { assessed, outcomeOn, type Finding, type RulesOnDay } from './assessment.js';
import type { AdvisedOption, AdviceFacts } from './facts.js';

/** Applying the stored confirmation id of one host again (B-4). */
export function confirmationIdOption(facts: AdviceFacts, rules: RulesOnDay): readonly AdvisedOption[] {
  const { confirmationId, machines } = facts;
  if (confirmationId?.stored !== true || machines !== 1) return [];
  const { hardwareChanged } = confirmationId;
  const outcome = outcomeOn(rules, 'B-4', { confirmationIdStored: true, hardwareChanged }, facts.on);
  return [{ method: 'MAK_PROXY', withStoredConfirmationId: true, cost: { least: 0, most: 0 }, ...assessed([finding(outcome)]) }];
}

function finding(outcome: ReturnType<typeof outcomeOn>): Finding {
  if (outcome === 'SATISFIED') return { reasons: [statement('CONFIRMATION_ID_APPLIES', ['B-4'])] };
  if (outcome === 'VIOLATED') return { objections: [statement('HARDWARE_CHANGED', ['B-2', 'B-4'])], weight: 'OBSTACLE' };
  return { objections: [statement('HARDWARE_NOT_KNOWN', ['B-4'])], weight: 'DOUBT' };
}
