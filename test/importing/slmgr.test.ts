import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { slmgr } from '../../src/importing/formats/slmgr.js';
import { PLANTED_KEY, asStored, countsIn, hostileTexts, isWellFormed, observationsIn, parse, pieceLengths, refusedIn, statesIn, understoodIn } from './hostTextSupport.js';

// Synthetic: invented machines, ids and keys in the shape that slmgr.vbs prints.
const BANNER = 'Microsoft (R) Windows Script Host Version 5.812\nCopyright (C) Microsoft Corporation. All rights reserved.\n\nSoftware licensing service version: 10.0.19041.1\n\n';
const KMS_CLIENT = `Name: Windows(R), Enterprise edition
Description: Windows(R) Operating System, VOLUME_KMSCLIENT channel
Activation ID: 11111111-2222-3333-4444-555555555555
Application ID: 55c92734-d682-4d71-983e-d6ec3f16059f
Extended PID: 03612-03391-000-000000-03-3082-10586.0000-3342026
Product Key Channel: Volume:GVLK
Installation ID: 000000000000000000000000000000000000000000000000000000000000000
Use License URL: https://activation.example/SLActivateProduct/SLActivateProduct.asmx?configextension=Retail
Validation URL: https://validation.example/SLWGA/slwga.asmx
Partial Product Key: T83GX
License Status: Licensed
Volume activation expiration: 243720 minute(s) (169 day(s))
Remaining Windows rearm count: 1000
Remaining SKU rearm count: 1001
Trusted time: 11/22/2026 9:58:33 AM
Configured Activation Type: All

Most recent activation information:
Key Management Service client information
    Client Machine ID (CMID): AAAAAAAA-2222-3333-4444-555555555555
    KMS machine name from DNS: kms.branch.example:1688
    KMS machine IP address: 192.0.2.7
    KMS machine extended PID: 06401-00206-491-411285-03-1031-9600.0000-0802026
    Activation interval: 120 minutes
    Renewal interval: 10080 minutes
    KMS host caching is enabled
`;
const MAK = `Name: Windows(R), Professional edition
Description: Windows(R) Operating System, VOLUME_MAK channel
Partial Product Key: BBBCC
License Status: Licensed
`;
const KMS_HOST = `Name: Windows Server(R), ServerEnterprise edition
Description: Windows Operating System - Windows Server(R), VOLUME_KMS_C channel
Partial Product Key: DDDFF
License Status: Licensed

    Key Management Service is enabled on this machine
    Current count: 12
    Listening on Port: 1688
    DNS publishing enabled
    KMS priority: Normal

    Key Management Service cumulative requests received from clients
    Total requests received: 82645
    Failed requests received: 1
    Requests with License Status Unlicensed: 2
    Requests with License Status Licensed: 3
    Requests with License Status Initial grace period: 4
    Requests with License Status License expired or Hardware out of tolerance: 826
    Requests with License Status Non-genuine grace period: 6
    Requests with License Status Notification: 7
`;
const NOT_IN_USE = `Name: Windows(R), Education edition
Description: Windows(R) Operating System, RETAIL channel
Activation ID: 33333333-2222-3333-4444-555555555555
Application ID: 55c92734-d682-4d71-983e-d6ec3f16059f
Extended PID:
Installation ID:
This license is not in use.
`;
// A language nobody has recorded the words of, with the blanks before colons and the full-width signs that some have.
const UNKNOWN_LANGUAGE = `Nimi : Windows(R), Enterprise edition
Kuvaus : Windows(R) Operating System, VOLUME_KMSCLIENT channel
Tunnus A：11111111-2222-3333-4444-555555555555
Tunnus B : 55c92734-d682-4d71-983e-d6ec3f16059f
Tunnus C : 03612-03391-000-000000-03-3082-10586.0000-3342026
Kanava : Volume:GVLK
Avain : T83GX
Tila : Lisensoitu
Vanhenee: 243720 min (169 vrk）
Asiakaskone (CMID): aaaaaaaa-2222-3333-4444-555555555555
KMS-koneen nimi : kms.branch.example:1688
KMS-koneen tunnus : 06401-00206-491-411285-03-1031-9600.0000-0802026
`;
const withStatus = (word: string): string => MAK.replace('Status: Licensed', `Status: ${word}`);
const stateOf = (text: string) => statesIn(parse(slmgr, text, 'pc.example'))[0];

