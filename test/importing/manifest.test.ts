/**
 * Every file of `../shared/samples`, real captures that lie beside the repository and never in it: what each must leave in a ledger, or
 * why it is no input.
 */
import { hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { FileImport } from '../../src/embedded/importRequest.js';
import { factsOf, withImportingLedger, type Facts } from './importingLedger.js';

const SAMPLES = fileURLToPath(new URL('../../../shared/samples/', import.meta.url));

/** One import of a file into a new ledger. */
interface Trial extends Partial<Facts> {
  /** What the caller says; nothing where left out. */
  readonly given?: Partial<FileImport>;
  /** The format that must be recognised. */
  readonly format: string;
  /** Code of each refused record, in order. */
  readonly refused?: readonly string[];
  readonly recordsRead: number;
}

/** The file as a whole must be refused with this code. */
interface WholeRefusal {
  readonly given?: Partial<FileImport>;
  readonly wholeFile: string;
}

type Expected = readonly (Trial | WholeRefusal)[] | `no input: ${string}`;

const HOST = { host: 'sample.example' } as const;
const UNNAMED: WholeRefusal = { wholeFile: 'MISSING_HOST' };

function named(format: string, recordsRead: number, facts: Partial<Facts>): Trial {
  return { given: HOST, format, recordsRead, ...facts };
}

const OFFICE_2016_DUMP: readonly Trial[] = [
  { format: 'slp-list', recordsRead: 1, refused: ['MISSING_HOST'] },
  // The dump's own clock says 2017: the 180 days of then are long over.
  named('slp-list', 1, {
    hosts: ['sample.example: NOTIFICATION (LICENSED) WE9H9 KMS_CLIENT KMS - by #98c83fee'],
    keys: ['WE9H9 KMS_CLIENT: observed 0, used 0, active 1'],
  }),
];

const EXPECTED: Readonly<Record<string, Expected>> = {
  'catalogue/csvlk-groups-windows.json': 'no input: facts about products, taken over into the catalogue',
  'catalogue/error-codes.tsv': 'no input: facts about error codes, taken over into the catalogue',
  'catalogue/kms-product-sku-volume.csv': 'no input: facts about products, taken over into the catalogue',
  'catalogue/public-setup-keys-last5.tsv': 'no input: facts about published keys, taken over into the catalogue',

  // Microsoft's page has placeholders in place of names; they are refused even where the computer is named from outside.
  'eventlog/12288-12290-en-kb974998-eventviewer-text.txt': [
    { format: 'event-text', recordsRead: 2, refused: ['MISSING_HOST', 'MISSING_HOST'] },
    { given: HOST, format: 'event-text', recordsRead: 2, refused: ['MISSING_KMS_HOST', 'MISSING_HOST'] },
  ],
  'eventlog/12293-en-kb2553863.txt': [
    { format: 'event-text', recordsRead: 1, refused: ['MISSING_HOST'] },
    named('event-text', 1, { hosts: ['sample.example: no installation'] }),
  ],
  // Its author blotted out the SKU id.
  'eventlog/12308-en-adba-redacted-msqa.txt': [
    { format: 'event-text', recordsRead: 1, refused: ['MISSING_HOST'] },
    { given: HOST, format: 'event-text', recordsRead: 1, refused: ['MISSING_SKU'] },
  ],
  // Understood, and of no interest: the service's own restart timer.
  'eventlog/16384-cs-event.xml': [{ format: 'event-xml', recordsRead: 1 }],
  'eventlog/8233-en-eventviewer-copy-truncated.txt': [{ format: 'event-text', recordsRead: 1, refused: ['TRUNCATED'] }],
  'eventlog/poshevents-kmsclientevent-12308-formatlist.txt': [
    // A local time of unknown order and zone: the time of the import counts, 180 days from then.
    { format: 'event-text', recordsRead: 1, hosts: ['wkstn47.contoso.com: ACTIVE_UNTIL (LICENSED) - - ADBA 2026-06-30'] },
    {
      given: { timeZone: 'America/New_York', dateOrder: 'MDY' },
      format: 'event-text',
      recordsRead: 1,
      hosts: ['wkstn47.contoso.com: NOTIFICATION (LICENSED) - - ADBA -'],
    },
  ],
  'eventlog/poshevents-kmshostevent-formattable.txt': 'no input: a table made for reading, without CMID and HRESULT',
  'eventlog/technet-table11-example-values.tsv': 'no input: facts about the fields of events, not a capture',

  'glpi/licenseinfos-fragment.xml': [
    { format: 'glpi-xml', recordsRead: 1, refused: ['MISSING_HOST'] },
    // An inventory proves no licence: the key is known, and counts for nothing.
    named('glpi-xml', 1, { hosts: ['sample.example: UNKNOWN 7FTGD OEM OEM -'], keys: ['7FTGD OEM: observed 0, used 0, active 0'] }),
  ],
  'glpi/licenseinfos.schema.json': 'no input: the JSON Schema of inventories',

  // The key is crossed out by its owner: none is known.
  'ospp/dstatus-ja-host-office2019-retail-licensed.txt': [
    UNNAMED,
    named('ospp', 1, { hosts: ['sample.example: PERMANENT (LICENSED) - RETAIL RETAIL -'] }),
  ],
  'ospp/dstatus-ru-host-office2013-kms-licensed.txt': [
    UNNAMED,
    named('ospp', 1, {
      hosts: ['sample.example: ACTIVE_UNTIL (LICENSED) GVGXT KMS_CLIENT KMS 2026-06-28 by kms.example.org'],
      keys: ['GVGXT KMS_CLIENT: observed 0, used 0, active 1'],
    }),
  ],
  'ospp/dstatus-zh-host-office16-four-products-notifications.txt': [
    UNNAMED,
    named('ospp', 4, {
      hosts: [
        'sample.example: NOTIFICATION Y984V RETAIL RETAIL -; NOTIFICATION F6YYT RETAIL RETAIL -; ' +
          'NOTIFICATION RJRJK KMS_CLIENT KMS -; NOTIFICATION KHGM9 RETAIL RETAIL -',
      ],
      keys: [
        'F6YYT RETAIL: observed 0, used 0, active 0',
        'KHGM9 RETAIL: observed 0, used 0, active 0',
        'RJRJK KMS_CLIENT: observed 0, used 0, active 0',
        'Y984V RETAIL: observed 0, used 0, active 0',
      ],
    }),
  ],
  'ospp/dstatus-zh-host-office2019-oob-grace.txt': [
    UNNAMED,
    named('ospp', 1, {
      hosts: ['sample.example: GRACE (OOB_GRACE) 8MBCX RETAIL RETAIL 2026-01-05'],
      keys: ['8MBCX RETAIL: observed 0, used 0, active 0'],
    }),
  ],

  'slmgr/dli-en-win10pro-oemdm.txt': [
    UNNAMED,
    named('slmgr', 1, { hosts: ['sample.example: PERMANENT (LICENSED) D692P OEM OEM -'], keys: ['D692P OEM: observed 0, used 0, active 1'] }),
  ],
  'slmgr/dli-en-win7-eval.txt': [
    UNNAMED,
    named('slmgr', 1, {
      hosts: ['sample.example: GRACE (OOB_GRACE) JCDDG UNKNOWN - 2026-01-10'],
      keys: ['JCDDG UNKNOWN: observed 0, used 0, active 0'],
    }),
  ],
  'slmgr/dli-en-win7-kmsclient-technet.txt': [
    UNNAMED,
    named('slmgr', 1, {
      hosts: ['sample.example: ACTIVE_UNTIL (LICENSED) DVQ7P KMS_CLIENT KMS 2026-06-19 by #3f1e3dbe'],
      keys: ['DVQ7P KMS_CLIENT: observed 0, used 0, active 1'],
    }),
  ],
  'slmgr/dli-en-ws2008r2-kmshost-technet.txt': [
    UNNAMED,
    named('slmgr', 1, {
      hosts: ['sample.example: PERMANENT (LICENSED) PYWKV KMS_HOST - -'],
      keys: ['PYWKV KMS_HOST: observed 0, used 0, active 1, allowed 60'],
      kms: ['sample.example: WINDOWS own figure 2, clients seen 0'],
    }),
  ],
  'slmgr/dli-en-ws2012r2-kmsclient.txt': [
    UNNAMED,
    named('slmgr', 1, {
      hosts: ['sample.example: ACTIVE_UNTIL (LICENSED) MDVJX KMS_CLIENT KMS 2026-06-26 by #73e29650'],
      keys: ['MDVJX KMS_CLIENT: observed 0, used 0, active 1'],
    }),
  ],
  'slmgr/dlv-en-ws2012r2-csvlk-win10-redacted-msqa.txt': [
    UNNAMED,
    named('slmgr', 1, {
      hosts: ['sample.example: PERMANENT (LICENSED) - KMS_HOST - -'],
      kms: ['sample.example: WINDOWS own figure 0, clients seen 0'],
    }),
  ],
  'slmgr/localized-strings-observed.tsv': 'no input: a table of words in several languages',
  'slmgr/xpr-zh-CN-office16-and-win10.txt': [
    UNNAMED,
    named('slmgr', 3, { hosts: ['sample.example: NOTIFICATION - - - -; NOTIFICATION - - - -; PERMANENT (LICENSED) - - - -'] }),
  ],

  'vamt/cil-2.0-fragment-kb2383895.txt': 'no input: the end of a start tag and what follows it, no document',
  'vamt/cil-2.0-tags.partial.tsv': 'no input: a table of element names',
  'vamt/vamt3-db-columns.tsv': 'no input: a table of column names',

  'wmi/office_2016_01-SoftwareLicensingProduct.utf8.txt': OFFICE_2016_DUMP,
  'wmi/office_2016_01-SoftwareLicensingProduct.wmi': OFFICE_2016_DUMP,
  'wmi/select-name-partialproductkey-win-education-office24.txt': 'no input: a table made for reading, its columns cut and the status missing',
};

/** Names that may be shown: those the tests give, and the placeholders of documentation. All others stand as a hash. */
const SHOWN_NAME = /(?:\.example|^example\.org|\.example\.org|contoso\.com)$/;

function shownName(name: string): string {
  return SHOWN_NAME.test(name) ? name : `#${hash('sha256', name, 'hex').slice(0, 8)}`;
}

describe.skipIf(samplesAreAbsent())('the files of MANIFEST.md', () => {
  let read = 0;
  afterAll(() => console.log(`manifest: ${read} files read, ${Object.values(EXPECTED).filter((each) => typeof each === 'string').length} of them no input`));

  test('are all in the folder and all named here', () => {
    const listed = [...readFileSync(`${SAMPLES}MANIFEST.md`, 'utf8').matchAll(/^\| ([\w/.-]+\.\w+) \|/gm)].map(([, file]) => file ?? '');
    expect(listed.toSorted()).toEqual(filesOfFolder());
    expect(Object.keys(EXPECTED).toSorted()).toEqual(filesOfFolder());
  });

  for (const [file, expected] of Object.entries(EXPECTED)) {
    if (typeof expected === 'string') {
      test(`${file} is ${expected}`, async () => {
        await expectTrial(file, { given: HOST, wholeFile: 'FORMAT_UNKNOWN' });
        read += 1;
      });
      continue;
    }
    test(file, async () => {
      for (const trial of expected) await expectTrial(file, trial);
      read += 1;
    });
  }
});

function expectTrial(file: string, trial: Trial | WholeRefusal): Promise<void> {
  return withImportingLedger(async (importing) => {
    const before = await importing.events();
    const { result, refused } = await importing.importPath(`${SAMPLES}${file}`, trial.given);
    if ('wholeFile' in trial) {
      expect(result).toMatchObject({ kind: 'refused', code: trial.wholeFile });
      expect(await importing.events()).toBe(before);
      return;
    }
    const { format, recordsRead, hosts = [], keys = [], kms = [] } = trial;
    expect({
      format: result.kind === 'imported' ? result.format : result.code,
      recordsRead: result.kind === 'imported' ? result.summary.recordsRead : 0,
      refused: refused.map(({ code }) => code),
      ...factsOf(importing, shownName),
    }).toEqual({ format, recordsRead, refused: trial.refused ?? [], hosts, keys, kms });
  });
}

function filesOfFolder(): string[] {
  return readdirSync(SAMPLES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readdirSync(`${SAMPLES}${name}`).map((file) => `${name}/${file}`))
    .toSorted();
}

function samplesAreAbsent(): boolean {
  const absent = !existsSync(SAMPLES);
  if (absent) console.log('manifest: ../shared/samples is not there, so its files are passed over');
  return absent;
}
