import type { KeyMention, ProductKeyObservation } from '../../domain/observation.js';
import type { ProductKeyKind } from '../../domain/vocabulary.js';
import { columnsOfBeginning, firstRowOf, openTable, type TableRow } from '../syntax/table.js';
import { KEPT_CHARACTERS_MAX } from '../records/keptText.js';
import type { InputFormat, ParseContext, ParsedRecord } from '../parser.js';
import { mentionOfKey } from '../productKeys.js';
import { contentIdentity } from '../recordIdentity.js';
import { keyKindOfDescription, vamtKeyKind } from '../records/vamtWords.js';

const NAME = 'key-list';

/** Names that the columns of a key list have, in the form of `columnName`. */
const KEY_COLUMNS = ['productkey', 'keyvalue', 'key', 'licensekey', 'licencekey', 'volumelicensekey', 'volumeproductkey', 'partialproductkey', 'lastfive'];
const KIND_COLUMNS = ['type', 'keytype', 'kind', 'keykind', 'keytypename', 'producttype'];
const PRODUCT_COLUMNS = ['product', 'productname', 'description', 'productdescription', 'keydescription', 'name'];
const AGREEMENT_COLUMNS = ['agreement', 'agreementid', 'agreementnumber', 'licenseid', 'licenceid', 'license', 'licence'];
const ALLOWED_COLUMNS = ['allowed', 'limit', 'maklimit', 'activationlimit', 'allowedactivations', 'activationsallowed'];
const REMAINING_COLUMNS = ['remaining', 'remainingactivations', 'activationsremaining'];
/** Columns of machines and of their products: a table that has one is no key list, even if it has keys. */
const COLUMNS_OF_OTHERS = ['licensestatus', 'sku', 'applicationid', 'fullyqualifieddomainname', 'message', 'eventid', 'pscomputername', 'keyid', 'supportedsku'];

/**
 * A list of product keys: a CSV with a header, or VAMT's own input form, one key a line without a header. Keys may be masked
 * (`XXXXX-XXXXX-XXXXX-XXXXX-T83GX`). Remarks are not taken: they are words of persons.
 */
export const keyList: InputFormat = {
  name: NAME,
  version: 1,
  title: 'Product keys (CSV with a key column, or one key a line)',
  needsHost: false,
  recognises(beginning) {
    if (firstRowOf(beginning).some(isLongKey)) return 80;
    const columns = columnsOfBeginning(beginning);
    if (!KEY_COLUMNS.some((name) => columns.has(name)) || COLUMNS_OF_OTHERS.some((name) => columns.has(name))) return 0;
    // One column called `key` is little to go by; what else a key list has makes it likely.
    const others = [...KIND_COLUMNS, ...PRODUCT_COLUMNS, ...AGREEMENT_COLUMNS, ...ALLOWED_COLUMNS, ...REMAINING_COLUMNS];
    return others.some((name) => columns.has(name)) ? 70 : 40;
  },
  open: (context, emit) =>
    openTable({ refuseColumns, isHeader: (cells) => !cells.some(isLongKey), understand: (row) => understand(row, context) }, emit),
};

function refuseColumns(columns: ReadonlySet<string>): string | undefined {
  return KEY_COLUMNS.some((name) => columns.has(name))
    ? undefined
    : 'There is no product key in it and no column called Product Key, Key or KeyValue.';
}

function understand(row: TableRow, context: ParseContext): ParsedRecord {
  const { record, fields } = row;
  const key = keyOf(row, context);
  if (key === undefined) return { kind: 'refused', record, code: 'MISSING_KEY', reason: 'There is no product key in the row.' };
  const allowed = countOf(fields.text(...ALLOWED_COLUMNS));
  const remaining = countOf(fields.text(...REMAINING_COLUMNS));
  if (allowed === 'INVALID' || remaining === 'INVALID') {
    return { kind: 'refused', record, code: 'INVALID_FIELD', reason: 'A number of activations is no whole number.' };
  }
  const product = fields.text(...PRODUCT_COLUMNS);
  const kind = fields.text(...KIND_COLUMNS);
  const observation: ProductKeyObservation = {
    kind: 'productKey',
    key,
    evidence: 'KEY_LIST',
    keyKind: kindOf(kind, product, key.lastFive, context),
    product: product ?? context.catalogue.setupKey(key.lastFive)?.product,
    remaining,
    allowed,
    agreement: fields.text(...AGREEMENT_COLUMNS),
  };
  return {
    kind: 'understood',
    record,
    identity: contentIdentity(NAME, undefined, JSON.stringify([{ ...observation, keyKind: undefined, product }, kind])),
    occurredAt: undefined,
    observations: [observation],
  };
}

/** The key column, where the last five alone will do; in a list without a header the first cell that can only be a key. */
function keyOf({ cells, fields }: TableRow, context: ParseContext): KeyMention | undefined {
  const written = fields.written(...KEY_COLUMNS);
  const text = written ?? cells.find(isLongKey);
  return text === undefined ? undefined : mentionOfKey(text, context.fingerprint);
}

/** A whole or a masked key; any word of five letters could be the last five of one. */
function isLongKey(cell: string): boolean {
  return cell.length <= KEPT_CHARACTERS_MAX && cell.trim().length > 5 && mentionOfKey(cell, () => '') !== undefined;
}

/** Empty and −1 (VAMT's "never asked") are no count. */
function countOf(text: string | undefined): number | undefined | 'INVALID' {
  if (text === undefined || text === '-1') return undefined;
  return /^\d{1,9}$/.test(text) ? Number(text) : 'INVALID';
}

function kindOf(said: string | undefined, product: string | undefined, lastFive: string, context: ParseContext): ProductKeyKind {
  // A published key is what Microsoft says it is, whatever the list calls it ("KMS" is said of host and client keys alike).
  if (context.catalogue.setupKey(lastFive)?.method === 'KMS') return 'KMS_CLIENT';
  const kind = vamtKeyKind(said);
  if (kind !== 'UNKNOWN') return kind;
  const ofWords = keyKindOfDescription(said);
  return ofWords === 'UNKNOWN' ? keyKindOfDescription(product) : ofWords;
}
