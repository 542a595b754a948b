import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ospp } from '../../src/importing/formats/ospp.js';
import { PLANTED_KEY, asStored, hostileTexts, isWellFormed, observationsIn, parse, pieceLengths, refusedIn, statesIn, understoodIn } from './hostTextSupport.js';

// Synthetic: invented ids and keys in the shape that ospp.vbs prints.
const BANNER = 'Сервер сценариев Windows (Microsoft R) версия 5.812\nCopyright (C) Корпорация Майкрософт 1996-2006, все права защищены.\n\n';
const RULE = '---------------------------------------';
const KMS_CLIENT = `PRODUCT ID: 00341-50000-00000-AA019
SKU ID: 11111111-2222-3333-4444-555555555555
LICENSE NAME: Office 16, Office16ProPlusVL_KMS_Client edition
LICENSE DESCRIPTION: Office 16, VOLUME_KMSCLIENT channel
BETA EXPIRATION: 1601/1/1
LICENSE STATUS:  ---LICENSED--- 
ERROR CODE: 0x4004F040 (for information purposes only as the status is licensed)
ERROR DESCRIPTION: The Software Licensing Service reported that the product was activated but the owner should verify the Product Use Rights.
REMAINING GRACE: 178 days  (256748 minute(s) before expiring)
Last 5 characters of installed product key: T83GX
Activation Type Configuration: ALL
	KMS machine name from DNS: kms.branch.example:1688
	Activation Interval: 120 minutes
	Renewal Interval: 10080 minutes
	KMS host caching: Enabled
`;
const MAK = `SKU ID: 22222222-2222-3333-4444-555555555555
LICENSE NAME: Office 15, OfficeProPlusVL_MAK edition
LICENSE DESCRIPTION: Office 15, VOLUME_MAK channel
LICENSE STATUS:  ---LICENSED---
Last 5 characters of installed product key: BBBCC
`;
const output = (...products: readonly string[]): string =>
  `${BANNER}---Processing--------------------------\n${RULE}\n${products.map((product) => `${product}${RULE}\n`).join('')}${RULE}\n---Exiting-----------------------------\n`;
const withStatus = (word: string): string => MAK.replace('LICENSED', word);

