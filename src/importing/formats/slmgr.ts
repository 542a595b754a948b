/**
 * `cscript slmgr.vbs /dli`, `/dlv` (also `/dlv all`) and `/xpr`. English labels are known; in other languages a line is recognised
 * by what it holds (ids, channel, last five, name and port, minutes beside days), and an unknown status word stays unknown.
 */
import type { KeyMention, KmsCountObservation, LicenseStateObservation, Observation } from '../../domain/observation.js';
import {
  OFFICE_2010_APPLICATION_ID,
  OFFICE_APPLICATION_ID,
  WINDOWS_APPLICATION_ID,
  type ActivationMethod,
  type LicenseStatus,
  type ProductKeyKind,
} from '../../domain/vocabulary.js';
import { channelOfDescription, guidOf, hresultOf, keyKindOfChannel, methodOfKeyKind } from '../licenceWords.js';
import type { InputFormat, ParseContext, ParsedRecord, RecordParser } from '../parser.js';
import { contentIdentity } from '../recordIdentity.js';
import { contentOf, isPermanent, labelledLine, minutesBesideDays, recordOfHost, refused } from './hostText.js';
import { keptHostName, keptKey, keptText } from './keptText.js';
import { STATUS_LABELS, licenseStatusOfWord } from './licenseStatusWords.js';
import { expiryInMessage, expiryMessage } from './slmgrExpiry.js';
import { slpListFormat } from './slpList.js';
import { TOOL_LINE_CHARACTERS_MAX, unwrapLines } from './unwrapLines.js';

