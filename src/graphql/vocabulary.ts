import type { InstallationStatus, StatusBasis } from '../../projections/hostStatus.js';
import type { KeyActivationState, KeyStatus } from '../../projections/keyCounts.js';
import type { CountClass } from '../../projections/kmsCensus.js';
import type {
  ActivationMethod,
  ActivationPurpose,
  EvidenceKind,
  LicenceChannel,
  LicenseStatus,
  LimitKind,
  OveragePolicy,
  PriceLevel,
  ProductFamily,
  ProductKeyKind,
  ProductPool,
  Programme,
} from '../domain/vocabulary.js';
import { describedEnum } from './describedEnum.js';

export const ProductKeyKindEnum = describedEnum<ProductKeyKind>('ProductKeyKind', 'What a product key does.', {
  SETUP: 'Unlocks installation and needs no activation.',
  MAK: 'Multiple activation key: each activation of a host is spent from its allotment.',
  KMS_HOST: 'Sets up a KMS host.',
  KMS_CLIENT: 'Public setup key of a volume edition that activates through KMS, Active Directory or a virtualisation host.',
  OEM: 'Came with the hardware.',
  RETAIL: 'Sold singly.',
  UNKNOWN: 'Seen in an observation that does not say.',
});

export const ActivationMethodEnum = describedEnum<ActivationMethod>('ActivationMethod', 'How an installation is activated.', {
  MAK_INDEPENDENT: 'With a MAK, by the host itself, online or by telephone.',
  MAK_PROXY: 'With a MAK, by one station on behalf of many.',
  KMS: 'By a key management service host, for 180 days at a time.',
  ADBA: 'By an activation object in Active Directory, while the host remains a member.',
  AVMA: 'By the virtualisation host.',
  TOKEN: 'By a token issued to the organisation.',
  OEM: 'By the manufacturer.',
  RETAIL: 'With a retail key.',
});

export const LicenseStatusEnum = describedEnum<LicenseStatus>('LicenseStatus', 'Licence status as the software licensing service reports it.', {
  UNLICENSED: 'Code 0: not licensed.',
  LICENSED: 'Code 1: licensed.',
  OOB_GRACE: 'Code 2: initial grace period.',
  OOT_GRACE: 'Code 3: grace period after the activation lapsed or the hardware changed.',
  NON_GENUINE_GRACE: 'Code 4: grace period of an installation found not genuine.',
  NOTIFICATION: 'Code 5: reminders are shown.',
  EXTENDED_GRACE: 'Code 6: extended grace period.',
  UNKNOWN: 'Not reported, or not understood; never taken for licensed.',
});

export const ProductFamilyEnum = describedEnum<ProductFamily>('ProductFamily', 'Product classes that KMS thresholds are set for.', {
  WINDOWS_CLIENT: 'Windows client editions.',
  WINDOWS_SERVER: 'Windows Server editions.',
  OFFICE: 'Office, with Project and Visio.',
  UNKNOWN: 'The catalogue does not name the product.',
});

export const EvidenceKindEnum = describedEnum<EvidenceKind>('EvidenceKind', 'What kind of evidence an observation is.', {
  KMS_HOST_EVENT_12290: 'Event 12290 in the log of a KMS host: a request was processed.',
  CLIENT_EVENT_12288: 'Event 12288 in the log of a client: a request was sent.',
  CLIENT_EVENT_12289: 'Event 12289 in the log of a client: a response was processed.',
  CLIENT_EVENT_12308: 'Event 12308 in the log of a client: activation through Active Directory.',
  KMS_HOST_EVENT_12293: 'Event 12293 or 12294 in the log of a KMS host: its publication in DNS.',
  SOFTWARE_LICENSING_PRODUCT: 'A dump of the class SoftwareLicensingProduct.',
  SLMGR: 'Output of slmgr.vbs.',
  OSPP: 'Output of ospp.vbs.',
  VAMT_DATABASE: 'A dump of a VAMT 3 database.',
  VAMT_CIL: 'A computer information list of VAMT 2.',
  INVENTORY: 'An inventory of GLPI or OCS.',
  KEY_LIST: 'A list of product keys.',
  PORTAL: 'Read from the licensing portal.',
  TELEPHONE: 'Told by an activation centre on the telephone.',
  API: 'Entered through this API.',
});

export const InstallationStatusEnum = describedEnum<InstallationStatus>('InstallationStatus', 'State of an installation at a point in time.', {
  UNKNOWN: 'Nobody has observed a status; never taken for licensed.',
  PERMANENT: 'Activated without an end: MAK, OEM or retail.',
  ACTIVE_UNTIL: 'Activated for a time: KMS or Active Directory.',
  RENEWAL_OVERDUE: 'Activated for a time and still valid, but not renewed for 14 days.',
  GRACE: 'In a grace period.',
  NOTIFICATION: 'Past its grace period: reminders are shown.',
  UNLICENSED: 'Not licensed.',
  NOT_REQUIRED: 'Needs no activation.',
});

