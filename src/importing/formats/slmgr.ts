/**
 * `cscript slmgr.vbs /dli`, `/dlv` (also `/dlv all`) and `/xpr`. English labels are known; in other languages a line is recognised
 * by what it holds (ids, channel, last five, name and port, minutes beside days), and an unknown status word stays unknown.
 */
import type { InputFormat, ParseContext, ParsedRecord, RecordParser } from '../parser.js';
import { recordOfHost, refused } from '../records/hostText.js';
import { keptKey, keptText } from '../records/keptText.js';
import { expiryInMessage, expiryMessage } from '../records/slmgrExpiry.js';
import { isDescription, slmgrLine, type SlmgrField, type SlmgrProduct } from '../records/slmgrFields.js';
import { readSlmgrProduct } from '../records/slmgrProduct.js';
import { slpList } from './slpList.js';
import { TOOL_LINE_CHARACTERS_MAX, unwrapLines } from '../syntax/unwrapLines.js';

/** What slmgr.vbs prints about the products of one machine, which it does not name. */
export const slmgr: InputFormat = {
  name: 'slmgr',
  version: 1,
  title: 'Output of slmgr.vbs /dli, /dlv or /xpr',
  needsHost: true,
  recognises(beginning) {
    if (/^[\s\uFEFF]*[<{["#]/.test(beginning) || /^[ \t]*(?:LICENSE (?:STATUS|NAME):|---Processing-|Log Name:)/m.test(beginning)) return 0;
    if (slpList.recognises(beginning) > 0) return 0;
    if (/^[ \t]*(?:Partial Product Key|License Status):/m.test(beginning)) return 96;
    const lines = beginning.split(/\r?\n/, SNIFFED_LINES);
    if (lines.some(isDescription)) return /\(CMID\)/.test(beginning) ? 90 : 75;
    return lines.some((line) => expiryMessage(line) !== undefined) ? 60 : 0;
  },
  open: (context, emit) => openSlmgr(context, emit),
};

/** Lines looked at to recognise the format. */
const SNIFFED_LINES = 200;

function openSlmgr(context: ParseContext, emit: (record: ParsedRecord) => void): RecordParser {
  let product: SlmgrProduct | undefined;
  /** Product of /xpr whose message stands on the next line. */
  let expiryOf: string | undefined;
  let record = 0;

  function takeLine(raw: string | undefined): void {
    if (raw === undefined) {
      endProduct();
      record += 1;
      emit(refused(record, 'RECORD_TOO_LONG', `The line is longer than ${TOOL_LINE_CHARACTERS_MAX} characters, which slmgr.vbs never prints.`));
      return;
    }
    const line = raw.trim();
    if (line === '') return;
    if (expiryOf !== undefined) {
      endExpiry(line);
      return;
    }
    const expiry = expiryMessage(line);
    if (expiry === undefined) takeProductLine(line);
    else {
      endProduct();
      expiryOf = expiry.productName;
      if (expiry.message !== '') endExpiry(expiry.message);
    }
  }

  function takeProductLine(text: string): void {
    const line = slmgrLine(text, product);
    if (line === undefined) return;
    const { field, value, label } = line;
    if (field === 'name' || (field === 'description' && product?.fields.has('description') !== false)) {
      endProduct();
      product = { fields: new Map(), key: undefined, isStatusNext: false };
    }
    if (product === undefined) return;
    if (field === 'key') product.key ??= keptKey(value, context.fingerprint);
    // The status is the labelled line after the key; a statement between them is passed over.
    if (label !== '') product.isStatusNext = field === 'key';
    set(product, field, field === 'key' ? '' : value);
    if (label.startsWith('automatic vm activation')) set(product, 'block', 'AVMA');
  }

  function endProduct(): void {
    if (product !== undefined) {
      record += 1;
      emit(readSlmgrProduct(product, record, context));
    }
    product = undefined;
  }

  function endExpiry(message: string): void {
    const productName = expiryOf ?? '';
    expiryOf = undefined;
    record += 1;
    emit(readExpiry(productName, message, record, context));
  }

  const lines = unwrapLines(takeLine);
  return {
    write: (text) => lines.write(text),
    end() {
      lines.end();
      endProduct();
      if (expiryOf !== undefined) {
        record += 1;
        emit(refused(record, 'TRUNCATED', 'The output of slmgr.vbs /xpr ends before the state of the product: run it again.'));
      }
      if (record === 0) emit(refused(1, 'NO_RECORDS', 'No output of slmgr.vbs /dli, /dlv or /xpr was found in the text.'));
    },
  };
}

/** A product's first value of a field stands: what follows under the same label belongs to another machine (KMS host, activation object). */
function set(product: SlmgrProduct, field: SlmgrField, value: string): void {
  if (!product.fields.has(field)) product.fields.set(field, keptText(value) ?? '');
}

function readExpiry(productName: string, message: string, record: number, context: ParseContext): ParsedRecord {
  const name = keptText(productName);
  const raw = keptText(message);
  const expiry = expiryInMessage(message);
  return recordOfHost('slmgr', record, context, `xpr|${name ?? ''}|${raw ?? ''}`, (rawName) => [
    {
      kind: 'licenseState',
      host: { rawName },
      evidence: 'SLMGR',
      productName: name,
      status: expiry.status,
      statusRaw: expiry.status === 'UNKNOWN' ? raw : undefined,
      permanent: expiry.isPermanent ? true : undefined,
      method: expiry.method,
    },
  ]);
}
