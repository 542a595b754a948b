import { assert as holds, asyncProperty, constantFrom, integer, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventEnvelope } from '../../src/kernel/envelope.js';
import { builtInRules } from '../../src/domain/rules/builtIn.js';
import type { FigureId } from '../../src/domain/rules/figures.js';
import type { RuleBook } from '../../src/domain/rules/ruleBook.js';
import type { Sequence, StreamId } from '../../src/kernel/identifiers.js';
import { hostAt, hostStatus, INSTALLATION_STATUSES, openHostStatusQueries, type HostRow } from '../../projections/hostStatus.js';
import { envelopeWriter } from '../readmodel/support/envelopes.js';
import { given, projected } from '../readmodel/support/folding.js';
import { day, mixedLog, request, SKU, type RequestOptions } from '../readmodel/support/mixedLog.js';

const HOST = 'host-desk-1' as StreamId;
const DAY_MS = 86_400_000;
const ms = (number: number): number => Date.parse(day(number));

async function queriesOn(envelopes: Iterable<EventEnvelope>, rules?: Pick<RuleBook, 'figure'>) {
  return openHostStatusQueries(await given(envelopes, [hostStatus]), rules);
}

/** The figures of a configuration, in days, from a day on. */
function configured(figures: Partial<Record<FigureId, number>>, from = 0): Pick<RuleBook, 'figure'> {
  return { figure: (id, on) => (on >= day(from) ? figures[id] : undefined) ?? builtInRules.figure(id, on) };
}

/** A host and its requests, on the given days. */
function requests(...list: readonly (readonly [dayNumber: number, options: RequestOptions])[]): readonly EventEnvelope[] {
  const write = envelopeWriter();
  const identities = [{ kind: 'NAME', name: 'desk-1', domain: '', raw: 'DESK-1' }] as const;
  return [
    write(HOST, 'HostRegistered', { origin: 'OBSERVATION', identities }, { occurredAt: day(1) }),
    ...list.map(([number, options]) => write(HOST, 'KmsRequestObserved', request(options), { occurredAt: day(number) })),
  ];
}

/** With what a row reads or makes when it is asked. */
function spelt(row: HostRow | undefined) {
  return row && { ...row, lastSeenAt: row.lastSeenAt, expiresAt: row.expiresAt, installations: row.installations };
}

async function statusAfter(envelopes: readonly EventEnvelope[], now: number) {
  return (await queriesOn(envelopes)).installation(HOST, 1, { now });
}

test('a host tells its names, its KMS host and its installations with what they rest on', async () => {
  const hosts = await queriesOn(mixedLog());
  expect(spelt(hosts.byHost(HOST, { now: ms(12) }))).toEqual({
    host: HOST,
    name: 'desk-1',
    domain: 'branch.example',
    rawName: 'DESK-1.branch.example',
    operatingSystem: undefined,
    virtualMachine: undefined,
    networkName: 'BRANCH',
    networkType: 'DOMAIN',
    isKmsHost: false,
    cmid: 'aaaaaaaa-0000-4000-8000-000000000001',
    kmsHost: 'kms-1.branch.example',
    firstSeenAt: ms(1),
    lastSeenAt: ms(10),
    expiresAt: ms(10) + 258_000 * 60_000,
    installations: [
      {
        host: HOST,
        installation: 1,
        status: 'ACTIVE_UNTIL',
        basis: 'OBSERVED',
        sinceAt: ms(2),
        untilAt: ms(10) + 258_000 * 60_000,
        untilBasis: 'REPORTED',
        licenseStatus: 'LICENSED',
        method: 'KMS',
        keyLastFive: undefined,
        keyKind: undefined,
        skuId: SKU,
        productName: undefined,
        kmsHost: 'kms-1.branch.example',
        evidence: { kind: 'KMS_HOST_EVENT_12290', sequence: 9, occurredAt: ms(10) },
        lastSuccessAt: ms(9),
        countedRequests: 2,
        failedRequests: 1,
        lastFailure: { hresult: '0xC004F042', occurredAt: ms(10) },
      },
      {
        host: HOST,
        installation: 2,
        status: 'PERMANENT',
        basis: 'OBSERVED',
        sinceAt: ms(3),
        untilAt: undefined,
        untilBasis: undefined,
        licenseStatus: 'LICENSED',
        method: undefined,
        keyLastFive: 'GGGGG',
        keyKind: 'MAK',
        skuId: undefined,
        productName: 'Suite',
        kmsHost: undefined,
        evidence: { kind: 'SLMGR', sequence: 10, occurredAt: ms(3) },
        lastSuccessAt: undefined,
        countedRequests: 0,
        failedRequests: 0,
        lastFailure: undefined,
      },
    ],
  });
});

