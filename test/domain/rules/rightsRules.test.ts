import { describe, expect, test } from 'vitest';
import { ACTIVATION_METHODS, PROGRAMMES } from '../../../src/domain/vocabulary.js';
import { copy, outcome } from './judging.js';

describe('R-1 what volume keys may be used for', () => {
  test.each(['PRODUCTION', 'REIMAGING', 'DOWNGRADE'] as const)('%s: every programme', (purpose) => {
    expect([...PROGRAMMES, undefined].filter((programme) => outcome('R-1', { programme, purpose }) !== 'SATISFIED')).toEqual([]);
  });

  test.each(['EVALUATION', 'TRAINING', 'BACKUP'] as const)('%s: Enterprise, Select, Select Plus; not the Open programmes; undetermined elsewhere', (purpose) => {
    const of = (wanted: string) => [...PROGRAMMES, undefined].filter((programme) => outcome('R-1', { programme, purpose }) === wanted);
    expect(of('SATISFIED')).toEqual(['ENTERPRISE_AGREEMENT', 'SELECT', 'SELECT_PLUS']);
    expect(of('VIOLATED')).toEqual(['OPEN_LICENSE', 'OPEN_VALUE']);
    expect(of('NOT_DETERMINED')).toEqual(['CAMPUS', 'SCHOOL', 'SPLA', 'ISV_ROYALTY', 'HVMS', 'MPSA', undefined]);
  });
});

describe('R-2 the image is identical to what the device is licensed for', () => {
  const device = copy('Windows 7', 'Professional', 'fr-FR');

  test.each([
    ['the same', copy('Windows 7', 'Professional', 'fr-FR'), 'SATISFIED'],
    ['the same, written otherwise', copy('Win 7 Pro', undefined, 'FR'), 'SATISFIED'],
    ['product and version apart', copy('Windows', 'Professional', 'fr', '7'), 'SATISFIED'],
    ['another version', copy('Windows 8', 'Pro', 'fr-FR'), 'VIOLATED'],
    ['another edition', copy('Windows 7', 'Enterprise', 'fr-FR'), 'VIOLATED'],
    ['an edition for another market', copy('Windows 7 Professional N', undefined, 'fr-FR'), 'VIOLATED'],
    ['another language', copy('Windows 7', 'Professional', 'de-DE'), 'VIOLATED'],
    ['the language of another country', copy('Windows 7', 'Professional', 'fr-CA'), 'VIOLATED'],
    ['another product', copy('Office 2010', 'Professional', 'fr-FR'), 'VIOLATED'],
    ['without a language', copy('Windows 7', 'Professional'), 'NOT_DETERMINED'],
    ['without an edition', copy('Windows 7', undefined, 'fr-FR'), 'NOT_DETERMINED'],
    ['another edition and no language', copy('Windows 7', 'Enterprise'), 'VIOLATED'],
    ['a service pack', copy('Windows 7', 'Professional', 'fr-FR', 'SP1'), 'NOT_DETERMINED'],
    ['a product nobody knows', copy('a product', 'Professional', 'fr-FR'), 'NOT_DETERMINED'],
  ])('%s', (_, image, expected) => {
    expect(outcome('R-2', { channel: 'OEM', licensed: device, image, programme: 'SELECT' })).toBe(expected);
    expect(outcome('R-2', { channel: 'BOXED', licensed: device, image, programme: 'SELECT' })).toBe(expected);
  });

  test('or to the target of a granted downgrade', () => {
    const vista = copy('Windows Vista', 'Business', 'fr-FR');
    expect(outcome('R-2', { channel: 'OEM', licensed: device, image: vista, programme: 'SELECT' })).toBe('VIOLATED');
    expect(outcome('R-2', { channel: 'OEM', licensed: device, image: vista, downgradeTarget: vista, programme: 'SELECT' })).toBe('SATISFIED');
    expect(outcome('R-2', { channel: 'OEM', licensed: device, image: copy('Windows XP', 'Professional', 'fr-FR'), downgradeTarget: vista, programme: 'SELECT' })).toBe('VIOLATED');
  });

  test.each([
    ['OPEN_LICENSE', 0, 'VIOLATED'],
    ['OPEN_LICENSE', 1, 'SATISFIED'],
    ['OPEN_LICENSE', undefined, 'NOT_DETERMINED'],
    ['SELECT', 0, 'SATISFIED'],
    [undefined, 0, 'NOT_DETERMINED'],
    [undefined, 1, 'SATISFIED'],
  ] as const)('under %s with %s units bought: %s', (programme, unitsOwned, expected) => {
    expect(outcome('R-2', { channel: 'OEM', licensed: device, image: device, programme, unitsOwned })).toBe(expected);
  });

  test('names that nobody knows are the same where they are the same name and version', () => {
    const own = copy('Our Till System', 'Shop', 'fr', '3');
    expect(outcome('R-2', { channel: 'OEM', licensed: own, image: own, programme: 'SELECT' })).toBe('SATISFIED');
    expect(outcome('R-2', { channel: 'OEM', licensed: own, image: { ...own, version: '4' }, programme: 'SELECT' })).toBe('VIOLATED');
  });

  test('a volume licence covers its edition and the prior versions; of other images the rule has no word', () => {
    const judged = (image: ReturnType<typeof copy>) => outcome('R-2', { channel: 'VOLUME', licensed: device, image, programme: 'SELECT' });
    expect(judged(copy('Windows 7 Professional'))).toBe('SATISFIED');
    expect(judged(copy('Windows Vista Business'))).toBe('SATISFIED');
    expect(judged(copy('Windows 10 Pro'))).toBe('NOT_DETERMINED');
  });
});

