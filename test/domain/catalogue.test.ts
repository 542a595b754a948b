import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { builtInCatalogue } from '../../src/domain/catalogue/builtIn.js';
import { buildCatalogue, extendCatalogue } from '../../src/domain/catalogue/catalogue.js';
import { officeHostKeyGroupOf, officeHostKeyGroups, windowsHostKeyGroups } from '../../src/domain/catalogue/csvlkGroups.js';
import { minimumCountOf, minimumCounts } from '../../src/domain/catalogue/minimumCounts.js';
import type { ProductFamily } from '../../src/domain/vocabulary.js';

const FACTS = new URL('../../../shared/samples/catalogue/', import.meta.url);

test('holds 608 volume SKUs, four Office host keys of later versions and five Office retail SKUs, each once', () => {
  expect(builtInCatalogue.skus.length).toBe(608 + 4 + 5);
  expect(new Set(builtInCatalogue.skus.map((sku) => sku.skuId)).size).toBe(617);
  expect(builtInCatalogue.skus.filter((sku) => !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(sku.skuId))).toEqual([]);
});

test('counts its SKUs by key kind and by family', () => {
  expect(tally(builtInCatalogue.skus.map((sku) => sku.keyKind))).toEqual({ KMS_CLIENT: 319, KMS_HOST: 47, MAK: 236, RETAIL: 5, UNKNOWN: 10 });
  expect(tally(builtInCatalogue.skus.map((sku) => sku.family))).toEqual({ WINDOWS_CLIENT: 251, WINDOWS_SERVER: 124, OFFICE: 160, UNKNOWN: 82 });
});

test('holds 142 setup keys with distinct last fives: 78 for Windows and 52 for Office by KMS, 12 by AVMA; and 6 default keys of OEM machines', () => {
  expect(builtInCatalogue.setupKeys.length).toBe(148);
  expect(new Set(builtInCatalogue.setupKeys.map((key) => key.lastFive)).size).toBe(148);
  expect(tally(builtInCatalogue.setupKeys.map((key) => key.method))).toEqual({ KMS: 130, AVMA: 12, OEM: 6 });
  expect(tally(builtInCatalogue.setupKeys.map((key) => key.family))).toEqual({ WINDOWS_CLIENT: 43, WINDOWS_SERVER: 53, OFFICE: 52 });
});

test('holds 45 error codes in normal form', () => {
  expect(builtInCatalogue.errorCodes.length).toBe(45);
  expect(builtInCatalogue.errorCodes.filter((code) => !/^0x[0-9A-F]{8}$/.test(code.code))).toEqual([]);
  expect(builtInCatalogue.errorCodes.filter((code) => code.meaning === '' || code.relevance === '')).toEqual([]);
});

test('names a source for every entry', () => {
  const entries = [...builtInCatalogue.skus, ...builtInCatalogue.setupKeys, ...builtInCatalogue.errorCodes];
  expect([...entries, ...minimumCounts, ...windowsHostKeyGroups, ...officeHostKeyGroups].filter((entry) => entry.source.trim() === '')).toEqual([]);
});

test('stores no whole product key', () => {
  expect(JSON.stringify([builtInCatalogue, windowsHostKeyGroups, officeHostKeyGroups])).not.toMatch(/[A-Z0-9]{5}(-[A-Z0-9]{5}){4}/i);
});

test.each<[string, string, ProductFamily]>([
  ['d450596f-894d-49e0-966a-fd39ed4c4c64', 'Office16_ProPlusVL_KMS_Client', 'OFFICE'],
  ['6f327760-8c5c-417c-9b61-836a98287e0c', 'RTM_ProPlus_KMS_Client', 'OFFICE'],
  ['68531fb9-5511-4989-97be-d11a0f55633f', 'Server 2008 R2 Standard Volume:GVLK', 'WINDOWS_SERVER'],
  ['f1658734-6bf4-48fe-862b-074740d0e51b', 'Longhorn CSVLK for DataCenter and Itanium Edition', 'WINDOWS_SERVER'],
  ['cf67834d-db4a-402c-ab1f-2c134f02b700', 'Windows Vista Enterprise - GVLK', 'WINDOWS_CLIENT'],
  ['1d30a37d-c938-48ae-8e77-96686f5ef87f', 'Embedded Standard Volume:BA Lckd Edtn OEM', 'WINDOWS_CLIENT'],
  ['f149bc3d-d55a-482a-964b-c75a7d67b382', 'Exchange Server 2013 Enterprise Volume:GVLK', 'UNKNOWN'],
  ['9acce7ba-fadc-48e6-a3fb-b8dd772326d4', 'CRM 6 RTM Workgroup Server Volume:GVLK', 'UNKNOWN'],
])('knows the SKU %s as %s of family %s', (skuId, name, family) => {
  expect(builtInCatalogue.sku(skuId.toUpperCase())).toMatchObject({ skuId, name, family });
});

