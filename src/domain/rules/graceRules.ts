import { DAY_MS } from './figures.js';
import { builtInRule } from './rule.js';
import { documentation, faq } from './sources.js';
import { outcomeOf } from './threeValued.js';

/** What happens without activation. */
export const graceRules = {
  'G-1': builtInRule('G-1', {
    effect: 'FACT',
    title: {
      en: 'A host that is not activated has a grace period, normally 30 days, and then goes to notification mode.',
      fr: 'Un hôte non activé dispose d’une période de grâce, normalement de 30 jours, puis passe en mode de notification.',
    },
    citations: [faq('NOT_ACTIVATED')],
    inputs: ['graceStartedAt', 'at'],
    judge: ({ graceStartedAt, at }, figure) =>
      outcomeOf(graceStartedAt === undefined ? undefined : Date.parse(at) < Date.parse(graceStartedAt) + figure('GRACE_PERIOD') * DAY_MS),
  }),

  'G-2': builtInRule('G-2', {
    effect: 'FACT',
    title: {
      en: 'Past 180 days without renewal a host has 30 days of out-of-tolerance grace, then goes to notification mode.',
      fr: 'Après 180 jours sans renouvellement, un hôte a 30 jours de grâce hors tolérance, puis passe en mode de notification.',
    },
    citations: [documentation('PLANNING', { en: 'Licence states', fr: 'États de licence' })],
    inputs: ['validUntil', 'at'],
    judge: ({ validUntil, at }, figure) =>
      outcomeOf(validUntil === undefined ? undefined : Date.parse(at) < Date.parse(validUntil) + figure('OUT_OF_TOLERANCE_GRACE') * DAY_MS),
  }),
};
