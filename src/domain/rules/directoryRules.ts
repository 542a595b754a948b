import { recogniseProduct, RELEASES, type Product, type ProductLine } from '../catalogue/product.js';
import { DAY_MS } from './figures.js';
import { builtInRule } from './rule.js';
import { documentation, faq } from './sources.js';
import { every, outcomeOf, type Truth } from './threeValued.js';

/** First release of each line that Active Directory activates. */
const FIRST_RELEASES: Readonly<Record<ProductLine, string | undefined>> = {
  WINDOWS: '8',
  WINDOWS_SERVER: '2012',
  OFFICE: '2013',
  SMALL_BUSINESS_SERVER: undefined,
};

/** Active Directory-based activation. */
export const directoryRules = {
  'A-1': builtInRule('A-1', {
    effect: 'FACT',
    title: {
      en: 'Windows 8, Server 2012, Office 2013 and later activate by themselves while they are members of the domain and contact it within 180 days; there is no threshold.',
      fr: 'Windows 8, Server 2012, Office 2013 et versions ultérieures s’activent d’eux-mêmes tant qu’ils sont membres du domaine et le contactent dans les 180 jours ; sans seuil.',
    },
    citations: [faq('VOLUME_ACTIVATION'), documentation('ADBA', { en: 'Activation scenarios', fr: 'Scénarios d’activation' })],
    inputs: ['product', 'domainMember', 'lastContactAt', 'at'],
    table: FIRST_RELEASES,
    judge({ product, domainMember, lastContactAt, at }, figure) {
      const inTime = lastContactAt === undefined || at === undefined ? true : Date.parse(at) < Date.parse(lastContactAt) + figure('ADBA_VALIDITY') * DAY_MS;
      return outcomeOf(every(directoryActivates(recogniseProduct(product)), domainMember, inTime));
    },
  }),
};

/** Whether a product is one that Active Directory activates. */
export function directoryActivates(product: Product | undefined): Truth {
  if (product === undefined) return undefined;
  const first = FIRST_RELEASES[product.line];
  const releases: readonly string[] = RELEASES[product.line];
  return first !== undefined && releases.indexOf(product.release) >= releases.indexOf(first);
}
