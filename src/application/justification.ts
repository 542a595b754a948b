import { render, type Language, type LocalisedText } from '../domain/messages/message.js';
import type { LimitKind } from '../domain/vocabulary.js';
import type { LimitFigures } from './facts.js';

export interface Justified {
  readonly lastFive: string;
  readonly product?: string | undefined;
  readonly limitKind: LimitKind;
  readonly quantity: number;
  readonly figures: LimitFigures;
}

const ASKED: Readonly<Record<LimitKind, LocalisedText>> = {
  MAK_ACTIVATIONS: {
    en: 'We ask for {quantity} more activations of the MAK ending in {lastFive} ({product}).',
    fr: 'Nous demandons {quantity} activations supplémentaires pour la clé MAK se terminant par {lastFive} ({product}).',
  },
  KMS_HOST_SLOTS: {
    en: 'We ask for {quantity} more KMS hosts on the host key ending in {lastFive} ({product}).',
    fr: 'Nous demandons {quantity} hôtes KMS supplémentaires pour la clé d’hôte se terminant par {lastFive} ({product}).',
  },
  KMS_REACTIVATIONS: {
    en: 'We ask for {quantity} more activations of each KMS host on the host key ending in {lastFive} ({product}).',
    fr: 'Nous demandons {quantity} activations supplémentaires par hôte KMS pour la clé d’hôte se terminant par {lastFive} ({product}).',
  },
};

/** A sentence for each figure that is known, in this order. */
const FIGURES: readonly (readonly [keyof LimitFigures, LocalisedText])[] = [
  ['owned', { en: 'Licences owned: {value}.', fr: 'Licences détenues : {value}.' }],
  ['allowed', { en: 'Activations allowed: {value}.', fr: 'Activations autorisées : {value}.' }],
  ['used', { en: 'Activations used: {value}.', fr: 'Activations utilisées : {value}.' }],
  ['reimagings', { en: 'Of these, for reimaging: {value}.', fr: 'Dont réinstallations : {value}.' }],
  ['virtualMachines', { en: 'Virtual machines among them: {value}.', fr: 'Dont machines virtuelles : {value}.' }],
  ['exhaustedOn', { en: 'At the present rate none is left on {value}.', fr: 'Au rythme actuel, il n’en restera plus le {value}.' }],
];

/** What the ledger's own figures say for a limit increase: one sentence a line, for the one who asks to edit. Figures that are unknown are left out. */
export function justify({ lastFive, product, limitKind, quantity, figures }: Justified, language: Language): string {
  const asked = render(ASKED[limitKind], { quantity, lastFive, product: product ?? '?' }, language);
  const known = FIGURES.flatMap(([name, text]) => {
    const value = figures[name];
    return value === undefined ? [] : [render(text, { value }, language)];
  });
  return [asked, ...known].join('\n');
}
