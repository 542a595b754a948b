/** Observations out of one record of slmgr.vbs /dli or /dlv. */
import type { KeyMention, KmsCountObservation, LicenseStateObservation, Observation } from '../../domain/observation.js';
import type { ActivationMethod, LicenseStatus, ProductKeyKind } from '../../domain/vocabulary.js';
import { channelOfDescription, guidOf, hresultOf, keyKindOfChannel, methodOfKeyKind } from './licenceWords.js';
import type { ParseContext, ParsedRecord } from '../parser.js';
import { contentIdentity } from '../recordIdentity.js';
import { contentOf, isPermanent, minutesBesideDays, recordOfHost, refused } from './hostText.js';
import { keptHostName } from './keptText.js';
import { licenseStatusOfWord } from './licenseStatusWords.js';
import { EXTENDED_PID, type SlmgrField, type SlmgrProduct } from './slmgrFields.js';

type Fields = ReadonlyMap<SlmgrField, string>;

/** Understands one record, or refuses it with what to do. */
export function readSlmgrProduct({ fields, key }: SlmgrProduct, record: number, context: ParseContext): ParsedRecord {
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

function productObservations(fields: Fields, key: KeyMention | undefined, rawName: string): readonly Observation[] {
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

function methodOf(fields: Fields, keyKind: ProductKeyKind): ActivationMethod | undefined {
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

function activationObjectOf(fields: Fields): LicenseStateObservation['activationObject'] {
  const name = fields.get('objectName') || undefined;
  const distinguishedName = fields.get('objectDn') || undefined;
  return name === undefined && distinguishedName === undefined ? undefined : { name, distinguishedName };
}

function rearmsOf(fields: Fields): LicenseStateObservation['rearms'] {
  const rearms = { windows: countOf(fields, 'rearmWindows'), sku: countOf(fields, 'rearmSku'), app: countOf(fields, 'rearmApp') };
  return Object.values(rearms).every((count) => count === undefined) ? undefined : rearms;
}

function kmsCountOf(fields: Fields, host: KmsCountObservation['host'], skuId: string | undefined): KmsCountObservation | undefined {
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
function countOf(fields: Fields, field: SlmgrField): number | undefined {
  const text = fields.get(field) ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
