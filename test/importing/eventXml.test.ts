import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventXml } from '../../src/importing/formats/eventXml.js';
import { cut, observationsOf, outcomesOf, parse } from './parsing.js';

// Synthetic: written from the envelope that other events of the provider have; hosts and ids are invented.
const CMID = '36f27b39-2fd5-440b-be67-a09996d27a38';
const SKU = '68531fb9-5511-4989-97be-d11a0f55633f';
const REQUEST = ['0x0', '25', 'client7.ledger.example', CMID, '2024/3/9 21:46', '1', '2', '41520', SKU];

interface Envelope {
  readonly id?: number;
  readonly provider?: string;
  readonly channel?: string;
  readonly computer?: string;
  readonly recordId?: number;
  readonly time?: string;
  readonly data?: readonly string[];
}

function event({
  id = 12290,
  provider = 'Microsoft-Windows-Security-SPP',
  channel = 'Key Management Service',
  computer = 'kms1.ledger.example',
  recordId = 7,
  time = '2024-03-09T21:47:03.1234567Z',
  data = REQUEST,
}: Envelope = {}): string {
  const items = data.map((item) => `<Data>${item}</Data>`).join('');
  return (
    `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='${provider}' ` +
    `Guid='{E23B33B0-C8C9-472C-A5F9-F2BDFEA0F156}' EventSourceName='Software Protection Platform Service'/><EventID Qualifiers='16384'>${id}</EventID>` +
    `<Version>0</Version><Level>4</Level><Task>0</Task><Opcode>0</Opcode><Keywords>0x80000000000000</Keywords><TimeCreated SystemTime='${time}'/>` +
    `<EventRecordID>${recordId}</EventRecordID><Correlation/><Execution ProcessID='0' ThreadID='0'/><Channel>${channel}</Channel>` +
    `<Computer>${computer}</Computer><Security/></System><EventData>${items}</EventData></Event>`
  );
}

const client = { channel: 'Application', computer: 'client7.ledger.example' };
const attempt = event({ ...client, id: 12288, data: ['0xC004F06C', '0x00000000', 'kms1.ledger.example:1688', CMID, '2024/03/09 17:52', '0', '2', '41760', SKU, '5'] });
const response = event({ ...client, id: 12289, data: ['0x0', '0x4000008', '1', '0', '30', '120', '10080', '2024/03/09 17:53'] });
const directory = event({
  ...client,
  id: 12308,
  data: [SKU, 'Windows Server 2022 Volume:CSVLK, second', 'CN=one,CN=Activation Objects,DC=ledger,DC=example'],
});

