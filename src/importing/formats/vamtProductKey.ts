import type { ProductKeyObservation } from '../../domain/observation.js';
import type { ProductKeyKind } from '../../domain/vocabulary.js';
import { columnsOfBeginning, openTable, type TableRow } from '../syntax/table.js';
import type { Fields } from '../records/fields.js';
import { guidOf, hresultOf } from '../records/licenceWords.js';
import type { InputFormat, ParseContext, ParsedRecord } from '../parser.js';
import { mentionOfKey } from '../productKeys.js';
import { contentIdentity } from '../recordIdentity.js';
import { instantOf, unreadTime } from '../records/localTime.js';
import { keyKindOfDescription, vamtKeyKind } from '../records/vamtWords.js';

const NAME = 'vamt-product-key';

/** A CSV dump of VAMT 3's `base.ProductKey`. Its keys are in clear text: each is reduced to its last five and a fingerprint here. */
export const vamtProductKey: InputFormat = {
  name: NAME,
  version: 1,
  title: 'VAMT 3 product keys (CSV of base.ProductKey)',
  needsHost: false,
  recognises(beginning) {
    const columns = columnsOfBeginning(beginning);
    const ofVamt = ['keyid', 'remainingactivations', 'supportedsku', 'supportededitions', 'userremarks'];
    return refuseColumns(columns) === undefined && ofVamt.some((name) => columns.has(name)) ? 95 : 0;
  },
  open: (context, emit) => openTable({ refuseColumns, understand: (row) => understand(row, context) }, emit),
};

function refuseColumns(columns: ReadonlySet<string>): string | undefined {
  return columns.has('keyvalue') ? undefined : 'The header has no column KeyValue; is this a dump of base.ProductKey?';
}

function understand({ record, fields }: TableRow, context: ParseContext): ParsedRecord {
  const key = mentionOfKey(fields.written('keyvalue') ?? '', context.fingerprint);
  if (key === undefined) return { kind: 'refused', record, code: 'MISSING_KEY', reason: 'KeyValue is no product key.' };
  const remaining = remainingOf(fields.text('remainingactivations'));
  if (remaining === 'INVALID') {
    return { kind: 'refused', record, code: 'INVALID_FIELD', reason: 'RemainingActivations is no whole number; are the columns shifted?' };
  }
  const keyKind = kindOf(fields, key.lastFive, context);
  const lastUpdate = fields.text('lastupdate', 'lastupdated');
  const observation: ProductKeyObservation = {
    kind: 'productKey',
    key,
    evidence: 'VAMT_DATABASE',
    keyKind,
    product: fields.text('keydescription'),
    description: fields.text('supportededitions'),
    // Only MAKs are counted down; what other keys show there is not a count.
    remaining: keyKind === 'MAK' || keyKind === 'UNKNOWN' ? remaining : undefined,
    errorCode: errorCodeOf(fields.text('lasterrorcode')),
  };
  const occurredAt = lastUpdate === undefined ? undefined : instantOf(lastUpdate, context);
  return {
    kind: 'understood',
    record,
    identity: contentIdentity(NAME, undefined, JSON.stringify([{ ...observation, keyKind: undefined, remaining }, lastUpdate])),
    occurredAt,
    occurredAtRaw: unreadTime(lastUpdate, occurredAt),
    observations: [observation],
  };
}

/** VAMT writes −1 until it has asked Microsoft. */
function remainingOf(text: string | undefined): number | undefined | 'INVALID' {
  if (text === undefined || text === '-1') return undefined;
  return /^\d{1,9}$/.test(text) ? Number(text) : 'INVALID';
}

function kindOf(fields: Fields, lastFive: string, context: ParseContext): ProductKeyKind {
  const said = vamtKeyKind(fields.text('keytypename', 'keytype'));
  if (said !== 'UNKNOWN') return said;
  const described = keyKindOfDescription(fields.text('keydescription'));
  if (described !== 'UNKNOWN') return described;
  const skuId = guidOf(fields.text('supportedsku') ?? '');
  const ofSku = skuId === undefined ? undefined : context.catalogue.sku(skuId)?.keyKind;
  if (ofSku !== undefined && ofSku !== 'UNKNOWN') return ofSku;
  return context.catalogue.setupKey(lastFive)?.method === 'KMS' ? 'KMS_CLIENT' : 'UNKNOWN';
}

function errorCodeOf(text: string | undefined): string | undefined {
  const code = text === undefined ? undefined : hresultOf(text);
  return code === '0x00000000' ? undefined : code;
}