describe('a KMS host’s request', () => {
  test('that was counted does not activate: the status in it is the one before', async () => {
    const status = await statusAfter(requests([1, { statusBefore: 'OOB_GRACE', minutesRemaining: 1_440 }]), ms(1));
    expect(status).toMatchObject({ status: 'GRACE', untilAt: ms(2), untilBasis: 'REPORTED', countedRequests: 1, failedRequests: 0, lastSuccessAt: undefined });
  });

  test('of a licensed host is a renewal for 180 days, since the first one', async () => {
    const status = await statusAfter(requests([2, { statusBefore: 'LICENSED' }], [9, { statusBefore: 'LICENSED' }]), ms(10));
    expect(status).toMatchObject({ status: 'ACTIVE_UNTIL', sinceAt: ms(2), untilAt: ms(9) + 180 * DAY_MS, untilBasis: 'RULE', lastSuccessAt: ms(9) });
  });

  test('that failed renews nothing', async () => {
    const status = await statusAfter(requests([2, { statusBefore: 'LICENSED', hresult: '0xC004F042', minutesRemaining: 1_440 }]), ms(2));
    expect(status).toMatchObject({ status: 'RENEWAL_OVERDUE', untilAt: ms(3), untilBasis: 'REPORTED', countedRequests: 0, failedRequests: 1 });
  });

  test('older than the newest evidence does not overwrite it, and moves its beginning back', async () => {
    const status = await statusAfter(
      requests([9, { statusBefore: 'LICENSED' }], [2, { statusBefore: 'LICENSED' }], [1, { statusBefore: 'UNLICENSED' }]),
      ms(10),
    );
    expect(status).toMatchObject({ status: 'ACTIVE_UNTIL', sinceAt: ms(2), untilAt: ms(9) + 180 * DAY_MS, evidence: { sequence: 2 }, countedRequests: 3 });
  });
});

test('time alone leads from active over overdue and grace to notification, and each is found by the filter', async () => {
  const hosts = await queriesOn(requests([0, { statusBefore: 'LICENSED' }]));
  const expected = [
    [13, 'ACTIVE_UNTIL', 'OBSERVED'],
    [14, 'RENEWAL_OVERDUE', 'OBSERVED'],
    [179, 'RENEWAL_OVERDUE', 'OBSERVED'],
    [180, 'GRACE', 'DERIVED'],
    [209, 'GRACE', 'DERIVED'],
    [210, 'NOTIFICATION', 'DERIVED'],
  ] as const;
  for (const [after, status, basis] of expected) {
    const now = ms(0) + after * DAY_MS;
    expect(hosts.installation(HOST, 1, { now })).toMatchObject({ status, basis });
    const found = INSTALLATION_STATUSES.filter((each) => hosts.count({ status: [each] }, now) === 1);
    expect(found).toEqual([status]);
    expect(hosts.statusCounts(now)).toEqual(new Map([[status, 1]]));
  }
});

test('Active Directory-based activation lasts 180 days from its success', async () => {
  const write = envelopeWriter();
  const status = await statusAfter(
    [write(HOST, 'LicenseStateObserved', { installation: 1, evidence: 'CLIENT_EVENT_12308', status: 'LICENSED', method: 'ADBA' }, { occurredAt: day(1) })],
    ms(1),
  );
  expect(status).toMatchObject({ status: 'ACTIVE_UNTIL', method: 'ADBA', untilAt: ms(1) + 180 * DAY_MS, untilBasis: 'RULE', lastSuccessAt: ms(1) });
});

