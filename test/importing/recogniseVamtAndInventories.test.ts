import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cil } from '../../src/importing/formats/cil.js';
import { glpiJson, glpiXml } from '../../src/importing/formats/glpi.js';
import { keyList } from '../../src/importing/formats/keyList.js';
import { vamtActiveProduct } from '../../src/importing/formats/vamtActiveProduct.js';
import { vamtProductKey } from '../../src/importing/formats/vamtProductKey.js';
import { vamtVolumeClient } from '../../src/importing/formats/vamtVolumeClient.js';
import { SNIFF_CHARACTERS } from '../../src/importing/parser.js';
import { observations, parse, refusals } from './parserTrials.js';

const FORMATS = [vamtActiveProduct, vamtProductKey, vamtVolumeClient, cil, glpiXml, glpiJson, keyList];

/** Names of the formats that recognise a text, the surest first. */
function recognisers(text: string): string[] {
  return FORMATS.map((format) => ({ name: format.name, sureness: format.recognises(text.slice(0, SNIFF_CHARACTERS)) }))
    .filter(({ sureness }) => sureness > 0)
    .toSorted((a, b) => b.sureness - a.sureness)
    .map(({ name }) => name);
}

/** Synthetic beginnings. */
test.each([
  ['vamt-active-product', '\uFEFF"FullyQualifiedDomainName";"Sku";"LicenseStatus";"KmsHost"\n'],
  ['vamt-active-product', '#TYPE Microsoft.Licensing.VolumeActivation.Product\n"GenuineStatus","FullyQualifiedDomainName","LicenseStatus","PartialProductKey"\n'],
  ['vamt-product-key', 'KeyValue\tKeyId\tKeyType\tKeyDescription\n'],
  ['vamt-volume-client', 'FullyQualifiedDomainName,DomainWorkgroupName,NetworkType,OSEdition,OSVersion,IsKmsHost\n'],
  ['vamt-cil', '<?xml version="1.0"?>\n<x:SoftwareLicensingData xmlns:x="urn:x">'],
  ['glpi-xml', '<?xml version="1.0"?><REQUEST><CONTENT>'],
  ['glpi-xml', '<LICENSEINFOS>'],
  ['glpi-json', ' {"action":"inventory","content":{},"deviceid":"pc-01"}'],
  ['glpi-json', '[{"licenseinfos":[]}]'],
  ['key-list', 'Product Key,Product,Type\n'],
  ['key-list', 'BBBBB-CCCCC-DDDDD-FFFFF-GGGGG\n'],
  ['key-list', 'XXXXX-XXXXX-XXXXX-XXXXX-ABCDE,MAK\n'],
])('recognises %s, and no other of these formats', (name, text) => {
  expect(recognisers(text)).toEqual([name]);
});

test('is surer of a VAMT dump of product keys than of a key list where it could be either', () => {
  expect(recognisers('keyvalue,remainingactivations\n')).toEqual(['vamt-product-key', 'key-list']);
});

test.each([
  ['nothing', ''],
  ['blank lines', '\r\n\r\n'],
  ['event XML', '<Events><Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><EventID>12290</EventID></System></Event></Events>'],
  ['event CSV', '"Message","Id","Version","TimeCreated","MachineName"\n"An activation request has been processed.","12290","0","x","kms"\n'],
  ['event text', 'Log Name:      Key Management Service\r\nEvent ID:      12290\r\n'],
  ['a SoftwareLicensingProduct CSV', '"ApplicationID","Description","ID","LicenseStatus","Name","PartialProductKey","PSComputerName"\n'],
  ['a SoftwareLicensingProduct list', 'ADActivationCsvlkPid=\r\nPartialProductKey=ABCDE\r\n'],
  ['SoftwareLicensingProduct JSON', '[{"ID":"x","PartialProductKey":"ABCDE","LicenseStatus":1}]'],
  ['slmgr text', 'Name: Windows(R), Enterprise edition\r\nPartial Product Key: ABCDE\r\nLicense Status: Licensed\r\n'],
  ['ospp text', '---Processing--------------------------\r\nPRODUCT ID: 00341-50000-00000-AA019\r\nLast 5 characters of installed product key: ABCDE\r\n'],
  ['other XML and JSON', '<html><body>licenseinfos</body></html>'],
])('recognises %s as none of these formats', (_, text) => {
  expect(recognisers(text)).toEqual([]);
});

const SAMPLES = new URL('../../../shared/samples/', import.meta.url);

/** What each real file must give; a file without an entry fails. */
const EXPECTED: Readonly<Record<string, (text: string) => void>> = {
  'vamt/cil-2.0-fragment-kb2383895.txt': (text) => {
    // The end of a start tag and what follows it: no document.
    expect(recognisers(text)).toEqual([]);
    expect(refusals(parse(cil, text))).toEqual(['WRONG_SHAPE']);
  },
  'vamt/cil-2.0-tags.partial.tsv': (text) => expect(recognisers(text)).toEqual([]),
  'vamt/vamt3-db-columns.tsv': (text) => expect(recognisers(text)).toEqual([]),
  'glpi/licenseinfos-fragment.xml': (text) => {
    expect(recognisers(text)).toEqual(['glpi-xml']);
    expect(refusals(parse(glpiXml, text))).toEqual(['MISSING_HOST']);
    expect(observations(glpiXml, text, { host: 'pc-01' })).toEqual([
      {
        kind: 'licenseState',
        host: { rawName: 'pc-01' },
        evidence: 'INVENTORY',
        applicationId: undefined,
        productName: 'Microsoft Office',
        description: 'Microsoft Office Professionnel 2010',
        channel: undefined,
        key: { lastFive: '7FTGD' },
        productKeyId: '82503-OEM-1190037-27208',
        status: 'UNKNOWN',
        keyKind: 'OEM',
      },
    ]);
  },
  'glpi/licenseinfos.schema.json': (text) => expect(recognisers(text)).toEqual([]),
};

test('gives exactly what is expected of each real file of VAMT and of inventories', () => {
  if (!existsSync(SAMPLES)) {
    console.log('passed over: no samples beside the repository');
    return;
  }
  const files = ['vamt', 'glpi'].flatMap((folder) => readdirSync(new URL(`${folder}/`, SAMPLES)).map((file) => `${folder}/${file}`));
  for (const file of files) {
    const expectation = EXPECTED[file];
    if (expectation === undefined) throw new Error(`${file} has no expectation`);
    expectation(readFileSync(new URL(file, SAMPLES), 'utf8'));
  }
  expect(files.length).toBe(5);
});

test('recognises no real file of other formats', () => {
  if (!existsSync(SAMPLES)) {
    console.log('passed over: no samples beside the repository');
    return;
  }
  const files = ['catalogue', 'eventlog', 'ospp', 'slmgr', 'wmi'].flatMap((folder) => readdirSync(new URL(`${folder}/`, SAMPLES)).map((file) => `${folder}/${file}`));
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file) => recognisers(readFileSync(new URL(file, SAMPLES), 'utf8')).length > 0)).toEqual([]);
});