test('takes a server product that is no Windows Server for no KMS class', () => {
  const others = builtInCatalogue.skus.filter((sku) => /Exchange|SQL|CRM|Visual Studio|\bVS\b/.test(sku.name));
  expect(others.length).toBe(82);
  expect(new Set(others.map((sku) => sku.family))).toEqual(new Set(['UNKNOWN']));
});

test('looks up setup keys and error codes in any case, and error codes without their leading zeros', () => {
  expect(builtInCatalogue.setupKey('t83gx')?.product).toBe('Windows 11/10 Pro');
  expect(builtInCatalogue.errorCode('0xc004f06c')?.code).toBe('0xC004F06C');
  expect(builtInCatalogue.errorCode('0x0')?.meaning).toBe('success');
  expect(builtInCatalogue.errorCode('no code')).toBeUndefined();
  expect(builtInCatalogue.sku('')).toBeUndefined();
});

test('gives the minimum counts of rule K-1, Office counted apart from Windows', () => {
  const at = '2026-01-01T00:00:00.000Z';
  expect(minimumCounts.map(({ family, count, countedWith }) => [family, count, countedWith])).toEqual([
    ['WINDOWS_CLIENT', 25, 'WINDOWS'],
    ['WINDOWS_SERVER', 5, 'WINDOWS'],
    ['OFFICE', 5, 'OFFICE'],
  ]);
  expect(minimumCountOf('WINDOWS_CLIENT', at)?.count).toBe(25);
  expect(minimumCountOf('UNKNOWN', at)).toBeUndefined();
});

test('gives the minimum count in force at the instant asked for', () => {
  const counts = [
    { family: 'OFFICE', count: 5, countedWith: 'OFFICE', validFrom: undefined, validUntil: '2030-01-01T00:00:00.000Z', source: 'invented' },
    { family: 'OFFICE', count: 7, countedWith: 'OFFICE', validFrom: '2030-01-01T00:00:00.000Z', validUntil: undefined, source: 'invented' },
  ] as const;
  expect(minimumCountOf('OFFICE', '2029-12-31T23:59:59.999Z', counts)?.count).toBe(5);
  expect(minimumCountOf('OFFICE', '2030-01-01T00:00:00.000Z', counts)?.count).toBe(7);
});

test('finds an Office host key group by any of its activation ids', () => {
  expect(officeHostKeyGroupOf('8D368FC1-9470-4BE2-8D66-90E836CBB051')?.hostKey).toBe('Office LTSC 2024');
  expect(officeHostKeyGroupOf('00000000-0000-4000-8000-000000000000')).toBeUndefined();
  for (const group of officeHostKeyGroups) {
    for (const id of group.activationIds) expect(builtInCatalogue.sku(id)?.keyKind).toBe('KMS_HOST');
  }
});

test('knows from the FAQ what the older host keys activate and where they can be hosted', () => {
  const faq = 'Volume licensing product-key FAQ, 06/2018';
  expect(windowsHostKeyGroups.filter((group) => group.source === faq).map(({ hostKey, clients }) => [hostKey, clients])).toEqual([
    ['Windows 7', ['7 Enterprise/Professional', 'Vista Business/Enterprise']],
    ['Windows Vista', ['Vista Business/Enterprise']],
  ]);
  expect(officeHostKeyGroups.find((group) => group.hostKey === 'Office 2010')?.hostableOn).toEqual(['Windows Server 2008 R2', 'Windows Server 2003', 'Windows 7']);
  expect(officeHostKeyGroups.find((group) => group.hostKey === 'Office 2013')?.hostableOn).not.toContain('Windows Server 2003');
});

