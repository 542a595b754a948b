import { describe, expect, test } from 'vitest';
import { builtInCatalogue } from '../../src/domain/catalogue/builtIn.js';
import { officeHostKeyGroups, windowsHostKeyGroups } from '../../src/domain/catalogue/csvlkGroups.js';
import {
  compareReleases,
  generationOf,
  recogniseEdition,
  recogniseProduct,
  recogniseProducts,
  releaseName,
  RELEASES,
  type Product,
  type ProductLine,
} from '../../src/domain/catalogue/product.js';

/** The product in one line: release, editions, component, service pack, group. */
function told(name: string): string | undefined {
  const product = recogniseProduct(name);
  if (product === undefined) return undefined;
  const { editions, component, servicePack, group } = product;
  return [releaseName(product), editions.join('+'), component, servicePack && `SP${servicePack}`, group]
    .filter((part) => part !== undefined && part !== '' && part !== 'OFFICE')
    .join(' | ');
}

describe('a product is recognised however it is written', () => {
  test.each([
    ['Windows 7 Professional', 'Windows 7 | Professional'],
    ['Win 7 Pro', 'Windows 7 | Professional'],
    ['win7 pro', 'Windows 7 | Professional'],
    ['Microsoft Windows 7 Professionnel', 'Windows 7 | Professional'],
    ['Windows(R) 7, Enterprise edition', 'Windows 7 | Enterprise'],
    ['Windows 7 Professional SP1', 'Windows 7 | Professional | SP1'],
    ['Windows 7 Service Pack 1', 'Windows 7 | SP1'],
    ['Windows 7 ProfessionalN Volume:GVLK', 'Windows 7 | Professional N'],
    ['Windows XP Professional', 'Windows XP | Professional'],
    ['Windows Vista Business - GVLK', 'Windows Vista | Business'],
    ['Win 8.1 RTM Enterprise Volume:GVLK', 'Windows 8.1 | Enterprise'],
    ['Windows 10 Enterprise LTSB 2016', 'Windows 10 | Enterprise LTSC 2016'],
    ['Windows 11 Pro for Workstations', 'Windows 11 | Pro for Workstations'],
    ['Windows 10 Pro Education N', 'Windows 10 | Pro Education N'],
    ['Windows Server 2008 R2 Standard', 'Windows Server 2008 R2 | Standard | B'],
    ['Windows Server 2008 Standard/Entreprise R2', 'Windows Server 2008 R2 | Standard+Enterprise | B'],
    ['B Windows Server 2008 R2', 'Windows Server 2008 R2 | B'],
    ['Win2008R2 Datacenter', 'Windows Server 2008 R2 | Datacenter | C'],
    ['Server 2012', 'Windows Server 2012'],
    ['Windows Server 12 R2 RTM ServerStandard Volume:GVLK', 'Windows Server 2012 R2 | Standard'],
    ['Win 7 Server Web (no CC) MAK', 'Windows Server 2008 R2 | Web | A'],
    ['Windows Web & Compute Cluster Server 2008 MAK', 'Windows Server 2008 | Web+HPC | A'],
    ['Windows Server 2003 R2', 'Windows Server 2003'],
    ['Office 2010', 'Office 2010'],
    ['Office16_ProPlusVL_KMS_Client', 'Office 2016 | Professional Plus'],
    ['Office 15, OfficeProPlusVL_KMS_Client edition', 'Office 2013 | Professional Plus'],
    ['Office 19, Office19HomeBusiness2019R_Retail edition', 'Office 2019 | Home and Business'],
    ['Visio Professional 2013', 'Office 2013 | Professional | VISIO'],
    ['Project 2010', 'Office 2010 | PROJECT'],
    ['Win SBS Std/Essentials 2011', 'Windows Small Business Server 2011 | Standard+Essentials'],
    ['Windows Small Business Server 2011 Premium Add-on', 'Windows Small Business Server 2011 | Premium Add-on'],
    ['SBS 2003', 'Windows Small Business Server 2003'],
  ])('%s is %s', (name, expected) => {
    expect(told(name)).toBe(expected);
  });

  test.each([
    'Windows',
    'Windows 2000',
    'Windows Server(R), ServerEnterprise edition',
    'WinServer Next ServerStandard Volume:GVLK',
    'SQL Server 2008 R2 Standard',
    'Exchange Server 2013 Standard Volume:GVLK',
    'Windows Embedded Industry 8 RTM EmbeddedIndustry Volume:GVLK',
    'Windows Embedded POSReady 7',
    'Office 16, Office16O365HomePremR_Grace edition',
    'Microsoft 365 Apps',
    'LibreOffice',
    'Windows 3.11',
    '',
    'x'.repeat(10_000),
  ])('%s stays unknown', (name) => {
    expect(recogniseProducts(name)).toEqual([]);
  });

  test('a key for two releases is of both, and of no single product', () => {
    expect(recogniseProducts('Windows 11/10 Pro').map(releaseName)).toEqual(['Windows 10', 'Windows 11']);
    expect(recogniseProduct('Windows 11/10 Pro')).toBeUndefined();
  });

  test('every public setup key of the catalogue has a name that is recognised, the semi-annual channel, AVMA ranges and IoT apart', () => {
    const unknown = builtInCatalogue.setupKeys.map(({ product }) => product).filter((name) => recogniseProducts(name).length === 0);
    expect(unknown.filter((name) => !/Server (?:Standard|Datacenter) \(|IoT|^(?:Access|Excel|Outlook|PowerPoint|Publisher|Word|OneNote|Skype for Business) /.test(name))).toEqual([]);
  });

  test('every host key and every host system of the key groups is recognised', () => {
    const names = [...windowsHostKeyGroups, ...officeHostKeyGroups].flatMap((group) => [group.hostKey, ...group.hostableOn]);
    expect(names.filter((name) => recogniseProduct(name) === undefined)).toEqual([]);
  });
});

test('an edition alone is recognised within its line', () => {
  expect(recogniseEdition('Pro', 'WINDOWS')).toBe('Professional');
  expect(recogniseEdition('ServerStandard', 'WINDOWS_SERVER')).toBe('Standard');
  expect(recogniseEdition('Standard/Enterprise', 'WINDOWS_SERVER')).toBeUndefined();
  expect(recogniseEdition(undefined, 'OFFICE')).toBeUndefined();
});

test('releases of a line have an order, those of two lines have none', () => {
  const product = (line: ProductLine, release: string): Product => ({ line, release, editions: [], component: undefined, servicePack: undefined, group: undefined });
  expect(compareReleases(product('WINDOWS', 'Vista'), product('WINDOWS', '7'))).toBeLessThan(0);
  expect(compareReleases(product('WINDOWS', '7'), product('WINDOWS', '7'))).toBe(0);
  expect(compareReleases(product('WINDOWS', '7'), product('OFFICE', '2010'))).toBeUndefined();
  const windows = (['WINDOWS', 'WINDOWS_SERVER'] as const).flatMap((line) => RELEASES[line].map((release) => generationOf(product(line, release))));
  expect(windows.filter((generation) => generation === undefined)).toEqual([]);
  expect(generationOf(product('WINDOWS', '7'))).toBe(generationOf(product('WINDOWS_SERVER', '2008 R2')));
  expect(generationOf(product('OFFICE', '2010'))).toBeUndefined();
});