describe('slmgr.vbs /dli and /dlv', () => {
  test('understands a KMS client with all its details', () => {
    expect(asStored(observationsIn(parse(slmgr, BANNER + KMS_CLIENT, 'pc-01.example')))).toEqual([
      {
        kind: 'licenseState',
        host: { rawName: 'pc-01.example', cmid: 'aaaaaaaa-2222-3333-4444-555555555555' },
        evidence: 'SLMGR',
        skuId: '11111111-2222-3333-4444-555555555555',
        applicationId: '55c92734-d682-4d71-983e-d6ec3f16059f',
        productName: 'Windows(R), Enterprise edition',
        description: 'Windows(R) Operating System, VOLUME_KMSCLIENT channel',
        channel: 'Volume:GVLK',
        keyKind: 'KMS_CLIENT',
        key: { lastFive: 'T83GX' },
        productKeyId: '03612-03391-000-000000-03-3082-10586.0000-3342026',
        status: 'LICENSED',
        minutesRemaining: 243_720,
        method: 'KMS',
        kmsHost: 'kms.branch.example:1688',
        rearms: { windows: 1000, sku: 1001 },
        trustedTimeRaw: '11/22/2026 9:58:33 AM',
      },
    ]);
  });

  test('gives the same for every indentation, line spacing and a break at 80 columns', () => {
    const expected = parse(slmgr, KMS_CLIENT + KMS_HOST, 'pc.example');
    const wrap = (text: string): string => text.replace(/^(.{80})(?=.)/gm, '$1\n');
    const text = KMS_CLIENT + KMS_HOST;
    const longName = text.replaceAll('Windows(R) Operating System, VOLUME_KMSCLIENT', 'Windows Operating System - Windows(R) 10, VOLUME_KMSCLIENT');
    expect(parse(slmgr, text.replace(/^/gm, '      '), 'pc.example')).toEqual(expected);
    expect(parse(slmgr, text.replaceAll('\n', '\r\n\r\n'), 'pc.example')).toEqual(expected);
    expect(parse(slmgr, wrap(text), 'pc.example')).toEqual(expected);
    for (const shift of [0, 3, 4, 6]) {
      const shifted = wrap(longName.replace(/^/gm, ' '.repeat(shift)));
      expect(parse(slmgr, shifted, 'pc.example')).toEqual(parse(slmgr, longName, 'pc.example'));
    }
  });

  test('gives the counters of a KMS host', () => {
    const records = parse(slmgr, KMS_HOST, 'kms-01.example');
    expect(statesIn(records)[0]).toMatchObject({ status: 'LICENSED', keyKind: 'KMS_HOST', permanent: true, channel: 'VOLUME_KMS_C' });
    expect(asStored(countsIn(records))).toEqual([
      {
        kind: 'kmsCount',
        host: { rawName: 'kms-01.example' },
        evidence: 'SLMGR',
        currentCount: 12,
        listeningPort: 1688,
        dnsPublishing: true,
        requests: { total: 82_645, failed: 1, unlicensed: 2, licensed: 3, oobGrace: 4, ootGrace: 826, nonGenuineGrace: 6, notification: 7 },
      },
    ]);
  });

  test('separates the records of /dlv all and passes over products that are not in use', () => {
    const records = parse(slmgr, BANNER + [KMS_CLIENT, NOT_IN_USE, MAK, NOT_IN_USE].join('\n'), 'pc.example');
    expect(records.map((record) => record.kind === 'understood' && record.observations.length)).toEqual([1, 0, 1, 0]);
  });

  test('knows every status word, and takes any other for unknown', () => {
    const words = [
      'Unlicensed',
      'Licensed',
      'Initial grace period',
      'Additional grace period (KMS license expired or hardware out of tolerance)',
      'Non-genuine grace period.',
      'Notification',
      'Extended grace period',
      'Unknown',
      'Licensed, perhaps',
    ];
    expect(words.map((word) => stateOf(withStatus(word))?.status)).toEqual([
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
    expect(stateOf(withStatus('Licensed, perhaps'))?.statusRaw).toBe('Licensed, perhaps');
    expect(stateOf(`${withStatus('Notification')}Notification Reason: 0xC004F200 (non-genuine).\n`)?.statusReason).toBe('0xC004F200');
  });

  test('takes a licence for permanent only where the key is of that kind and no end is printed', () => {
    expect(stateOf(MAK)).toMatchObject({ permanent: true, method: 'MAK_INDEPENDENT' });
    expect(stateOf(KMS_CLIENT)?.permanent).toBeUndefined();
    expect(stateOf(KMS_CLIENT.replace(/Volume activation.*\n/, ''))?.permanent).toBeUndefined();
    expect(stateOf(withStatus('Notification'))?.permanent).toBeUndefined();
    expect(stateOf(`${MAK}Timebased activation expiration: soon\n`)?.permanent).toBeUndefined();
  });

  test('recognises Active Directory, virtual machine and token activation', () => {
    const client = KMS_CLIENT.slice(0, KMS_CLIENT.indexOf('Key Management Service client'));
    const ad = `${client}AD Activation client information\n    Activation Object name: Object A\n    AO DN: CN=Object A,DC=branch,DC=example\n    AO activation ID: 99999999-2222-3333-4444-555555555555\n`;
    expect(stateOf(ad)).toMatchObject({
      method: 'ADBA',
      skuId: '11111111-2222-3333-4444-555555555555',
      activationObject: { name: 'Object A', distinguishedName: 'CN=Object A,DC=branch,DC=example' },
    });
    expect(stateOf(`${client}Automatic VM Activation client information\n    Guest IAID: 99999999-2222-3333-4444-555555555555\n    Host machine name: hv-01.example\n`)?.method).toBe('AVMA');
    expect(stateOf(`${client}Token-based Activation information\n    License ID (ILID): x\n`)?.method).toBe('TOKEN');
    expect(stateOf(KMS_CLIENT.replace('Type: All', 'Type: AD'))?.method).toBe('ADBA');
  });

  test('takes from an unknown language all but the word for the status', () => {
    expect(asStored(stateOf(UNKNOWN_LANGUAGE))).toEqual({
      ...(asStored(stateOf(KMS_CLIENT)) as object),
      status: 'UNKNOWN',
      statusRaw: 'Lisensoitu',
      rearms: undefined,
      trustedTimeRaw: undefined,
    });
  });

  test('knows the words for licensed that have been observed', () => {
    const lines = ['Lizenzstatus: Lizenziert', 'Estado de la licencia: con licencia', 'Status da Licença: Licenciado', 'Состояние лицензии: имеет лицензию', 'ライセンスの状態: ライセンスされています', '许可证状态: 已授权'];
    for (const line of lines) expect(stateOf(UNKNOWN_LANGUAGE.replace('Tila : Lisensoitu', line))?.status).toBe('LICENSED');
  });

  test('refuses what has no host, neither key nor status, an overlong line, or nothing of it', () => {
    const codes = (text: string, host?: string): readonly string[] => refusedIn(parse(slmgr, text, host)).map((record) => record.code);
    expect(codes(MAK)).toEqual(['MISSING_HOST']);
    expect(codes('nothing of it\n', 'pc.example')).toEqual(['NO_RECORDS']);
    const damaged = parse(slmgr, `${MAK}${MAK.split('\n', 2).join('\n')}\nX: ${'x'.repeat(5000)}\n${MAK}`, 'pc.example');
    expect(refusedIn(damaged).map((record) => record.code)).toEqual(['INCOMPLETE_RECORD', 'RECORD_TOO_LONG']);
    expect(statesIn(damaged)).toHaveLength(2);
  });

  test('gives a record the same identity with and without a banner, and another one for another machine', () => {
    const identity = (text: string, host: string): string | undefined => understoodIn(parse(slmgr, text, host))[0]?.identity;
    expect(identity(BANNER + MAK, 'PC.example')).toBe(identity(MAK, 'pc.example'));
    expect(identity(MAK + BANNER, 'pc.example')).toBe(identity(MAK, 'pc.example'));
    expect(identity(MAK, 'pc-2.example')).not.toBe(identity(MAK, 'pc.example'));
  });

  test('keeps no product key that stands in any line', () => {
    for (const text of [KMS_CLIENT, KMS_HOST, UNKNOWN_LANGUAGE]) {
      const lines = text.trimEnd().split('\n');
      const plantedIn = lines.map((_, planted) => lines.map((line, index) => (index === planted ? line.replace(/([:：]).*/, `$1 ${PLANTED_KEY}`) : line)).join('\n'));
      const records = plantedIn.flatMap((planted) => parse(slmgr, planted, 'pc.example'));
      expect(records.length).toBeGreaterThanOrEqual(lines.length);
      expect(JSON.stringify(records)).not.toContain(PLANTED_KEY);
      expect(JSON.stringify(records)).not.toContain('CCCCC-DDDDD');
    }
    expect(stateOf(KMS_CLIENT.replace('T83GX', PLANTED_KEY))?.key).toMatchObject({ lastFive: 'GGGGG', fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  test('emits the same however the text is cut into pieces', () => {
    const text = `${BANNER}${KMS_CLIENT}${NOT_IN_USE}${KMS_HOST}${UNKNOWN_LANGUAGE}`;
    const whole = parse(slmgr, text, 'pc.example');
    expect(whole).toHaveLength(4);
    fc.assert(
      fc.property(pieceLengths, (pieces) => {
        expect(parse(slmgr, text, 'pc.example', pieces)).toEqual(whole);
      }),
      { numRuns: 100 },
    );
  });

  test('no text makes it throw, hang or emit a malformed record', () => {
    const fixture = BANNER + KMS_CLIENT + KMS_HOST + UNKNOWN_LANGUAGE;
    fc.assert(fc.property(hostileTexts(fixture), pieceLengths, (text, pieces) => isWellFormed(parse(slmgr, text, 'pc.example', pieces))), { numRuns: 200 });
    for (const hostile of [':'.repeat(10_000_000), `Name: ${'x'.repeat(10_000_000)}`, 'Name: Windows(R), x\n'.repeat(50_000), `${'9('.repeat(2000)}\n`.repeat(200), `a: ${'1 '.repeat(2000)}\n`.repeat(200), '\0'.repeat(100_000)]) {
      expect(isWellFormed(parse(slmgr, hostile, 'pc.example', [65_536]))).toBe(true);
    }
  });
});

describe('slmgr.vbs /xpr', () => {
  const messages: readonly (readonly [string, object])[] = [
    ['The machine is permanently activated.', { status: 'LICENSED', permanent: true }],
    ['Volume activation will expire 5/21/2027 9:58:33 AM', { status: 'LICENSED', method: 'KMS' }],
    // A date in the order of another language: it is not read, and costs the state nothing.
    ['Volume activation will expire 21.05.2027 09:58:33', { status: 'LICENSED', method: 'KMS' }],
    ['Initial grace period ends 12/22/2026 9:58:33 AM', { status: 'OOB_GRACE' }],
    ['Additional grace period ends 12/22/2026', { status: 'OOT_GRACE' }],
    ['Windows is in Notification mode', { status: 'NOTIFICATION' }],
    ['计算机已永久激活。', { status: 'LICENSED', permanent: true }],
    ['Kone on aktivoitu.', { status: 'UNKNOWN', statusRaw: 'Kone on aktivoitu.' }],
  ];

  test.each(messages)('reads "%s" on the same line and on the next', (message, expected) => {
    const state = { kind: 'licenseState', host: { rawName: 'pc.example' }, evidence: 'SLMGR', productName: 'Windows(R), Professional edition', ...expected };
    for (const separator of ['', ' ', '\r\n    ', '\n\n    ']) {
      const records = parse(slmgr, `Windows(R), Professional edition:${separator}${message}\r\n`, 'pc.example');
      expect(asStored(observationsIn(records))).toEqual([state]);
    }
  });

  test('refuses as truncated a name without a message', () => {
    expect(refusedIn(parse(slmgr, 'Windows(R), Professional edition:\n', 'pc.example')).map((record) => record.code)).toEqual(['TRUNCATED']);
  });
});
