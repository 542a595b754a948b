import { isBeforeVolumeActivation, recogniseProduct } from '../catalogue/product.js';
import { statement, type Statement } from '../messages/advice.js';
import { preferredMethod } from '../rules/kmsFacts.js';
import type { RulesOnDay } from './assessment.js';
import { confirmationIdOption } from './confirmationIdOption.js';
import { directoryOption } from './directoryOption.js';
import { SUITABILITIES, type Advice, type AdvisedOption, type AdviceFacts } from './facts.js';
import { kmsOptions, thresholdWithinReach } from './kmsOptions.js';
import { makOptions } from './makOptions.js';
import { adviceNotes } from './notes.js';

/**
 * How to activate, best first: what works now before what needs steps and what does not work; among those a stored confirmation id
 * (B-4), then Active Directory, then KMS and MAK in the order of K-10. A product older than volume activation has no options: a
 * note says where its setup key is had.
 */
export function activationAdvice(facts: AdviceFacts, rules: RulesOnDay): Advice {
  const product = recogniseProduct(facts.product);
  if (product !== undefined && isBeforeVolumeActivation(product)) return { options: [], notes: adviceNotes(facts, rules) };
  const preferred = preferenceOf(facts, rules);
  const options = [
    ...confirmationIdOption(facts, rules),
    directoryOption(facts, rules),
    ...kmsOptions(facts, rules).map((option) => withReason(option, preferred.method === 'KMS' ? preferred.reason : undefined)),
    ...makOptions(facts, rules).map((option) => withReason(option, preferred.method === 'MAK' ? preferred.reason : undefined)),
  ];
  const ranked = options.toSorted((a, b) => comparePlaces(placeOf(a, preferred.method, facts), placeOf(b, preferred.method, facts)));
  return { options: ranked.map((option, index) => (index === 0 && option.suitability === 'POSSIBLE' ? { ...option, suitability: 'RECOMMENDED' } : option)), notes: adviceNotes(facts, rules) };
}

interface Preference {
  /** KMS where K-10 leaves it open: Microsoft assumes it to be the preferred method (B-3). */
  readonly method: 'KMS' | 'MAK';
  readonly reason: Statement | undefined;
}

function preferenceOf(facts: AdviceFacts, rules: RulesOnDay): Preference {
  const machines = Math.max(facts.fleet ?? 0, facts.machines, ...facts.kmsHosts.flatMap(({ counts }) => [counts.WINDOWS ?? 0, counts.OFFICE ?? 0]));
  const thresholdReached = thresholdWithinReach(facts, rules);
  const { virtualMachine, on } = facts;
  const figure: Parameters<typeof preferredMethod>[1] = (id) => rules.figure(id, on);
  const method = preferredMethod({ thresholdReached, virtualMachine, machines }, figure);
  if (method === undefined) return { method: 'KMS', reason: undefined };
  if (thresholdReached === false) return { method, reason: statement('MAK_WITHOUT_THRESHOLD', ['K-10', 'K-1']) };
  if (virtualMachine === true) return { method, reason: statement('KMS_FOR_VIRTUAL', ['K-10']) };
  const few = statement('MAK_FOR_FEW', ['K-10'], { limit: figure('MAK_PREFERRED_BELOW') });
  return { method, reason: method === 'MAK' ? few : statement('KMS_FOR_MANY', ['K-10'], { machines }) };
}

function withReason(option: AdvisedOption, reason: Statement | undefined): AdvisedOption {
  return reason === undefined ? option : { ...option, reasons: [reason, ...option.reasons] };
}

type Place = readonly number[];

/** Suitability, then method, then what speaks against it, then for keys the one whose own licences are used, then the fullest. */
function placeOf(option: AdvisedOption, preferred: 'KMS' | 'MAK', facts: AdviceFacts): Place {
  const key = facts.keys.find((each) => each.key === option.key?.key);
  const own = key?.agreement !== undefined && key.agreement === facts.agreement ? 0 : 1;
  return [SUITABILITIES.indexOf(option.suitability), methodPlace(option, preferred), option.objections.length, own, -(key?.remaining ?? 0)];
}

function methodPlace({ method, withStoredConfirmationId }: AdvisedOption, preferred: 'KMS' | 'MAK'): number {
  if (withStoredConfirmationId) return 0;
  if (method === 'ADBA') return 1;
  return (method === 'KMS') === (preferred === 'KMS') ? 2 : 3;
}

function comparePlaces(a: Place, b: Place): number {
  for (const [index, place] of a.entries()) {
    const difference = place - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
