import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { slpList } from '../../src/importing/formats/slpList.js';
import { PLANTED_KEY, asStored, countsIn, hostileTexts, isWellFormed, observationsIn, parse, pieceLengths, refusedIn, statesIn, understoodIn } from './hostTextSupport.js';

// Synthetic: invented machines, keys and ids in the shape that wmic writes.
const KMS_CLIENT = [
  'ApplicationID=0ff1ce15-a989-479d-af46-f275c6370663',
  'Description=Office 16, VOLUME_KMSCLIENT channel',
  'DiscoveredKeyManagementServiceMachineName=kms.branch.example',
  'DiscoveredKeyManagementServiceMachinePort=1688',
  'EvaluationEndDate=16010101000000.000000-000',
  'GracePeriodRemaining=259174',
  'ID=11111111-2222-3333-4444-555555555555',
  'IsKeyManagementServiceMachine=0',
  'KeyManagementServiceCurrentCount=4294967295',
  'KeyManagementServiceMachine=',
  'KeyManagementServicePort=0',
  'LicenseStatus=1',
  'LicenseStatusReason=1074065472',
  'Name=Office 16, Office16ProPlusVL_KMS_Client edition',
  'PartialProductKey=T83GX',
  'ProductKeyChannel=Volume:GVLK',
  'ProductKeyID=03612-03391-000-000000-03-3082-10586.0000-3342026',
  'RemainingAppReArmCount=3',
  'RemainingSkuReArmCount=2',
  'TrustedTime=20261122130000.033000-000',
  'VLActivationType=2',
  'VLActivationTypeEnabled=0',
];
const MAK = ['ApplicationID=55c92734-d682-4d71-983e-d6ec3f16059f', 'Description=Windows(R) Operating System, VOLUME_MAK channel', 'GracePeriodRemaining=0', 'LicenseStatus=1', 'PartialProductKey=BBBCC'];
const WMIC = `\r\n\r\n${KMS_CLIENT.join('\r\n')}\r\n\r\n\r\n${MAK.join('\r\n')}\r\n\r\n\r\n`;

// Synthetic, in the shape that Format-List of a German Windows PowerShell writes at 80 columns.
const FORMAT_LIST = `
PSComputerName                                 : PC-07.branch.example
ADActivationObjectDN                           :
Description                                    : Windows(R) Operating System,
                                                 VOLUME_KMSCLIENT channel
EvaluationEndDate                              : 01.01.1601 01:00:00
GracePeriodRemaining                           : 0
ID                                             : 11111111-2222-3333-4444-5555555
                                                 55555
IsKeyManagementServiceMachine                  : 0
LicenseIsAddon                                 : False
LicenseStatus                                  : 5
LicenseStatusReason                            : 3221549077
Name                                           : Windows(R), Enterprise edition
PartialProductKey                              : T83GX
TrustedTime                                    : 22.11.2026 14:00:00

PSComputerName                                 : KMS-07.branch.example
ClientMachineID                                : AAAAAAAA-2222-3333-4444-555555555555
IsKeyManagementServiceMachine                  : 1
KeyManagementServiceCurrentCount               : 12
KeyManagementServiceDnsPublishing              : Wahr
KeyManagementServiceListeningPort              : 1688
KeyManagementServiceLicensedRequests           : 9
KeyManagementServiceTotalRequests              : 10
OA3xOriginalProductKey                         : ${PLANTED_KEY}
RequiredClientCount                            : 25
`;