describe('R-3 reimaging with a MAK needs an activation that is left', () => {
  test.each([
    [true, 0, 'SATISFIED'],
    [false, 1, 'SATISFIED'],
    [false, 0, 'VIOLATED'],
    [false, -1, 'VIOLATED'],
    [false, undefined, 'NOT_DETERMINED'],
  ])('granted %s, remaining %s: %s', (granted, remaining, expected) => {
    expect(outcome('R-3', { method: 'MAK_PROXY', granted, remaining })).toBe(expected);
    expect(outcome('R-3', { method: 'MAK_INDEPENDENT', granted, remaining })).toBe(expected);
  });

  test('says nothing of methods that spend none', () => {
    expect(ACTIVATION_METHODS.filter((method) => outcome('R-3', { method, granted: false, remaining: 0 }) !== undefined)).toEqual(['MAK_INDEPENDENT', 'MAK_PROXY']);
  });
});

describe('R-4 the keys for going down from Windows 7 Professional', () => {
  const from = copy('Windows 7 Professional');

  test.each([
    ['Windows Vista', 'KMS_HOST', 'Windows 7', 'SATISFIED'],
    ['Windows Vista', 'KMS_HOST', 'Windows Vista', 'SATISFIED'],
    ['Windows Vista', 'KMS_HOST', 'Windows Server 2008 R2', 'NOT_DETERMINED'],
    ['Windows Vista', 'MAK', 'Windows Vista', 'SATISFIED'],
    ['Windows Vista', 'MAK', 'Windows 7', 'VIOLATED'],
    ['Windows Vista', 'OEM', 'Windows Vista', 'VIOLATED'],
    ['Windows Vista', undefined, 'Windows Vista', 'NOT_DETERMINED'],
    ['Windows Vista', 'MAK', undefined, 'NOT_DETERMINED'],
    ['Windows XP', 'SETUP', 'Windows XP Professional', 'SATISFIED'],
    ['Windows XP', 'SETUP', 'Windows XP', 'NOT_DETERMINED'],
    ['Windows XP', 'KMS_HOST', 'Windows 7', 'VIOLATED'],
    ['Windows XP', 'MAK', undefined, 'NOT_DETERMINED'],
    ['Windows 2000', 'MAK', 'Windows Vista', 'NOT_DETERMINED'],
  ] as const)('to %s with a %s key for %s: %s', (to, keyKind, keyProduct, expected) => {
    expect(outcome('R-4', { from, to: copy(to), keyKind, keyProduct })).toBe(expected);
  });

  test('says nothing of other starting points, and determines nothing where the edition is not known', () => {
    const judged = (start: ReturnType<typeof copy>) => outcome('R-4', { from: start, to: copy('Windows Vista'), keyKind: 'MAK', keyProduct: 'Windows Vista' });
    expect([judged(copy('Windows 7 Enterprise')), judged(copy('Windows 10 Pro')), judged(copy('Office 2013'))]).toEqual([undefined, undefined, undefined]);
    expect([judged(copy('Windows 7')), judged(copy('a product'))]).toEqual(['NOT_DETERMINED', 'NOT_DETERMINED']);
  });
});

describe('R-5 downgrade rights by how the licence was bought', () => {
  test.each([
    ['VOLUME', copy('Windows 7 Professional'), copy('Windows Vista Business'), 'SATISFIED'],
    ['VOLUME', copy('Windows 7 Professional'), copy('Windows XP Professional'), 'SATISFIED'],
    ['VOLUME', copy('Windows 7 Professional'), copy('Windows 7 Enterprise'), 'VIOLATED'],
    ['VOLUME', copy('Windows 7 Professional'), copy('Windows 8 Pro'), 'VIOLATED'],
    ['VOLUME', copy('Windows 7 Professional'), copy('Windows Vista'), 'NOT_DETERMINED'],
    ['VOLUME', copy('Office 2013', 'Standard'), copy('Office 2010', 'Standard'), 'SATISFIED'],
    ['VOLUME', copy('Office 2013', 'Standard'), copy('Visio 2010', 'Standard'), 'VIOLATED'],
    ['VOLUME', copy('Windows Server 2012', 'Standard'), copy('Windows 7', 'Professional'), 'VIOLATED'],
    ['OEM', copy('Windows 7 Professional'), copy('Windows Vista Business'), 'SATISFIED'],
    ['OEM', copy('Windows 7 Home Premium'), copy('Windows Vista Home Premium'), 'VIOLATED'],
    ['OEM', copy('Windows Server 2012', 'Standard'), copy('Windows Server 2008 R2', 'Standard'), 'SATISFIED'],
    ['OEM', copy('Office 2013', 'Standard'), copy('Office 2010', 'Standard'), 'VIOLATED'],
    ['OEM', copy('a product'), copy('Windows Vista'), 'NOT_DETERMINED'],
    ['BOXED', copy('Windows 7 Professional'), copy('Windows Vista Business'), 'VIOLATED'],
    ['BOXED', copy('a product'), copy('another'), 'VIOLATED'],
  ] as const)('%s from %o to %o: %s', (channel, from, to, expected) => {
    expect(outcome('R-5', { channel, from, to })).toBe(expected);
  });
});

