import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventText } from '../../src/importing/formats/eventText.js';
import { eventXml } from '../../src/importing/formats/eventXml.js';
import { cut, observationsOf, outcomesOf, parse } from './parsing.js';

// Synthetic: hosts and ids are invented.
const CMID = '36f27b39-2fd5-440b-be67-a09996d27a38';
const SKU = '68531fb9-5511-4989-97be-d11a0f55633f';
const REQUEST = `0x0,25,client7.ledger.example,${CMID},2024/3/9 21:46,1,2,41520,${SKU}`;
const ATTEMPT = `0xC004F06C, 0x00000000, kms1.ledger.example:1688, ${CMID}, 2024/03/09 17:52, 0, 2, 41760, ${SKU}, 5`;

function copied(id: number, description: string, { computer = 'kms1.ledger.example', date = '24/03/2024 16:05:54', source = 'Microsoft-Windows-Security-SPP' } = {}): string {
  return [
    'Log Name:      Key Management Service',
    `Source:        ${source}`,
    `Date:          ${date}`,
    `Event ID:      ${id}`,
    'Task Category: None',
    'Level:         Information',
    'Keywords:      Classic',
    'User:          N/A',
    `Computer:      ${computer}`,
    'Description:',
    description,
    '',
  ].join('\r\n');
}

function printed(number: number, id: number, description: string): string {
  return [
    `Event[${number}]:`,
    '  Log Name: Key Management Service',
    '  Source: Microsoft-Windows-Security-SPP',
    '  Date: 2024-03-24T15:05:54.1230000Z',
    `  Event ID: ${id}`,
    '  Task: N/A',
    '  Level: Information',
    '  Opcode: N/A',
    '  Keyword: Classic',
    '  User: N/A',
    '  User Name: N/A',
    '  Computer: kms1.ledger.example',
    '  Description: ',
    description,
    '',
  ].join('\r\n');
}

const request = {
  kind: 'kmsRequest',
  host: { rawName: 'client7.ledger.example', cmid: CMID },
  kmsHost: 'kms1.ledger.example',
  hresult: '0x00000000',
  requiredCount: 25,
  virtualMachine: true,
  statusBefore: 'OOB_GRACE',
  minutesRemaining: 41520,
  skuId: SKU,
  clientTime: '2024-03-09T21:46:00.000Z',
};

