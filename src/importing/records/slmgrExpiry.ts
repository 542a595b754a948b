/** The messages of `slmgr.vbs /xpr`: a product's name with a colon, and its state in a sentence. */
import type { ActivationMethod, LicenseStatus } from '../../domain/vocabulary.js';

/** `Windows(R), Professional edition:` with its message on the same line, or none where it follows on the next. */
export function expiryMessage(line: string): { readonly productName: string; readonly message: string } | undefined {
  const match = NAME_AND_MESSAGE.exec(line.trim());
  return match === null ? undefined : { productName: match[1] ?? '', message: (match[2] ?? '').trim() };
}

const NAME_AND_MESSAGE = /^((?:Windows|Office \d{2})[^:：,]{0,60},[^:：]{1,120})[:：](.*)$/s;

export interface Expiry {
  readonly status: LicenseStatus;
  readonly isPermanent: boolean;
  readonly method: ActivationMethod | undefined;
}

/** What a message says; dates are local and of unknown order, and are not read. A message nobody has seen is unknown. */
export function expiryInMessage(message: string): Expiry {
  const text = message.replace(/\s+/g, ' ').trim().toLowerCase();
  const known = MESSAGES.find(([beginning]) => text.startsWith(beginning));
  return { status: 'UNKNOWN', isPermanent: false, method: undefined, ...known?.[1] };
}

const MESSAGES: readonly (readonly [string, Partial<Expiry>])[] = [
  // slmgr.vbs, English (message table of the script).
  ['the machine is permanently activated', { status: 'LICENSED', isPermanent: true }],
  ['volume activation will expire', { status: 'LICENSED', method: 'KMS' }],
  ['timebased activation will expire', { status: 'LICENSED' }],
  ['automatic vm activation will expire', { status: 'LICENSED', method: 'AVMA' }],
  ['initial grace period ends', { status: 'OOB_GRACE' }],
  ['additional grace period ends', { status: 'OOT_GRACE' }],
  ['non-genuine grace period ends', { status: 'NON_GENUINE_GRACE' }],
  ['extended grace period ends', { status: 'EXTENDED_GRACE' }],
  ['windows is in notification mode', { status: 'NOTIFICATION' }],
  ['unlicensed', { status: 'UNLICENSED' }],
  // zh-CN: published captures.
  ['计算机已永久激活', { status: 'LICENSED', isPermanent: true }],
  ['windows处于通知模式', { status: 'NOTIFICATION' }],
];