test('a status that nobody has observed, or nobody understood, is unknown', async () => {
  const write = envelopeWriter();
  const hosts = await queriesOn([
    write(HOST, 'LicenseStateObserved', { installation: 1, evidence: 'OSPP', status: 'UNKNOWN', statusRaw: '???' }, { occurredAt: day(1) }),
    write(HOST, 'LicenseStateObserved', { installation: 2, evidence: 'INVENTORY', status: 'LICENSED' }, { occurredAt: day(1) }),
    write(HOST, 'LicenseStateObserved', { installation: 3, evidence: 'API', status: 'LICENSED', method: 'MAK_INDEPENDENT' }, { occurredAt: day(1) }),
    write(HOST, 'LicenseStateObserved', { installation: 4, evidence: 'OSPP', status: 'UNLICENSED', keyKind: 'SETUP' }, { occurredAt: day(1) }),
  ]);
  const rows = hosts.byHost(HOST, { now: ms(2) })?.installations.map((row) => [row.status, row.basis, row.licenseStatus]);
  expect(rows).toEqual([
    ['UNKNOWN', 'OBSERVED', 'UNKNOWN'],
    ['UNKNOWN', 'OBSERVED', 'LICENSED'],
    ['PERMANENT', 'RECORDED', 'LICENSED'],
    ['NOT_REQUIRED', 'OBSERVED', 'UNLICENSED'],
  ]);
});

test('as of any event, a host is what a read model of the log up to there says', async () => {
  const many = Array.from({ length: 140 }, (_, index) => [index + 2, { statusBefore: 'LICENSED' }] as const);
  const log = requests(...many);
  const whole = await queriesOn(log);
  for (const sequence of [1, 2, 3, 64, 65, 66, 100, 129, 130, 141]) {
    const then = await queriesOn(log.slice(0, sequence));
    expect(spelt(whole.byHost(HOST, { now: ms(150), asOf: sequence as Sequence }))).toEqual(spelt(then.byHost(HOST, { now: ms(150) })));
  }
  expect(whole.byHost(HOST, { now: ms(150), asOf: 0 as Sequence })).toBeUndefined();
});

test('valid at a time is the fold of what had happened by then, whenever it was recorded', () => {
  const log = requests([9, { statusBefore: 'LICENSED' }], [2, { statusBefore: 'OOB_GRACE', minutesRemaining: 14_400 }]);
  const events = projected(log, HOST);
  expect(hostAt(events, ms(0))).toBeUndefined();
  expect(hostAt(events, ms(3))?.installations).toMatchObject([{ status: 'GRACE', sinceAt: ms(2), countedRequests: 1 }]);
  expect(hostAt(events, ms(10))?.installations).toMatchObject([{ status: 'ACTIVE_UNTIL', sinceAt: ms(9), countedRequests: 2 }]);
});

