import type { CatalogueErrorCode } from './catalogue.js';

/** HRESULT as `0x` and eight upper-case hexadecimal digits, meaning, what it means to the ledger, source. */
type ErrorCodeRow = readonly [code: string, meaning: string, relevance: string, source: string];

/** The HRESULTs met in volume activation. An absent code is unknown, which is no statement about the licence. */
export function builtInErrorCodes(): CatalogueErrorCode[] {
  return ERROR_CODES.map(([code, meaning, relevance, source]) => ({ code, meaning, relevance, source }));
}

const ERROR_CODES: readonly ErrorCodeRow[] = [
  ['0x00000000', 'success', 'request accepted', 'TechNet ff793440'],
  ['0x4004F040', 'activated, but owner should verify the Product Use Rights (informational)', 'treat as LICENSED, not as an error', 'PoShEvents Get-KmsErrorCode; ospp sample'],
  ['0x4004F00C', 'running within the valid grace period (informational)', 'grace', 'ospp OOB_GRACE sample'],
  ['0x4004F401', 'LicenseStatusReason 1074066433 on a digitally licensed OEM_DM machine', 'informational, meaning not stated by the sources read', 'WMI sample'],
  ['0xC004B100', 'activation server determined the computer could not be activated (MAK not supported)', 'wrong key', 'Microsoft activation-error-codes.md'],
  ['0xC004C001', 'product key invalid', 'wrong key', 'Microsoft activation-error-codes.md'],
  ['0xC004C003', 'product key blocked', 'key blocked', 'Microsoft activation-error-codes.md'],
  ['0xC004C008', 'product key could not be used: KMS host key over its limit (10 times on up to 6 computers)', 'CSVLK exhausted → increase request', 'Microsoft activation-error-codes.md'],
  ['0xC004C017', 'key blocked for this geographic location', 'key blocked', 'slmgr.vbs message table'],
  ['0xC004C020', 'Multiple Activation Key has exceeded its limit', 'MAK exhausted → increase request', 'Microsoft activation-error-codes.md'],
  ['0xC004C021', 'MAK extension limit exceeded', 'increase refused/exhausted', 'Microsoft activation-error-codes.md'],
  ['0xC004D307', 'maximum number of re-arms exceeded', 'rearm exhausted: rebuild', 'slmgr.vbs message table'],
  ['0xC004F009', 'grace period expired', 'notification state', 'Microsoft activation-error-codes.md'],
  ['0xC004F00F', 'hardware ID binding beyond tolerance', 're-activation after hardware change (consumes a MAK activation)', 'Microsoft activation-error-codes.md'],
  ['0xC004F014', 'product key not available', 'no key installed', 'Microsoft activation-error-codes.md'],
  ['0xC004F015', 'license is not installed', 'edition/licence mismatch', 'PoShEvents; Microsoft error-0xc004f015'],
  ['0xC004F025', 'access denied, elevation required', 'tool run unelevated', 'slmgr.vbs message table'],
  ['0xC004F02C', 'offline activation data format incorrect', 'bad CID', 'Microsoft activation-error-codes.md'],
  ['0xC004F035', 'invalid volume licence key: no qualifying OS marker in BIOS', 'no qualifying OEM licence → rights issue', 'Microsoft activation-error-codes.md'],
  ['0xC004F038', 'KMS count insufficient (server >=5, client >=25)', 'below threshold / duplicate CMIDs', 'Microsoft activation-error-codes.md'],
  ['0xC004F039', 'KMS not enabled', 'network/port 1688', 'Microsoft activation-error-codes.md'],
  ['0xC004F041', 'KMS host not activated', 'host state', 'Microsoft activation-error-codes.md'],
  ['0xC004F042', 'specified KMS cannot be used (host key does not cover product)', 'CSVLK group too old / wrong host', 'Microsoft activation-error-codes.md'],
  ['0xC004F050', 'product key invalid', 'typo, em-dash', 'Microsoft activation-error-codes.md'],
  ['0xC004F051', 'product key blocked', 'key blocked', 'Microsoft activation-error-codes.md'],
  ['0xC004F056', 'product could not be activated using KMS', 'KMS failure without a stated cause', 'PoShEvents (as 0x4004F056)'],
  ['0xC004F064', 'non-genuine grace period expired', 'notification state', 'Microsoft activation-error-codes.md'],
  ['0xC004F065', 'running within valid non-genuine period', 'grace', 'Microsoft activation-error-codes.md'],
  ['0xC004F06C', 'KMS request timestamp invalid (>4 h difference)', 'clock skew', 'Microsoft activation-error-codes.md; KB 974998'],
  ['0xC004F074', 'no KMS could be contacted', 'read paired 12288 events for the real cause', 'Microsoft activation-error-codes.md; KB 974998'],
  ['0xC004F200', 'non-genuine (notification reason)', '2019 false positives on Win7 volume KMS clients', 'Microsoft SupportArticles activation-failures-not-genuine'],
  ['0x80070005', 'access denied', 'elevation', 'Microsoft activation-error-codes.md'],
  ['0x8007007B', 'DNS name does not exist / syntax', 'no SRV record', 'Microsoft activation-error-codes.md'],
  ['0x80070490', 'product key did not work', 'wrong key', 'Microsoft activation-error-codes.md'],
  ['0x8007139F', 'KMS contact failure (event 8198)', 'KMS failure, see event 8198', 'Microsoft SupportArticles activation-event-8198'],
  ['0x8007232A', 'DNS server failure', 'DNS publication failed', 'Microsoft activation-error-codes.md'],
  ['0x8007232B', 'DNS name does not exist', 'no SRV record', 'Microsoft activation-error-codes.md'],
  ['0x80072338', 'DNS_ERROR_RCODE_BADSIG: host may not edit _VLMCS record', 'DNS publication failed, see event 12293', 'KB 2553863'],
  ['0x8007251D', 'no records found for DNS query', 'no SRV record', 'Microsoft activation-error-codes.md'],
  ['0x8007267C', 'example code in 12293 troubleshooting', 'DNS publication failed', 'Microsoft docs'],
  ['0x800706BA', 'RPC server unavailable', 'firewall/stale SRV', 'Microsoft activation-error-codes.md'],
  ['0x80072EE2', 'timeout: use phone activation', 'no connection: activate by phone', 'Microsoft activation-error-codes.md'],
  ['0xC0020017', 'RPC unavailable', 'RPC failure on the way to the KMS host', 'PoShEvents'],
  ['0x80092328', 'DNS name does not exist', 'no SRV record', 'Microsoft activation-error-codes.md'],
  ['0x8004FE21', 'computer is not running genuine Windows', 'record, do not judge', 'Microsoft activation-error-codes.md'],
];
