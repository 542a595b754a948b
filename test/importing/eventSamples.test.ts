import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { decodeText } from '../../src/importing/decode.js';
import { INPUT_FORMATS } from '../../src/importing/formats.js';
import type { ParseContext } from '../../src/importing/parser.js';
import { recogniseFormat } from '../../src/importing/recognise.js';
import { observationsOf, outcomesOf, parse } from './parsing.js';

// Real captures lie beside the repository, never in it.
const FOLDER = fileURLToPath(new URL('../../../shared/samples/eventlog/', import.meta.url));
const present = existsSync(FOLDER);
if (!present) console.log('../shared/samples/eventlog is absent: the real event log captures are passed over');

function textOf(file: string): string {
  let text = '';
  const decoding = decodeText(undefined, (part) => (text += part));
  decoding.write(readFileSync(`${FOLDER}${file}`));
  expect(decoding.end()).toBeUndefined();
  return text;
}

interface Expected {
  readonly format: string;
  readonly outcomes: readonly string[];
  readonly context?: Partial<ParseContext>;
  readonly observations?: readonly object[];
}

const named = { host: 'named.ledger.example' };
const EXPECTED: Readonly<Record<string, readonly Expected[] | 'no input'>> = {
  // Microsoft's page has placeholders in place of names; they are refused even where the computer is named from outside.
  '12288-12290-en-kb974998-eventviewer-text.txt': [
    { format: 'event-text', outcomes: ['MISSING_HOST', 'MISSING_HOST'] },
    { format: 'event-text', context: named, outcomes: ['MISSING_KMS_HOST', 'MISSING_HOST'] },
  ],
  '12293-en-kb2553863.txt': [
    { format: 'event-text', outcomes: ['MISSING_HOST'] },
    {
      format: 'event-text',
      context: named,
      outcomes: ['understood'],
      observations: [{ kind: 'kmsPublication', host: { rawName: 'named.ledger.example' }, succeeded: false, hresult: '0x80072338', dnsDomain: 'contoso.com' }],
    },
  ],
  // Its author blotted out the SKU id.
  '12308-en-adba-redacted-msqa.txt': [
    { format: 'event-text', outcomes: ['MISSING_HOST'] },
    { format: 'event-text', context: named, outcomes: ['MISSING_SKU'] },
  ],
  '16384-cs-event.xml': [{ format: 'event-xml', outcomes: ['understood'], observations: [] }],
  '8233-en-eventviewer-copy-truncated.txt': [{ format: 'event-text', outcomes: ['TRUNCATED'] }],
  'poshevents-kmsclientevent-12308-formatlist.txt': [
    {
      format: 'event-text',
      outcomes: ['understood'],
      observations: [
        {
          kind: 'licenseState',
          host: { rawName: 'WKSTN47.contoso.com' },
          evidence: 'CLIENT_EVENT_12308',
          skuId: '73001100-0000-1111-2222-f1d7bf300300',
          status: 'LICENSED',
          method: 'ADBA',
          activationObject: {
            name: 'Windows Server 2016 RTM ServerDatacenter;ServerStandard Volume:CSVLK',
            distinguishedName: 'CN=br549-999-607319-0,CN=Activation Objects,CN=Microsoft SPP,CN=Services,CN=Configuration,DC=contoso,DC=com',
          },
        },
      ],
    },
  ],
  // A table for people: it has neither CMID nor HRESULT.
  'poshevents-kmshostevent-formattable.txt': 'no input',
  // Facts about the fields, not a capture.
  'technet-table11-example-values.tsv': 'no input',
};

describe.skipIf(!present)('real captures', () => {
  test('every file of the folder is named here', () => {
    expect(readdirSync(FOLDER).sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  for (const [file, expectations] of Object.entries(EXPECTED)) {
    if (expectations === 'no input') {
      test(`${file} is recognised by no format`, () => {
        expect(recogniseFormat(textOf(file), INPUT_FORMATS)?.name).toBeUndefined();
      });
      continue;
    }
    for (const { format, context = {}, outcomes, observations = [] } of expectations) {
      test(`${file}${context.host === undefined ? '' : ', the computer named,'} gives ${outcomes.join(', ')}`, () => {
        const recognised = recogniseFormat(textOf(file), INPUT_FORMATS);
        expect(recognised?.name).toBe(format);
        if (recognised === undefined) return;
        const records = parse(recognised, textOf(file), context);
        expect(outcomesOf(records)).toEqual(outcomes);
        expect(observationsOf(records)).toEqual(observations);
      });
    }
  }
});
