import type { HostMention, LicenseStateObservation } from '../../domain/observation.js';
import { type ActivationMethod, type LicenseStatus, licenseStatusOf, type ProductKeyKind } from '../../domain/vocabulary.js';
import type { Fields } from './fields.js';
import { channelOfDescription, guidOf, hresultOf, keyKindOfChannel, methodOfKeyKind } from './licenceWords.js';
import type { ParseContext } from '../parser.js';
import { mentionOfKey } from '../productKeys.js';
import type { RefusalCode } from '../refusals.js';
import { vamtKeyKind, vamtLicenseStatus } from './vamtWords.js';
import { instantOf, isNoDate, unreadTime } from './localTime.js';

/** A product of a machine as VAMT keeps it, in its database and in its CIL files. */
export interface VamtProduct {
  readonly observation: LicenseStateObservation;
  /** When VAMT last saw the status; undefined where its local time cannot be placed. */
  readonly occurredAt: string | undefined;
  /** As written, where it cannot be read. */
  readonly occurredAtRaw: string | undefined;
  /** What tells this state of the product from another, the same whatever the context it is read in. Holds no whole key. */
  readonly content: string;
}

/** What is wrong with a record, and its stable code. */
export interface VamtFault {
  readonly code: RefusalCode;
  readonly sentence: string;
}

/**
 * Reads the columns of `base.ActiveProduct` (VAMT 3, schema 3.0.5.0), under the names of the database, of `api.Product`, of
 * `Get-VamtProduct` and of CIL files. Installation and confirmation ids are not taken; only that there is a confirmation id.
 */
export function readVamtProduct(
  fields: Fields,
  host: HostMention,
  evidence: 'VAMT_DATABASE' | 'VAMT_CIL',
  context: ParseContext,
): VamtProduct | VamtFault {
  const skuText = fields.text('sku', 'sku.id', 'skuid', 'activationid');
  const skuId = skuText === undefined ? undefined : guidOf(skuText);
  if (skuText !== undefined && skuId === undefined) return { code: 'INVALID_FIELD', sentence: 'the SKU is not a GUID; are the columns shifted?' };
  const partialKey = fields.written('partialproductkey');
  const key = partialKey === undefined ? undefined : mentionOfKey(partialKey, context.fingerprint);
  const name = fields.text('productname', 'sku.name', 'name');
  const description = fields.text('productdescription', 'description', 'sku.description');
  const status = vamtLicenseStatus(fields.text('licensestatus'), fields.text('licensestatustext'));
  const keyTypeText = fields.text('keytypename', 'productkeytype', 'keytype');
  const keyKind = kindOfProduct(keyTypeText, description, skuId, key?.lastFive, context);
  const times = {
    seen: fields.text('licensestatuslastupdated', 'lastupdated'),
    graceEnd: fields.text('graceexpirationdate'),
  };
  const occurredAt = times.seen === undefined ? undefined : instantOf(times.seen, context);
  const minutesRemaining = minutesBetween(occurredAt, times.graceEnd, context);
  const confirmationIdPresent = fields.text('confirmationid') !== undefined;

  const lasting: LicenseStateObservation = {
    kind: 'licenseState',
    host,
    evidence,
    skuId,
    applicationId: guidOf(fields.text('applicationid', 'sku.applicationid') ?? ''),
    productName: name,
    description,
    channel: description === undefined ? undefined : channelOfDescription(description),
    keyKind: keyKind === 'UNKNOWN' ? undefined : keyKind,
    key,
    productKeyId: fields.text('productkeyid', 'extendedpid'),
    status: status.status,
    statusRaw: status.raw,
    statusReason: reasonOf(fields.text('licensestatusreason')),
    method: methodOf(fields, keyKind, confirmationIdPresent),
    kmsHost: kmsHostOf(fields),
    activationObject: activationObjectOf(fields),
    confirmationIdPresent: confirmationIdPresent ? true : undefined,
  };
  return {
    observation: {
      ...lasting,
      minutesRemaining,
      permanent: isPermanent(status.status, keyKind, times.graceEnd) ? true : undefined,
    },
    occurredAt,
    occurredAtRaw: unreadTime(times.seen, occurredAt),
    // Without what the catalogue or the words of another dump of the same row might read differently.
    content: JSON.stringify([{ ...lasting, key: key?.lastFive, keyKind: undefined, method: undefined }, times.seen, times.graceEnd]),
  };
}