export const StatusBasisEnum = describedEnum<StatusBasis>('StatusBasis', 'What a status rests on.', {
  OBSERVED: 'A host or tool reported it.',
  RECORDED: 'Somebody entered it.',
  DERIVED: 'The rules make it of older evidence and the time passed.',
});

export const UntilBasisEnum = describedEnum<'REPORTED' | 'RULE'>('UntilBasis', 'Where the end of a status comes from.', {
  REPORTED: 'The evidence gave it.',
  RULE: 'Computed by the rules on activation periods.',
});

export const NetworkTypeEnum = describedEnum<'DOMAIN' | 'WORKGROUP' | 'UNKNOWN'>('NetworkType', 'What network a host was found in.', {
  DOMAIN: 'A member of a domain.',
  WORKGROUP: 'In a workgroup.',
  UNKNOWN: 'The source does not say.',
});

export const IdentityKindEnum = describedEnum<'NAME' | 'CMID' | 'MAC' | 'VAMT_ID'>('HostIdentityKind', 'One way in which a host is known.', {
  NAME: 'Its name, with or without a domain.',
  CMID: 'Client machine id that KMS hosts count by; cloned images share it.',
  MAC: 'Hardware address of a network adapter.',
  VAMT_ID: 'The machine\'s id in a VAMT database.',
});

export const CountClassEnum = describedEnum<CountClass>('KmsCountClass', 'Products that a KMS host counts together.', {
  WINDOWS: 'Windows clients and servers, which share one count.',
  OFFICE: 'Office, counted apart.',
  UNKNOWN: 'Products the catalogue does not name.',
});

export const CountsAsEnum = describedEnum<'CONFIRMED' | 'RESERVED' | 'OBSERVED' | 'MOVED_FROM_OPENING' | 'UNCERTAIN'>('ActivationCountsAs', 'The class an activation is counted in.', {
  CONFIRMED: 'Asked for, granted and confirmed.',
  RESERVED: 'Asked for and granted; not confirmed yet.',
  OBSERVED: 'Seen on an installation that the key\'s history did not know.',
  MOVED_FROM_OPENING: 'It happened before the opening balance and adds nothing to it.',
  UNCERTAIN: 'It may have been spent: the installation had lost its licence, or nobody knows whether a reimaging consumed it.',
});

export const KeyActivationStateEnum = describedEnum<KeyActivationState>('KeyActivationState', 'What has become of an activation.', {
  REQUESTED: 'Asked for, and not decided.',
  REFUSED: 'Asked for and refused.',
  RESERVED: 'Granted: it counts until it is confirmed, fails or is released.',
  CONFIRMED: 'Granted and confirmed.',
  OBSERVED: 'Seen without a request, or confirmed after its reservation had lapsed.',
  MOVED_FROM_OPENING: 'Seen, and part of the opening balance before.',
  UNCERTAIN: 'It may have been spent, and counts until it is known.',
  NOT_CONSUMED: 'It was uncertain, or reserved, and none was spent.',
  FAILED: 'It failed; its reservation is free.',
  CANCELLED: 'Its reservation was given back.',
  LAPSED: 'Its reservation passed its time.',
  HOST_RETIRED: 'Its host was retired before it was activated.',
  REVERSED: 'It was taken out of the counts.',
});

export const KeyStatusEnum = describedEnum<KeyStatus>('ProductKeyStatus', 'Whether a key grants anything.', {
  ACTIVE: 'It does.',
  BLOCKED: 'Microsoft or the customer has blocked it.',
  RETIRED: 'It is used no longer.',
});


export const DirectionEnum = describedEnum<'ASCENDING' | 'DESCENDING'>('Direction', 'Which way a list is ordered.', {
  ASCENDING: 'Smallest, earliest or first letter first.',
  DESCENDING: 'Largest, latest or last letter first.',
});

export const ObtainedFromEnum = describedEnum<'MEDIA_SLEEVE' | 'DOWNLOAD_PAGE' | 'PORTAL' | 'ACTIVATION_CENTER'>('ObtainedFrom', 'Where a product key came from.', {
  MEDIA_SLEEVE: 'Printed with the media.',
  DOWNLOAD_PAGE: 'Shown on a download page.',
  PORTAL: 'Shown in the licensing portal.',
  ACTIVATION_CENTER: 'Given by an activation centre.',
});

export const ActivationPurposeEnum = describedEnum<ActivationPurpose>('ActivationPurpose', 'What an activation is for.', {
  PRODUCTION: 'Ordinary use.',
  REIMAGING: 'A reinstallation from volume media.',
  EVALUATION: 'Trying a product, where the programme gives the right.',
  TRAINING: 'Training, where the programme gives the right.',
  BACKUP: 'A backup copy, where the programme gives the right.',
});

