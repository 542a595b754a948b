import type { KeyCountsRow } from '../../../projections/keyCounts.js';
import type { DowngradeRequest } from '../../application/requestPort.js';
import type { JudgedRuleId, RuleInputs } from '../../domain/rules/ruleBook.js';
import type { ActivationMethod, ProductKeyKind } from '../../domain/vocabulary.js';
import type { LedgerContext } from '../context.js';
import { presentMoment } from '../moment.js';
import { ProductKey } from '../productKey/type.js';

/** Keys that are looked at for one request. */
const KEYS_MAX = 200;

const METHODS: Readonly<Partial<Record<ProductKeyKind, ActivationMethod>>> = { MAK: 'MAK_INDEPENDENT', KMS_HOST: 'KMS' };

/**
 * The keys in use that no rule about keys speaks against (R-4, R-6, and the product groups of K-5 and B-6): what could serve a downgrade that
 * was denied with another key, or without one. Whether there is a right to it at all is another question.
 */
export function keysThatCouldServe(context: LedgerContext, request: Pick<DowngradeRequest, 'from' | 'to'>): readonly ProductKey[] {
  const { readModel } = context.services;
  const page = readModel.productKeys.page({ registered: true, kind: ['MAK', 'KMS_HOST', 'SETUP'] }, 'REMAINING', true, { limit: KEYS_MAX, direction: 'FORWARD' });
  const moment = presentMoment(context);
  return page.rows.flatMap(({ row }) => (row.status === 'ACTIVE' && row.product !== undefined && suits(context, row, request) ? [new ProductKey(row, moment)] : []));
}

function suits({ services }: LedgerContext, { kind, product: keyProduct }: KeyCountsRow, { from, to }: Pick<DowngradeRequest, 'from' | 'to'>): boolean {
  const { channel: _channel, ...licence } = from;
  const on = services.now();
  const allows = <Id extends JudgedRuleId>(rule: Id, inputs: RuleInputs[Id]): boolean => services.rules.judge(rule, inputs, on).every(({ outcome }) => outcome !== 'VIOLATED');
  const ofGroup = { keyProduct, product: to.product };
  if (kind === 'MAK' && !allows('B-6', ofGroup)) return false;
  if (kind === 'KMS_HOST' && !allows('K-5', ofGroup)) return false;
  return allows('R-4', { from: licence, to, keyKind: kind, keyProduct }) && allows('R-6', { product: to.product, edition: to.edition, method: METHODS[kind], keyProduct });
}