test('replaces an entry with the same id in its place and adds the others', () => {
  const sku = { skuId: 'd450596f-894d-49e0-966a-fd39ed4c4c64', name: 'Ours', edition: undefined, keyKind: 'MAK', family: 'OFFICE', source: 'invented' } as const;
  const added = { ...sku, skuId: '00000000-0000-4000-8000-000000000000', name: 'New' };
  const extended = extendCatalogue(builtInCatalogue, { skus: [sku, added], setupKeys: [], errorCodes: [] });
  expect(extended.skus.length).toBe(618);
  expect(extended.sku(sku.skuId)).toEqual(sku);
  expect(extended.sku(added.skuId)).toEqual(added);
  expect(builtInCatalogue.sku(sku.skuId)?.name).toBe('Office16_ProPlusVL_KMS_Client');
});

test('finds nothing in an empty catalogue', () => {
  const empty = buildCatalogue({ skus: [], setupKeys: [], errorCodes: [] });
  expect([empty.sku('d450596f-894d-49e0-966a-fd39ed4c4c64'), empty.setupKey('T83GX'), empty.errorCode('0x0')]).toEqual([undefined, undefined, undefined]);
});

test('agrees with the collected facts, row by row, where they are at hand', () => {
  if (!existsSync(FACTS)) {
    console.log('passed over: no collected facts beside the repository');
    return;
  }
  expect(skuRowsCompared()).toBe(614);
  expect(setupKeyRowsCompared()).toBe(142);
  expect(errorCodeRowsCompared()).toBe(45);
  expect(hostKeyGroupsCompared()).toBe(9);
});

/** Six ids stand twice in the facts, under two names: the first is kept. */
function skuRowsCompared(): number {
  const kinds: Record<string, string> = { 'Volume:GVLK': 'KMS_CLIENT', Volume: 'KMS_CLIENT', 'Volume:CSVLK': 'KMS_HOST', 'Volume:MAK': 'MAK', 'Volume:BA': 'UNKNOWN' };
  const rows = facts('kms-product-sku-volume.csv').map((line) => line.split(','));
  const first = new Map<string, string[]>();
  for (const row of rows) if (!first.has(skuIdIn(row))) first.set(skuIdIn(row), row);
  for (const [skuId, row] of first) {
    // Descriptions may hold commas; the two last columns never do.
    const name = row.slice(3, -2).join(',').replaceAll('"', '').replace(/\s+/g, ' ').trim();
    expect(builtInCatalogue.sku(skuId)).toMatchObject({ name, edition: row[2] === 'n/a' ? undefined : row[2], keyKind: kinds[row.at(-2)!] });
  }
  expect(first.size).toBe(608);
  return rows.length;
}

function skuIdIn(row: readonly string[]): string {
  return row[0]!.replace(/[{}]/g, '').toLowerCase();
}

function setupKeyRowsCompared(): number {
  const rows = facts('public-setup-keys-last5.tsv').map((line) => line.split('\t'));
  for (const [kind, family, product, lastFive] of rows) {
    const key = builtInCatalogue.setupKey(lastFive!);
    expect(key).toMatchObject({ product, method: kind === 'AVMA' ? 'AVMA' : 'KMS' });
    expect(key?.family === 'OFFICE').toBe(family === 'office');
  }
  return rows.length;
}

function errorCodeRowsCompared(): number {
  const rows = facts('error-codes.tsv').map((line) => line.split('\t'));
  for (const [code] of rows) expect(builtInCatalogue.errorCode(code!.split(' ')[0]!)).toBeDefined();
  return rows.length;
}

function hostKeyGroupsCompared(): number {
  const told = JSON.parse(readFileSync(new URL('csvlk-groups-windows.json', FACTS), 'utf8')) as {
    groups: { csvlk: string; hostableOn: string[]; servers: string[]; clients: string[] }[];
    office: { csvlkActivationIds: Record<string, string> };
  };
  expect(windowsHostKeyGroups.filter((group) => group.source.includes('kms-activation-planning')).map(({ hostKey, hostableOn, servers, clients }) => ({ csvlk: hostKey, hostableOn, servers, clients }))).toEqual(told.groups);
  const ids = Object.entries(told.office.csvlkActivationIds);
  for (const [hostKey, id] of ids) expect(officeHostKeyGroupOf(id)?.hostKey).toBe(hostKey);
  return told.groups.length + ids.length;
}

function facts(file: string): string[] {
  return readFileSync(new URL(file, FACTS), 'utf8').trimEnd().split(/\r?\n/).slice(1);
}

function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
