import { expect, test } from 'vitest';
import { glpiJson, glpiXml } from '../../src/importing/formats/glpi.js';
import { CONTEXT, expectNothingToBreak, expectSameInAnyChunks, observations, parse, PLANTED_KEY, refusals, understood } from './parserTrials.js';

/** Synthetic inventories. */
const XML = `<?xml version="1.0" encoding="UTF-8" ?>
<REQUEST>
  <CONTENT>
    <ACCESSLOG><LOGDATE>2026-03-05 10:00:00</LOGDATE></ACCESSLOG>
    <LICENSEINFOS>
      <COMPONENTS>Word/Excel</COMPONENTS>
      <FULLNAME>Office 16, VOLUME_MAK channel</FULLNAME>
      <KEY>XXXXX-XXXXX-XXXXX-XXXXX-ABCDE</KEY>
      <NAME>Office 16, Example edition</NAME>
      <OEM>0</OEM>
      <PRODUCTID>0ff1ce15-a989-479d-af46-f275c6370663</PRODUCTID>
      <TRIAL>0</TRIAL>
    </LICENSEINFOS>
    <LICENSEINFOS>
      <FULLNAME>Example Office, Home</FULLNAME>
      <KEY>${PLANTED_KEY}</KEY>
      <OEM>1</OEM>
      <PRODUCTID>12345-OEM-0000000-00000</PRODUCTID>
    </LICENSEINFOS>
    <HARDWARE><NAME>PC-01</NAME></HARDWARE>
  </CONTENT>
  <DEVICEID>PC-01-2020-01-02-03-04-05</DEVICEID>
  <QUERY>INVENTORY</QUERY>
</REQUEST>
`;
const JSON_INVENTORY = JSON.stringify({
  action: 'inventory',
  content: {
    hardware: { name: 'PC-01', memory: 8192 },
    licenseinfos: [
      { name: 'Example Office', fullname: 'Office 16, VOLUME_KMSCLIENT channel', key: 'XXXXX-XXXXX-XXXXX-XXXXX-WFG99', trial: false, productid: '00341-50000-00000-AA019' },
      { name: 'Quote " and \\ and é', key: PLANTED_KEY, oem: true, update: null },
    ],
    softwares: [{ name: 'x', arch: ['a', ['b']] }],
  },
  deviceid: 'PC-01-2020-01-02-03-04-05',
  itemtype: 'Computer',
});

test('reads the licences of an XML inventory; what state they are in is not known', () => {
  expect(observations(glpiXml, XML)).toEqual([
    {
      kind: 'licenseState',
      host: { rawName: 'PC-01' },
      evidence: 'INVENTORY',
      applicationId: '0ff1ce15-a989-479d-af46-f275c6370663',
      productName: 'Office 16, Example edition',
      description: 'Office 16, VOLUME_MAK channel',
      channel: 'VOLUME_MAK',
      key: { lastFive: 'ABCDE' },
      productKeyId: undefined,
      status: 'UNKNOWN',
      keyKind: 'MAK',
    },
    {
      kind: 'licenseState',
      host: { rawName: 'PC-01' },
      evidence: 'INVENTORY',
      applicationId: undefined,
      productName: undefined,
      description: 'Example Office, Home',
      channel: undefined,
      key: { lastFive: 'GGGGG', fingerprint: CONTEXT.fingerprint(PLANTED_KEY) },
      productKeyId: '12345-OEM-0000000-00000',
      status: 'UNKNOWN',
      keyKind: 'OEM',
    },
  ]);
});

test('reads the licences of a JSON inventory', () => {
  expect(observations(glpiJson, JSON_INVENTORY)).toMatchObject([
    { host: { rawName: 'PC-01' }, key: { lastFive: 'WFG99' }, keyKind: 'KMS_CLIENT', productKeyId: '00341-50000-00000-AA019', status: 'UNKNOWN' },
    { host: { rawName: 'PC-01' }, key: { lastFive: 'GGGGG' }, keyKind: 'OEM', productName: 'Quote " and \\ and é', status: 'UNKNOWN' },
  ]);
});

test('takes the time of the inventory only in a known zone', () => {
  expect(understood(glpiXml, XML).map((record) => record.occurredAt)).toEqual([undefined, undefined]);
  expect(understood(glpiXml, XML, { timeZone: 'UTC' })[1]?.occurredAt).toBe('2026-03-05T10:00:00.000Z');
});

test('names the machine by its device id where its name is missing, and by the host given where both are', () => {
  const named = (text: string, host?: string) => observations(glpiXml, text, { host }).map((each) => 'host' in each && each.host.rawName);
  const nameless = XML.replace('<NAME>PC-01</NAME>', '');
  expect(named(nameless)).toEqual(['PC-01', 'PC-01']);
  expect(named(nameless.replace(/<DEVICEID>.*/, ''), 'pc-09')).toEqual(['pc-09', 'pc-09']);
  expect(refusals(parse(glpiXml, nameless.replace(/<DEVICEID>.*/, '')))).toEqual(['MISSING_HOST']);
});

