import { expect, test } from 'vitest';
import { cil } from '../../src/importing/formats/cil.js';
import { expectNothingToBreak, expectSameInAnyChunks, observations, parse, PLANTED_KEY, refusals, understood } from './parserTrials.js';

/** Synthetic: the published part of the schema, and the rest under the names of the later database. */
const CIL = `<?xml version="1.0" encoding="utf-8"?>
<SoftwareLicensingData Version="2.0">
  <Computers>
    <Computer Name="pc-01" OSVersion="6.1.7601" OSEdition="Windows 7 Enterprise" NetworkType="Domain" NetworkName="ledger.example" Id="e3f3f83c-f050-4d81-9117-000000000001">
      <MacAddresses>
        <MacAddress>00:11:11:CF:FC:01</MacAddress>
        <MacAddress>00-11-11-cf-fc-01</MacAddress>
        <MacAddress>00:11:11:CF:FC:xx</MacAddress>
      </MacAddresses>
      <Products>
        <Product>
          <Sku Id="{D450596F-894D-49E0-966A-FD39ED4C4C64}" Name="Office 16, Example edition" ApplicationId="0ff1ce15-a989-479d-af46-f275c6370663" />
          <LicenseStatus>1</LicenseStatus>
          <PartialProductKey>WFG99</PartialProductKey>
          <ProductDescription>Office 16, VOLUME_KMSCLIENT channel</ProductDescription>
          <Unheard><Of deeper="1">x</Of></Unheard>
        </Product>
        <Product LicenseStatus="Notification" ProductKeyType="Mak" PartialProductKey="ABCDE" LastUpdated="2026-03-05T10:00:00Z"/>
      </Products>
    </Computer>
  </Computers>
</SoftwareLicensingData>
`;
const WITHOUT_NAMES = `<v:SoftwareLicensingData xmlns:v="urn:example"><v:Computers>
<v:Computer NetworkType="None" Id="e3f3f83c-f050-4d81-9117-000000000002"><v:Products><v:Product LicenseStatus="1"/></v:Products></v:Computer>
<v:Computer NetworkType="None"/></v:Computers></v:SoftwareLicensingData>`;

test('reads a computer, then each of its products', () => {
  const host = { rawName: 'pc-01', cmid: undefined, macAddresses: ['00:11:11:CF:FC:01'], vamtId: 'e3f3f83c-f050-4d81-9117-000000000001' };
  expect(observations(cil, CIL)).toEqual([
    {
      kind: 'host',
      host,
      evidence: 'VAMT_CIL',
      networkName: 'ledger.example',
      networkType: 'DOMAIN',
      osEdition: 'Windows 7 Enterprise',
      osVersion: '6.1.7601',
    },
    expect.objectContaining({
      kind: 'licenseState',
      host,
      evidence: 'VAMT_CIL',
      skuId: 'd450596f-894d-49e0-966a-fd39ed4c4c64',
      applicationId: '0ff1ce15-a989-479d-af46-f275c6370663',
      productName: 'Office 16, Example edition',
      channel: 'VOLUME_KMSCLIENT',
      keyKind: 'KMS_CLIENT',
      key: { lastFive: 'WFG99' },
      status: 'LICENSED',
    }),
    expect.objectContaining({ status: 'NOTIFICATION', keyKind: 'MAK', method: 'MAK_INDEPENDENT', key: { lastFive: 'ABCDE' } }),
  ]);
});

test('places a time that says it is UTC', () => {
  expect(understood(cil, CIL).map((record) => record.occurredAt)).toEqual([undefined, undefined, '2026-03-05T10:00:00.000Z']);
});

test('reads names as attributes or elements, in any case and order', () => {
  const text = '<softwarelicensingdata><COMPUTER><products><product><licenseStatus>1</licenseStatus></product></products><NAME>pc-01</NAME><osedition>x</osedition></COMPUTER></softwarelicensingdata>';
  expect(observations(cil, text)).toMatchObject([
    { kind: 'host', host: { rawName: 'pc-01' }, osEdition: 'x' },
    { kind: 'licenseState', host: { rawName: 'pc-01' }, status: 'LICENSED' },
  ]);
});

