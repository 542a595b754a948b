/** The words and numbers of VAMT, reduced to the ledger's own. Numbers whose meaning no source gives are unknown. */
import { type LicenseStatus, licenseStatusOf, type ProductKeyKind } from '../../domain/vocabulary.js';

/** Licence status of a code (0 to 6) or of a word (`Licensed`, `OOBGrace`, `Initial grace period`); `raw` is what could not be understood. */
export function vamtLicenseStatus(
  code: string | undefined,
  text: string | undefined,
): { readonly status: LicenseStatus; readonly raw: string | undefined } {
  const said = code ?? text;
  if (said === undefined) return { status: 'UNKNOWN', raw: undefined };
  const status = /^\d{1,3}$/.test(said) ? licenseStatusOf(Number(said)) : (STATUS_WORDS.get(lettersOf(said)) ?? 'UNKNOWN');
  return { status, raw: status === 'UNKNOWN' ? said : undefined };
}

/** Kind of a key type as a word (`Mak`, `Volume:GVLK`, `KMS client`); a number is unknown, its meaning is not documented. */
export function vamtKeyKind(text: string | undefined): ProductKeyKind {
  return text === undefined ? 'UNKNOWN' : (KIND_WORDS.get(lettersOf(text)) ?? 'UNKNOWN');
}

/** Kind that a key's description names (`Office16_ProPlusVL_MAK`, `Windows 10 … Volume:CSVLK`). */
export function keyKindOfDescription(text: string | undefined): ProductKeyKind {
  if (text === undefined) return 'UNKNOWN';
  const words = text.toUpperCase().replace(/[^A-Z0-9]+/g, ' ');
  const kinds = DESCRIPTION_WORDS.filter(([pattern]) => pattern.test(words)).map(([, kind]) => kind);
  // A description that names two kinds says neither.
  return kinds.length === 1 ? (kinds[0] ?? 'UNKNOWN') : 'UNKNOWN';
}

/** `DOMAIN` or `WORKGROUP` as words; VAMT's numbers are not documented. */
export function vamtNetworkType(text: string | undefined): 'DOMAIN' | 'WORKGROUP' | 'UNKNOWN' | undefined {
  if (text === undefined) return undefined;
  const word = text.toUpperCase();
  return word === 'DOMAIN' || word === 'WORKGROUP' ? word : 'UNKNOWN';
}

function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z]/g, '');
}

const STATUS_WORDS: ReadonlyMap<string, LicenseStatus> = new Map([
  ['unlicensed', 'UNLICENSED'],
  ['licensed', 'LICENSED'],
  ['oobgrace', 'OOB_GRACE'],
  ['initialgrace', 'OOB_GRACE'],
  ['initialgraceperiod', 'OOB_GRACE'],
  ['ootgrace', 'OOT_GRACE'],
  ['outoftolerancegrace', 'OOT_GRACE'],
  ['outoftolerancegraceperiod', 'OOT_GRACE'],
  ['additionalgraceperiod', 'OOT_GRACE'],
  ['nongenuinegrace', 'NON_GENUINE_GRACE'],
  ['nongenuinegraceperiod', 'NON_GENUINE_GRACE'],
  ['notification', 'NOTIFICATION'],
  ['notifications', 'NOTIFICATION'],
  ['extendedgrace', 'EXTENDED_GRACE'],
  ['extendedgraceperiod', 'EXTENDED_GRACE'],
]);

const KIND_WORDS: ReadonlyMap<string, ProductKeyKind> = new Map([
  ['mak', 'MAK'],
  ['volumemak', 'MAK'],
  ['multipleactivationkey', 'MAK'],
  ['gvlk', 'KMS_CLIENT'],
  ['volumegvlk', 'KMS_CLIENT'],
  ['kmsclient', 'KMS_CLIENT'],
  ['volumekmsclient', 'KMS_CLIENT'],
  ['csvlk', 'KMS_HOST'],
  ['volumecsvlk', 'KMS_HOST'],
  ['kmshost', 'KMS_HOST'],
  // Microsoft's licensing portal says KMS of host keys: it lists no client keys.
  ['kms', 'KMS_HOST'],
  ['volumekms', 'KMS_HOST'],
  ['setup', 'SETUP'],
  ['oem', 'OEM'],
  ['oemdm', 'OEM'],
  ['oemslp', 'OEM'],
  ['oemcoa', 'OEM'],
  ['oemcoanslp', 'OEM'],
  ['oemnonslp', 'OEM'],
  ['retail', 'RETAIL'],
]);

const DESCRIPTION_WORDS: readonly (readonly [RegExp, ProductKeyKind])[] = [
  [/\bMAK\d?\b/, 'MAK'],
  [/\bGVLK\b|\bKMS ?CLIENT/, 'KMS_CLIENT'],
  [/\bCSVLK\b|\bKMS HOST/, 'KMS_HOST'],
  [/\bOEM\b/, 'OEM'],
  [/\bRETAIL\b/, 'RETAIL'],
];
