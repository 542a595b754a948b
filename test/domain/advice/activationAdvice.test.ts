import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { activationAdvice } from '../../../src/domain/advice/activationAdvice.js';
import { CONNECTIVITIES, type AdvisedOption, type AdviceFacts, type CandidateKey, type KmsHostFacts } from '../../../src/domain/advice/facts.js';
import { adviceMessages, sentenceOf, type Statement } from '../../../src/domain/messages/advice.js';
import { BUILT_IN_RULES, builtInRules } from '../../../src/domain/rules/builtIn.js';
import { PROGRAMMES } from '../../../src/domain/vocabulary.js';

const FACTS: AdviceFacts = {
  on: '2026-03-01T00:00:00.000Z',
  product: 'Windows 7 Professional',
  machines: 1,
  virtualMachine: false,
  connectivity: 'ONLINE',
  keys: [],
  kmsHosts: [],
  activationObjects: [],
};

const mak = (changes: Partial<CandidateKey> = {}): CandidateKey => ({ key: 'productKey-mak', lastFive: 'GGGGG', kind: 'MAK', product: 'Windows 7', status: 'IN_USE', remaining: 10, ...changes });
const hostKey = (product: string): CandidateKey => ({ key: 'productKey-host', lastFive: 'HHHHH', kind: 'KMS_HOST', product, status: 'IN_USE' });
const kmsHost = (changes: Partial<KmsHostFacts> = {}): KmsHostFacts => ({ name: 'kms.example', keyProducts: ['Windows 7'], operatingSystem: 'Windows 7', counts: { WINDOWS: 60 }, ...changes });

function advise(changes: Partial<AdviceFacts>) {
  return activationAdvice({ ...FACTS, ...changes }, builtInRules);
}

/** The options in their order: method and suitability. */
function ranking(changes: Partial<AdviceFacts>): readonly string[] {
  return advise(changes).options.map(({ method, suitability }) => `${method} ${suitability}`);
}

function option(changes: Partial<AdviceFacts>, method: string): AdvisedOption {
  const found = advise(changes).options.find((each) => each.method === method);
  if (found === undefined) throw new Error(`no option ${method}`);
  return found;
}

const codes = (statements: readonly Statement[]): readonly string[] => statements.map(({ code }) => code);

describe('the order of methods', () => {
  const both = { keys: [mak()], kmsHosts: [kmsHost()] };

  test('threshold out of reach: not KMS', () => {
    const facts = { keys: [mak()], kmsHosts: [kmsHost({ counts: { WINDOWS: 3 } })] };
    expect(ranking(facts)).toEqual(['MAK_INDEPENDENT RECOMMENDED', 'KMS NEEDS_STEPS', 'ADBA NOT_POSSIBLE']);
    expect(codes(option(facts, 'MAK_INDEPENDENT').reasons)[0]).toBe('MAK_WITHOUT_THRESHOLD');
    expect(option(facts, 'KMS').objections).toEqual([
      { code: 'THRESHOLD_SHORT', parameters: { host: 'kms.example', count: 3, total: 4, required: 25, missing: 21 }, rules: ['K-1', 'B-5'] },
    ]);
  });

  test('a virtual machine: KMS, since each MAK activation is used up', () => {
    expect(ranking({ ...both, virtualMachine: true })).toEqual(['KMS RECOMMENDED', 'MAK_INDEPENDENT POSSIBLE', 'ADBA NOT_POSSIBLE']);
    expect(codes(option({ ...both, virtualMachine: true }, 'KMS').reasons)).toEqual(['KMS_FOR_VIRTUAL', 'THRESHOLD_REACHED']);
  });

  test('fewer than 50 PCs: MAK with VAMT', () => {
    const facts = { keys: [mak()], kmsHosts: [kmsHost({ counts: { WINDOWS: 48 } })] };
    expect(ranking({ ...facts, fleet: 49 })).toEqual(['MAK_INDEPENDENT RECOMMENDED', 'KMS POSSIBLE', 'ADBA NOT_POSSIBLE']);
    expect(ranking({ ...facts, fleet: 50 })).toEqual(['KMS RECOMMENDED', 'MAK_INDEPENDENT POSSIBLE', 'ADBA NOT_POSSIBLE']);
  });

  test('where it is left open KMS, which Microsoft assumes to be preferred', () => {
    expect(ranking({ ...both, virtualMachine: undefined })[0]).toBe('KMS RECOMMENDED');
  });

  test('a member of a domain with an activation object activates by itself, before either', () => {
    const facts = { product: 'Windows 10 Enterprise', domainMember: true, activationObjects: [{ name: 'Volume', forest: 'corp.example', keyProduct: 'Windows Server 2019' }] };
    expect(ranking({ ...facts, kmsHosts: [kmsHost({ keyProducts: ['Windows Server 2019'], operatingSystem: 'Windows Server 2019' })] })).toEqual([
      'ADBA RECOMMENDED',
      'KMS POSSIBLE',
      'MAK_INDEPENDENT NEEDS_STEPS',
    ]);
  });

  test('a stored confirmation id of unchanged hardware comes before all, and costs nothing', () => {
    const [first] = advise({ ...both, confirmationId: { stored: true, hardwareChanged: false } }).options;
    expect([first?.withStoredConfirmationId, first?.suitability, first?.cost]).toEqual([true, 'RECOMMENDED', { least: 0, most: 0 }]);
  });

  test('works the same for machines of which nothing but the product is known', () => {
    expect(ranking({})).toEqual(['MAK_INDEPENDENT NEEDS_STEPS', 'ADBA NOT_POSSIBLE', 'KMS NOT_POSSIBLE']);
  });
});

