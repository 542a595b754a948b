import { statement, type Statement } from '../messages/advice.js';
import type { ActivationMethod } from '../vocabulary.js';
import { activationAdvice } from './activationAdvice.js';
import type { RulesOnDay } from './assessment.js';
import type { AdvisedOption, AdviceFacts } from './facts.js';

/** What a technician asks before a host is wiped. */
export interface WipeFacts extends AdviceFacts {
  /** How the installation that is to go was activated. */
  readonly currentMethod?: ActivationMethod | undefined;
}

export interface WipeAdvice {
  /** Whether a confirmation id is stored, and fits: `NOT_KNOWN` where the hardware may have changed. */
  readonly confirmationId: { readonly stored: boolean; readonly usable: 'YES' | 'NO' | 'NOT_KNOWN' };
  /** Ways to activate the host afterwards, best first. */
  readonly options: readonly AdvisedOption[];
  /** Activations that the best way spends; undefined where none works as things stand. */
  readonly cost: AdvisedOption['cost'] | undefined;
  readonly notes: readonly Statement[];
}

/** Which key may be used after the wipe, and what it will cost (B-4). The facts are about one host: `machines` is taken as 1. */
export function wipeAdvice(facts: WipeFacts, rules: RulesOnDay): WipeAdvice {
  const advice = activationAdvice({ ...facts, machines: 1 }, rules);
  const options = advice.options.map((option) => afterReimage(option, facts));
  const best = options.find(({ suitability }) => suitability === 'RECOMMENDED' || suitability === 'POSSIBLE');
  return {
    confirmationId: confirmationIdOf(facts),
    options,
    cost: best?.cost,
    notes: [...confirmationNotes(facts), statement('IDENTICAL_COPY', ['R-1', 'R-2']), ...countNotes(facts, options, rules), ...advice.notes],
  };
}

function confirmationIdOf({ confirmationId }: WipeFacts): WipeAdvice['confirmationId'] {
  if (confirmationId?.stored !== true) return { stored: false, usable: 'NO' };
  if (confirmationId.hardwareChanged === undefined) return { stored: true, usable: 'NOT_KNOWN' };
  return { stored: true, usable: confirmationId.hardwareChanged ? 'NO' : 'YES' };
}

function confirmationNotes({ confirmationId }: WipeFacts): readonly Statement[] {
  return confirmationId?.stored === true ? [] : [statement('CONFIRMATION_ID_NOT_STORED', ['B-4'])];
}

/** A machine that a MAK activated before, on the same hardware, may or may not spend another activation (B-4). */
function afterReimage(option: AdvisedOption, { currentMethod, confirmationId }: WipeFacts): AdvisedOption {
  const before = currentMethod === 'MAK_INDEPENDENT' || currentMethod === 'MAK_PROXY';
  if (option.method !== 'MAK_INDEPENDENT' || !before || confirmationId?.hardwareChanged === true) return option;
  return { ...option, cost: { least: 0, most: option.cost.most }, objections: [...option.objections, statement('ONLINE_AFTER_REIMAGE', ['B-4'])] };
}

function countNotes({ on }: WipeFacts, options: readonly AdvisedOption[], rules: RulesOnDay): readonly Statement[] {
  const possible = options.some(({ method, suitability }) => method === 'KMS' && suitability !== 'NOT_POSSIBLE');
  return possible ? [statement('COUNTED_TWICE', ['K-2'], { days: rules.figure('KMS_COUNT_WINDOW', on) })] : [];
}
