import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { slpCsv } from '../../src/importing/formats/slpCsv.js';
import { slpJson } from '../../src/importing/formats/slpJson.js';
import { PLANTED_KEY, asStored, hostileTexts, isWellFormed, observationsIn, parse, pieceLengths, refusedIn, statesIn, understoodIn } from './hostTextSupport.js';

// Synthetic: invented machines, keys and ids in the shape that ConvertTo-Json writes.
const KMS_CLIENT = {
  Caption: null,
  ApplicationID: '55c92734-d682-4d71-983e-d6ec3f16059f',
  Description: 'Windows(R) Operating System, VOLUME_KMSCLIENT channel',
  GracePeriodRemaining: 259_174,
  ID: '11111111-2222-3333-4444-555555555555',
  IsKeyManagementServiceMachine: 0,
  KeyManagementServiceCurrentCount: 4_294_967_295,
  LicenseIsAddon: false,
  LicenseStatus: 1,
  Name: 'Windows(R), Enterprise edition',
  PartialProductKey: 'T83GX',
  VLActivationType: 1,
  ADActivationObjectName: 'Object A',
  ADActivationObjectDN: 'CN=Object A,DC=branch,DC=example',
  TrustedTime: '/Date(1795352400000)/',
  PSComputerName: null,
  CimClass: { CimSuperClassName: null, CimClassProperties: ['Caption', '{"LicenseStatus": 1}', '}]'], CimSystemProperties: { ServerName: 'not this' } },
  CimInstanceProperties: { value: ['Caption = null'], Count: 61 },
  CimSystemProperties: { Namespace: 'root/cimv2', ServerName: 'PC-01', ClassName: 'SoftwareLicensingProduct', Path: null },
};
const MAK = { PSComputerName: 'PC-02.branch.example', Description: 'Office 16, VOLUME_MAK channel', GracePeriodRemaining: 0, ID: '22222222-2222-3333-4444-555555555555', LicenseStatus: 1, PartialProductKey: 'BBBCC' };
// Windows PowerShell escapes the slashes of its dates.
const FILE = JSON.stringify([KMS_CLIENT, MAK], undefined, 4).replaceAll('/Date(1795352400000)/', '\\/Date(1795352400000)\\/');

