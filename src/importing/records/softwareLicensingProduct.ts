/**
 * Records of the WMI classes SoftwareLicensingProduct and SoftwareLicensingService (and their Office 2010 twins), whatever shape
 * they were exported in. Properties and sentinels: a real dump of 61 properties and Microsoft's reference of both classes.
 */
import type { HostMention, KmsCountObservation, LicenseStateObservation, Observation } from '../../domain/observation.js';
import { licenseStatusOf, type ActivationMethod, type LicenseStatus, type ProductKeyKind } from '../../domain/vocabulary.js';
import { channelOfDescription, guidOf, hresultOf, keyKindOfChannel, methodOfKeyKind } from './licenceWords.js';
import type { ParseContext, ParsedRecord } from '../parser.js';
import { contentIdentity } from '../recordIdentity.js';
import { keptHostName, keptKey, keptText } from './keptText.js';
import { licenseStatusOfWord } from './licenseStatusWords.js';
import { instantOf, isNoDate } from './localTime.js';

/** A record's properties by lower-case name; empty text where there is no value. */
export type WmiProperties = ReadonlyMap<string, string>;

/** Parser version that all shapes share, since they share the mapping. */
export const SOFTWARE_LICENSING_VERSION = 1;

/** Understands one record. Pure; total: whatever the values are, a record comes out. */
export function readSoftwareLicensingRecord(properties: WmiProperties, record: number, context: ParseContext): ParsedRecord {
  const wmiClass = wmiClassOf(properties);
  if (wmiClass === undefined) {
    return {
      kind: 'refused',
      record,
      code: 'WRONG_SHAPE',
      reason:
        'The record has neither LicenseStatus nor PartialProductKey nor ClientMachineID: export SoftwareLicensingProduct or SoftwareLicensingService with these properties.',
    };
  }
  const grace = value(properties, 'GracePeriodRemaining');
  if (grace !== undefined && countOf(grace) === undefined) {
    return {
      kind: 'refused',
      record,
      code: 'NUMBER_OUT_OF_RANGE',
      reason: 'GracePeriodRemaining is not a number of minutes between 0 and 4294967294; the record is probably damaged: export it again.',
    };
  }
  const rawName = hostNameOf(properties, context);
  if (wmiClass === 'product' && !isInstalled(properties)) return understood(properties, record, rawName, context, []);
  if (rawName === undefined) {
    return {
      kind: 'refused',
      record,
      code: 'MISSING_HOST',
      reason: 'The record does not name its machine (PSComputerName, __SERVER or SystemName): give the name with --host or --host-from-filename.',
    };
  }
  const observations = wmiClass === 'product' ? productObservations(properties, { rawName }, context) : serviceObservations(properties, rawName);
  return understood(properties, record, rawName, context, observations);
}

function understood(properties: WmiProperties, record: number, host: string | undefined, context: ParseContext, observations: readonly Observation[]): ParsedRecord {
  return {
    kind: 'understood',
    record,
    identity: contentIdentity('software-licensing', host, identityText(properties)),
    // The machine's own clock, where it can be placed: an old dump then does not look like today's state.
    occurredAt: instantOfClock(value(properties, 'TrustedTime') ?? '', context),
    observations,
  };
}

/** Times that say their own offset: the same instant in every shape, whatever the caller knows of local times. */
const PLAIN_TIMES = { timeZone: undefined, dateOrder: undefined };
/** Before Windows Vista nothing was volume-activated in this way: earlier dates are those of unset clocks. */
const EARLIEST_CLOCK = '2006';
const LATEST_CLOCK = '2200';

function instantOfClock(text: string, context: ParseContext): string | undefined {
  const instant = instantOf(text, context);
  return instant !== undefined && instant > EARLIEST_CLOCK && instant < LATEST_CLOCK ? instant : undefined;
}

function wmiClassOf(properties: WmiProperties): 'product' | 'service' | undefined {
  if (properties.has('licensestatus') || properties.has('partialproductkey')) return 'product';
  return properties.has('clientmachineid') ? 'service' : undefined;
}

/**
 * A machine lists hundreds of editions that are not installed: they have no key. An export that left the property out is believed
 * as far as its status says that the product is in use.
 */
function isInstalled(properties: WmiProperties): boolean {
  if (properties.has('partialproductkey')) return value(properties, 'PartialProductKey') !== undefined;
  const status = statusOf(value(properties, 'LicenseStatus') ?? '');
  return status !== 'UNLICENSED' && status !== 'UNKNOWN';
}