describe('SoftwareLicensingProduct as a list', () => {
  test('understands what wmic writes, with the instant of its own clock', () => {
    const records = understoodIn(parse(slpList, WMIC, 'pc-05.example'));
    expect(records.map((record) => record.occurredAt)).toEqual(['2026-11-22T13:00:00.033Z', undefined]);
    expect(asStored(records[0]?.observations)).toEqual([
      {
        kind: 'licenseState',
        host: { rawName: 'pc-05.example' },
        evidence: 'SOFTWARE_LICENSING_PRODUCT',
        skuId: '11111111-2222-3333-4444-555555555555',
        applicationId: '0ff1ce15-a989-479d-af46-f275c6370663',
        productName: 'Office 16, Office16ProPlusVL_KMS_Client edition',
        description: 'Office 16, VOLUME_KMSCLIENT channel',
        channel: 'Volume:GVLK',
        keyKind: 'KMS_CLIENT',
        key: { lastFive: 'T83GX' },
        productKeyId: '03612-03391-000-000000-03-3082-10586.0000-3342026',
        status: 'LICENSED',
        statusReason: '0x4004F040',
        minutesRemaining: 259_174,
        method: 'KMS',
        kmsHost: 'kms.branch.example:1688',
        rearms: { sku: 2, app: 3 },
        trustedTimeRaw: '20261122130000.033000-000',
      },
    ]);
    expect(statesIn(records)[1]).toMatchObject({ status: 'LICENSED', permanent: true, method: 'MAK_INDEPENDENT', key: { lastFive: 'BBBCC' } });
  });

  test('gives the same records where the lines end in two carriage returns or each is followed by a blank one', () => {
    const expected = parse(slpList, WMIC, 'pc.example');
    expect(expected).toHaveLength(2);
    expect(parse(slpList, WMIC.replaceAll('\r\n', '\r\r\n'), 'pc.example')).toEqual(expected);
    const doubleSpaced = [...KMS_CLIENT, ...MAK].join('\n\n');
    expect(parse(slpList, doubleSpaced, 'pc.example')).toEqual(expected);
  });

  test('joins wrapped values and reads a German Format-List', () => {
    const records = parse(slpList, FORMAT_LIST);
    expect(refusedIn(records)).toEqual([]);
    expect(asStored(statesIn(records))).toEqual([
      {
        kind: 'licenseState',
        host: { rawName: 'PC-07.branch.example' },
        evidence: 'SOFTWARE_LICENSING_PRODUCT',
        skuId: '11111111-2222-3333-4444-555555555555',
        productName: 'Windows(R), Enterprise edition',
        description: 'Windows(R) Operating System, VOLUME_KMSCLIENT channel',
        channel: 'VOLUME_KMSCLIENT',
        keyKind: 'KMS_CLIENT',
        key: { lastFive: 'T83GX' },
        status: 'NOTIFICATION',
        statusReason: '0xC004F015',
        method: 'KMS',
        trustedTimeRaw: '22.11.2026 14:00:00',
      },
    ]);
  });

  test('takes from SoftwareLicensingService the machine id and the counters, and never the firmware key', () => {
    const records = parse(slpList, FORMAT_LIST);
    expect(asStored(observationsIn(records).slice(1))).toEqual([
      { kind: 'host', host: { rawName: 'KMS-07.branch.example', cmid: 'aaaaaaaa-2222-3333-4444-555555555555' }, evidence: 'SOFTWARE_LICENSING_PRODUCT', isKmsHost: true },
      {
        kind: 'kmsCount',
        host: { rawName: 'KMS-07.branch.example', cmid: 'aaaaaaaa-2222-3333-4444-555555555555' },
        evidence: 'SOFTWARE_LICENSING_PRODUCT',
        currentCount: 12,
        requiredCount: 25,
        listeningPort: 1688,
        dnsPublishing: true,
        requests: { total: 10, licensed: 9 },
      },
    ]);
    expect(countsIn(records)).toHaveLength(1);
    expect(JSON.stringify(records)).not.toMatch(/GGGGG/);
  });

  test('takes a last record without a line end', () => {
    expect(statesIn(parse(slpList, MAK.join('\n'), 'pc.example'))).toHaveLength(1);
  });

  test('refuses each bad record by itself and takes the good ones around it', () => {
    const good = MAK.join('\n');
    const bad = ['Caption=x\nVersion=1', MAK.join('\n').replace('Remaining=0', 'Remaining=a'), `${good}\nName=${'x'.repeat(1_100_000)}`];
    const records = parse(slpList, bad.flatMap((text) => [text, good]).join('\n\n'), 'pc.example');
    expect(refusedIn(records).map((record) => record.code)).toEqual(['WRONG_SHAPE', 'NUMBER_OUT_OF_RANGE', 'RECORD_TOO_LONG']);
    expect(statesIn(records)).toHaveLength(3);
    expect(refusedIn(parse(slpList, good)).map((record) => record.code)).toEqual(['MISSING_HOST']);
    expect(refusedIn(parse(slpList, 'nothing of it\n', 'pc.example')).map((record) => record.code)).toEqual(['NO_RECORDS']);
  });

  test('keeps no product key that stands in any property', () => {
    const texts = KMS_CLIENT.map((_, planted) => KMS_CLIENT.map((line, index) => (index === planted ? line.replace(/=.*/, `=${PLANTED_KEY}`) : line)).join('\n'));
    const records = parse(slpList, texts.join('\n\n'), 'pc.example');
    expect(records).toHaveLength(KMS_CLIENT.length);
    expect(JSON.stringify(records)).not.toContain(PLANTED_KEY);
  });

  test('emits the same however the text is cut into pieces', () => {
    for (const text of [WMIC, FORMAT_LIST]) {
      const whole = parse(slpList, text, 'pc.example');
      fc.assert(
        fc.property(pieceLengths, (pieces) => {
          expect(parse(slpList, text, 'pc.example', pieces)).toEqual(whole);
        }),
        { numRuns: 100 },
      );
    }
  });

  test('no text makes it throw, hang or emit a malformed record', () => {
    fc.assert(fc.property(hostileTexts(WMIC + FORMAT_LIST), pieceLengths, (text, pieces) => isWellFormed(parse(slpList, text, 'pc.example', pieces))), { numRuns: 200 });
    for (const hostile of ['='.repeat(10_000_000), `a=${'x'.repeat(10_000_000)}`, 'a=\n'.repeat(300_000), `a=1\n${'      b\n'.repeat(300_000)}`, `a${' '.repeat(1_000_000)}`, '\0'.repeat(100_000)]) {
      expect(isWellFormed(parse(slpList, hostile, 'pc.example', [65_536]))).toBe(true);
    }
  });
});
