/** `cscript ospp.vbs /dstatus` and `/dstatusall`: the state of Office products. Labels and status words are English on every host. */
import type { KeyMention, LicenseStateObservation } from '../../domain/observation.js';
import type { ActivationMethod, ProductKeyKind } from '../../domain/vocabulary.js';
import { channelOfDescription, guidOf, hresultOf, keyKindOfChannel, methodOfKeyKind } from '../records/licenceWords.js';
import type { InputFormat, ParseContext, ParsedRecord, RecordParser } from '../parser.js';
import { contentIdentity } from '../recordIdentity.js';
import { contentOf, isPermanent, labelledLine, recordOfHost, refused } from '../records/hostText.js';
import { keptHostName, keptKey, keptText } from '../records/keptText.js';
import { licenseStatusOfWord } from '../records/licenseStatusWords.js';
import { TOOL_LINE_CHARACTERS_MAX, unwrapLines } from '../syntax/unwrapLines.js';

/** What ospp.vbs prints about the Office products of one machine, which it does not name. */
export const ospp: InputFormat = {
  name: 'ospp',
  version: 1,
  title: 'Output of ospp.vbs /dstatus (Office)',
  needsHost: true,
  recognises(beginning) {
    if (/^[ \t]*LICENSE STATUS:\s+---/m.test(beginning)) return 98;
    if (/^[ \t]*---Processing-{10}/m.test(beginning)) return 92;
    return /^[ \t]*(?:LICENSE NAME:|Last 5 characters of installed product key:)/m.test(beginning) ? 85 : 0;
  },
  open: (context, emit) => openOspp(context, emit),
};

type Field =
  | 'skuId'
  | 'productId'
  | 'name'
  | 'description'
  | 'status'
  | 'errorCode'
  | 'grace'
  | 'key'
  | 'activationType'
  | 'kmsFromDns'
  | 'kmsRegistered'
  | 'objectName'
  | 'objectDn';

const FIELD_OF_LABEL: ReadonlyMap<string, Field> = new Map([
  ['product id', 'productId'],
  ['sku id', 'skuId'],
  ['license name', 'name'],
  ['license description', 'description'],
  ['license status', 'status'],
  ['error code', 'errorCode'],
  ['remaining grace', 'grace'],
  ['last 5 characters of installed product key', 'key'],
  ['activation type configuration', 'activationType'],
  ['kms machine name from dns', 'kmsFromDns'],
  ['kms machine registry override defined', 'kmsRegistered'],
  ['activation object name', 'objectName'],
  ['ao dn', 'objectDn'],
]);

/** A product's lines; the key is reduced the moment it is read. */
interface Product {
  readonly fields: Map<Field, string>;
  key: KeyMention | undefined;
}

const RULE = /^-{20,}$/;
const NOTHING_INSTALLED = /^<No installed product keys detected>$/i;

function openOspp(context: ParseContext, emit: (record: ParsedRecord) => void): RecordParser {
  let product: Product = { fields: new Map(), key: undefined };
  let record = 0;

  function takeLine(raw: string | undefined): void {
    if (raw === undefined) {
      endProduct();
      record += 1;
      emit(refused(record, 'RECORD_TOO_LONG', `The line is longer than ${TOOL_LINE_CHARACTERS_MAX} characters, which ospp.vbs never prints.`));
      return;
    }
    const line = raw.trim();
    if (RULE.test(line)) {
      endProduct();
    } else if (NOTHING_INSTALLED.test(line)) {
      endProduct();
      record += 1;
      emit({ kind: 'understood', record, identity: contentIdentity('ospp', keptHostName(context.host), 'nothing installed'), occurredAt: undefined, observations: [] });
    } else takeLabelled(line);
  }

  function takeLabelled(line: string): void {
    const labelled = labelledLine(line);
    const field = labelled === undefined ? undefined : FIELD_OF_LABEL.get(labelled.label);
    if (labelled === undefined || field === undefined) return;
    // Where a rule is missing, a product begins with its first label.
    if (product.fields.has(field) || (field === 'productId' && product.fields.size > 0)) endProduct();
    product.fields.set(field, field === 'key' ? '' : (keptText(labelled.value) ?? ''));
    if (field === 'key') product.key = keptKey(labelled.value, context.fingerprint);
  }

  function endProduct(): void {
    if (product.fields.size > 0) {
      record += 1;
      emit(readProduct(product, record, context));
    }
    product = { fields: new Map(), key: undefined };
  }

  const lines = unwrapLines(takeLine);
  return {
    write: (text) => lines.write(text),
    end() {
      lines.end();
      endProduct();
      if (record === 0) emit(refused(1, 'NO_RECORDS', 'No output of ospp.vbs /dstatus was found in the text.'));
    },
  };
}

