import { builtInRule } from './rule.js';
import { faq } from './sources.js';
import { outcomeOf } from './threeValued.js';

/** What volume activation is. */
export const programmeRules = {
  'V-1': builtInRule('V-1', {
    effect: 'FACT',
    title: {
      en: 'Volume activation is for systems under a volume programme only; it is a tool, not tied to billing.',
      fr: 'L’activation en volume ne s’applique qu’aux systèmes couverts par un programme en volume ; c’est un outil, sans lien avec la facturation.',
    },
    citations: [faq('VOLUME_ACTIVATION'), faq('PRODUCT_ACTIVATION')],
    inputs: ['programme'],
    judge: ({ programme }) => outcomeOf(programme === undefined ? undefined : true),
  }),
};