const understoodRequest = {
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

describe('what an event says', () => {
  test('12290 is about the client it names, seen by the KMS host that logged it, at the time it was logged', () => {
    expect(parse(eventXml, event())).toEqual([
      {
        kind: 'understood',
        record: 1,
        identity: 'event|key management service|kms1.ledger.example|7|2024-03-09T21:47:03Z',
        occurredAt: '2024-03-09T21:47:03.123Z',
        observations: [understoodRequest],
      },
    ]);
  });

  test.each([
    ['an empty item before the first', ['', ...REQUEST]],
    ['the whole list in one item', [REQUEST.join(',')]],
    ['the whole list after an item of the same', [REQUEST.slice(0, 2).join(', '), ...REQUEST]],
    ['a line break before the first', ['\n', ...REQUEST]],
  ])('12290 is read by the place of the CMID: %s', (_, data) => {
    expect(observationsOf(parse(eventXml, event({ data })))).toEqual([understoodRequest]);
  });

  test('12288 is about the computer that logged it', () => {
    expect(observationsOf(parse(eventXml, attempt))).toEqual([
      {
        kind: 'kmsAttempt',
        host: { rawName: 'client7.ledger.example', cmid: CMID },
        kmsHost: 'kms1.ledger.example:1688',
        hresult: '0xC004F06C',
        flags: '0x00000000',
        requiredCount: 5,
        virtualMachine: false,
        status: 'OOB_GRACE',
        minutesRemaining: 41760,
        skuId: SKU,
        clientTime: '2024-03-09T17:52:00.000Z',
      },
    ]);
  });

  test('12289 with fBound 1 says bound', () => {
    expect(observationsOf(parse(eventXml, response))).toEqual([
      {
        kind: 'kmsResponse',
        host: { rawName: 'client7.ledger.example' },
        hresult: '0x00000000',
        flags: '0x04000008',
        bound: true,
        currentCount: 30,
        activationIntervalMinutes: 120,
        renewalIntervalMinutes: 10080,
        clientTime: '2024-03-09T17:53:00.000Z',
      },
    ]);
  });

  test('12308 proves an activation by Active Directory; the commas of its names divide nothing', () => {
    expect(observationsOf(parse(eventXml, directory))).toEqual([
      {
        kind: 'licenseState',
        host: { rawName: 'client7.ledger.example' },
        evidence: 'CLIENT_EVENT_12308',
        skuId: SKU,
        status: 'LICENSED',
        method: 'ADBA',
        activationObject: { name: 'Windows Server 2022 Volume:CSVLK, second', distinguishedName: 'CN=one,CN=Activation Objects,DC=ledger,DC=example' },
      },
    ]);
  });

  test('12293 is a failed publication, 12294 a successful one', () => {
    const text = event({ id: 12293, channel: 'Application', data: ['0x80072338', 'ledger.example'] }) + event({ id: 12294, data: ['ledger.example'] });
    const host = { rawName: 'kms1.ledger.example' };
    expect(observationsOf(parse(eventXml, text))).toEqual([
      { kind: 'kmsPublication', host, succeeded: false, hresult: '0x80072338', dnsDomain: 'ledger.example' },
      { kind: 'kmsPublication', host, succeeded: true, dnsDomain: 'ledger.example' },
    ]);
  });

  test.each(['KmsRequests', 'Microsoft-Windows-Security-Licensing-SLC', 'Software Licensing Service'])('the provider may be called %s', (provider) => {
    expect(observationsOf(parse(eventXml, event({ provider })))).toHaveLength(1);
  });

  test('the same id of another provider, and other ids of this one, are understood and say nothing', () => {
    const records = parse(eventXml, event({ provider: 'VSS', id: 12289 }) + event({ id: 16384, data: ['2024-03-10T00:00:00Z', 'RulesEngine'] }));
    expect(outcomesOf(records)).toEqual(['understood', 'understood']);
    expect(observationsOf(records)).toEqual([]);
  });

  test('a client time in an order that cannot be known is kept raw, one of 1601 is none', () => {
    const ambiguous = event({ data: REQUEST.with(4, '3/9/2024 21:46') });
    const none = event({ data: REQUEST.with(4, '1601/1/1 0:00') });
    const { clientTime: _, ...rest } = understoodRequest;
    expect(observationsOf(parse(eventXml, ambiguous + none))).toEqual([{ ...rest, clientTimeRaw: '3/9/2024 21:46' }, rest]);
  });

  test('a licence status that Windows does not have is unknown, never licensed', () => {
    expect(observationsOf(parse(eventXml, event({ data: REQUEST.with(6, '9') })))).toMatchObject([{ statusBefore: 'UNKNOWN' }]);
  });
});

describe('shapes of the file', () => {
  const expected = parse(eventXml, event() + attempt + response);

  test.each([
    ['without a root and without line breaks', event() + attempt + response],
    ['one on a line', `${event()}\r\n${attempt}\r\n${response}\r\n`],
    ['under a root, with a declaration', `\uFEFF<?xml version="1.0" encoding="utf-8" standalone="yes"?>\r\n<Events>${event()}${attempt}${response}</Events>\n`],
    ['with comments between', `<!-- <Event> -->${event()}<!---->${attempt}${response}<!-- > -->`],
    ['pretty printed', (event() + attempt + response).replaceAll('><', '>\r\n  <')],
    ['without a namespace', (event() + attempt + response).replaceAll(/ xmlns='[^']*'/g, '')],
    ['with double quotes', (event() + attempt + response).replaceAll("'", '"')],
    [
      'with rendering information',
      (event() + attempt + response).replaceAll('</Event>', "<RenderingInfo Culture='de-DE'><Message>Eine Anforderung &lt;1&gt;</Message></RenderingInfo></Event>"),
    ],
    ['with named data', (event() + attempt + response).replaceAll('<Data>', "<Data Name='x'>")],
  ])('%s', (_, text) => {
    expect(parse(eventXml, text)).toEqual(expected);
  });

  test('references are resolved', () => {
    const data = REQUEST.with(2, 'client&#55;&#x2e;ledger&#46;example');
    expect(observationsOf(parse(eventXml, event({ data })))).toEqual([understoodRequest]);
  });

  test('the same record has the same identity in any export: case of the computer and digits below a second do not count', () => {
    const other = event({ computer: 'KMS1.LEDGER.EXAMPLE', time: '2024-03-09T21:47:03Z' });
    expect(new Set(parse(eventXml, event() + other).map((record) => (record.kind === 'understood' ? record.identity : '')))).toHaveLength(1);
  });

  test('recognises event XML and nothing else', () => {
    expect(eventXml.recognises(event())).toBe(95);
    expect(eventXml.recognises(`<?xml version="1.0"?>\n<!-- x --><Events>\n${event()}`)).toBe(95);
    expect(eventXml.recognises('<EventData></EventData>')).toBe(0);
    expect(eventXml.recognises('Log Name: Application\nEvent Xml:\n<Event>')).toBe(0);
    expect(eventXml.recognises(`<!DOCTYPE${' '.repeat(65_000)}`)).toBe(0);
  });
});

describe('bad input costs itself alone', () => {
  test.each([
    ['a start tag without an end', event().replace('</System>', ''), ['MALFORMED_XML']],
    ['cut short by the next', event().slice(0, 400), ['MALFORMED_XML']],
    ['cut short within a tag', event().slice(0, 90), ['MALFORMED_XML']],
    ['text between the events', 'garbage < & ]]>', ['MALFORMED_XML']],
    ['an attribute twice', event().replace("ThreadID='0'", "ProcessID='0'"), ['MALFORMED_XML']],
    ['a character that XML forbids', event().replace('25', '\u0001'), ['MALFORMED_XML']],
    ['a comment in an event', event().replace('<Data>25', '<!-- --><Data>25'), ['MALFORMED_XML']],
    ['an entity of the file', event().replace('25', '&max;'), ['XML_ENTITY']],
    ['no event id', event().replace(/<EventID.*<\/EventID>/, ''), ['MISSING_EVENT_ID']],
    ['no fields', event({ data: [] }), ['INCOMPLETE_RECORD']],
    ['a number out of range', event({ data: REQUEST.with(7, '99999999999') }), ['NUMBER_OUT_OF_RANGE']],
    ['a placeholder for the client', event({ data: REQUEST.with(2, '&lt;KMS Client name&gt;') }), ['MISSING_HOST']],
    ['no computer in an event of a client', attempt.replace('<Computer>client7.ledger.example</Computer>', '<Computer/>'), ['MISSING_HOST']],
    ['a placeholder for the KMS host', attempt.replace('kms1.ledger.example:1688', '&lt;KMS Host FQDN&gt;:1688'), ['MISSING_KMS_HOST']],
    ['a record of 2 MB', event({ data: ['x'.repeat(2_000_000)] }), ['RECORD_TOO_LONG']],
    ['an event without end of 3 MB', event({ data: ['x'.repeat(3_000_000)] }).slice(0, -8), ['RECORD_TOO_LONG']],
    ['a declaration of an entity', '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///none"><!ENTITY f "<Event></Event>">]>', ['XML_ENTITY']],
  ])('%s', (_, bad, codes) => {
    const records = parse(eventXml, event({ recordId: 1 }) + bad + event({ recordId: 2 }));
    expect(outcomesOf(records)).toEqual(['understood', ...codes, 'understood']);
    expect(records.map(({ record }) => record)).toEqual([1, 2, 3]);
  });

  test('a file cut off says so, after the good events', () => {
    expect(outcomesOf(parse(eventXml, event() + event().slice(0, -3)))).toEqual(['understood', 'TRUNCATED']);
    expect(outcomesOf(parse(eventXml, `${event()}<Eve`))).toEqual(['understood', 'TRUNCATED']);
  });

  test('an entity never reaches a record, and nesting without end is refused', () => {
    const bomb = `<!DOCTYPE Events [<!ENTITY a "ha">]><Events>${event({ data: REQUEST.with(2, '&a;') })}</Events>`;
    expect(outcomesOf(parse(eventXml, bomb))).toEqual(['XML_ENTITY', 'XML_ENTITY']);
    expect(outcomesOf(parse(eventXml, `<Event>${'<a>'.repeat(10_000)}</Event>`))).toEqual(['MALFORMED_XML']);
  });

  test('many starts without an end take time in proportion', () => {
    expect(parse(eventXml, '<Event>'.repeat(100_000))).toHaveLength(100_000);
  });

  test('a file of 10 MB without a tag is one refusal', () => {
    expect(outcomesOf(parse(eventXml, cut('x'.repeat(10_000_000), [65_536])))).toEqual(['MALFORMED_XML']);
    expect(outcomesOf(parse(eventXml, cut(`<Event>${'x'.repeat(10_000_000)}</Event>${event()}`, [65_536])))).toEqual(['RECORD_TOO_LONG', 'understood']);
  });

  test('a computer named from outside is used where the event names none', () => {
    const nameless = response.replace('<Computer>client7.ledger.example</Computer>', '<Computer></Computer>');
    expect(observationsOf(parse(eventXml, nameless, { host: 'named.ledger.example' }))).toMatchObject([{ host: { rawName: 'named.ledger.example' } }]);
  });
});

describe('always', () => {
  const file = `<?xml version="1.0"?><Events>\n${event()}${attempt}<junk/>${response.slice(0, 300)}${directory}<!-- <Event> -->${event({ data: ['1', '2'] })}</Events>`;

  test('wherever the chunks are cut, the records are the same', () => {
    const whole = parse(eventXml, file);
    expect(whole).toHaveLength(6);
    for (let at = 1; at < file.length; at += 1) {
      // Compared as text, which is far quicker than toEqual a few thousand times.
      expect(JSON.stringify(parse(eventXml, [file.slice(0, at), file.slice(at)]))).toBe(JSON.stringify(whole));
    }
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 8 }), (lengths) => {
        expect(parse(eventXml, cut(file, lengths))).toEqual(whole);
      }),
      { numRuns: 100 },
    );
  });

  test('no text makes it throw or hang, and every record has a number of its own', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('<Event>', '</Event>', '<Events>', '<System>', '<!--', '-->', '<!DOCTYPE', '<![CDATA[', ']]>', '&lt;', '&#0;', '&#x110000;', '<', '>', "'", event(), response),
      fc.nat({ max: file.length }).map((at) => file.slice(at, at + 120)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.integer({ min: 1, max: 64 }), (pieces, length) => {
        const records = parse(eventXml, cut(pieces.join(''), [length]));
        expect(records.map(({ record }) => record)).toEqual(records.map((_, index) => index + 1));
        expect(records).toEqual(parse(eventXml, pieces.join('')));
      }),
      { numRuns: 300 },
    );
  });

  test('an event is read the same whatever events were read before it, however alike', () => {
    const kinds = [event(), attempt, response, directory, event({ data: REQUEST.with(2, 'a&amp;b') }), event({ id: 1, data: [] })];
    const change = fc.record({
      kind: fc.constantFrom(...kinds),
      at: fc.nat({ max: 1200 }),
      length: fc.nat({ max: 6 }),
      with: fc.constantFrom('', '7', '<', '>', '&', '&lt;', "'", '"', '</Data><Data>', '\u0001', ']]>', ' ', '<x/>'),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
        for (const { kind, at, length, with: inserted } of changes) {
          const changed = `${kind.slice(0, at)}${inserted}${kind.slice(at + length)}`;
          const alone = parse(eventXml, changed);
          const before = kinds.join('') + event({ recordId: 8, time: '2024-03-09T21:47:04Z' }) + event({ computer: 'kms2.ledger.example' });
          const after = parse(eventXml, before + changed).slice(kinds.length + 2);
          expect(after.map((record) => ({ ...record, record: record.record - kinds.length - 2 }))).toEqual(alone);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('no product key gets into a record', () => {
    const key = 'BBBBB-CCCCC-DDDDD-FFFFF-GGGGG';
    for (const target of [event(), attempt, response, directory, event({ id: 12293, data: ['0x80072338', 'ledger.example'] })]) {
      for (const { 0: item, index } of target.matchAll(/(?<=[>'])[^<>']+(?=[<'])/g)) {
        const planted = target.slice(0, index) + key + target.slice(index + item.length);
        expect(JSON.stringify(parse(eventXml, planted)).toUpperCase()).not.toContain(key);
      }
    }
  });
});