test('calls a computer without a name by its VAMT id, and one without either by the host given', () => {
  const records = parse(cil, WITHOUT_NAMES);
  expect(records.map((record) => record.kind)).toEqual(['understood', 'understood', 'refused']);
  expect(refusals(records)).toEqual(['MISSING_HOST']);
  const named = observations(cil, WITHOUT_NAMES, { host: 'pc-09' });
  expect(named.map((each) => 'host' in each && each.host.rawName)).toEqual(['e3f3f83c-f050-4d81-9117-000000000002', 'e3f3f83c-f050-4d81-9117-000000000002', 'pc-09']);
});

test('keeps the computers before a fault and tells its line', () => {
  const broken = CIL.replace('  </Computers>', '<Computer Name="pc-02"></Komputer>\n</Computers>');
  const records = parse(cil, broken);
  expect(records.length).toBe(4);
  expect(records[3]).toEqual({ kind: 'refused', record: 4, code: 'MALFORMED_XML', reason: 'Line 21: the XML is not well-formed from here on.' });
});

test('keeps the computers before the place where the file is cut off', () => {
  const records = parse(cil, CIL.slice(0, CIL.lastIndexOf('</Computers>')));
  expect([records.length, ...refusals(records)]).toEqual([4, 'TRUNCATED']);
});

test.each(['<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/hostname">]>', '<!DOCTYPE x SYSTEM "https://ledger.example/x.dtd">'])('refuses the document type %s', (doctype) => {
  expect(refusals(parse(cil, CIL.replace('<SoftwareLicensingData', `${doctype}<SoftwareLicensingData`)))).toEqual(['XML_ENTITY']);
});

test('refuses an entity beyond the five of XML', () => {
  expect(refusals(parse(cil, CIL.replace('Windows 7', '&secret;')))).toEqual(['XML_ENTITY']);
});

test('refuses a computer, and only that one, that is larger than a record may be', () => {
  const huge = `<Computer Name="pc-00"><Products>${'<Product LicenseStatus="1" ProductName="an example"/>'.repeat(40_000)}</Products></Computer>`;
  const records = parse(cil, CIL.replace('<Computers>', `<Computers>${huge}`));
  expect(refusals(records)).toEqual(['RECORD_TOO_LONG']);
  expect(records.length).toBe(4);
});

test('refuses a field that is too long and reads the products beside it', () => {
  const records = parse(cil, CIL.replace('Office 16, Example edition', 'x'.repeat(2000)));
  expect(records.map((record) => (record.kind === 'refused' ? record.code : record.kind))).toEqual(['understood', 'FIELD_TOO_LONG', 'understood']);
});

test('refuses what is no CIL file, once', () => {
  for (const text of ['', 'NetworkName="x" Id="y">\n<MacAddresses></MacAddresses>', '<a/>']) expect(refusals(parse(cil, text))).toEqual(['WRONG_SHAPE']);
});

test('gives an unchanged computer and product the same identity', () => {
  const identities = (text: string) => understood(cil, text).map((record) => record.identity);
  expect(identities(CIL.replaceAll('\n', '\r\n'))).toEqual(identities(CIL));
  expect(identities(CIL.replace('<LicenseStatus>1<', '<LicenseStatus>5<')).map((identity, index) => identity === identities(CIL)[index])).toEqual([true, false, true]);
});

test('lets no whole key through', () => {
  const text = CIL.replace('WFG99', PLANTED_KEY).replace('Windows 7', PLANTED_KEY).replace('pc-01', PLANTED_KEY);
  const told = JSON.stringify(parse(cil, text));
  expect(told).toContain('GGGGG');
  expect(told).not.toContain(PLANTED_KEY);
});

test('gives the same records wherever the text is cut', () => {
  expectSameInAnyChunks(cil, CIL);
  expectSameInAnyChunks(cil, WITHOUT_NAMES);
});

test('neither throws nor hangs, whatever the text', () => {
  expectNothingToBreak(cil, [CIL, WITHOUT_NAMES]);
});