function productObservations(properties: WmiProperties, host: HostMention, context: ParseContext): readonly Observation[] {
  const description = keptText(value(properties, 'Description'));
  const described = channelOfDescription(description ?? '');
  const channel = keptText(value(properties, 'ProductKeyChannel')) ?? described;
  const keyKind = keyKindOf(channel, described);
  const statusText = value(properties, 'LicenseStatus') ?? '';
  const status = statusOf(statusText);
  const minutes = countOf(value(properties, 'GracePeriodRemaining') ?? '');
  const skuId = guidOf(value(properties, 'ID') ?? '');
  const state: LicenseStateObservation = {
    kind: 'licenseState',
    host,
    evidence: 'SOFTWARE_LICENSING_PRODUCT',
    skuId,
    applicationId: guidOf(value(properties, 'ApplicationID') ?? ''),
    productName: keptText(value(properties, 'Name')),
    description,
    channel,
    keyKind,
    key: keptKey(value(properties, 'PartialProductKey'), context.fingerprint),
    productKeyId: keptText(value(properties, 'ProductKeyID')),
    status,
    statusRaw: status === 'UNKNOWN' ? keptText(statusText) : undefined,
    statusReason: statusReasonOf(value(properties, 'LicenseStatusReason')),
    minutesRemaining: minutes === NOT_APPLICABLE || minutes === 0 ? undefined : minutes,
    permanent: status === 'LICENSED' && minutes === 0 ? true : undefined,
    method: methodOf(properties, keyKind),
    kmsHost: kmsHostOf(properties),
    activationObject: activationObjectOf(properties),
    rearms: rearmsOf(properties),
    trustedTimeRaw: keptText(value(properties, 'TrustedTime')),
  };
  const count = isYes(value(properties, 'IsKeyManagementServiceMachine')) ? kmsCountOf(properties, host, skuId) : undefined;
  return count === undefined ? [state] : [state, count];
}

function serviceObservations(properties: WmiProperties, rawName: string): readonly Observation[] {
  const kmsHostFlag = value(properties, 'IsKeyManagementServiceMachine');
  const isKmsHost = kmsHostFlag === undefined ? undefined : isYes(kmsHostFlag);
  const host: HostMention = { rawName, cmid: guidOf(value(properties, 'ClientMachineID') ?? '') };
  const observed: Observation = { kind: 'host', host, evidence: 'SOFTWARE_LICENSING_PRODUCT', isKmsHost };
  const count = isKmsHost === true ? kmsCountOf(properties, host, undefined) : undefined;
  return count === undefined ? [observed] : [observed, count];
}

function kmsCountOf(properties: WmiProperties, host: HostMention, skuId: string | undefined): KmsCountObservation | undefined {
  const counter = (name: string): number | undefined => applicable(countOf(value(properties, name) ?? ''));
  const currentCount = counter('KeyManagementServiceCurrentCount');
  if (currentCount === undefined) return undefined;
  const publishing = value(properties, 'KeyManagementServiceDnsPublishing');
  return {
    kind: 'kmsCount',
    host,
    evidence: 'SOFTWARE_LICENSING_PRODUCT',
    skuId,
    currentCount,
    requiredCount: counter('RequiredClientCount'),
    listeningPort: counter('KeyManagementServiceListeningPort') || undefined,
    dnsPublishing: publishing === undefined ? undefined : isYes(publishing),
    requests: {
      total: counter('KeyManagementServiceTotalRequests'),
      failed: counter('KeyManagementServiceFailedRequests'),
      unlicensed: counter('KeyManagementServiceUnlicensedRequests'),
      licensed: counter('KeyManagementServiceLicensedRequests'),
      oobGrace: counter('KeyManagementServiceOOBGraceRequests'),
      ootGrace: counter('KeyManagementServiceOOTGraceRequests'),
      nonGenuineGrace: counter('KeyManagementServiceNonGenuineGraceRequests'),
      notification: counter('KeyManagementServiceNotificationRequests'),
    },
  };
}

/** Names of the properties that name the machine, best first: remoting's, WMI's own, and what scripts commonly add. */
const HOST_PROPERTIES = ['PSComputerName', '__SERVER', 'SystemName', 'CimSystemProperties.ServerName', 'ComputerName', 'MachineName', 'HostName'];
/** Names by which a machine calls itself and that therefore name none. */
const NOT_A_NAME = /^(?:localhost|\.|127\.\d+\.\d+\.\d+|::1)$/i;

function hostNameOf(properties: WmiProperties, context: ParseContext): string | undefined {
  for (const property of HOST_PROPERTIES) {
    const name = keptHostName(value(properties, property));
    if (name !== undefined && !NOT_A_NAME.test(name)) return name;
  }
  return keptHostName(context.host);
}

function statusOf(text: string): LicenseStatus {
  const code = countOf(text);
  return code === undefined ? (licenseStatusOfWord(text) ?? 'UNKNOWN') : licenseStatusOf(code);
}

/** S_OK and "not applicable" give no reason. */
function statusReasonOf(text: string | undefined): string | undefined {
  const reason = hresultOf(text ?? '');
  return reason === '0x00000000' || reason === '0xFFFFFFFF' ? undefined : reason;
}

function keyKindOf(channel: string | undefined, described: string | undefined): ProductKeyKind {
  const kind = keyKindOfChannel(channel);
  return kind === 'UNKNOWN' ? keyKindOfChannel(described) : kind;
}

