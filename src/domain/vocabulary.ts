/** The words of the field that events, commands and answers share (DOMAIN words; sources: Microsoft's FAQ of 06/2018 and current documentation). */

export const PRODUCT_KEY_KINDS = ['SETUP', 'MAK', 'KMS_HOST', 'KMS_CLIENT', 'OEM', 'RETAIL', 'UNKNOWN'] as const;
/** What a product key does. `UNKNOWN` only for keys seen in an observation that does not say. */
export type ProductKeyKind = (typeof PRODUCT_KEY_KINDS)[number];

export const ACTIVATION_METHODS = ['MAK_INDEPENDENT', 'MAK_PROXY', 'KMS', 'ADBA', 'AVMA', 'TOKEN', 'OEM', 'RETAIL'] as const;
export type ActivationMethod = (typeof ACTIVATION_METHODS)[number];

/** SL_LICENSING_STATUS of the software licensing service. */
export const LICENSE_STATUSES = [
  'UNLICENSED',
  'LICENSED',
  'OOB_GRACE',
  'OOT_GRACE',
  'NON_GENUINE_GRACE',
  'NOTIFICATION',
  'EXTENDED_GRACE',
] as const;
export type LicenseStatus = (typeof LICENSE_STATUSES)[number] | 'UNKNOWN';

/** Licence status of a code 0 to 6; anything else is unknown, never "licensed". */
export function licenseStatusOf(code: number | undefined): LicenseStatus {
  return (code === undefined ? undefined : LICENSE_STATUSES[code]) ?? 'UNKNOWN';
}

/** Application ids of the software licensing service: the product families. Lower case. */
export const WINDOWS_APPLICATION_ID = '55c92734-d682-4d71-983e-d6ec3f16059f';
export const OFFICE_APPLICATION_ID = '0ff1ce15-a989-479d-af46-f275c6370663';
export const OFFICE_2010_APPLICATION_ID = '59a52881-a989-479d-af46-f275c6370663';

export const PRODUCT_FAMILIES = ['WINDOWS_CLIENT', 'WINDOWS_SERVER', 'OFFICE', 'UNKNOWN'] as const;
/** The product classes that KMS thresholds are set for (rule K-1). */
export type ProductFamily = (typeof PRODUCT_FAMILIES)[number];

/** What kind of evidence an observation is. */
export const EVIDENCE_KINDS = [
  'KMS_HOST_EVENT_12290',
  'CLIENT_EVENT_12288',
  'CLIENT_EVENT_12289',
  'CLIENT_EVENT_12308',
  'KMS_HOST_EVENT_12293',
  'SOFTWARE_LICENSING_PRODUCT',
  'SLMGR',
  'OSPP',
  'VAMT_DATABASE',
  'VAMT_CIL',
  'INVENTORY',
  'KEY_LIST',
  'PORTAL',
  'TELEPHONE',
  'API',
] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

export const PROGRAMMES = [
  'ENTERPRISE_AGREEMENT',
  'SELECT',
  'SELECT_PLUS',
  'OPEN_LICENSE',
  'OPEN_VALUE',
  'CAMPUS',
  'SCHOOL',
  'SPLA',
  'ISV_ROYALTY',
  'HVMS',
  'MPSA',
] as const;
/** Volume licensing programme of an agreement. */
export type Programme = (typeof PROGRAMMES)[number];

export const PRICE_LEVELS = ['A', 'B', 'C', 'D'] as const;
/** Price level of a Select, Enterprise, Campus, School or service-provider agreement (rule B-3). */
export type PriceLevel = (typeof PRICE_LEVELS)[number];

export const PRODUCT_POOLS = ['SYSTEMS', 'SERVERS', 'APPLICATIONS'] as const;
/** Pool that keys of Enterprise, Select and Select Plus agreements are issued for (rule P-4). */
export type ProductPool = (typeof PRODUCT_POOLS)[number];

export const ACTIVATION_PURPOSES = ['PRODUCTION', 'REIMAGING', 'EVALUATION', 'TRAINING', 'BACKUP'] as const;
/** What an activation is for (rule R-1). */
export type ActivationPurpose = (typeof ACTIVATION_PURPOSES)[number];

export const LICENCE_CHANNELS = ['OEM', 'BOXED', 'VOLUME'] as const;
/** How the licence of a device was bought. */
export type LicenceChannel = (typeof LICENCE_CHANNELS)[number];

export const OVERAGE_POLICIES = ['REFUSE', 'WARN'] as const;
/** What a key does with a request beyond its limit. */
export type OveragePolicy = (typeof OVERAGE_POLICIES)[number];

export const LIMIT_KINDS = ['MAK_ACTIVATIONS', 'KMS_HOST_SLOTS', 'KMS_REACTIVATIONS'] as const;
/** Limits of a key that Microsoft may raise. */
export type LimitKind = (typeof LIMIT_KINDS)[number];

export const AFFILIATIONS = ['SAME', 'AFFILIATED', 'UNRELATED', 'UNKNOWN'] as const;
/** How the organisation whose licence is consumed stands to the one whose key is used (rule R-8). */
export type Affiliation = (typeof AFFILIATIONS)[number];

/** What exports are written as: the events themselves, tables for people, or everything an auditor checks. */
export const EXPORT_FORMATS = ['NDJSON', 'CSV', 'XLSX', 'PARQUET', 'BUNDLE'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