describe('a budget', () => {
  test('that suffices to the last activation is said so', () => {
    const made = option({ machines: 10, keys: [mak()] }, 'MAK_INDEPENDENT');
    expect(made.cost).toEqual({ least: 10, most: 10 });
    expect(made.reasons.at(-2)).toEqual({ code: 'BUDGET_SUFFICES', parameters: { remaining: 10, needed: 10 }, rules: ['B-1'] });
  });

  test('that is short leads to the limit increase, what is overrun included', () => {
    const short = option({ machines: 11, keys: [mak()] }, 'MAK_INDEPENDENT');
    expect([short.suitability, codes(short.objections)]).toEqual(['NEEDS_STEPS', ['BUDGET_SHORT']]);
    expect(short.remedies).toEqual([{ code: 'ASK_LIMIT_INCREASE', parameters: { missing: 1 }, rules: ['B-1', 'R-3', 'B-3'] }]);
    expect(option({ machines: 1, keys: [mak({ remaining: -3 })] }, 'MAK_INDEPENDENT').remedies[0]?.parameters).toEqual({ missing: 4 });
  });

  test('that nobody knows is looked up first', () => {
    const unknown = option({ keys: [mak({ remaining: undefined })] }, 'MAK_INDEPENDENT');
    expect([unknown.suitability, codes(unknown.objections), codes(unknown.remedies)]).toEqual(['NEEDS_STEPS', ['LIMIT_NOT_KNOWN'], ['RECORD_LIMIT']]);
  });
});

describe('keys', () => {
  test('of another product are left out, those that cannot be told are doubted', () => {
    const facts = { keys: [mak({ key: 'a', product: 'Windows Vista' }), mak({ key: 'b', product: 'a key' }), mak({ key: 'c' })] };
    const offered = advise(facts).options.filter(({ method }) => method === 'MAK_INDEPENDENT');
    expect(offered.map(({ key, objections }) => [key?.key, codes(objections)])).toEqual([['c', []], ['b', ['KEY_NOT_DETERMINED']]]);
  });

  test('that are blocked come last, and are not possible', () => {
    const facts = { keys: [mak({ key: 'a', status: 'BLOCKED', remaining: 100 }), mak({ key: 'b', remaining: 1 })] };
    expect(advise(facts).options.filter(({ key }) => key).map(({ key, suitability }) => [key?.key, suitability])).toEqual([['b', 'RECOMMENDED'], ['a', 'NOT_POSSIBLE']]);
  });

  test('of the agreement itself come before those of affiliates, and those of strangers last', () => {
    const facts = {
      agreement: '1111',
      keys: [mak({ key: 'a', agreement: '3333', affiliation: 'UNRELATED' }), mak({ key: 'b', agreement: '2222', affiliation: 'AFFILIATED', remaining: 99 }), mak({ key: 'c', agreement: '1111' })],
    } as const;
    expect(advise(facts).options.filter(({ key }) => key).map(({ key, suitability }) => [key?.key, suitability])).toEqual([['c', 'RECOMMENDED'], ['b', 'POSSIBLE'], ['a', 'NEEDS_STEPS']]);
  });

  test('that are missing are to be had', () => {
    const none = option({}, 'MAK_INDEPENDENT');
    expect([codes(none.objections), codes(none.remedies)]).toEqual([['NO_MAK'], ['REGISTER_KEY']]);
  });
});