describe('SoftwareLicensingProduct as JSON', () => {
  test('understands an object among the noise of its class', () => {
    const [record] = understoodIn(parse(slpJson, FILE));
    expect(record?.occurredAt).toBe('2026-11-22T13:00:00.000Z');
    expect(asStored(record?.observations)).toEqual([
      {
        kind: 'licenseState',
        host: { rawName: 'PC-01' },
        evidence: 'SOFTWARE_LICENSING_PRODUCT',
        skuId: '11111111-2222-3333-4444-555555555555',
        applicationId: '55c92734-d682-4d71-983e-d6ec3f16059f',
        productName: 'Windows(R), Enterprise edition',
        description: 'Windows(R) Operating System, VOLUME_KMSCLIENT channel',
        channel: 'VOLUME_KMSCLIENT',
        keyKind: 'KMS_CLIENT',
        key: { lastFive: 'T83GX' },
        status: 'LICENSED',
        minutesRemaining: 259_174,
        method: 'ADBA',
        activationObject: { name: 'Object A', distinguishedName: 'CN=Object A,DC=branch,DC=example' },
        trustedTimeRaw: '/Date(1795352400000)/',
      },
    ]);
  });

  test('takes one object, a list, lists in lists, wrappers and one text after another alike', () => {
    const one = JSON.stringify(MAK);
    const [expected] = parse(slpJson, one);
    const alike = [
      `[${one}]`,
      `[[${one}],[]]`,
      `{"value":[${one}],"Count":1}`,
      `{ "@odata.context" : "$metadata", "value" : [ ${one} ] , "more": {} }`.replace(', "more": {}', ''),
      `[{"value":[${one}],"Count":1}]`,
      `\uFEFF\n${one}\n`,
    ];
    for (const text of alike) expect(parse(slpJson, text)).toEqual([expected]);
    expect(parse(slpJson, `${one}\n${one}`)).toHaveLength(2);
  });

  test('reads a date that Windows PowerShell has decorated', () => {
    const text = JSON.stringify({ ...MAK, TrustedTime: { value: '/Date(1795352400000)/', DisplayHint: 2, DateTime: 'Sunday' } });
    expect(understoodIn(parse(slpJson, text))[0]?.occurredAt).toBe('2026-11-22T13:00:00.000Z');
  });

  test('takes dates of 1601 for none', () => {
    const text = JSON.stringify({ ...MAK, TrustedTime: '/Date(-11644473600000)/' });
    const [record] = understoodIn(parse(slpJson, text));
    expect(record?.occurredAt).toBeUndefined();
    expect(statesIn(record === undefined ? [] : [record])[0]?.trustedTimeRaw).toBeUndefined();
  });

  test('gives a record the identity that it has in CSV', () => {
    const values = Object.entries(MAK);
    const csv = `${values.map(([name]) => `"${name}"`).join(',')}\n${values.map(([, value]) => `"${value}"`).join(',')}`;
    expect(understoodIn(parse(slpCsv, csv))[0]?.identity).toBe(understoodIn(parse(slpJson, JSON.stringify(MAK)))[0]?.identity);
  });

  test('refuses each bad object by itself and takes the good ones around it', () => {
    const good = JSON.stringify(MAK);
    const bad = ['{"LicenseStatus": 1,}', '{"LicenseStatus": 1', '{"Name": "not a licence"}', '"text"', `{"Name": "${'x'.repeat(1_100_000)}"}`, '{"Name": "unclosed\n}'];
    const records = parse(slpJson, `[${bad.flatMap((text) => [text, good]).join(',\n')}]`);
    expect(refusedIn(records).map((record) => record.code)).toEqual([
      'MALFORMED_JSON',
      'MALFORMED_JSON',
      'WRONG_SHAPE',
      'MALFORMED_JSON',
      'RECORD_TOO_LONG',
      'MALFORMED_JSON',
    ]);
    expect(statesIn(records)).toHaveLength(bad.length);
  });

  test('refuses a run of what is no object once, however long', () => {
    for (const junk of ['['.repeat(100_000), 'true false '.repeat(10_000), ']'.repeat(100_000)]) {
      expect(refusedIn(parse(slpJson, junk)).filter((record) => record.code === 'MALFORMED_JSON')).toHaveLength(1);
    }
  });

  test('refuses as truncated what the end of the file cuts off', () => {
    const cut = parse(slpJson, FILE.slice(0, -30));
    expect(refusedIn(cut).map((record) => record.code)).toEqual(['TRUNCATED']);
    expect(statesIn(cut)).toHaveLength(1);
    expect(refusedIn(parse(slpJson, FILE.slice(0, -1))).map((record) => record.code)).toEqual(['TRUNCATED']);
    expect(refusedIn(parse(slpJson, '[]')).map((record) => record.code)).toEqual(['NO_RECORDS']);
  });

  test('keeps no product key that stands in any member, nor in a damaged object', () => {
    const planted = Object.keys(KMS_CLIENT).map((name) => ({ ...KMS_CLIENT, [name]: PLANTED_KEY }));
    const records = parse(slpJson, `${JSON.stringify(planted)}{"PartialProductKey": "${PLANTED_KEY}" oops}`, 'pc.example');
    expect(records).toHaveLength(planted.length + 1);
    expect(JSON.stringify(records)).not.toContain(PLANTED_KEY);
    expect(observationsIn(records).filter((observation) => observation.kind === 'licenseState' && observation.key?.fingerprint !== undefined)).toHaveLength(1);
  });

  test('emits the same however the text is cut into pieces', () => {
    const text = `{"value":${FILE},"Count":2}`;
    const whole = parse(slpJson, text);
    expect(statesIn(whole)).toHaveLength(2);
    fc.assert(
      fc.property(pieceLengths, (pieces) => {
        expect(parse(slpJson, text, undefined, pieces)).toEqual(whole);
      }),
      { numRuns: 100 },
    );
  });

  test('no text makes it throw, hang or emit a malformed record', () => {
    fc.assert(fc.property(hostileTexts(FILE), pieceLengths, (text, pieces) => isWellFormed(parse(slpJson, text, 'pc.example', pieces))), { numRuns: 200 });
    for (const hostile of ['['.repeat(5_000_000), '{'.repeat(100_000), '{"a":'.repeat(500_000), `{"a":${'['.repeat(500_000)}${']'.repeat(500_000)}}`, '"'.repeat(5_000_001), `{"a":"${'x'.repeat(10_000_000)}`]) {
      expect(isWellFormed(parse(slpJson, hostile, 'pc.example', [65_536]))).toBe(true);
    }
  });
});