export const LicenceChannelEnum = describedEnum<LicenceChannel>('LicenceChannel', 'How the licence of a device was bought.', {
  OEM: 'With the device.',
  BOXED: 'As a boxed product.',
  VOLUME: 'Under a volume agreement.',
});

export const OveragePolicyEnum = describedEnum<OveragePolicy>('OveragePolicy', 'What a key does with a request beyond its limit.', {
  REFUSE: 'Denies it.',
  WARN: 'Grants it when the warning is accepted.',
});

export const LimitKindEnum = describedEnum<LimitKind>('LimitKind', 'Limits of a key that Microsoft may raise.', {
  MAK_ACTIVATIONS: 'Activations of a MAK.',
  KMS_HOST_SLOTS: 'Computers that a KMS host key may set up.',
  KMS_REACTIVATIONS: 'Activations of each of these computers.',
});

export const ProductPoolEnum = describedEnum<ProductPool>('ProductPool', 'Pools that keys are issued for.', {
  SYSTEMS: 'Client operating systems.',
  SERVERS: 'Servers.',
  APPLICATIONS: 'Applications, such as Office.',
});

export const BulkModeEnum = describedEnum<'ATOMIC' | 'EACH'>('BulkMode', 'How items that are sent together are carried out.', {
  ATOMIC: 'All or none; only where all fall on one stream.',
  EACH: 'Every item for itself.',
});

export const ConsumedEnum = describedEnum<'YES' | 'NO' | 'UNKNOWN'>('ActivationConsumed', 'Whether a reimaging consumed an activation.', {
  YES: 'It did.',
  NO: 'It did not: the old activation goes on.',
  UNKNOWN: 'It is not known: it counts until it is.',
});

export const DowngradeBasisEnum = describedEnum<'VOLUME_LICENCE' | 'OEM_TERMS' | 'BOXED_TERMS'>('DowngradeBasis', 'Where the right to an older version comes from.', {
  VOLUME_LICENCE: 'The volume licence.',
  OEM_TERMS: 'The terms that came with the device.',
  BOXED_TERMS: 'The terms of a boxed product.',
});

export const InitiativeEnum = describedEnum<'MICROSOFT' | 'CUSTOMER'>('Initiative', 'Who brought something about.', {
  MICROSOFT: 'Microsoft.',
  CUSTOMER: 'The customer.',
});

export const ReversalCauseEnum = describedEnum<'RECORDED_WRONGLY' | 'DUPLICATE' | 'CREDITED'>('ReversalCause', 'Why an activation no longer counts.', {
  RECORDED_WRONGLY: 'The record was wrong.',
  DUPLICATE: 'It was recorded twice, for instance before two hosts were merged.',
  CREDITED: 'Microsoft gave it back.',
});

export const ReportSourceEnum = describedEnum<'PORTAL' | 'TELEPHONE' | 'VAMT_DATABASE' | 'API'>('ReportSource', 'Who says what remains.', {
  PORTAL: 'The licensing portal.',
  TELEPHONE: 'An activation centre on the telephone.',
  VAMT_DATABASE: 'VAMT.',
  API: 'Somebody else.',
});

export const ObjectMethodEnum = describedEnum<'ONLINE' | 'PROXY'>('ActivationObjectMethod', 'How an activation object was made.', {
  ONLINE: 'Online.',
  PROXY: 'With a confirmation ID.',
});

export const ProgrammeEnum = describedEnum<Programme>('Programme', 'Volume licensing programmes.', {
  ENTERPRISE_AGREEMENT: 'Enterprise Agreement.',
  SELECT: 'Select License.',
  SELECT_PLUS: 'Select Plus.',
  OPEN_LICENSE: 'Open License.',
  OPEN_VALUE: 'Open Value.',
  CAMPUS: 'Campus Agreement.',
  SCHOOL: 'School Agreement.',
  SPLA: 'Services Provider License Agreement.',
  ISV_ROYALTY: 'Licensing of software vendors by royalties.',
  HVMS: 'High Volume Messaging Services.',
  MPSA: 'Microsoft Products and Services Agreement.',
});

export const PriceLevelEnum = describedEnum<PriceLevel>('PriceLevel', 'Levels that a programme sets its prices by.', {
  A: 'Level A.',
  B: 'Level B.',
  C: 'Level C.',
  D: 'Level D.',
});

export const KeysFromEnum = describedEnum<'PORTAL' | 'CALL_ONLY'>('KeysFrom', 'Where the keys of an agreement are had (rule P-2).', {
  PORTAL: 'From the licensing portal, or by telephone.',
  CALL_ONLY: 'From an activation centre by telephone only.',
});
