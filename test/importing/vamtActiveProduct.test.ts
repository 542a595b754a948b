import { expect, test } from 'vitest';
import { vamtActiveProduct } from '../../src/importing/formats/vamtActiveProduct.js';
import { expectNothingToBreak, expectSameInAnyChunks, observations, parse, PLANTED_KEY, refusals, understood } from './parserTrials.js';

/** Synthetic: invented machines in the columns of base.ActiveProduct. */
const HEADER =
  'FullyQualifiedDomainName,ProductName,ProductDescription,ProductVersion,LicenseFamily,ApplicationId,InstallationId,ConfirmationId,SoftwareProvider,ProductKeyId,ProductKeyType,PartialProductKey,Sku,LicenseStatus,LicenseStatusReason,GraceExpirationDate,ActionsAllowed,GenuineStatus,LicenseStatusLastUpdated,CMID,KmsHost,KmsPort,VLActivationType,VLActivationTypeEnabled,AdActivationObjectName,AdActivationObjectDN,LastActionStatus,LastErrorCode,LastUpdated';
const KMS_ROW =
  'pc-01.ledger.example,"Office 16, Office16ProPlusVL_KMS_Client edition","Office 16, VOLUME_KMSCLIENT channel",16.0,Office16,0FF1CE15-A989-479D-AF46-F275C6370663,012345678901234567890123456789012345678901234567890123456789012,NULL,1,03612-03391-000-000000-03-1033-10586.0000-3342017,4,WFG99,D450596F-894D-49E0-966A-FD39ED4C4C64,1,1074065472,2026-09-01 08:15:00.000,0,0,2026-03-05 08:15:00.123,36F27B39-2FD5-440B-BE67-A09996D27A38,kms.ledger.example,1688,2,0,NULL,NULL,Successfully updated,0,2026-03-06 09:00:00.000';
const MAK_ROW =
  'pc-02.ledger.example,Windows(R) Enterprise,"Windows(R) Operating System, VOLUME_MAK channel",10.0,Enterprise,55c92734-d682-4d71-983e-d6ec3f16059f,NULL,123456789012345678901234567890123456789012345678,1,NULL,2,ABCDE,00000000-0000-4000-8000-000000000001,1,0,NULL,0,0,2026-03-05 10:00:00,NULL,NULL,NULL,0,0,NULL,NULL,Done,0,NULL';
const ADBA_ROW =
  'pc-03.ledger.example,Windows(R) Pro,"Windows(R) Operating System, VOLUME_KMSCLIENT channel",10.0,Professional,55c92734-d682-4d71-983e-d6ec3f16059f,NULL,NULL,1,NULL,4,T83GX,00000000-0000-4000-8000-000000000002,5,-1073418124,NULL,0,0,NULL,NULL,NULL,NULL,1,0,Example AO,"CN=ao,DC=ledger,DC=example",x,0,NULL';
const DUMP = [HEADER, KMS_ROW, MAK_ROW, ADBA_ROW, ''].join('\r\n');

test('reads a KMS client with all it says, and no time where the zone is not known', () => {
  expect(understood(vamtActiveProduct, [HEADER, KMS_ROW].join('\n'))).toEqual([
    {
      kind: 'understood',
      record: 1,
      identity: expect.stringMatching(/^content\|vamt-active-product\|pc-01\.ledger\.example\|[0-9a-f]{64}$/),
      occurredAt: undefined,
      occurredAtRaw: '2026-03-05 08:15:00.123',
      observations: [
        {
          kind: 'licenseState',
          host: { rawName: 'pc-01.ledger.example', cmid: '36f27b39-2fd5-440b-be67-a09996d27a38' },
          evidence: 'VAMT_DATABASE',
          skuId: 'd450596f-894d-49e0-966a-fd39ed4c4c64',
          applicationId: '0ff1ce15-a989-479d-af46-f275c6370663',
          productName: 'Office 16, Office16ProPlusVL_KMS_Client edition',
          description: 'Office 16, VOLUME_KMSCLIENT channel',
          channel: 'VOLUME_KMSCLIENT',
          keyKind: 'KMS_CLIENT',
          key: { lastFive: 'WFG99' },
          productKeyId: '03612-03391-000-000000-03-1033-10586.0000-3342017',
          status: 'LICENSED',
          statusRaw: undefined,
          statusReason: '0x4004F040',
          method: 'KMS',
          kmsHost: 'kms.ledger.example:1688',
          activationObject: undefined,
          confirmationIdPresent: undefined,
          minutesRemaining: undefined,
          permanent: undefined,
        },
      ],
    },
  ]);
});