/** Values of VLActivationType and VLActivationTypeEnabled; 0 means any. */
const VOLUME_METHODS: readonly (ActivationMethod | undefined)[] = [undefined, 'ADBA', 'KMS', 'TOKEN'];

function methodOf(properties: WmiProperties, keyKind: ProductKeyKind): ActivationMethod | undefined {
  const present = (name: string): boolean => value(properties, name) !== undefined;
  if (present('AutomaticVMActivationHostMachineName') || present('AutomaticVMActivationHostDigitalPid2')) return 'AVMA';
  if (keyKind !== 'KMS_CLIENT' && keyKind !== 'UNKNOWN') return methodOfKeyKind(keyKind);
  const chosen = (name: string): ActivationMethod | undefined => VOLUME_METHODS[countOf(value(properties, name) ?? '') ?? 0];
  const volume = chosen('VLActivationTypeEnabled') ?? chosen('VLActivationType');
  if (volume !== undefined) return volume;
  if (present('ADActivationObjectName') || present('ADActivationObjectDN')) return 'ADBA';
  if (present('TokenActivationILID')) return 'TOKEN';
  return kmsHostOf(properties) === undefined ? methodOfKeyKind(keyKind) : 'KMS';
}

/** A registered KMS host goes before one found in DNS, as it does for the client. */
function kmsHostOf(properties: WmiProperties): string | undefined {
  return (
    hostAndPort(properties, 'KeyManagementServiceMachine', 'KeyManagementServicePort') ??
    hostAndPort(properties, 'DiscoveredKeyManagementServiceMachineName', 'DiscoveredKeyManagementServiceMachinePort')
  );
}

function hostAndPort(properties: WmiProperties, nameProperty: string, portProperty: string): string | undefined {
  const name = keptText(value(properties, nameProperty));
  if (name === undefined) return undefined;
  const port = countOf(value(properties, portProperty) ?? '') ?? 0;
  return port > 0 && port <= 65_535 ? `${name}:${port}` : name;
}

function activationObjectOf(properties: WmiProperties): LicenseStateObservation['activationObject'] {
  const name = keptText(value(properties, 'ADActivationObjectName'));
  const distinguishedName = keptText(value(properties, 'ADActivationObjectDN'));
  return name === undefined && distinguishedName === undefined ? undefined : { name, distinguishedName };
}

function rearmsOf(properties: WmiProperties): LicenseStateObservation['rearms'] {
  const sku = applicable(countOf(value(properties, 'RemainingSkuReArmCount') ?? ''));
  const app = applicable(countOf(value(properties, 'RemainingAppReArmCount') ?? ''));
  return sku === undefined && app === undefined ? undefined : { sku, app };
}

/** What a uint32 property holds where it does not apply. */
const NOT_APPLICABLE = 0xffff_ffff;

function applicable(count: number | undefined): number | undefined {
  return count === NOT_APPLICABLE ? undefined : count;
}

/** A uint32; undefined for anything else. */
function countOf(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) && Number(text) <= NOT_APPLICABLE ? Number(text) : undefined;
}

/** Booleans as WMI, .NET and localised scripts print them. */
function isYes(text: string | undefined): boolean {
  return /^(?:1|true|wahr|yes|ja)$/i.test(text ?? '');
}

function value(properties: WmiProperties, name: string): string | undefined {
  const text = properties.get(name.toLowerCase())?.trim();
  return text === undefined || text === '' || isNoDate(text) ? undefined : text;
}

/** The properties that the mapping reads; the others do not make it another record. OA3xOriginalProductKey is never among them. */
const IDENTITY_PROPERTIES = [
  'ADActivationObjectDN',
  'ADActivationObjectName',
  'ApplicationID',
  'AutomaticVMActivationHostMachineName',
  'ClientMachineID',
  'Description',
  'DiscoveredKeyManagementServiceMachineName',
  'GracePeriodRemaining',
  'ID',
  'IsKeyManagementServiceMachine',
  'KeyManagementServiceCurrentCount',
  'KeyManagementServiceFailedRequests',
  'KeyManagementServiceMachine',
  'KeyManagementServiceTotalRequests',
  'LicenseStatus',
  'LicenseStatusReason',
  'Name',
  'PartialProductKey',
  'ProductKeyChannel',
  'ProductKeyID',
  'RemainingAppReArmCount',
  'RemainingSkuReArmCount',
  'RequiredClientCount',
  'TrustedTime',
  'VLActivationType',
  'VLActivationTypeEnabled',
];

/** The same for the same record in every shape, as far as the shapes write the same values. */
function identityText(properties: WmiProperties): string {
  const lines: string[] = [];
  for (const name of IDENTITY_PROPERTIES) {
    const text = value(properties, name);
    if (text === undefined) continue;
    // A whole key where the last five were expected must not be guessable from its hash.
    const kept = name === 'PartialProductKey' ? text.slice(-5) : (instantOf(text, PLAIN_TIMES) ?? keptText(text) ?? '');
    lines.push(`${name}=${kept}`);
  }
  return lines.join('\n');
}
