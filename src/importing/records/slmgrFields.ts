/** What the lines of slmgr.vbs mean: English ones by their label, those of other languages by what they hold. */
import type { KeyMention } from '../../domain/observation.js';
import { OFFICE_2010_APPLICATION_ID, OFFICE_APPLICATION_ID, WINDOWS_APPLICATION_ID } from '../../domain/vocabulary.js';
import { guidOf } from './licenceWords.js';
import { labelledLine, minutesBesideDays } from './hostText.js';
import { STATUS_LABELS } from './licenseStatusWords.js';

/** Fields of a record by name; each is set by its label or, failing that, by what its line holds. */
export type SlmgrField =
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

/** One product's lines; the key is reduced the moment it is read. */
export interface SlmgrProduct {
  readonly fields: Map<SlmgrField, string>;
  key: KeyMention | undefined;
  /** The line before held the last five: the next labelled one is the licence status, in every language. */
  isStatusNext: boolean;
}

/** A line that says something: which field, and its value. */
export interface SlmgrLine {
  readonly field: SlmgrField;
  readonly value: string;
  /** Lower case; empty for a statement. */
  readonly label: string;
}

/** What a line means after the lines of the product before it; undefined for banners, headings and values of no use here. */
export function slmgrLine(line: string, product: SlmgrProduct | undefined): SlmgrLine | undefined {
  const statement = FIELD_OF_STATEMENT.get(line.toLowerCase().replace(/\.$/, ''));
  if (statement !== undefined) return { field: statement[0], value: statement[1], label: '' };
  const labelled = labelledLine(line);
  if (labelled === undefined || PASSED_OVER_LABELS.has(labelled.label)) return undefined;
  const { label, value } = labelled;
  const field = FIELD_OF_LABEL.get(label) ?? fieldHeld(label, value, product);
  return field === undefined ? undefined : { field, value, label };
}

/** Whether a line is a product's description, in any language: its value ends in a channel. */
export function isDescription(line: string): boolean {
  return CHANNEL_AT_END.test(labelledLine(line)?.value ?? '');
}

const FIELD_OF_LABEL: ReadonlyMap<string, SlmgrField> = new Map([
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
const FIELD_OF_STATEMENT: ReadonlyMap<string, readonly [SlmgrField, string]> = new Map([
  ['this license is not in use', ['notInUse', 'yes']],
  ['key management service is enabled on this machine', ['isKmsHost', 'yes']],
  ['dns publishing enabled', ['dnsPublishing', 'yes']],
  ['dns publishing disabled', ['dnsPublishing', 'no']],
  ['ad activation client information', ['block', 'ADBA']],
  ['automatic vm activation client information', ['block', 'AVMA']],
  ['token-based activation information', ['block', 'TOKEN']],
  ['key management service client information', ['block', 'KMS']],
]);

const CHANNEL_AT_END = /,\s*[A-Z][A-Z0-9_()-]*\s+channel$/;
const PRODUCT_NAME = /^(?:Windows(?:\(R\)|®)?[\s,]|Windows Server|Office \d{2},)/;
const PRODUCT_KEY_CHANNEL = /^(?:Volume:\w+|OEM:[\w-]+|Retail(?::[\w()]+)?)$/;
/** Extended PID, as `03612-03391-000-000000-03-3082-10586.0000-3342026`. */
export const EXTENDED_PID = /^\d{5}-\d{5}-\d{3}-\d{6}-\d{2}-\d{3,5}-\d+\.\d+-\d{7}$/;
const LAST_FIVE_OR_KEY = /^(?:(?:[A-Z0-9*#]{5}-){4})?[A-Z0-9]{5}$/;
const NAME_AND_PORT = /^[A-Za-z0-9][\w.-]{0,254}:\d{1,5}$/;
const APPLICATION_IDS: ReadonlySet<string> = new Set([WINDOWS_APPLICATION_ID, OFFICE_APPLICATION_ID, OFFICE_2010_APPLICATION_ID]);

/** The field of a line whose label is not known, by what it holds. */
function fieldHeld(label: string, value: string, product: SlmgrProduct | undefined): SlmgrField | undefined {
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
function isDescriptionNext(product: SlmgrProduct | undefined): boolean {
  return product !== undefined && product.fields.size === 1 && product.fields.has('name');
}