describe('connectivity', () => {
  test.each([
    ['ONLINE', 1, 'MAK_INDEPENDENT'],
    ['PHONE', 1, 'MAK_INDEPENDENT'],
    ['PHONE', 2, 'MAK_PROXY'],
    ['NONE', 1, 'MAK_PROXY'],
  ] as const)('%s with %i machines: %s', (connectivity, machines, method) => {
    expect(advise({ connectivity, machines, keys: [mak()] }).options.map((each) => each.method)).toContain(method);
  });
});

describe('KMS', () => {
  test('with a key for an older product needs a newer host key', () => {
    const made = option({ kmsHosts: [kmsHost({ keyProducts: ['Windows Vista'] })] }, 'KMS');
    expect([made.suitability, codes(made.objections), codes(made.remedies)]).toEqual(['NEEDS_STEPS', ['KMS_KEY_TOO_OLD'], ['INSTALL_NEWER_HOST_KEY']]);
  });

  test('on Server 2008 needs an update for Windows 7, and never serves Office 2010', () => {
    const windows = option({ kmsHosts: [kmsHost({ operatingSystem: 'Windows Server 2008' })] }, 'KMS');
    expect([windows.suitability, codes(windows.objections), windows.objections[0]?.rules]).toEqual(['NEEDS_STEPS', ['KMS_HOST_NEEDS_UPDATE'], ['K-7']]);
    const office = option({ product: 'Office 2010', kmsHosts: [kmsHost({ operatingSystem: 'Windows Server 2008', keyProducts: ['Office 2010'], counts: { OFFICE: 30 } })] }, 'KMS');
    expect([office.suitability, codes(office.objections), codes(office.remedies)]).toEqual(['NOT_POSSIBLE', ['KMS_HOST_SYSTEM_UNFIT'], ['MOVE_KMS_HOST']]);
  });

  test('on Server 2012 R2 needs an update for Windows 10', () => {
    const made = option({ product: 'Windows 10 Enterprise', kmsHosts: [kmsHost({ operatingSystem: 'Windows Server 2012 R2', keyProducts: ['Windows Server 2016'] })] }, 'KMS');
    expect([made.suitability, made.objections.map(({ rules }) => rules)]).toEqual(['NEEDS_STEPS', [['K-12']]]);
  });

  test('counts Office apart, from 5 machines', () => {
    const facts = (office: number) => ({ product: 'Visio 2013', kmsHosts: [kmsHost({ operatingSystem: 'Windows Server 2012', keyProducts: ['Office 2013'], counts: { WINDOWS: 500, OFFICE: office } })] });
    expect(option(facts(4), 'KMS').suitability).toBe('RECOMMENDED');
    expect(codes(option(facts(3), 'KMS').objections)).toEqual(['THRESHOLD_SHORT']);
  });

  test('waits for a clock that is more than 4 hours off', () => {
    const made = option({ kmsHosts: [kmsHost()], clockDifferenceMinutes: -241 }, 'KMS');
    expect(made.objections).toEqual([{ code: 'CLOCK_OFF', parameters: { minutes: 241, hours: 4 }, rules: ['K-11', 'B-5'] }]);
    expect(codes(option({ kmsHosts: [kmsHost()], clockDifferenceMinutes: 240 }, 'KMS').objections)).toEqual([]);
  });

  test('does not count virtual machines older than Vista SP2', () => {
    const made = option({ product: 'Windows Vista Business SP1', virtualMachine: true, kmsHosts: [kmsHost({ counts: { WINDOWS: 24 } })] }, 'KMS');
    expect(codes(made.objections)).toEqual(['VIRTUAL_NOT_COUNTED', 'THRESHOLD_SHORT']);
  });

  test('that is yet to be set up needs a key, no dedicated server, and enough machines', () => {
    const enough = option({ fleet: 25, keys: [hostKey('Windows 7')] }, 'KMS');
    expect([enough.suitability, codes(enough.remedies), enough.remedies[0]?.rules]).toEqual(['NEEDS_STEPS', ['SET_UP_KMS_HOST'], ['K-4', 'K-8', 'K-13']]);
    const tooFew = option({ fleet: 24, keys: [hostKey('Windows 7')] }, 'KMS');
    expect([tooFew.suitability, codes(tooFew.objections)]).toEqual(['NOT_POSSIBLE', ['NO_KMS_HOST', 'THRESHOLD_OUT_OF_REACH']]);
  });
});