test('places the time of the status in a known zone, and counts the minutes that remained then', () => {
  const [record] = understood(vamtActiveProduct, [HEADER, KMS_ROW].join('\n'), { timeZone: 'UTC' });
  expect(record?.occurredAt).toBe('2026-03-05T08:15:00.123Z');
  expect(record?.observations[0]).toMatchObject({ minutesRemaining: 180 * 24 * 60 });
});

test('tells a MAK by proxy from its confirmation id, and passes on neither that id nor the installation id', () => {
  const [mak] = observations(vamtActiveProduct, [HEADER, MAK_ROW].join('\n'));
  expect(mak).toMatchObject({ keyKind: 'MAK', method: 'MAK_PROXY', confirmationIdPresent: true, permanent: true, key: { lastFive: 'ABCDE' } });
  expect(JSON.stringify(parse(vamtActiveProduct, DUMP))).not.toMatch(/\d{48}/);
});

test('tells activation through Active Directory, its object, and a negative reason', () => {
  const [adba] = observations(vamtActiveProduct, [HEADER, ADBA_ROW].join('\n'));
  expect(adba).toMatchObject({
    status: 'NOTIFICATION',
    statusReason: '0xC004F074',
    method: 'ADBA',
    activationObject: { name: 'Example AO', distinguishedName: 'CN=ao,DC=ledger,DC=example' },
  });
});

test('gives the rows of api.Product that differ in the language of their words alone one identity', () => {
  const header = 'ResourceLanguage\tLicenseStatusText\tGenuineStatusText\tKeyTypeName\tFULLYQUALIFIEDDOMAINNAME\tsku\tApplicationId\tLicenseStatus\tPartialProductKey';
  const row = (language: string, text: string) => `${language}\t${text}\tx\tGvlk\tpc-01\td450596f-894d-49e0-966a-fd39ed4c4c64\t0ff1ce15-a989-479d-af46-f275c6370663\t1\tWFG99`;
  const records = understood(vamtActiveProduct, [header, row('en-US', 'Licensed'), row('de-DE', 'Lizenziert')].join('\n'));
  expect(records.length).toBe(2);
  expect(new Set(records.map((record) => record.identity)).size).toBe(1);
});

test('gives an unchanged row the same identity in any column order, zone and separator, and a changed one another', () => {
  const first = ['FullyQualifiedDomainName,Sku,LicenseStatus,ProductKeyType,LastUpdated', 'PC-01,d450596f-894d-49e0-966a-fd39ed4c4c64,1,4,2026-03-05 08:15:00'];
  const again = ['LastUpdated;LicenseStatus;ProductKeyType;Sku;FullyQualifiedDomainName', '2026-03-05 08:15:00;1;4;{D450596F-894D-49E0-966A-FD39ED4C4C64};PC-01'];
  const identity = (lines: string[], timeZone?: string) => understood(vamtActiveProduct, lines.join('\n'), { timeZone })[0]?.identity;
  expect(identity(again, 'UTC')).toBe(identity(first));
  expect(identity([first[0]!, first[1]!.replace(',1,', ',5,')])).not.toBe(identity(first));
  expect(identity([first[0]!, first[1]!.replace('05 08', '06 08')])).not.toBe(identity(first));
});

test.each([
  ['Licensed', 'LICENSED'],
  ['unlicensed', 'UNLICENSED'],
  ['OOBGrace', 'OOB_GRACE'],
  ['Non-genuine grace', 'NON_GENUINE_GRACE'],
  ['6', 'EXTENDED_GRACE'],
])('reads the status %s of Get-VamtProduct | Export-Csv', (word, status) => {
  const text = `#TYPE Microsoft.Licensing.VolumeActivation.Product\n"FullyQualifiedDomainName","LicenseStatus","ProductKeyType","PartialProductKey"\n"pc-01","${word}","Mak","ABCDE"\n`;
  expect(vamtActiveProduct.recognises(text)).toBe(95);
  expect(observations(vamtActiveProduct, text)).toMatchObject([{ status, keyKind: 'MAK' }]);
});