describe('what is read', () => {
  test("Event Viewer's copy of several records, the local time by the zone given", () => {
    const text = copied(12290, `An activation request has been processed.\r\nInfo:\r\n${REQUEST}`) + copied(12288, `The client has sent.\r\nInfo:\r\n${ATTEMPT}`);
    const records = parse(eventText, text, { timeZone: 'Europe/Paris' });
    expect(records).toMatchObject([
      { kind: 'understood', record: 1, occurredAt: '2024-03-24T15:05:54.000Z', observations: [request] },
      { kind: 'understood', record: 2, observations: [{ kind: 'kmsAttempt', host: { rawName: 'kms1.ledger.example', cmid: CMID }, flags: '0x00000000' }] },
    ]);
  });

  test('wevtutil text gives the same observations as the copy, whose local time is not guessed without a zone', () => {
    const records = parse(eventText, printed(0, 12290, `Info:\r\n${REQUEST}`) + printed(1, 12290, `Info: ${REQUEST}`) + copied(12290, REQUEST));
    expect(observationsOf(records)).toEqual([request, request, request]);
    expect(records.map((record) => record.kind === 'understood' && record.occurredAt)).toEqual(['2024-03-24T15:05:54.123Z', '2024-03-24T15:05:54.123Z', '2024-03-09T21:46:00.000Z']);
  });

  test('words around the data do not count: any language gives the same record', () => {
    const identity = (text: string): unknown => parse(eventText, text).map((record) => (record.kind === 'understood' ? [record.identity, record.observations] : record));
    const english = identity(printed(0, 12290, `An activation request has been processed.\r\nInfo:\r\n${REQUEST}`));
    expect(identity(printed(3, 12290, `处理了激活请求。\r\n信息:\r\n${REQUEST}`))).toEqual(english);
    expect(english).toMatchObject([[expect.stringMatching(/^content\|event\|kms1\.ledger\.example\|[0-9a-f]{64}$/), [request]]]);
  });

  test('the XML below a copy is what counts: same identity as in event XML', () => {
    const xml =
      `<Event><System><Provider Name="Microsoft-Windows-Security-SPP"/><EventID>12290</EventID><TimeCreated SystemTime="2024-03-24T15:05:54.5Z"/>` +
      `<EventRecordID>9</EventRecordID><Channel>Key Management Service</Channel><Computer>kms1.ledger.example</Computer></System>` +
      `<EventData>${REQUEST.split(',').map((item) => `\r\n<Data>${item}</Data>`).join('')}</EventData></Event>`;
    const text = `${copied(12290, REQUEST)}Event Xml:\r\n${xml}\r\n`;
    expect(parse(eventText, text + text)).toEqual([...parse(eventXml, xml), { ...parse(eventXml, xml)[0], record: 2 }]);
    expect(outcomesOf(parse(eventText, text.slice(0, -30)))).toEqual(['TRUNCATED']);
  });

  test('a message with its event id', () => {
    const text = `Event ID 12308\nActive Directory Activation has succeeded.\nSku Id = ${SKU}\nAO name = Some edition, VOLUME_KMS channel\nAO DN = CN=a,CN=b,DC=ledger,DC=example\nSource: Security-SPP\nEvent ID: 12293\nPublishing to DNS in the ledger.example domain failed.\nInfo: 0x80072338\n`;
    const host = { rawName: 'named.ledger.example' };
    expect(observationsOf(parse(eventText, text, { host: 'named.ledger.example' }))).toEqual([
      {
        kind: 'licenseState',
        host,
        evidence: 'CLIENT_EVENT_12308',
        skuId: SKU,
        status: 'LICENSED',
        method: 'ADBA',
        activationObject: { name: 'Some edition, VOLUME_KMS channel', distinguishedName: 'CN=a,CN=b,DC=ledger,DC=example' },
      },
      { kind: 'kmsPublication', host, succeeded: false, hresult: '0x80072338', dnsDomain: 'ledger.example' },
    ]);
    expect(outcomesOf(parse(eventText, text))).toEqual(['MISSING_HOST', 'MISSING_HOST']);
  });

  test("PowerShell's Format-List, with values that go on in further lines", () => {
    const list = [
      '',
      '',
      'Message      : An activation request has been processed.',
      '               Info: ',
      `               ${REQUEST.slice(0, 60)}`,
      `               ${REQUEST.slice(60)}`,
      'Id           : 12290',
      'ProviderName : Microsoft-Windows-Security-SPP',
      'LogName      : Key Management Service',
      'RecordId     : 44',
      'MachineName  : kms1.ledger.example',
      'TimeCreated  : 3/24/2024 4:05:54 PM',
      'Properties   : {System.Diagnostics.Eventing.Reader.EventProperty}',
      '',
    ].join('\r\n');
    const records = parse(eventText, list + list, { timeZone: 'UTC' });
    expect(observationsOf(records)).toEqual([request, request]);
    expect(records[0]).toMatchObject({ identity: 'event|key management service|kms1.ledger.example|44|2024-03-24T16:05:54Z' });
  });

  test('another program that uses the same id says nothing', () => {
    expect(parse(eventText, copied(12289, 'Volume Shadow Copy Service error', { source: 'VSS' }))).toMatchObject([{ kind: 'understood', observations: [] }]);
  });

  test.each([
    [copied(12290, REQUEST), 95],
    [printed(0, 12290, REQUEST), 95],
    ['Event ID 12308\nActive', 80],
    ['Source: Security-SPP\nEvent ID: 12293\n', 90],
    ['ComputerName : x\nTimeCreated  : 3/9/2024\nId           : 12308\n', 85],
    ['Name: Windows(R)\nDescription: x', 0],
    ['', 0],
  ])('recognises %j with %i', (text, score) => {
    expect(eventText.recognises(text)).toBe(score);
  });
});