test('reads several inventories in one file: one after the other, wrapped, or in a list', () => {
  const other = XML.replaceAll('PC-01', 'PC-02');
  const bodies = [XML, other].map((text) => text.replace(/<\?.*\?>/, ''));
  const machines = (format: typeof glpiXml, text: string) => observations(format, text).map((each) => 'host' in each && each.host.rawName);
  const expected = ['PC-01', 'PC-01', 'PC-02', 'PC-02'];
  expect(machines(glpiXml, XML + other)).toEqual(expected);
  expect(machines(glpiXml, `<ALL>${bodies.join('')}</ALL>`)).toEqual(expected);
  const json = [JSON_INVENTORY, JSON_INVENTORY.replaceAll('PC-01', 'PC-02')];
  expect(machines(glpiJson, `[${json.join(',')}]`)).toEqual(expected);
  expect(machines(glpiJson, json.join('\n'))).toEqual(expected);
});

test('reads a section alone for the host given', () => {
  const section = '<LICENSEINFOS><NAME>Example</NAME><KEY>XXXXX-XXXXX-XXXXX-XXXXX-ABCDE</KEY></LICENSEINFOS>';
  expect(refusals(parse(glpiXml, section))).toEqual(['MISSING_HOST']);
  expect(observations(glpiXml, section, { host: 'pc-09' })).toMatchObject([{ host: { rawName: 'pc-09' }, productName: 'Example', key: { lastFive: 'ABCDE' } }]);
  expect(observations(glpiJson, '{"licenseinfos":[{"name":"Example"}]}', { host: 'pc-09' })).toMatchObject([{ productName: 'Example' }]);
});

test('understands an inventory without licences, which is of no interest', () => {
  expect(understood(glpiXml, '<REQUEST><CONTENT><HARDWARE><NAME>PC-01</NAME></HARDWARE></CONTENT></REQUEST>').map((record) => record.observations)).toEqual([[]]);
});

test.each(['', '7', '{}', '{"type":"array","items":{"type":"object"}}'])('refuses JSON of the wrong shape: %s', (text) => {
  expect(refusals(parse(glpiJson, text))).toEqual(['WRONG_SHAPE']);
});

test.each(['{"a":1', '{"deviceid":"x","content":{"licenseinfos":[{"name":"y"}', '"abc', '["a"'])('refuses JSON that is cut off: %s', (text) => {
  expect(refusals(parse(glpiJson, text)).at(-1)).toBe('TRUNCATED');
});

test.each(['{a:1}', '{"a" 1}', '{"a":1,}', '[1,]', '{"a":01}', '{"a":"\\x"}', ']', '{"a":tru}', '{"a":"b\nc"}', '['.repeat(65)])('refuses malformed JSON: %s', (text) => {
  expect(refusals(parse(glpiJson, text)).at(-1)).toBe('MALFORMED_JSON');
});

test('keeps the inventories before a fault and tells its line', () => {
  const records = parse(glpiJson, `${JSON_INVENTORY}\n{"deviceid": oops}`);
  expect(records.length).toBe(3);
  expect(records[2]).toMatchObject({ code: 'MALFORMED_JSON', reason: 'Line 2: the JSON is not well-formed from here on.' });
  const ofXml = parse(glpiXml, `${XML}<REQUEST><CONTENT></REQUEST>`);
  expect([ofXml.length, ...refusals(ofXml)]).toEqual([3, 'MALFORMED_XML']);
});

test('refuses document types and entities', () => {
  expect(refusals(parse(glpiXml, XML.replace('<REQUEST>', '<!DOCTYPE r SYSTEM "x"><REQUEST>')))).toEqual(['XML_ENTITY']);
  expect(refusals(parse(glpiXml, XML.replace('Example', '&x;')))).toEqual(['XML_ENTITY']);
});

test('gives an unchanged licence the same identity, and another machine another', () => {
  const identities = (text: string) => understood(glpiXml, text, { timeZone: 'UTC' }).map((record) => record.identity);
  expect(identities(XML.replace('10:00', '11:00'))).toEqual(understood(glpiXml, XML).map((record) => record.identity));
  expect(new Set([...identities(XML), ...identities(XML.replaceAll('PC-01', 'PC-02'))]).size).toBe(4);
});

test('lets no whole key through', () => {
  const told = JSON.stringify([...parse(glpiXml, XML.replaceAll('Example', PLANTED_KEY).replaceAll('PC-01', PLANTED_KEY)), ...parse(glpiJson, JSON_INVENTORY.replaceAll('Office', PLANTED_KEY))]);
  expect(told).toContain('GGGGG');
  expect(told).not.toContain(PLANTED_KEY);
});

test('gives the same records wherever the text is cut', () => {
  expectSameInAnyChunks(glpiXml, XML);
  expectSameInAnyChunks(glpiJson, JSON_INVENTORY);
});

test('neither throws nor hangs, whatever the text: XML', () => {
  expectNothingToBreak(glpiXml, [XML]);
});

test('neither throws nor hangs, whatever the text: JSON', () => {
  expectNothingToBreak(glpiJson, [JSON_INVENTORY]);
});