test.each(['Lizenziert', '7', '-1'])('takes the status %s for unknown and keeps the word', (word) => {
  expect(observations(vamtActiveProduct, `FullyQualifiedDomainName,LicenseStatus,PartialProductKey\npc-01,${word},ABCDE`)).toMatchObject([{ status: 'UNKNOWN', statusRaw: word }]);
});

test('refuses a row without a machine unless one is given', () => {
  const text = 'FullyQualifiedDomainName,LicenseStatus,PartialProductKey\nNULL,1,ABCDE\npc-01,1,ABCDE';
  const records = parse(vamtActiveProduct, text);
  expect(refusals(records)).toEqual(['MISSING_HOST']);
  expect(records.length).toBe(2);
  expect(observations(vamtActiveProduct, text, { host: 'pc-09' }).map((each) => each.kind === 'licenseState' && each.host.rawName)).toEqual(['pc-09', 'pc-01']);
});

test('refuses rows whose commas are not quoted, and reads on', () => {
  const shifted = KMS_ROW.replaceAll('"', '');
  const records = parse(vamtActiveProduct, [HEADER, shifted, MAK_ROW].join('\n'));
  expect(records.map((record) => record.kind)).toEqual(['refused', 'understood']);
  expect(records[0]).toMatchObject({ code: 'WRONG_COLUMN_COUNT', record: 1 });
});

test('refuses a SKU that is no GUID, a field that is too long, and a row the file cuts off', () => {
  const records = parse(vamtActiveProduct, `FullyQualifiedDomainName,Sku,LicenseStatus\npc-01,x,1\n${'n'.repeat(1025)},,1\npc-01,`);
  expect(refusals(records)).toEqual(['INVALID_FIELD', 'FIELD_TOO_LONG', 'TRUNCATED']);
});

test('refuses a quote that is never closed and reads the rows after it', () => {
  const rows = Array.from({ length: 300 }, (_, index) => `pc-${index},1,ABCDE`);
  const records = parse(vamtActiveProduct, ['FullyQualifiedDomainName,LicenseStatus,PartialProductKey', '"pc-x,1,ABCDE', ...rows].join('\n'));
  expect(refusals(records)).toEqual(['MALFORMED_CSV']);
  expect(records.filter((record) => record.kind === 'understood').length).toBe(300);
});

test('refuses a table of other columns once', () => {
  expect(refusals(parse(vamtActiveProduct, 'a,b\n1,2\n3,4\n'))).toEqual(['WRONG_COLUMNS']);
});

test('passes over a sep line, the rule and the count of sqlcmd, and blank lines', () => {
  const text = 'sep=;\r\nFullyQualifiedDomainName;LicenseStatus;PartialProductKey\r\n----;--;---\r\npc-01;1;ABCDE\r\n\r\n(1 rows affected)\r\n';
  expect(observations(vamtActiveProduct, text).length).toBe(1);
});

test('reads line breaks and doubled quotes inside quotes', () => {
  const text = 'FullyQualifiedDomainName,LicenseStatus,PartialProductKey,ProductName\npc-01,1,ABCDE,"a ""b""\nc"\npc-02,1,ABCDE,d\n';
  expect(observations(vamtActiveProduct, text).map((each) => each.kind === 'licenseState' && each.productName)).toEqual(['a "b" c', 'd']);
});

test('lets no whole key through, wherever it stands', () => {
  const row = KMS_ROW.replace('Office 16, Office16', `${PLANTED_KEY} Office16`).replace('WFG99', PLANTED_KEY).replace('pc-01', PLANTED_KEY.replaceAll('-', ''));
  const told = JSON.stringify(parse(vamtActiveProduct, [HEADER, row, row.replace(/^[^,]*/, PLANTED_KEY)].join('\n')));
  expect(told).toContain('GGGGG');
  expect(told).not.toContain(PLANTED_KEY);
});

test('gives the same records wherever the text is cut', () => {
  expectSameInAnyChunks(vamtActiveProduct, `${DUMP}"pc-04\n`);
});

test('neither throws nor hangs, whatever the text', () => {
  expectNothingToBreak(vamtActiveProduct, [DUMP]);
});
