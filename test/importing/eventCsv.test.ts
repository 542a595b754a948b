import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventCsv } from '../../src/importing/formats/eventCsv.js';
import { cut, observationsOf, outcomesOf, parse } from './parsing.js';

// Synthetic: hosts and ids are invented.
const CMID = '36f27b39-2fd5-440b-be67-a09996d27a38';
const SKU = '68531fb9-5511-4989-97be-d11a0f55633f';
const INFO = `0x0,25,client7.ledger.example,${CMID},2024/3/9 21:46,1,2,41520,${SKU}`;
const MESSAGE = `An activation request has been processed.\r\nInfo:\r\n${INFO}`;

const winEvent = (...rows: string[]): string =>
  `#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n"Message","Id","Version","RecordId","ProviderName","LogName","MachineName","TimeCreated"\r\n${rows.join('')}`;
const winEventRow = ({ message = MESSAGE, id = '12290', provider = 'Microsoft-Windows-Security-SPP', computer = 'kms1.ledger.example', time = '3/24/2024 4:05:54 PM' } = {}): string =>
  `"${message}","${id}","0","7","${provider}","Key Management Service","${computer}","${time}"\r\n`;

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
const { kmsHost: _, ...requestSeenByNobody } = request;

describe('what is read', () => {
  test('Get-WinEvent | Export-Csv, the local time by the zone given', () => {
    expect(parse(eventCsv, winEvent(winEventRow()), { timeZone: 'Europe/Paris' })).toEqual([
      {
        kind: 'understood',
        record: 1,
        identity: 'event|key management service|kms1.ledger.example|7|2024-03-24T15:05:54Z',
        occurredAt: '2024-03-24T15:05:54.000Z',
        observations: [request],
      },
    ]);
  });

  test("without a zone the host's time is kept as text and the client's stands in for it, and the identity stands on the record alone, whatever the locale it was printed in", () => {
    const identities = ['3/24/2024 4:05:54 PM', '24.03.2024 16:05:54', '24/03/2024 16:05:54'].map((time) => parse(eventCsv, winEvent(winEventRow({ time }))));
    expect(identities.map(([record]) => record)).toEqual(Array.from({ length: 3 }, () => expect.objectContaining({ identity: 'event|key management service|kms1.ledger.example|7|2024-03-09T21:46:00.000Z' })));
    expect(identities[0]).toMatchObject([{ occurredAt: '2024-03-09T21:46:00.000Z', occurredAtRaw: '3/24/2024 4:05:54 PM' }]);
  });

  test('Get-EventLog | Export-Csv: the event id out of the instance id, the number out of Index', () => {
    const text =
      `"MachineName","Index","InstanceId","EntryType","Message","Source","ReplacementStrings","TimeGenerated"\r\n` +
      `"kms1.ledger.example","7","1073754114","Information","${MESSAGE}","KmsRequests","System.String[]","2024-03-24 16:05:54"\r\n`;
    const records = parse(eventCsv, text, { timeZone: 'UTC' });
    expect(observationsOf(records)).toEqual([request]);
    expect(records).toMatchObject([{ identity: 'event|key management service|kms1.ledger.example|7|2024-03-24T16:05:54Z' }]);
  });

  test('insertion strings, where an export has them and no message', () => {
    const text = `EventID;MachineName;ReplacementStrings\n12290;kms1.ledger.example;"${INFO}"\n`;
    expect(observationsOf(parse(eventCsv, text))).toEqual([request]);
  });

  test.each([
    ['English', 'Level,Date and Time,Source,Event ID,Task Category'],
    ['German', 'Ebene,Datum und Uhrzeit,Quelle,Ereignis-ID,Aufgabenkategorie'],
  ])("Event Viewer's CSV with %s headings, whose message has none", (_language, headings) => {
    const text = `\uFEFF${headings}\r\nInformation,24.03.2024 16:05:54,Microsoft-Windows-Security-SPP,12290,None,"${MESSAGE}"\r\nError,24.03.2024 16:05:54,VSS,12289,None,"x, y"\r\n`;
    const records = parse(eventCsv, text, { timeZone: 'UTC' });
    expect(observationsOf(records)).toEqual([requestSeenByNobody]);
    expect(records).toMatchObject([{ occurredAt: '2024-03-24T16:05:54.000Z' }, { kind: 'understood', observations: [] }]);
    expect(observationsOf(parse(eventCsv, text, { host: 'kms1.ledger.example' }))).toEqual([request]);
    expect(eventCsv.recognises(text)).toBeGreaterThanOrEqual(85);
  });

  test.each([
    ['unknown headings', `Numéro;Texte\n12290;"${MESSAGE}"\n`],
    ['no headings', `12290\t"${MESSAGE}"\n`],
  ])('%s: the row tells', (_case, text) => {
    const records = parse(eventCsv, text);
    expect(observationsOf(records)).toEqual([requestSeenByNobody]);
    expect(records.map(({ record }) => record)).toEqual([1]);
    expect(eventCsv.recognises(text)).toBe(50);
  });

  test('recognises its own and leaves other tables alone', () => {
    expect(eventCsv.recognises(winEvent(winEventRow()))).toBe(95);
    expect(eventCsv.recognises(winEvent(winEventRow()).replace(/^#.*\r\n/, ''))).toBe(90);
    expect(eventCsv.recognises('"Name","LicenseStatus","PartialProductKey"\r\n"x","1","ABCDE"\r\n')).toBe(0);
    expect(eventCsv.recognises('')).toBe(0);
  });
});

describe('exports that were put together in one file', () => {
  const other = (row: string): string => `\uFEFF"MachineName","RecordId","Id","TimeCreated","Message"\r\n${row}`;

  test('begin again with their headings, the same or others, and a byte order mark: none is a record', () => {
    const text = winEvent(winEventRow()) + winEvent(winEventRow()) + other(`"kms1.ledger.example","8","12290","3/24/2024 4:05:54 PM","${MESSAGE}"\r\n`);
    const records = parse(eventCsv, text, { timeZone: 'Europe/Paris' });
    expect(records.map(({ kind, record }) => [kind, record])).toEqual([['understood', 1], ['understood', 2], ['understood', 3]]);
    expect(observationsOf(records)).toEqual([request, request, request]);
    expect(parse(eventCsv, cut(text, [3, 1, 7]), { timeZone: 'Europe/Paris' })).toEqual(records);
  });

  test('of a machine that speaks another language too', () => {
    const german = `Ebene,Datum und Uhrzeit,Quelle,Ereignis-ID,Aufgabenkategorie\r\nInformationen,24.03.2024 16:05:54,Microsoft-Windows-Security-SPP,12290,Keine,"${MESSAGE}"\r\n`;
    expect(outcomesOf(parse(eventCsv, german + german))).toEqual(['understood', 'understood']);
  });

  test('and a row without an event id is refused as before', () =>
    expect(outcomesOf(parse(eventCsv, winEvent(winEventRow(), winEventRow({ id: 'none' }))))).toEqual(['understood', 'MISSING_EVENT_ID']));
});

describe('bad input costs itself alone', () => {
  test.each([
    ['a placeholder for the client', winEventRow({ message: MESSAGE.replace('client7.ledger.example', '<KMS Client name>') }), 'MISSING_HOST'],
    ['no computer in an event of a client', winEventRow({ id: '12289', message: '0x0, 0x0, 1, 0, 30, 120, 10080, 2024/03/09 17:53', computer: '' }), 'MISSING_HOST'],
    ['no fields in the message', winEventRow({ message: 'nothing' }), 'INCOMPLETE_RECORD'],
    ['no event id', winEventRow({ id: 'x' }), 'MISSING_EVENT_ID'],
    ['a row that is too short', '"x"\r\n', 'MISSING_EVENT_ID'],
    ['a number out of range', winEventRow({ message: MESSAGE.replace(',25,', ',4294967296,') }), 'NUMBER_OUT_OF_RANGE'],
    ['text after a quote', `"x"y${winEventRow()}`, 'MALFORMED_CSV'],
    ['a message of 2 MB', winEventRow({ message: 'x'.repeat(2_000_000) }), 'RECORD_TOO_LONG'],
    ['a line of 10 MB', `${'x'.repeat(10_000_000)}\r\n`, 'RECORD_TOO_LONG'],
  ])('%s', (_case, bad, code) => {
    const records = parse(eventCsv, winEvent(winEventRow(), bad, winEventRow()));
    expect(outcomesOf(records)).toEqual(['understood', code, 'understood']);
    expect(records.map(({ record }) => record)).toEqual([1, 2, 3]);
  });

  test('a file that ends within a row says so', () => {
    expect(outcomesOf(parse(eventCsv, winEvent(winEventRow(), winEventRow().slice(0, 60))))).toEqual(['understood', 'TRUNCATED']);
  });

  test('a date of 1601 is no time', () => {
    expect(parse(eventCsv, winEvent(winEventRow({ time: '01.01.1601 01:00:00' })), { timeZone: 'UTC' })).toMatchObject([{ occurredAt: '2024-03-09T21:46:00.000Z', occurredAtRaw: undefined }]);
  });
});

describe('always', () => {
  const file = winEvent(winEventRow(), winEventRow({ message: 'nothing' }), '"broken"x\r\n', winEventRow({ id: '1' }));

  test('wherever the chunks are cut, the records are the same', () => {
    const whole = parse(eventCsv, file);
    expect(outcomesOf(whole)).toEqual(['understood', 'INCOMPLETE_RECORD', 'MALFORMED_CSV', 'understood']);
    for (let at = 1; at < file.length; at += 1) expect(parse(eventCsv, [file.slice(0, at), file.slice(at)])).toEqual(whole);
  });

  test('no text makes it throw or hang', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('"', '\n', ',', ';', '12290', '"Id","Message"\n', 'Id,TimeCreated,Message\n', INFO, winEventRow()),
      fc.nat({ max: file.length }).map((at) => file.slice(at, at + 150)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.integer({ min: 1, max: 64 }), (pieces, length) => {
        const records = parse(eventCsv, pieces.join(''), { timeZone: 'Europe/Paris' });
        expect(parse(eventCsv, cut(pieces.join(''), [length]), { timeZone: 'Europe/Paris' })).toEqual(records);
        expect(eventCsv.recognises(pieces.join(''))).toBeLessThanOrEqual(100);
      }),
      { numRuns: 300 },
    );
  });

  test('no product key gets into a record', () => {
    const key = 'BBBBB-CCCCC-DDDDD-FFFFF-GGGGG';
    const target = winEvent(winEventRow());
    for (const { 0: item, index } of target.matchAll(/(?<=[\s,"])[^\s,"]+/g)) {
      const planted = target.slice(0, index) + key + target.slice(index + item.length);
      expect(JSON.stringify(parse(eventCsv, planted)).toUpperCase()).not.toContain(key);
    }
  });
});