describe('Active Directory', () => {
  test('is for members of the domain with newer products', () => {
    const member = { product: 'Windows 8 Pro', activationObjects: [{ name: 'Volume', forest: 'corp.example', keyProduct: 'Windows Server 2012' }] };
    expect(option({ ...member, domainMember: true }, 'ADBA').suitability).toBe('RECOMMENDED');
    expect(codes(option({ ...member, domainMember: false }, 'ADBA').remedies)).toEqual(['JOIN_DOMAIN']);
    expect(codes(option(member, 'ADBA').objections)).toEqual(['DOMAIN_NOT_KNOWN']);
    expect(codes(option({ ...member, domainMember: true, product: 'Windows 7' }, 'ADBA').objections)[0]).toBe('DIRECTORY_TOO_OLD');
  });

  test('without an activation object one is made with a host key: one activation, no slot', () => {
    const made = option({ product: 'Windows 8 Pro', domainMember: true, keys: [hostKey('Windows Server 2012')] }, 'ADBA');
    expect(made.remedies).toEqual([{ code: 'CREATE_ACTIVATION_OBJECT', parameters: { lastFive: 'HHHHH' }, rules: ['K-4'] }]);
  });
});

describe('Small Business Server 2011', () => {
  test('has no KMS, and is converted to the MAK of its edition', () => {
    const facts = { product: 'Windows Small Business Server 2011', edition: 'Premium Add-on', keys: [mak({ product: 'B Windows Server 2008 R2' })], kmsHosts: [kmsHost()] };
    expect(codes(option(facts, 'KMS').objections)[0]).toBe('SBS_WITHOUT_KMS');
    expect(option(facts, 'KMS').suitability).toBe('NOT_POSSIBLE');
    const made = option(facts, 'MAK_INDEPENDENT');
    expect([made.suitability, made.remedies]).toEqual(['RECOMMENDED', [{ code: 'CONVERT_TO_MAK', parameters: { key: 'B Windows Server 2008 R2' }, rules: ['R-6'] }]]);
    expect(codes(option({ ...facts, edition: 'Standard' }, 'MAK_INDEPENDENT').objections)).toEqual(['NO_MAK']);
  });
});

describe('notes', () => {
  test('of a programme explain the allotment without inventing a number', () => {
    const notes = (programme: (typeof PROGRAMMES)[number]) => codes(advise({ programme }).notes).filter((code) => /^(?:ALLOTMENT|KEYS)/.test(code));
    expect(Object.fromEntries(PROGRAMMES.map((programme) => [programme, notes(programme)]))).toEqual({
      ENTERPRISE_AGREEMENT: ['KEYS_PER_POOL', 'ALLOTMENT_BY_PRICE_LEVEL'],
      SELECT: ['KEYS_PER_POOL', 'ALLOTMENT_BY_PRICE_LEVEL'],
      SELECT_PLUS: ['KEYS_PER_POOL'],
      OPEN_LICENSE: ['KEYS_PER_PURCHASE', 'ALLOTMENT_BY_LICENCES'],
      OPEN_VALUE: ['KEYS_PER_PURCHASE'],
      CAMPUS: ['ALLOTMENT_BY_PRICE_LEVEL'],
      SCHOOL: ['ALLOTMENT_BY_PRICE_LEVEL'],
      SPLA: ['ALLOTMENT_BY_PRICE_LEVEL'],
      ISV_ROYALTY: ['KEYS_BY_CALL'],
      HVMS: ['KEYS_BY_CALL'],
      MPSA: [],
    });
    expect(adviceMessages.ALLOTMENT_BY_PRICE_LEVEL.en).not.toMatch(/\d/);
  });

  test('one key serves both architectures of Office 2010', () => {
    expect(codes(advise({ product: 'Office 2010' }).notes)[0]).toBe('BOTH_ARCHITECTURES');
    expect(codes(advise({ product: 'Office 2016' }).notes)).not.toContain('BOTH_ARCHITECTURES');
  });

  test('a product older than volume activation takes a setup key, and has no options', () => {
    expect([advise({ product: 'Windows XP Professional' }).options, codes(advise({ product: 'Windows XP Professional' }).notes)[0]]).toEqual([[], 'SETUP_KEYS_FROM']);
    const held = { ...mak(), kind: 'SETUP', product: 'Windows XP Professional' } as const;
    expect(advise({ product: 'Windows XP', keys: [held] }).notes[0]).toEqual({ code: 'SETUP_KEY_SUFFICES', parameters: { lastFive: 'GGGGG' }, rules: ['P-3'] });
  });

  test('a host that is not activated has days of grace, and methods may be mixed', () => {
    expect(advise({}).notes).toEqual([
      { code: 'METHODS_MAY_BE_MIXED', parameters: {}, rules: ['K-9'] },
      { code: 'WITHOUT_ACTIVATION', parameters: { days: 30 }, rules: ['G-1'] },
    ]);
  });

  test('a product nobody knows is said to be unknown', () => {
    expect(codes(advise({ product: 'Our Own System' }).notes)[0]).toBe('NOT_RECOGNISED');
  });
});

