import { columnsOfBeginning, openTable, type TableRow } from '../syntax/table.js';
import { guidOf } from '../records/licenceWords.js';
import type { InputFormat, ParseContext, ParsedRecord } from '../parser.js';
import { readVamtProduct } from '../records/vamtProduct.js';
import { contentIdentity } from '../recordIdentity.js';

const NAME = 'vamt-active-product';

/**
 * A CSV dump of VAMT 3's `base.ActiveProduct` or `api.Product`, or `Get-VamtProduct | Export-Csv`. The view repeats a product for each
 * language of its status texts: these rows get one identity, so that all but the first are known already.
 */
export const vamtActiveProduct: InputFormat = {
  name: NAME,
  version: 1,
  title: 'VAMT 3 products (CSV of base.ActiveProduct or api.Product, or Get-VamtProduct | Export-Csv)',
  needsHost: false,
  recognises(beginning) {
    const columns = columnsOfBeginning(beginning);
    const ofVamt = ['licensefamily', 'productkeytype', 'keytypename', 'vlactivationtype', 'kmshost', 'confirmationid', 'genuinestatus', 'exportguid'];
    return refuseColumns(columns) === undefined && ofVamt.some((name) => columns.has(name)) ? 95 : 0;
  },
  open: (context, emit) => openTable({ refuseColumns, understand: (row) => understand(row, context) }, emit),
};

function refuseColumns(columns: ReadonlySet<string>): string | undefined {
  const missing = ['fullyqualifieddomainname', 'licensestatus'].filter((name) => !columns.has(name));
  if (missing.length > 0) return 'The header has no column FullyQualifiedDomainName or no LicenseStatus; is this a dump of base.ActiveProduct?';
  return columns.has('sku') || columns.has('partialproductkey') ? undefined : 'The header has neither Sku nor PartialProductKey.';
}

function understand({ record, fields }: TableRow, context: ParseContext): ParsedRecord {
  // Rows of an export without personal data have no name; VAMT alone can tell whose they are.
  const rawName = fields.text('fullyqualifieddomainname') ?? context.host;
  if (rawName === undefined) {
    return { kind: 'refused', record, code: 'MISSING_HOST', reason: 'The row names no machine; give its name, or export with names.' };
  }
  const cmid = guidOf(fields.text('cmid') ?? '');
  const product = readVamtProduct(fields, { rawName, cmid }, 'VAMT_DATABASE', context);
  if ('code' in product) return { kind: 'refused', record, code: product.code, reason: product.sentence };
  return {
    kind: 'understood',
    record,
    identity: contentIdentity(NAME, rawName, product.content),
    occurredAt: product.occurredAt,
    occurredAtRaw: product.occurredAtRaw,
    observations: [product.observation],
  };
}