function readProduct(product: Product, record: number, context: ParseContext): ParsedRecord {
  const { fields, key } = product;
  const statusText = fields.get('status');
  if (statusText === undefined) {
    return refused(record, 'INCOMPLETE_RECORD', 'The product has no LICENSE STATUS line: the output was cut; run ospp.vbs /dstatus again.');
  }
  const status = licenseStatusOfWord(statusText) ?? 'UNKNOWN';
  const description = fields.get('description') || undefined;
  const channel = channelOfDescription(description ?? '');
  const keyKind = keyKindOfChannel(channel);
  const minutes = minutesOf(fields.get('grace'));
  const state: Omit<LicenseStateObservation, 'host'> = {
    kind: 'licenseState',
    evidence: 'OSPP',
    skuId: guidOf(fields.get('skuId') ?? ''),
    productName: fields.get('name') || undefined,
    description,
    channel,
    keyKind,
    key,
    status,
    statusRaw: status === 'UNKNOWN' ? statusText || undefined : undefined,
    // On a licensed product the code is for information (0x4004F040): kept, and judged by nobody here.
    statusReason: hresultOf(/\b0x[0-9a-f]{1,8}\b/i.exec(fields.get('errorCode') ?? '')?.[0] ?? ''),
    minutesRemaining: minutes === 0 ? undefined : minutes,
    permanent: isPermanent(status, minutes, keyKind),
    method: methodOf(fields, keyKind),
    kmsHost: fields.get('kmsRegistered') || fields.get('kmsFromDns') || undefined,
    activationObject: activationObjectOf(fields),
  };
  // /dstatusall also lists what is not installed.
  const isInstalled = fields.has('key') || (status !== 'UNLICENSED' && status !== 'UNKNOWN');
  return recordOfHost('ospp', record, context, contentOf(fields, key), (rawName) => (isInstalled ? [{ ...state, host: { rawName } }] : []));
}

/** Minutes of `178 days  (256748 minute(s) before expiring)`. */
function minutesOf(grace: string | undefined): number | undefined {
  const digits = /(?<!\d)(\d{1,9}) minute/i.exec(grace ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function methodOf(fields: ReadonlyMap<Field, string>, keyKind: ProductKeyKind): ActivationMethod | undefined {
  if (keyKind !== 'KMS_CLIENT') return methodOfKeyKind(keyKind);
  switch ((fields.get('activationType') ?? '').toUpperCase()) {
    case 'AD':
      return 'ADBA';
    case 'KMS':
      return 'KMS';
    case 'TOKEN':
      return 'TOKEN';
    default:
      return fields.has('objectName') || fields.has('objectDn') ? 'ADBA' : 'KMS';
  }
}

function activationObjectOf(fields: ReadonlyMap<Field, string>): LicenseStateObservation['activationObject'] {
  const name = fields.get('objectName') || undefined;
  const distinguishedName = fields.get('objectDn') || undefined;
  return name === undefined && distinguishedName === undefined ? undefined : { name, distinguishedName };
}