describe('R-6 Small Business Server 2011 takes its MAKs', () => {
  const server = 'Windows Small Business Server 2011';

  test.each([
    ['Standard', 'Win SBS Std/Essentials 2011', 'SATISFIED'],
    ['Essentials', 'Win SBS Std/Essentials 2011', 'SATISFIED'],
    ['Premium Add-on', 'B Windows Server 2008 R2', 'SATISFIED'],
    ['Premium Add-on', 'Windows Server 2008 R2 Standard', 'SATISFIED'],
    ['Premium Add-on', 'Windows Server 2008 R2', 'NOT_DETERMINED'],
    ['Premium Add-on', 'Windows Server 2008 R2 Datacenter', 'VIOLATED'],
    ['Premium Add-on', 'Win SBS Std/Essentials 2011', 'VIOLATED'],
    ['Standard', 'B Windows Server 2008 R2', 'VIOLATED'],
    ['Standard', 'a key', 'NOT_DETERMINED'],
    [undefined, 'Win SBS Std/Essentials 2011', 'NOT_DETERMINED'],
  ])('%s with the MAK %s: %s', (edition, keyProduct, expected) => {
    expect(outcome('R-6', { product: server, edition, method: 'MAK_INDEPENDENT', keyProduct })).toBe(expected);
  });

  test('there is no KMS for it, whatever the key', () => {
    const judged = (method?: 'KMS' | 'ADBA') => outcome('R-6', { product: `${server} Standard`, method, keyProduct: 'Win SBS Std/Essentials 2011' });
    expect([judged('KMS'), judged('ADBA'), judged()]).toEqual(['VIOLATED', 'VIOLATED', 'NOT_DETERMINED']);
  });

  test('Standard comes on physical media only', () => {
    const judged = (edition: string, media: 'PHYSICAL' | 'DOWNLOAD') => outcome('R-6', { product: server, edition, method: 'MAK_PROXY', keyProduct: 'Win SBS Std/Essentials 2011', media });
    expect([judged('Standard', 'PHYSICAL'), judged('Standard', 'DOWNLOAD'), judged('Essentials', 'DOWNLOAD')]).toEqual(['SATISFIED', 'VIOLATED', 'SATISFIED']);
  });

  test('says nothing of other products, and determines nothing of one that may be it', () => {
    expect(outcome('R-6', { product: 'Windows Server 2012', method: 'KMS' })).toBeUndefined();
    expect(outcome('R-6', { product: 'SBS 2008', method: 'KMS' })).toBeUndefined();
    expect(outcome('R-6', { product: 'SBS', method: 'KMS' })).toBe('NOT_DETERMINED');
    expect(outcome('R-6', { method: 'KMS' })).toBe('NOT_DETERMINED');
  });
});

describe('R-7 down from Small Business Server 2008 is for the whole suite, and to 2003 needs its client licence keys', () => {
  test.each([
    ['SBS 2003', true, 'SATISFIED'],
    ['SBS 2003', false, 'VIOLATED'],
    ['SBS 2003', undefined, 'NOT_DETERMINED'],
    ['SBS 2008', undefined, 'SATISFIED'],
    ['Windows Server 2003', true, 'VIOLATED'],
    ['a product', true, 'NOT_DETERMINED'],
  ])('to %s, keys held %s: %s', (to, clientLicenceKeysHeld, expected) => {
    expect(outcome('R-7', { from: copy('Windows Small Business Server 2008'), to: copy(to), clientLicenceKeysHeld })).toBe(expected);
  });

  test('says nothing of other products', () => {
    expect(outcome('R-7', { from: copy('Windows 7'), to: copy('Windows Vista') })).toBeUndefined();
  });
});

describe('R-8 keys of one licence ID may serve licences of another', () => {
  test.each([
    ['SAME', 'SATISFIED'],
    ['AFFILIATED', 'SATISFIED'],
    ['UNRELATED', 'VIOLATED'],
    ['UNKNOWN', 'NOT_DETERMINED'],
  ] as const)('%s: %s', (affiliation, expected) => {
    expect(outcome('R-8', { affiliation })).toBe(expected);
  });
});