function kindOfProduct(
  keyType: string | undefined,
  description: string | undefined,
  skuId: string | undefined,
  lastFive: string | undefined,
  context: ParseContext,
): ProductKeyKind {
  const said = vamtKeyKind(keyType);
  if (said !== 'UNKNOWN') return said;
  const ofChannel = keyKindOfChannel(description === undefined ? undefined : channelOfDescription(description));
  if (ofChannel !== 'UNKNOWN') return ofChannel;
  const ofSku = skuId === undefined ? undefined : context.catalogue.sku(skuId)?.keyKind;
  if (ofSku !== undefined && ofSku !== 'UNKNOWN') return ofSku;
  return lastFive !== undefined && context.catalogue.setupKey(lastFive)?.method === 'KMS' ? 'KMS_CLIENT' : 'UNKNOWN';
}

/** A reason of 0 is none. */
function reasonOf(text: string | undefined): string | undefined {
  const reason = text === undefined ? undefined : hresultOf(text);
  return reason === '0x00000000' ? undefined : reason;
}

/**
 * How it was activated: VAMT's activation type (1 Active Directory, 2 KMS, 3 token; 0 says nothing), what else the row holds, else the
 * way of its kind of key. VAMT holds a confirmation id only of activations it did by proxy.
 */
function methodOf(fields: Fields, kind: ProductKeyKind, confirmationIdPresent: boolean): ActivationMethod | undefined {
  if (kind === 'MAK') return confirmationIdPresent ? 'MAK_PROXY' : 'MAK_INDEPENDENT';
  if (kind !== 'KMS_CLIENT') return methodOfKeyKind(kind);
  const type = fields.text('vlactivationtype')?.toUpperCase();
  if (type === '1' || type === 'AD') return 'ADBA';
  if (type === '2' || type === 'KMS') return 'KMS';
  if (type === '3' || type === 'TOKEN') return 'TOKEN';
  return activationObjectOf(fields) === undefined ? 'KMS' : 'ADBA';
}

function kmsHostOf(fields: Fields): string | undefined {
  const name = fields.text('kmshost');
  const port = fields.text('kmsport');
  return name === undefined || port === undefined || !/^[1-9]\d{0,4}$/.test(port) ? name : `${name}:${port}`;
}

function activationObjectOf(fields: Fields): LicenseStateObservation['activationObject'] {
  const name = fields.text('adactivationobjectname');
  const distinguishedName = fields.text('adactivationobjectdn');
  return name === undefined && distinguishedName === undefined ? undefined : { name, distinguishedName };
}

const MINUTE_MS = 60_000;
/** Longest period taken for real, in minutes: ten years. */
const MINUTES_REMAINING_MAX = 5_256_000;

/**
 * Minutes from the time VAMT saw the status to the end of it. Both times are by VAMT's own clock; without a zone neither can be placed,
 * and minutes counted from the time of the import would be wrong.
 */
function minutesBetween(seen: string | undefined, end: string | undefined, context: ParseContext): number | undefined {
  const endInstant = end === undefined ? undefined : instantOf(end, context);
  if (seen === undefined || endInstant === undefined) return undefined;
  const minutes = Math.round((Date.parse(endInstant) - Date.parse(seen)) / MINUTE_MS);
  return minutes > 0 && minutes <= MINUTES_REMAINING_MAX ? minutes : undefined;
}

/** Licensed by a key whose activation does not end, and no end given. */
function isPermanent(status: LicenseStatus, kind: ProductKeyKind, end: string | undefined): boolean {
  if (status !== licenseStatusOf(1)) return false;
  return (kind === 'MAK' || kind === 'OEM' || kind === 'RETAIL') && (end === undefined || isNoDate(end));
}
