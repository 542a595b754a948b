import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { slpCsv } from '../../src/importing/formats/slpCsv.js';
import { PLANTED_KEY, asStored, countsIn, hostileTexts, isWellFormed, observationsIn, parse, pieceLengths, refusedIn, statesIn, understoodIn } from './hostTextSupport.js';

// Synthetic: invented machines, keys and ids in the shape that Export-Csv writes.
const HEADER =
  '"PSComputerName","ApplicationID","Description","GracePeriodRemaining","ID","IsKeyManagementServiceMachine","KeyManagementServiceCurrentCount","KeyManagementServiceMachine","KeyManagementServicePort","KeyManagementServiceTotalRequests","LicenseStatus","LicenseStatusReason","Name","PartialProductKey","ProductKeyChannel","RequiredClientCount","TrustedTime","VLActivationType","VLActivationTypeEnabled","ADActivationObjectName"';
const KMS_CLIENT =
  '"PC-01.branch.example","55C92734-D682-4D71-983E-D6EC3F16059F","Windows(R) Operating System, VOLUME_KMSCLIENT channel","259174","11111111-2222-3333-4444-555555555555","0","4294967295","kms.branch.example","1688","4294967295","1","1074065472","Windows(R), Enterprise edition","T83GX","Volume:GVLK","4294967295","11/22/2026 1:00:00 PM","2","0",""';
const MAK =
  '"PC-02.branch.example","0ff1ce15-a989-479d-af46-f275c6370663","Office 16, VOLUME_MAK channel","0","22222222-2222-3333-4444-555555555555","0","4294967295","","0","4294967295","1","0","Office 16, Office16ProPlusVL_MAK edition","BBBCC","Volume:MAK","4294967295","","0","0",""';
const NOT_INSTALLED =
  '"PC-02.branch.example","0ff1ce15-a989-479d-af46-f275c6370663","Office 16, RETAIL channel","0","33333333-2222-3333-4444-555555555555","0","4294967295","","0","4294967295","0","3221549076","Office 16, Office16SomethingR edition","","","4294967295","","0","0",""';
const KMS_HOST =
  '"KMS-01.branch.example","55c92734-d682-4d71-983e-d6ec3f16059f","Windows(R) Operating System, VOLUME_KMS_WS19 channel","0","44444444-2222-3333-4444-555555555555","1","50","","0","826","1","0","Windows(R), ServerStandard edition","DDDFF","Volume:CSVLK","25","","0","0",""';
const FILE = ['#TYPE Microsoft.Management.Infrastructure.CimInstance#root/cimv2/SoftwareLicensingProduct', HEADER, KMS_CLIENT, MAK, NOT_INSTALLED, KMS_HOST, ''].join('\r\n');

