import type { LicenseStatus } from '../../domain/vocabulary.js';

/**
 * The state that a tool's word means; undefined for a word nobody has seen, which is then recorded as unknown and never as licensed.
 */
export function licenseStatusOfWord(word: string): LicenseStatus | undefined {
  const normalised = word
    .normalize('NFKC')
    .replace(/\s+/g, ' ')
    .replace(/^[\s-]+|[\s.。-]+$/g, '')
    .toLowerCase();
  return STATUS_OF_WORD.get(normalised);
}

const STATUS_OF_WORD: ReadonlyMap<string, LicenseStatus> = new Map([
  // slmgr.vbs, English (message table of the script).
  ['unlicensed', 'UNLICENSED'],
  ['licensed', 'LICENSED'],
  ['initial grace period', 'OOB_GRACE'],
  ['additional grace period (kms license expired or hardware out of tolerance)', 'OOT_GRACE'],
  ['additional grace period', 'OOT_GRACE'],
  ['non-genuine grace period', 'NON_GENUINE_GRACE'],
  ['notification', 'NOTIFICATION'],
  ['extended grace period', 'EXTENDED_GRACE'],
  // ospp.vbs /dstatus, the same on every host language.
  ['oob_grace', 'OOB_GRACE'],
  ['oot_grace', 'OOT_GRACE'],
  ['non_genuine_grace', 'NON_GENUINE_GRACE'],
  ['notifications', 'NOTIFICATION'],
  ['extended grace', 'EXTENDED_GRACE'],
  // The names of SL_LICENSING_STATUS as PowerShell scripts print them.
  ['oobgrace', 'OOB_GRACE'],
  ['ootgrace', 'OOT_GRACE'],
  ['nongenuinegrace', 'NON_GENUINE_GRACE'],
  ['extendedgrace', 'EXTENDED_GRACE'],
  // slmgr.vbs in other languages: only words observed in scripts that match them, or in captures.
  ['lizenziert', 'LICENSED'], // de: constant that a published script compares with
  ['con licencia', 'LICENSED'], // es: matched by published scripts
  ['licenciado', 'LICENSED'], // pt-BR: constant in a published script
  ['имеет лицензию', 'LICENSED'], // ru: constant in a published script
  ['ライセンスされています', 'LICENSED'], // ja: comment of a published script
  ['已授权', 'LICENSED'], // zh-CN: published capture
]);

/** Labels of slmgr's line "License Status", lower case; observed as the words above. */
export const STATUS_LABELS: ReadonlySet<string> = new Set([
  'license status',
  'lizenzstatus',
  'estado de la licencia',
  'status da licença',
  'состояние лицензии',
  'ライセンスの状態',
  '许可证状态',
]);
