/** The words in which tools speak of channels, keys and codes, reduced to the ledger's own. */
import type { ActivationMethod, ProductKeyKind } from '../../domain/vocabulary.js';

/** `0xC004F06C` from hexadecimal or decimal text (`3221549164`, `-1073418132`, `0x0`); undefined if it is neither. */
export function hresultOf(text: string): string | undefined {
  const trimmed = text.trim();
  if (/^0x[0-9a-f]{1,8}$/i.test(trimmed)) return `0x${trimmed.slice(2).toUpperCase().padStart(8, '0')}`;
  if (!/^-?\d{1,10}$/.test(trimmed)) return undefined;
  const value = Number(trimmed);
  if (value > 0xffff_ffff || value < -0x8000_0000) return undefined;
  return `0x${(value >>> 0).toString(16).toUpperCase().padStart(8, '0')}`;
}

const GUID = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/i;

/** Lower-case GUID without braces; undefined if it is none. */
export function guidOf(text: string): string | undefined {
  return GUID.exec(text.trim())?.[1]?.toLowerCase();
}

/** `VOLUME_KMSCLIENT` out of `Windows(R) Operating System, VOLUME_KMSCLIENT channel`; undefined if the description names none. */
export function channelOfDescription(description: string): string | undefined {
  return /,\s*([A-Z][A-Z0-9_()-]*?)(?:\s+channel)?\s*$/i.exec(description.replace(/\s+/g, ' ').trim())?.[1];
}

/** Key kind that a channel token means (`VOLUME_MAK`, `Volume:GVLK`, `OEM_DM`, `RETAIL(Grace)`, …). */
export function keyKindOfChannel(channel: string | undefined): ProductKeyKind {
  const token = (channel ?? '').toUpperCase();
  if (token === 'VOLUME_KMSCLIENT' || token === 'VOLUME:GVLK') return 'KMS_CLIENT';
  if (token === 'VOLUME_MAK' || token.startsWith('VOLUME:MAK')) return 'MAK';
  if (token.startsWith('VOLUME_KMS') || token === 'VOLUME:CSVLK') return 'KMS_HOST';
  if (token.startsWith('OEM')) return 'OEM';
  if (token.startsWith('RETAIL')) return 'RETAIL';
  return 'UNKNOWN';
}

/** The way of activation a key of this kind goes by default; volume clients may also use Active Directory, which only the record can say. */
export function methodOfKeyKind(kind: ProductKeyKind): ActivationMethod | undefined {
  switch (kind) {
    case 'MAK':
      return 'MAK_INDEPENDENT';
    case 'KMS_CLIENT':
      return 'KMS';
    case 'OEM':
      return 'OEM';
    case 'RETAIL':
      return 'RETAIL';
    case 'KMS_HOST':
    case 'SETUP':
    case 'UNKNOWN':
      return undefined;
  }
}