describe('ospp.vbs /dstatus', () => {
  test('understands a licensed KMS client and its informational code', () => {
    const [record] = understoodIn(parse(ospp, output(KMS_CLIENT), 'pc-01.example'));
    expect(record?.occurredAt).toBeUndefined();
    expect(asStored(record?.observations)).toEqual([
      {
        kind: 'licenseState',
        host: { rawName: 'pc-01.example' },
        evidence: 'OSPP',
        skuId: '11111111-2222-3333-4444-555555555555',
        productName: 'Office 16, Office16ProPlusVL_KMS_Client edition',
        description: 'Office 16, VOLUME_KMSCLIENT channel',
        channel: 'VOLUME_KMSCLIENT',
        keyKind: 'KMS_CLIENT',
        key: { lastFive: 'T83GX' },
        status: 'LICENSED',
        statusReason: '0x4004F040',
        minutesRemaining: 256_748,
        method: 'KMS',
        kmsHost: 'kms.branch.example:1688',
      },
    ]);
  });

  test('takes a licensed MAK without an end for a permanent one', () => {
    expect(statesIn(parse(ospp, output(MAK), 'pc.example'))[0]).toMatchObject({ permanent: true, method: 'MAK_INDEPENDENT', keyKind: 'MAK' });
  });

  test('knows every status word, and takes any other for unknown', () => {
    const words = ['UNLICENSED', 'LICENSED', 'OOB_GRACE', 'OOT_GRACE', 'NON_GENUINE_GRACE', 'NOTIFICATIONS', 'EXTENDED GRACE', 'UNKNOWN', 'LICENSED?'];
    const states = statesIn(parse(ospp, output(...words.map(withStatus)), 'pc.example'));
    expect(states.map((state) => state.status)).toEqual([
      'UNLICENSED',
      'LICENSED',
      'OOB_GRACE',
      'OOT_GRACE',
      'NON_GENUINE_GRACE',
      'NOTIFICATION',
      'EXTENDED_GRACE',
      'UNKNOWN',
      'UNKNOWN',
    ]);
    expect(states[8]?.statusRaw).toBe('---LICENSED?---');
  });

  test('recognises Active Directory, a registered KMS host and a configured type', () => {
    const ad = KMS_CLIENT.replace('\tKMS machine name from DNS: kms.branch.example:1688', '\tActivation Object name: Object A\n\tAO DN: CN=Object A,DC=branch,DC=example');
    const registered = KMS_CLIENT.replace('machine name from DNS', 'machine registry override defined');
    const token = KMS_CLIENT.replace('Configuration: ALL', 'Configuration: TOKEN');
    const states = statesIn(parse(ospp, output(ad, registered, token), 'pc.example'));
    expect(states.map((state) => state.method)).toEqual(['ADBA', 'KMS', 'TOKEN']);
    expect(states[0]?.activationObject).toEqual({ name: 'Object A', distinguishedName: 'CN=Object A,DC=branch,DC=example' });
    expect(states[1]?.kmsHost).toBe('kms.branch.example:1688');
  });

  test('passes over what is not installed, and takes an output without products for one', () => {
    const records = parse(ospp, output('<No installed product keys detected>\n', withStatus('UNLICENSED').replace(/Last 5.*\n/, '')), 'pc.example');
    expect(records.map((record) => record.kind === 'understood' && record.observations.length)).toEqual([0, 0]);
  });

  test('takes outputs put one after another, without rules, and broken at 80 columns', () => {
    expect(statesIn(parse(ospp, output(KMS_CLIENT) + output(MAK, KMS_CLIENT), 'pc.example'))).toHaveLength(3);
    expect(statesIn(parse(ospp, KMS_CLIENT + MAK + KMS_CLIENT, 'pc.example'))).toHaveLength(3);
    const wrapped = output(KMS_CLIENT).replace(/^(.{80})(.+)$/gm, '$1\r\n$2');
    expect(wrapped).not.toBe(output(KMS_CLIENT));
    expect(parse(ospp, wrapped, 'pc.example')).toEqual(parse(ospp, output(KMS_CLIENT), 'pc.example'));
  });

  test('gives a product the same identity whatever banner stands before it', () => {
    const [first] = understoodIn(parse(ospp, output(MAK), 'pc.example'));
    const [second] = understoodIn(parse(ospp, output(MAK).replace(BANNER, 'Microsoft (R) Windows Script Host Version 10.0\n'), 'PC.example'));
    const [other] = understoodIn(parse(ospp, output(MAK), 'pc-2.example'));
    expect(second?.identity).toBe(first?.identity);
    expect(other?.identity).not.toBe(first?.identity);
  });

  test('refuses what has no host, no status, an overlong line, or nothing of it', () => {
    const codes = (text: string, host?: string): readonly string[] => refusedIn(parse(ospp, text, host)).map((record) => record.code);
    expect(codes(output(MAK))).toEqual(['MISSING_HOST']);
    const damaged = parse(ospp, output(MAK, MAK.replace(/LICENSE STATUS.*\n/, ''), `X: ${'x'.repeat(5000)}\n`, KMS_CLIENT), 'pc.example');
    expect(refusedIn(damaged).map((record) => record.code)).toEqual(['INCOMPLETE_RECORD', 'RECORD_TOO_LONG']);
    expect(statesIn(damaged)).toHaveLength(2);
    expect(codes('nothing of it', 'pc.example')).toEqual(['NO_RECORDS']);
  });

  test('keeps no product key that stands in any line', () => {
    const lines = KMS_CLIENT.trimEnd().split('\n');
    const products = lines.map((_, planted) => lines.map((line, index) => (index === planted ? line.replace(/: .*/, `: ${PLANTED_KEY}`) : line) + '\n').join(''));
    const records = parse(ospp, output(...products), 'pc.example');
    expect(records).toHaveLength(lines.length);
    expect(JSON.stringify(records)).not.toContain(PLANTED_KEY);
    expect(observationsIn(records).filter((observation) => observation.kind === 'licenseState' && observation.key?.fingerprint !== undefined)).toHaveLength(1);
  });

  test('emits the same however the text is cut into pieces', () => {
    const text = output(KMS_CLIENT, MAK).replaceAll('\n', '\r\n');
    const whole = parse(ospp, text, 'pc.example');
    fc.assert(
      fc.property(pieceLengths, (pieces) => {
        expect(parse(ospp, text, 'pc.example', pieces)).toEqual(whole);
      }),
      { numRuns: 100 },
    );
  });

  test('no text makes it throw, hang or emit a malformed record', () => {
    fc.assert(fc.property(hostileTexts(output(KMS_CLIENT, MAK)), pieceLengths, (text, pieces) => isWellFormed(parse(ospp, text, 'pc.example', pieces))), { numRuns: 200 });
    for (const hostile of ['-'.repeat(10_000_000), `SKU ID: ${'1'.repeat(10_000_000)}`, 'SKU ID: 1\n'.repeat(100_000), `${'x'.repeat(80)}\n`.repeat(50_000), '\0'.repeat(100_000)]) {
      expect(isWellFormed(parse(ospp, hostile, 'pc.example', [65_536]))).toBe(true);
    }
  });
});