export const slmgrFormat: InputFormat = {
  name: 'slmgr',
  version: 1,
  title: 'Output of slmgr.vbs /dli, /dlv or /xpr',
  needsHost: true,
  recognises(beginning) {
    if (/^[\s\uFEFF]*[<{["#]/.test(beginning) || /^\s*(?:LICENSE (?:STATUS|NAME):|---Processing-|Log Name:)/m.test(beginning)) return 0;
    if (slpListFormat.recognises(beginning) > 0) return 0;
    if (/^\s*(?:Partial Product Key|License Status):/m.test(beginning)) return 96;
    const lines = beginning.split(/\r?\n/, SNIFFED_LINES);
    if (lines.some((line) => CHANNEL_AT_END.test(labelledLine(line)?.value ?? ''))) return /\(CMID\)/.test(beginning) ? 90 : 75;
    return lines.some((line) => expiryMessage(line) !== undefined) ? 60 : 0;
  },
  open: (context, emit) => openSlmgr(context, emit),
};

/** Lines looked at to recognise the format. */
const SNIFFED_LINES = 200;

/** Fields of a record by name; each is set by its label or, failing that, by what its line holds. */
type Field =
  | 'name'
  | 'description'
  | 'activationId'
  | 'applicationId'
  | 'productKeyId'
  | 'productKeyChannel'
  | 'key'
  | 'status'
  | 'minutes'
  | 'reason'
  | 'rearmWindows'
  | 'rearmSku'
  | 'rearmApp'
  | 'trustedTime'
  | 'activationType'
  | 'cmid'
  | 'kmsHost'
  | 'objectName'
  | 'objectDn'
  | 'currentCount'
  | 'listeningPort'
  | 'requestsTotal'
  | 'requestsFailed'
  | 'requestsUnlicensed'
  | 'requestsLicensed'
  | 'requestsOobGrace'
  | 'requestsOotGrace'
  | 'requestsNonGenuineGrace'
  | 'requestsNotification'
  | 'notInUse'
  | 'isKmsHost'
  | 'dnsPublishing'
  | 'block';

const FIELD_OF_LABEL: ReadonlyMap<string, Field> = new Map([
  ['name', 'name'],
  ['description', 'description'],
  ['activation id', 'activationId'],
  ['application id', 'applicationId'],
  ['extended pid', 'productKeyId'],
  ['product key channel', 'productKeyChannel'],
  ['partial product key', 'key'],
  ['volume activation expiration', 'minutes'],
  ['timebased activation expiration', 'minutes'],
  ['automatic vm activation expiration', 'minutes'],
  ['time remaining', 'minutes'],
  ['notification reason', 'reason'],
  ['remaining windows rearm count', 'rearmWindows'],
  ['remaining sku rearm count', 'rearmSku'],
  ['remaining app rearm count', 'rearmApp'],
  ['trusted time', 'trustedTime'],
  ['configured activation type', 'activationType'],
  ['client machine id (cmid)', 'cmid'],
  ['registered kms machine name', 'kmsHost'],
  ['kms machine name from dns', 'kmsHost'],
  ['activation object name', 'objectName'],
  ['ao dn', 'objectDn'],
  ['current count', 'currentCount'],
  ['listening on port', 'listeningPort'],
  ['total requests received', 'requestsTotal'],
  ['failed requests received', 'requestsFailed'],
  ['requests with license status unlicensed', 'requestsUnlicensed'],
  ['requests with license status licensed', 'requestsLicensed'],
  ['requests with license status initial grace period', 'requestsOobGrace'],
  ['requests with license status license expired or hardware out of tolerance', 'requestsOotGrace'],
  ['requests with license status non-genuine grace period', 'requestsNonGenuineGrace'],
  ['requests with license status notification', 'requestsNotification'],
]);

/** Labels whose values are of no use here, and must not be taken for something else by what they hold. */
const PASSED_OVER_LABELS: ReadonlySet<string> = new Set([
  'installation id',
  'kms machine extended pid',
  'ao extended pid',
  'ao activation id',
  'guest iaid',
  'host digital pid2',
  'software licensing service version',
]);

/** Lines without a label that say something, lower case, without their full stop. */
const FIELD_OF_STATEMENT: ReadonlyMap<string, readonly [Field, string]> = new Map([
  ['this license is not in use', ['notInUse', 'yes']],
  ['key management service is enabled on this machine', ['isKmsHost', 'yes']],
  ['dns publishing enabled', ['dnsPublishing', 'yes']],
  ['dns publishing disabled', ['dnsPublishing', 'no']],
  ['ad activation client information', ['block', 'ADBA']],
  ['automatic vm activation client information', ['block', 'AVMA']],
  ['token-based activation information', ['block', 'TOKEN']],
  ['key management service client information', ['block', 'KMS']],
]);

/** One product's lines; the key is reduced the moment it is read. */
interface Product {
  readonly fields: Map<Field, string>;
  key: KeyMention | undefined;
  /** The line before held the last five: the next labelled one is the licence status, in every language. */
  isStatusNext: boolean;
}

function openSlmgr(context: ParseContext, emit: (record: ParsedRecord) => void): RecordParser {
  let product: Product | undefined;
  /** Product of /xpr whose message stands on the next line. */
  let expiryOf: string | undefined;
  let record = 0;

  function takeLine(raw: string | undefined): void {
    if (raw === undefined) {
      endProduct();
      record += 1;
      emit(refused(record, 'LINE_TOO_LONG', `The line is longer than ${TOOL_LINE_CHARACTERS_MAX} characters, which slmgr.vbs never prints.`));
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

  function takeProductLine(line: string): void {
    const statement = FIELD_OF_STATEMENT.get(line.toLowerCase().replace(/\.$/, ''));
    if (statement !== undefined) {
      if (product !== undefined) set(product, statement[0], statement[1]);
      return;
    }
    const labelled = labelledLine(line);
    if (labelled === undefined || PASSED_OVER_LABELS.has(labelled.label)) return;
    const { label, value } = labelled;
    const field = FIELD_OF_LABEL.get(label) ?? fieldHeld(label, value, product);
    if (field === 'name' || (field === 'description' && product?.fields.has('description') !== false)) {
      endProduct();
      product = { fields: new Map(), key: undefined, isStatusNext: false };
    }
    if (product === undefined || field === undefined) return;
    if (field === 'key') product.key ??= keptKey(value, context.fingerprint);
    product.isStatusNext = field === 'key';
    set(product, field, field === 'key' ? '' : value);
    if (label.startsWith('automatic vm activation')) set(product, 'block', 'AVMA');
  }

  function endProduct(): void {
    if (product !== undefined) {
      record += 1;
      emit(readProduct(product, record, context));
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
function set(product: Product, field: Field, value: string): void {
  if (!product.fields.has(field)) product.fields.set(field, keptText(value) ?? '');
}

const CHANNEL_AT_END = /,\s*[A-Z][A-Z0-9_()-]*\s+channel$/;
const PRODUCT_NAME = /^(?:Windows(?:\(R\)|®)?[\s,]|Windows Server|Office \d{2},)/;
const PRODUCT_KEY_CHANNEL = /^(?:Volume:\w+|OEM:[\w-]+|Retail(?::[\w()]+)?)$/;
const EXTENDED_PID = /^\d{5}-\d{5}-\d{3}-\d{6}-\d{2}-\d{3,5}-\d+\.\d+-\d{7}$/;
const LAST_FIVE_OR_KEY = /^(?:[A-Z0-9*#]{5}-){0,4}[A-Z0-9]{5}$/;
const NAME_AND_PORT = /^[A-Za-z0-9][\w.-]{0,254}:\d{1,5}$/;
const APPLICATION_IDS: ReadonlySet<string> = new Set([WINDOWS_APPLICATION_ID, OFFICE_APPLICATION_ID, OFFICE_2010_APPLICATION_ID]);

/** The field of a line whose label is not known, by what it holds. */
function fieldHeld(label: string, value: string, product: Product | undefined): Field | undefined {
  if (CHANNEL_AT_END.test(value)) return 'description';
  if (PRODUCT_NAME.test(value) && !isDescriptionNext(product)) return 'name';
  if (product === undefined) return undefined;
  const { fields, isStatusNext } = product;
  if (STATUS_LABELS.has(label) || isStatusNext) return 'status';
  const guid = guidOf(value);
  if (guid !== undefined) {
    if (label.includes('(cmid)')) return 'cmid';
    if (APPLICATION_IDS.has(guid)) return 'applicationId';
    return fields.has('activationId') || fields.has('cmid') ? undefined : 'activationId';
  }
  if (EXTENDED_PID.test(value)) return fields.has('cmid') ? undefined : 'productKeyId';
  if (PRODUCT_KEY_CHANNEL.test(value)) return 'productKeyChannel';
  if (LAST_FIVE_OR_KEY.test(value)) return fields.has('status') || fields.has('key') ? undefined : 'key';
  if (minutesBesideDays(value) !== undefined) return 'minutes';
  if (/kms/.test(label) && NAME_AND_PORT.test(value)) return 'kmsHost';
  if (/^CN=.*,DC=/i.test(value)) return 'objectDn';
  return fields.has('status') && /\b0x[0-9A-F]{8}\b/i.test(value) ? 'reason' : undefined;
}

/** Right after a name, a second line that begins like one is the description whose channel is missing. */
function isDescriptionNext(product: Product | undefined): boolean {
  return product !== undefined && product.fields.size === 1 && product.fields.has('name');
}

function readProduct({ fields, key }: Product, record: number, context: ParseContext): ParsedRecord {
  // A product that is not in use is listed without a key; so is it where the words for it are not known.
  const isListedOnly = fields.has('notInUse') || (!fields.has('key') && !fields.has('status') && fields.has('activationId'));
  const content = contentOf(fields, key);
  if (isListedOnly) {
    return { kind: 'understood', record, identity: contentIdentity('slmgr', keptHostName(context.host), content), occurredAt: undefined, observations: [] };
  }
  if (!fields.has('key') && !fields.has('status')) {
    return refused(record, 'INCOMPLETE_RECORD', 'The product has neither a partial product key nor a licence status: the output was cut; run slmgr.vbs /dlv again.');
  }
  return recordOfHost('slmgr', record, context, content, (rawName) => productObservations(fields, key, rawName));
}

function productObservations(fields: ReadonlyMap<Field, string>, key: KeyMention | undefined, rawName: string): readonly Observation[] {
  const host = { rawName, cmid: guidOf(fields.get('cmid') ?? '') };
  const description = fields.get('description') || undefined;
  const described = channelOfDescription(description ?? '');
  const channel = fields.get('productKeyChannel') || described;
  const keyKind = keyKindOfEither(channel, described);
  const statusWord = fields.get('status') ?? '';
  const status: LicenseStatus = licenseStatusOfWord(statusWord) ?? 'UNKNOWN';
  const minutes = minutesBesideDays(fields.get('minutes') ?? '');
  const skuId = guidOf(fields.get('activationId') ?? '');
  const state: LicenseStateObservation = {
    kind: 'licenseState',
    host,
    evidence: 'SLMGR',
    skuId,
    applicationId: guidOf(fields.get('applicationId') ?? ''),
    productName: fields.get('name') || undefined,
    description,
    channel,
    keyKind,
    key,
    productKeyId: EXTENDED_PID.test(fields.get('productKeyId') ?? '') ? fields.get('productKeyId') : undefined,
    status,
    statusRaw: status === 'UNKNOWN' ? statusWord || undefined : undefined,
    statusReason: hresultOf(/\b0x[0-9A-F]{8}\b/i.exec(fields.get('reason') ?? '')?.[0] ?? ''),
    minutesRemaining: minutes === 0 ? undefined : minutes,
    // An expiry line that could not be read is an end all the same.
    permanent: fields.has('minutes') ? undefined : isPermanent(status, minutes, keyKind),
    method: methodOf(fields, keyKind),
    kmsHost: fields.get('kmsHost') || undefined,
    activationObject: activationObjectOf(fields),
    rearms: rearmsOf(fields),
    trustedTimeRaw: fields.get('trustedTime') || undefined,
  };
  const count = kmsCountOf(fields, host, skuId);
  return count === undefined ? [state] : [state, count];
}

function keyKindOfEither(channel: string | undefined, described: string | undefined): ProductKeyKind {
  const kind = keyKindOfChannel(channel);
  return kind === 'UNKNOWN' ? keyKindOfChannel(described) : kind;
}

function methodOf(fields: ReadonlyMap<Field, string>, keyKind: ProductKeyKind): ActivationMethod | undefined {
  const block = fields.get('block');
  if (block === 'AVMA') return 'AVMA';
  if (keyKind !== 'KMS_CLIENT' && keyKind !== 'UNKNOWN') return methodOfKeyKind(keyKind);
  const configured = CONFIGURED_METHODS.get((fields.get('activationType') ?? '').toLowerCase());
  if (configured !== undefined) return configured;
  if (block === 'TOKEN') return 'TOKEN';
  if (block === 'ADBA' || fields.has('objectName') || fields.has('objectDn')) return 'ADBA';
  return block === 'KMS' || fields.has('kmsHost') || fields.has('cmid') ? 'KMS' : methodOfKeyKind(keyKind);
}

const CONFIGURED_METHODS: ReadonlyMap<string, ActivationMethod> = new Map([
  ['ad', 'ADBA'],
  ['kms', 'KMS'],
  ['token', 'TOKEN'],
]);

function activationObjectOf(fields: ReadonlyMap<Field, string>): LicenseStateObservation['activationObject'] {
  const name = fields.get('objectName') || undefined;
  const distinguishedName = fields.get('objectDn') || undefined;
  return name === undefined && distinguishedName === undefined ? undefined : { name, distinguishedName };
}

function rearmsOf(fields: ReadonlyMap<Field, string>): LicenseStateObservation['rearms'] {
  const rearms = { windows: countOf(fields, 'rearmWindows'), sku: countOf(fields, 'rearmSku'), app: countOf(fields, 'rearmApp') };
  return Object.values(rearms).every((count) => count === undefined) ? undefined : rearms;
}

function kmsCountOf(fields: ReadonlyMap<Field, string>, host: KmsCountObservation['host'], skuId: string | undefined): KmsCountObservation | undefined {
  const currentCount = countOf(fields, 'currentCount');
  if (!fields.has('isKmsHost') || currentCount === undefined) return undefined;
  const publishing = fields.get('dnsPublishing');
  return {
    kind: 'kmsCount',
    host,
    evidence: 'SLMGR',
    skuId,
    currentCount,
    listeningPort: countOf(fields, 'listeningPort'),
    dnsPublishing: publishing === undefined ? undefined : publishing === 'yes',
    requests: {
      total: countOf(fields, 'requestsTotal'),
      failed: countOf(fields, 'requestsFailed'),
      unlicensed: countOf(fields, 'requestsUnlicensed'),
      licensed: countOf(fields, 'requestsLicensed'),
      oobGrace: countOf(fields, 'requestsOobGrace'),
      ootGrace: countOf(fields, 'requestsOotGrace'),
      nonGenuineGrace: countOf(fields, 'requestsNonGenuineGrace'),
      notification: countOf(fields, 'requestsNotification'),
    },
  };
}

/** A count of at most nine digits; 4294967295 stands for "none" and has ten. */
function countOf(fields: ReadonlyMap<Field, string>, field: Field): number | undefined {
  const text = fields.get(field) ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
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