describe('bad input costs itself alone', () => {
  const good = copied(12290, REQUEST);

  test.each([
    ['an empty computer in an event of a client', copied(12288, ATTEMPT, { computer: '' }), 'MISSING_HOST'],
    ['a placeholder for the client', copied(12290, REQUEST.replace('client7.ledger.example', '<KMS Client name>')), 'MISSING_HOST'],
    ['a placeholder for the KMS host', copied(12288, ATTEMPT.replace('kms1.ledger.example', '<KMS Host FQDN>')), 'MISSING_KMS_HOST'],
    ['no event id', copied(12290, REQUEST).replace('12290', ''), 'MISSING_EVENT_ID'],
    ['no data', copied(12290, 'The description cannot be found.'), 'INCOMPLETE_RECORD'],
    ['a count out of range', copied(12290, REQUEST.replace(',25,', ',99999999999,')), 'NUMBER_OUT_OF_RANGE'],
    ['a line of 10 MB', copied(12290, 'x'.repeat(10_000_000)), 'RECORD_TOO_LONG'],
    ['a record of many lines', copied(12290, 'x\n'.repeat(1_100_000)), 'RECORD_TOO_LONG'],
  ])('%s', (_, bad, code) => {
    expect(outcomesOf(parse(eventText, good + bad + good))).toEqual(['understood', code, 'understood']);
  });

  test('a file that ends within a record says so', () => {
    expect(outcomesOf(parse(eventText, good + copied(12290, REQUEST).slice(0, -60)))).toEqual(['understood', 'TRUNCATED']);
    expect(outcomesOf(parse(eventText, `${good}Log Name:   Key Man`))).toEqual(['understood', 'TRUNCATED']);
  });

  test("for dates of 1601 and local times without an order the client's time stands in", () => {
    const records = parse(eventText, copied(12290, REQUEST, { date: '1/1/1601 0:00:00' }) + copied(12290, REQUEST, { date: '3/9/2024 16:05:54' }), { timeZone: 'UTC' });
    expect(records).toMatchObject([
      { occurredAt: '2024-03-09T21:46:00.000Z', occurredAtRaw: undefined },
      { occurredAt: '2024-03-09T21:46:00.000Z', occurredAtRaw: '3/9/2024 16:05:54' },
    ]);
  });
});

describe('always', () => {
  const file = copied(12290, REQUEST) + printed(0, 12288, ATTEMPT) + printed(1, 12290, 'nothing') + copied(12289, '0x0, 0x0, 1, 0, 30, 120, 10080, 2024/03/09 17:53');

  test('wherever the chunks are cut, the records are the same', () => {
    const whole = parse(eventText, file);
    expect(outcomesOf(whole)).toEqual(['understood', 'understood', 'INCOMPLETE_RECORD', 'understood']);
    for (let at = 1; at < file.length; at += 1) expect(parse(eventText, [file.slice(0, at), file.slice(at)])).toEqual(whole);
  });

  test('no text makes it throw or hang', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\n', '\r\n', 'Event[0]:\n', 'Log Name: x\n', 'Event ID: 12290\n', 'Event ID: 999999\n', 'Description:\n', 'Event Xml:\n', 'Id : 12290\n', 'Message : x\n', REQUEST),
      fc.nat({ max: file.length }).map((at) => file.slice(at, at + 150)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.integer({ min: 1, max: 64 }), (pieces, length) => {
        const records = parse(eventText, pieces.join(''));
        expect(records.map(({ record }) => record)).toEqual(records.map((_, index) => index + 1));
        expect(parse(eventText, cut(pieces.join(''), [length]))).toEqual(records);
        expect(eventText.recognises(pieces.join(''))).toBeLessThanOrEqual(100);
      }),
      { numRuns: 300 },
    );
  });

  test('no product key gets into a record', () => {
    const key = 'BBBBB-CCCCC-DDDDD-FFFFF-GGGGG';
    for (const target of [copied(12290, REQUEST), copied(12288, ATTEMPT), copied(12308, `Sku Id = ${SKU}\nAO name = one\nAO DN = two`)]) {
      for (const { 0: item, index } of target.matchAll(/(?<=[\s,])[^\s,]+/g)) {
        const planted = target.slice(0, index) + key + target.slice(index + item.length);
        expect(JSON.stringify(parse(eventText, planted)).toUpperCase()).not.toContain(key);
      }
    }
  });
});