const products = ['Windows 7 Professional', 'Windows 10 Enterprise', 'Office 2010', 'Windows Server 2012', 'SBS 2011 Standard', 'Windows XP', 'a product'];
const known = fc.constantFrom(true, false, undefined);
const someKey: fc.Arbitrary<CandidateKey> = fc.record({
  key: fc.uuid(),
  lastFive: fc.constant('GGGGG'),
  kind: fc.constantFrom('MAK', 'KMS_HOST', 'SETUP'),
  product: fc.constantFrom(...products, undefined),
  status: fc.constantFrom('IN_USE', 'BLOCKED', 'RETIRED'),
  remaining: fc.option(fc.integer({ min: -5, max: 60 }), { nil: undefined }),
});
const someHost: fc.Arbitrary<KmsHostFacts> = fc.record({
  name: fc.constant('kms.example'),
  keyProducts: fc.array(fc.constantFrom(...products), { maxLength: 2 }),
  operatingSystem: fc.constantFrom(...products, undefined),
  updated: known,
  counts: fc.record({ WINDOWS: fc.option(fc.nat(60), { nil: undefined }), OFFICE: fc.option(fc.nat(20), { nil: undefined }) }),
});
const someFacts: fc.Arbitrary<AdviceFacts> = fc.record({
  on: fc.constant(FACTS.on),
  product: fc.constantFrom(...products),
  machines: fc.integer({ min: 1, max: 60 }),
  fleet: fc.option(fc.nat(100), { nil: undefined }),
  virtualMachine: known,
  domainMember: known,
  connectivity: fc.constantFrom(...CONNECTIVITIES),
  programme: fc.constantFrom(...PROGRAMMES, undefined),
  keys: fc.array(someKey, { maxLength: 4 }),
  kmsHosts: fc.array(someHost, { maxLength: 2 }),
  activationObjects: fc.array(fc.record({ name: fc.constant('Volume'), forest: fc.constant('corp.example'), keyProduct: fc.constantFrom(...products) }), { maxLength: 1 }),
  confirmationId: fc.option(fc.record({ stored: fc.boolean(), hardwareChanged: known }), { nil: undefined }),
});

describe('whatever is known', () => {
  test('what is not possible never stands before what is, and at most the first is recommended', () => {
    fc.assert(
      fc.property(someFacts, (facts) => {
        const order = activationAdvice(facts, builtInRules).options.map(({ suitability }) => ['RECOMMENDED', 'POSSIBLE', 'NEEDS_STEPS', 'NOT_POSSIBLE'].indexOf(suitability));
        expect(order).toEqual(order.toSorted((a, b) => a - b));
        expect(order.filter((place) => place === 0).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 200 },
    );
  });

  test('a key is never recommended beyond its budget, blocked, or for another product', () => {
    fc.assert(
      fc.property(someFacts, (facts) => {
        for (const { suitability, key, cost } of activationAdvice(facts, builtInRules).options) {
          if (key === undefined || suitability === 'NEEDS_STEPS' || suitability === 'NOT_POSSIBLE') continue;
          const candidate = facts.keys.find((each) => each.key === key.key);
          expect(candidate?.status).toBe('IN_USE');
          expect(candidate?.remaining ?? -1).toBeGreaterThanOrEqual(cost.most);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('every sentence names rules that there are, has all it mentions, and is said in both languages', () => {
    fc.assert(
      fc.property(someFacts, (facts) => {
        const { options, notes } = activationAdvice(facts, builtInRules);
        for (const each of [...notes, ...options.flatMap(({ reasons, objections, remedies }) => [...reasons, ...objections, ...remedies])]) {
          expect(each.rules.length).toBeGreaterThan(0);
          expect(each.rules.filter((rule) => !Object.hasOwn(BUILT_IN_RULES, rule))).toEqual([]);
          expect([sentenceOf(each, 'en'), sentenceOf(each, 'fr')].filter((text) => /[{}]/.test(text))).toEqual([]);
        }
      }),
      { numRuns: 200 },
    );
  });
});
