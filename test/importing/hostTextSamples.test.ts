/** Real captures, read from beside the repository and never copied into it: exactly these records come out of them. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ospp } from '../../src/importing/formats/ospp.js';
import { slmgr } from '../../src/importing/formats/slmgr.js';
import { slpCsv } from '../../src/importing/formats/slpCsv.js';
import { slpJson } from '../../src/importing/formats/slpJson.js';
import { slpList } from '../../src/importing/formats/slpList.js';
import { SNIFF_CHARACTERS, type InputFormat } from '../../src/importing/parser.js';
import { countsIn, parse, refusedIn, statesIn } from './hostTextSupport.js';

const SAMPLES = new URL('../../../shared/samples/', import.meta.url);
const FORMATS = [slpList, slpJson, slpCsv, slmgr, ospp];
const HOST = 'sample.example';

/** What a state must say, in one line: status, key, kind, then method, minutes or permanence, reason, end of the KMS host's name. */
type Expected =
  | { readonly format: InputFormat; readonly states: readonly string[]; readonly cmids?: readonly string[]; readonly counts?: readonly string[] }
  | { readonly notInput: string };

const EXPECTED: Readonly<Record<string, Expected>> = {
  'slmgr/dli-en-win10pro-oemdm.txt': { format: slmgr, states: ['LICENSED D692P OEM OEM permanent - -'] },
  'slmgr/dli-en-win7-eval.txt': { format: slmgr, states: ['OOB_GRACE JCDDG UNKNOWN - 12960 - -'] },
  'slmgr/dli-en-win7-kmsclient-technet.txt': {
    format: slmgr,
    states: ['LICENSED DVQ7P KMS_CLIENT KMS 243720 - net:1688'],
    cmids: ['2ffcfc30-6a6a-49ec-92b8-f6150c7df211'],
  },
  'slmgr/dli-en-ws2008r2-kmshost-technet.txt': {
    format: slmgr,
    states: ['LICENSED PYWKV KMS_HOST - permanent - -'],
    counts: ['current 2, port 1688, DNS true, total 826, failed 0, licensed 826'],
  },
  'slmgr/dli-en-ws2012r2-kmsclient.txt': {
    format: slmgr,
    states: ['LICENSED MDVJX KMS_CLIENT KMS 253564 - net:1688'],
    cmids: ['f9d4e20a-cb8f-4050-9c0c-56420455ada1'],
  },
  'slmgr/dlv-en-ws2012r2-csvlk-win10-redacted-msqa.txt': {
    format: slmgr,
    states: ['LICENSED - KMS_HOST - permanent - -'],
    counts: ['current 0, port 1688, DNS true, total 0, failed 0, licensed 0'],
  },
  'slmgr/localized-strings-observed.tsv': { notInput: 'a table of words' },
  'slmgr/xpr-zh-CN-office16-and-win10.txt': {
    format: slmgr,
    states: ['NOTIFICATION - - - - - -', 'NOTIFICATION - - - - - -', 'LICENSED - - - permanent - -'],
  },
  'ospp/dstatus-ja-host-office2019-retail-licensed.txt': { format: ospp, states: ['LICENSED - RETAIL RETAIL permanent - -'] },
  'ospp/dstatus-ru-host-office2013-kms-licensed.txt': {
    format: ospp,
    states: ['LICENSED GVGXT KMS_CLIENT KMS 256748 0x4004F040 org:1688'],
  },
  'ospp/dstatus-zh-host-office16-four-products-notifications.txt': {
    format: ospp,
    states: [
      'NOTIFICATION Y984V RETAIL RETAIL - 0xC004F009 -',
      'NOTIFICATION F6YYT RETAIL RETAIL - 0xC004F009 -',
      'NOTIFICATION RJRJK KMS_CLIENT KMS - 0xC004F00F -',
      'NOTIFICATION KHGM9 RETAIL RETAIL - 0xC004F009 -',
    ],
  },
  'ospp/dstatus-zh-host-office2019-oob-grace.txt': { format: ospp, states: ['OOB_GRACE 8MBCX RETAIL RETAIL 7195 0x4004F00C -'] },
  'wmi/office_2016_01-SoftwareLicensingProduct.wmi': {
    format: slpList,
    states: ['LICENSED WE9H9 KMS_CLIENT KMS 259174 0x4004F040 com:1688'],
  },
  'wmi/office_2016_01-SoftwareLicensingProduct.utf8.txt': {
    format: slpList,
    states: ['LICENSED WE9H9 KMS_CLIENT KMS 259174 0x4004F040 com:1688'],
  },
  'wmi/select-name-partialproductkey-win-education-office24.txt': { notInput: 'a table made for reading: columns are cut, the status is missing' },
};

describe.skipIf(samplesAreAbsent())('real captures', () => {
  test('every file of the folders is named here, and none is missing', () => {
    const present = ['slmgr', 'ospp', 'wmi'].flatMap((folder) => readdirSync(new URL(folder, SAMPLES)).map((name) => `${folder}/${name}`));
    expect(present.sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  test.each(Object.entries(EXPECTED))('%s gives exactly what is expected', (file, expected) => {
    const text = decoded(readFileSync(new URL(file, SAMPLES)));
    const scores = FORMATS.map((format) => ({ format, score: format.recognises(text.slice(0, SNIFF_CHARACTERS)) })).filter(({ score }) => score > 0);
    if ('notInput' in expected) {
      expect(scores, expected.notInput).toEqual([]);
      return;
    }
    expect(scores.map(({ format }) => format.name)).toEqual([expected.format.name]);
    const records = parse(expected.format, text, HOST);
    expect(refusedIn(records)).toEqual([]);
    expect(statesIn(records).map(stateInOneLine)).toEqual(expected.states);
    expect(statesIn(records).every((state) => state.host.rawName === HOST)).toBe(true);
    // The names of other people's machines stay out of the project: each must stand in its file as a whole word.
    const kmsNames = statesIn(records).flatMap((state) => state.kmsHost?.replace(/:\d+$/, '') ?? []);
    for (const name of kmsNames) expect(text.split(/[\s=:]+/)).toContain(name);
    expect(statesIn(records).flatMap((state) => state.host.cmid ?? [])).toEqual(expected.cmids ?? []);
    expect(countsIn(records).map(countInOneLine)).toEqual(expected.counts ?? []);
  });

  test('the same dump in two encodings is one record', () => {
    const [first, second] = ['.wmi', '.utf8.txt'].map((ending) => {
      const text = decoded(readFileSync(new URL(`wmi/office_2016_01-SoftwareLicensingProduct${ending}`, SAMPLES)));
      return parse(slpList, text, HOST);
    });
    expect(first).toEqual(second);
  });
});

function samplesAreAbsent(): boolean {
  const absent = !existsSync(SAMPLES);
  if (absent) console.log('real captures: ../shared/samples is not there, so they are passed over');
  return absent;
}

function decoded(bytes: Buffer): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(bytes);
}

function stateInOneLine(state: ReturnType<typeof statesIn>[number]): string {
  const end = state.permanent === true ? 'permanent' : state.minutesRemaining;
  return [state.status, state.key?.lastFive, state.keyKind, state.method, end, state.statusReason, state.kmsHost?.split('.').at(-1)].map((part) => part ?? '-').join(' ');
}

function countInOneLine({ currentCount, listeningPort, dnsPublishing, requests }: ReturnType<typeof countsIn>[number]): string {
  return `current ${currentCount}, port ${listeningPort}, DNS ${dnsPublishing}, total ${requests?.total}, failed ${requests?.failed}, licensed ${requests?.licensed}`;
}