describe('the list of hosts', () => {
  const sizes = record({ hosts: integer({ min: 1, max: 12 }), limit: integer({ min: 1, max: 5 }) });
  const views = record({ order: constantFrom('NAME', 'LAST_SEEN', 'EXPIRES'), descending: constantFrom(true, false) });

  test('walked page by page, in either direction and with as of, gives every host once in its order', async () => {
    await holds(
      asyncProperty(sizes, views, async ({ hosts, limit }, { order, descending }) => {
        const queries = await queriesOn(fleet(hosts));
        const moments = [{ now: ms(20) }, { now: ms(20), asOf: 1_000 as Sequence }];
        for (const moment of moments) {
          const walk = (direction: 'FORWARD' | 'BACKWARD'): string[] => {
            const seen: string[] = [];
            for (let edge: { after?: readonly (string | number | null)[]; before?: readonly (string | number | null)[] } = {}; ; ) {
              const page = queries.page({}, order, descending, { limit, direction, ...edge }, moment);
              const names = page.rows.map(({ row }) => row.name);
              seen.push(...(direction === 'FORWARD' ? names : names.toReversed()));
              if (!page.hasMore) return direction === 'FORWARD' ? seen : seen.toReversed();
              edge = direction === 'FORWARD' ? { after: page.rows.at(-1)!.cursor } : { before: page.rows[0]!.cursor };
            }
          };
          const names = walk('FORWARD');
          expect(new Set(names).size).toBe(hosts);
          expect(names).toHaveLength(hosts);
          expect(walk('BACKWARD')).toEqual(names);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('is filtered alike now and as of the last event', async () => {
    const queries = await queriesOn(fleet(8));
    const now = ms(20);
    const names = (filter: Parameters<typeof queries.page>[0], asOf?: number) =>
      queries
        .page(filter, 'NAME', false, { limit: 50, direction: 'FORWARD' }, { now, asOf: asOf as Sequence | undefined })
        .rows.map(({ row }) => row.name);
    const cases = [
      [{ domain: 'east.example' }, ['pc-1', 'pc-3', 'pc-5', 'pc-7']],
      [{ search: 'PC-2' }, ['pc-2']],
      [{ search: 'west' }, ['pc-0', 'pc-2', 'pc-4', 'pc-6']],
      [{ notSeenSince: ms(4) }, ['pc-0', 'pc-1']],
      [{ lapsesBefore: ms(4) + 180 * DAY_MS, method: ['KMS'] as const }, ['pc-0', 'pc-1']],
      [{ product: SKU.toUpperCase(), status: ['ACTIVE_UNTIL'] as const, domain: 'east.example' }, ['pc-5', 'pc-7']],
      [{ keyLastFive: 'GGGGG' }, []],
      [{ status: [] }, []],
    ] as const;
    for (const [filter, expected] of cases) {
      expect([filter, names(filter)]).toEqual([filter, expected]);
      expect([filter, names(filter, 1_000)]).toEqual([filter, expected]);
      expect(queries.count(filter, now)).toBe(expected.length);
    }
  });

  /** Hosts pc-0, pc-1, … seen on days 2, 3, …, in two domains. */
  function fleet(hosts: number): readonly EventEnvelope[] {
    const write = envelopeWriter();
    return Array.from({ length: hosts }, (_, index) => index).flatMap((index) => {
      const name = `pc-${index}`;
      const domain = index % 2 === 0 ? 'west.example' : 'east.example';
      const occurredAt = day(index + 2);
      return [
        write(`host-${name}`, 'HostRegistered', { origin: 'OBSERVATION', identities: [{ kind: 'NAME', name, domain, raw: name }] }, { occurredAt }),
        write(`host-${name}`, 'KmsRequestObserved', request({ statusBefore: 'LICENSED' }), { occurredAt }),
      ];
    });
  }
});

test('a host that is seen outside its domain has left it, until it is seen there again', async () => {
  const write = envelopeWriter();
  const seen = (host: string, networkType: 'DOMAIN' | 'WORKGROUP' | 'UNKNOWN', networkName: string | undefined, number: number) =>
    write(host, 'DomainMembershipObserved', { evidence: 'VAMT_DATABASE', networkType, networkName }, { occurredAt: day(number) });
  const hosts = await queriesOn([
    seen('host-a', 'DOMAIN', 'corp.example', 1),
    seen('host-a', 'UNKNOWN', undefined, 2),
    seen('host-a', 'WORKGROUP', 'WORKGROUP', 3),
    seen('host-b', 'DOMAIN', 'corp.example', 1),
    seen('host-b', 'DOMAIN', 'other.example', 2),
    seen('host-b', 'DOMAIN', 'CORP.example', 3),
    seen('host-c', 'WORKGROUP', 'WORKGROUP', 1),
  ]);
  const moment = { now: ms(10) };
  const left = (host: string, asOf?: number) => hosts.byHost(host as StreamId, { ...moment, asOf: asOf as Sequence | undefined })?.leftDomain;
  expect([left('host-a', 2), left('host-a')]).toEqual([undefined, { name: 'corp.example', at: ms(3) }]);
  expect([left('host-b', 5), left('host-b')]).toEqual([{ name: 'corp.example', at: ms(2) }, undefined]);
  expect(left('host-c')).toBeUndefined();
  const listed = (leftDomain: boolean) => hosts.page({ leftDomain }, 'NAME', false, { limit: 10, direction: 'FORWARD' }, moment).rows.map(({ row }) => row.host);
  expect([listed(true), listed(false).length, hosts.count({ leftDomain: true }, moment.now)]).toEqual([['host-a'], 2, 1]);
});

describe('figures of a configuration', () => {
  const SHORT = { KMS_VALIDITY: 60, ADBA_VALIDITY: 20, RENEWAL_OVERDUE_AFTER: 10, OUT_OF_TOLERANCE_GRACE: 5 } as const;
  const licensed = (write: ReturnType<typeof envelopeWriter>, host: string, method: 'KMS' | 'ADBA', minutesRemaining?: number) =>
    write(host, 'LicenseStateObserved', { installation: 1, evidence: 'SLMGR', status: 'LICENSED', method, minutesRemaining }, { occurredAt: day(0) });
  const log = (() => {
    const write = envelopeWriter();
    return [licensed(write, 'host-kms', 'KMS'), licensed(write, 'host-adba', 'ADBA'), licensed(write, 'host-told', 'KMS', 40 * 1_440)];
  })();

  test('govern the status, what filters find and what is counted', async () => {
    const hosts = await queriesOn(log, configured(SHORT));
    const statusesAt = (number: number) => ['host-kms', 'host-adba', 'host-told'].map((host) => hosts.installation(host as StreamId, 1, { now: ms(number) })?.status);
    const expected = [
      [9, 'ACTIVE_UNTIL', 'ACTIVE_UNTIL', 'RENEWAL_OVERDUE'],
      [10, 'RENEWAL_OVERDUE', 'RENEWAL_OVERDUE', 'RENEWAL_OVERDUE'],
      [20, 'RENEWAL_OVERDUE', 'GRACE', 'RENEWAL_OVERDUE'],
      [25, 'RENEWAL_OVERDUE', 'NOTIFICATION', 'RENEWAL_OVERDUE'],
      [60, 'GRACE', 'NOTIFICATION', 'NOTIFICATION'],
      [65, 'NOTIFICATION', 'NOTIFICATION', 'NOTIFICATION'],
    ] as const;
    for (const [number, ...statuses] of expected) {
      expect([number, ...statusesAt(number)]).toEqual([number, ...statuses]);
      for (const status of INSTALLATION_STATUSES) {
        const count = statuses.filter((each) => each === status).length;
        expect([number, status, hosts.count({ status: [status] }, ms(number)), hosts.statusCounts(ms(number)).get(status) ?? 0]).toEqual([number, status, count, count]);
      }
    }
  });

  test('govern when a host expires: as it is told, ordered and filtered, also of a past knowledge', async () => {
    const hosts = await queriesOn(log, configured(SHORT));
    const order = { limit: 2, direction: 'FORWARD' } as const;
    const first = hosts.page({}, 'EXPIRES', false, order, { now: ms(1) }).rows;
    const rest = hosts.page({}, 'EXPIRES', false, { ...order, after: first.at(-1)?.cursor }, { now: ms(1) }).rows;
    expect([...first, ...rest].map(({ row }) => [row.host, row.expiresAt])).toEqual([
      ['host-adba', ms(20)],
      ['host-told', ms(40)],
      ['host-kms', ms(60)],
    ]);
    expect(hosts.byHost('host-kms' as StreamId, { now: ms(1), asOf: 3 as Sequence })?.expiresAt).toBe(ms(60));
    expect(hosts.count({ lapsesBefore: ms(41) }, ms(1))).toBe(2);
    const built = await queriesOn(log);
    expect(built.count({ lapsesBefore: ms(41) }, ms(1))).toBe(1);
  });

  test('hold from their date on, and for the day that is asked about', async () => {
    const hosts = await queriesOn(log, configured({ KMS_VALIDITY: 60 }, 30));
    const untilAt = (number: number) => hosts.installation('host-kms' as StreamId, 1, { now: ms(number) })?.untilAt;
    expect([untilAt(29), untilAt(30)]).toEqual([ms(180), ms(60)]);
    expect(hostAt(projected(log, 'host-kms'), ms(29), configured({ KMS_VALIDITY: 60 }, 30))?.expiresAt).toBe(ms(180));
    expect(hostAt(projected(log, 'host-kms'), ms(30), configured({ KMS_VALIDITY: 60 }, 30))?.expiresAt).toBe(ms(60));
  });

  test('tell the last success from the end that is reported', async () => {
    const lastSuccess = async (rules?: Pick<RuleBook, 'figure'>) => (await queriesOn(log, rules)).installation('host-told' as StreamId, 1, { now: ms(1) })?.lastSuccessAt;
    expect([await lastSuccess(configured(SHORT)), await lastSuccess()]).toEqual([ms(-20), ms(-140)]);
  });
});

describe('A-1: what the directory activated, on a host that leaves its domain,', () => {
  const write = envelopeWriter();
  const member = (networkType: 'DOMAIN' | 'WORKGROUP', networkName: string, number: number) =>
    write(HOST, 'DomainMembershipObserved', { evidence: 'VAMT_DATABASE', networkType, networkName }, { occurredAt: day(number) });
  const licensed = (installation: number, method: 'KMS' | 'ADBA', number: number) =>
    write(HOST, 'LicenseStateObserved', { installation, evidence: 'SLMGR', status: 'LICENSED', method }, { occurredAt: day(number) });
  const log = [
    member('DOMAIN', 'corp.example', 1),
    licensed(1, 'ADBA', 2),
    licensed(2, 'KMS', 2),
    member('WORKGROUP', 'WORKGROUP', 5),
    member('DOMAIN', 'corp.example', 20),
  ];

  test('is unlicensed from then on, and what KMS activated is not', async () => {
    const hosts = await queriesOn(log.slice(0, 4));
    const rows = hosts.byHost(HOST, { now: ms(10) })?.installations;
    expect(rows).toMatchObject([
      { status: 'UNLICENSED', basis: 'DERIVED', sinceAt: ms(5), untilAt: undefined },
      { status: 'ACTIVE_UNTIL', basis: 'OBSERVED' },
    ]);
    expect(hosts.byHost(HOST, { now: ms(10), asOf: 3 as Sequence })?.installations[0]?.status).toBe('ACTIVE_UNTIL');
    expect(hostAt(projected(log, HOST), ms(4))?.installations[0]?.status).toBe('ACTIVE_UNTIL');
    expect(hostAt(projected(log, HOST), ms(6))?.installations[0]?.status).toBe('UNLICENSED');
    expect([hosts.count({ status: ['UNLICENSED'], method: ['ADBA'] }, ms(10)), hosts.count({ status: ['ACTIVE_UNTIL'], method: ['ADBA'] }, ms(10))]).toEqual([1, 0]);
    expect(hosts.statusCounts(ms(10))).toEqual(new Map([['UNLICENSED', 1], ['ACTIVE_UNTIL', 1]]));
    expect(hosts.byHost(HOST, { now: ms(10) })?.expiresAt).toBe(ms(182));
  });

  test('is active again with evidence from after it, or when it is a member again', async () => {
    const status = async (events: readonly EventEnvelope[]) => (await queriesOn(events)).installation(HOST, 1, { now: ms(21) })?.status;
    expect(await status(log)).toBe('RENEWAL_OVERDUE');
    expect(await status([...log.slice(0, 4), licensed(1, 'ADBA', 12)])).toBe('ACTIVE_UNTIL');
    expect((await queriesOn(log)).count({ status: ['UNLICENSED'] }, ms(21))).toBe(0);
  });
});