describe('SoftwareLicensingProduct as CSV', () => {
  test('gives one state per installed product, and passes over those without a key', () => {
    const records = parse(slpCsv, FILE);
    expect(refusedIn(records)).toEqual([]);
    expect(understoodIn(records).map((record) => record.observations.length)).toEqual([1, 1, 0, 2]);
  });

  test('understands a KMS client with its end, host and reason', () => {
    expect(asStored(statesIn(parse(slpCsv, FILE))[0])).toEqual({
      kind: 'licenseState',
      host: { rawName: 'PC-01.branch.example' },
      evidence: 'SOFTWARE_LICENSING_PRODUCT',
      skuId: '11111111-2222-3333-4444-555555555555',
      applicationId: '55c92734-d682-4d71-983e-d6ec3f16059f',
      productName: 'Windows(R), Enterprise edition',
      description: 'Windows(R) Operating System, VOLUME_KMSCLIENT channel',
      channel: 'Volume:GVLK',
      keyKind: 'KMS_CLIENT',
      key: { lastFive: 'T83GX' },
      status: 'LICENSED',
      statusReason: '0x4004F040',
      minutesRemaining: 259_174,
      method: 'KMS',
      kmsHost: 'kms.branch.example:1688',
      trustedTimeRaw: '11/22/2026 1:00:00 PM',
    });
  });

  test('takes a licensed MAK product with no minutes left for a permanent one', () => {
    const state = statesIn(parse(slpCsv, FILE))[1];
    expect(state).toMatchObject({ status: 'LICENSED', permanent: true, method: 'MAK_INDEPENDENT', keyKind: 'MAK' });
    expect(state?.minutesRemaining).toBeUndefined();
    expect(state?.statusReason).toBeUndefined();
  });

  test('gives the counters of a KMS host', () => {
    expect(asStored(countsIn(parse(slpCsv, FILE)))).toEqual([
      {
        kind: 'kmsCount',
        host: { rawName: 'KMS-01.branch.example' },
        evidence: 'SOFTWARE_LICENSING_PRODUCT',
        skuId: '44444444-2222-3333-4444-555555555555',
        currentCount: 50,
        requiredCount: 25,
        requests: { total: 826 },
      },
    ]);
  });

  test('reads the same from semicolons, tabs, columns in another order and two exports in one file', () => {
    const expected = parse(slpCsv, FILE).map((record) => (record.kind === 'understood' ? record.identity : ''));
    const reordered = FILE.split('\r\n')
      .slice(1, 6)
      .map((line) => line.split('","').map((cell) => cell.replaceAll('"', '')).reverse());
    for (const delimiter of [';', '\t', ',']) {
      const text = reordered.map((cells) => cells.map((cell) => `"${cell}"`).join(delimiter)).join('\n');
      expect(parse(slpCsv, text).map((record) => (record.kind === 'understood' ? record.identity : ''))).toEqual(expected);
    }
    expect(understoodIn(parse(slpCsv, FILE + FILE)).map((record) => record.identity)).toEqual([...expected, ...expected]);
  });

  test('recognises Active Directory and configured activation types of volume clients', () => {
    const methodWith = (type: string, enabled: string, object: string): string | undefined =>
      statesIn(parse(slpCsv, `${HEADER}\n${KMS_CLIENT.replace('"kms.branch.example","1688"', '"","0"').replace('"2","0",""', `"${type}","${enabled}","${object}"`)}`))[0]?.method;
    expect(methodWith('0', '0', 'Object A')).toBe('ADBA');
    expect(methodWith('1', '0', '')).toBe('ADBA');
    expect(methodWith('0', '2', 'Object A')).toBe('KMS');
    expect(methodWith('3', '0', '')).toBe('TOKEN');
    expect(methodWith('0', '0', '')).toBe('KMS');
  });

  test('takes an unknown status for unknown and keeps its text', () => {
    const records = parse(slpCsv, `${HEADER}\n${KMS_CLIENT.replace('"1","1074065472"', '"17","1074065472"')}`);
    expect(statesIn(records)[0]).toMatchObject({ status: 'UNKNOWN', statusRaw: '17' });
  });

  test('refuses a record without a machine, unless the caller names it', () => {
    const text = `${HEADER}\n${KMS_CLIENT.replace('PC-01.branch.example', '')}`;
    expect(refusedIn(parse(slpCsv, text)).map((record) => record.code)).toEqual(['MISSING_HOST']);
    expect(statesIn(parse(slpCsv, text, 'given.example')).map((state) => state.host.rawName)).toEqual(['given.example']);
  });

  test('refuses each bad row by itself and takes the good ones around it', () => {
    const bad = ['"PC-03.branch.example","stray', '"a","b"', KMS_CLIENT.replace('259174', '-5'), KMS_CLIENT.replace('259174', '99999999999'), 'x'.repeat(1_100_000)];
    const text = [HEADER, ...bad.flatMap((row) => [row, MAK])].join('\r\n');
    const records = parse(slpCsv, `${text}\r\n`);
    expect(refusedIn(records).map((record) => record.code)).toEqual(['MALFORMED_CSV', 'WRONG_COLUMN_COUNT', 'NUMBER_OUT_OF_RANGE', 'NUMBER_OUT_OF_RANGE', 'RECORD_TOO_LONG']);
    expect(statesIn(records)).toHaveLength(5);
  });

  test('refuses a last row that the end of the file cuts off', () => {
    for (const cut of [3, 40]) {
      const records = parse(slpCsv, `${HEADER}\n${MAK}\n${KMS_CLIENT.slice(0, -cut)}`);
      expect(refusedIn(records).map((record) => record.code)).toEqual(['TRUNCATED']);
      expect(statesIn(records)).toHaveLength(1);
    }
  });

  test('refuses a text that holds nothing of it', () => {
    expect(parse(slpCsv, '').map((record) => record.kind === 'refused' && record.code)).toEqual(['NO_RECORDS']);
    expect(parse(slpCsv, 'a,b\n1,2\n').map((record) => record.kind === 'refused' && record.code)).toEqual(['MISSING_HEADER', 'MISSING_HEADER']);
  });

  test('keeps no product key that stands in any column', () => {
    const rows = HEADER.split(',').map((_, column) => KMS_CLIENT.split(/(?<="),(?=")/).map((cell, index) => (index === column ? `"${PLANTED_KEY}"` : cell)).join(','));
    const records = parse(slpCsv, [HEADER, ...rows].join('\n'), 'pc.example');
    expect(records).toHaveLength(rows.length);
    expect(JSON.stringify(records)).not.toContain(PLANTED_KEY);
    expect(observationsIn(records).filter((observation) => observation.kind === 'licenseState' && observation.key?.fingerprint !== undefined)).toHaveLength(1);
  });

  test('emits the same however the text is cut into pieces', () => {
    const whole = parse(slpCsv, FILE);
    fc.assert(fc.property(pieceLengths, (pieces) => {
        expect(parse(slpCsv, FILE, undefined, pieces)).toEqual(whole);
      }), { numRuns: 100 });
  });

  test('no text makes it throw, hang or emit a malformed record', () => {
    fc.assert(fc.property(hostileTexts(FILE), pieceLengths, (text, pieces) => isWellFormed(parse(slpCsv, text, 'pc.example', pieces))), { numRuns: 200 });
    for (const hostile of ['"'.repeat(10_000_000), 'x'.repeat(10_000_000), '"\n'.repeat(100_000), '",a\n'.repeat(100_000), '\0'.repeat(100_000)]) {
      expect(isWellFormed(parse(slpCsv, hostile, 'pc.example', [65_536]))).toBe(true);
    }
  });
});
