import type { AnyEvent } from '../events.js';
import { DAY_MS, KMS_VALIDITY, milliseconds } from '../rules/figures.js';
import type { RuleBook } from '../rules/ruleBook.js';
import type { ActivationMethod, EvidenceKind, LicenseStatus, ProductKeyKind } from '../vocabulary.js';
import type { KmsAttemptObserved, KmsRequestObserved, KmsResponseObserved, LicenseStateObserved } from './events.js';

/** What evidence can say of an installation, before time has changed anything. `TIMED`: active until an end. */
export const CLAIMED_STATES = ['UNKNOWN', 'PERMANENT', 'TIMED', 'GRACE', 'NOTIFICATION', 'UNLICENSED', 'NOT_REQUIRED'] as const;
export type ClaimedState = (typeof CLAIMED_STATES)[number];

export const INSTALLATION_STATUSES = [
  'UNKNOWN',
  'PERMANENT',
  'ACTIVE_UNTIL',
  'RENEWAL_OVERDUE',
  'GRACE',
  'NOTIFICATION',
  'UNLICENSED',
  'NOT_REQUIRED',
] as const;
/** State of an installation at a point in time. */
export type InstallationStatus = (typeof INSTALLATION_STATUSES)[number];

/** `OBSERVED`: a host or tool reported it; `RECORDED`: somebody entered it; `DERIVED`: the rules make it of older evidence and the time passed. */
export type StatusBasis = 'OBSERVED' | 'RECORDED' | 'DERIVED';

/** Which figure says how long a timed activation is valid whose end nothing reports. */
export type Validity = 'KMS' | 'ADBA';

/**
 * What the evidence so far says of one installation; nothing in it depends on the present time or on a figure that a configuration may
 * change, but for `sinceAt`. Times are epoch milliseconds.
 */
export interface LicenceFacts {
  readonly state: ClaimedState;
  /** After a silence longer than the built-in validity of K-3 the state began anew. */
  readonly sinceAt: number | undefined;
  /** The end that the evidence reports. */
  readonly untilAt: number | undefined;
  /** Where it reports none and a rule gives one: how long it is valid, from `evidenceAt` on. */
  readonly validity: Validity | undefined;
  readonly recorded: boolean;
  readonly licenseStatus: LicenseStatus;
  readonly method: ActivationMethod | undefined;
  readonly keyLastFive: string | undefined;
  readonly keyKind: ProductKeyKind | undefined;
  readonly skuId: string | undefined;
  readonly productName: string | undefined;
  readonly kmsHost: string | undefined;
  readonly evidenceKind: EvidenceKind | undefined;
  readonly evidenceSequence: number | undefined;
  /** When the newest evidence of the state happened; older evidence does not overwrite it. */
  readonly evidenceAt: number | undefined;
  /** The newest evidence of another state known to be older than `sinceAt`: `sinceAt` cannot move before it. */
  readonly contraryAt: number | undefined;
  /** The last success that evidence proves by itself. */
  readonly provedAt: number | undefined;
  /** The latest end reported of an activation that is renewed, and when it was reported: the success was one validity before. */
  readonly renewedUntilAt: number | undefined;
  readonly renewedSeenAt: number | undefined;
  readonly countedRequests: number;
  readonly failedRequests: number;
  readonly failureHresult: string | undefined;
  readonly failureAt: number | undefined;
  /** The latest time of any event of the installation. */
  readonly seenAt: number;
}

/** An installation of which nothing has been seen. */
export const NO_LICENCE_FACTS: LicenceFacts = {
  state: 'UNKNOWN',
  sinceAt: undefined,
  untilAt: undefined,
  validity: undefined,
  recorded: false,
  licenseStatus: 'UNKNOWN',
  method: undefined,
  keyLastFive: undefined,
  keyKind: undefined,
  skuId: undefined,
  productName: undefined,
  kmsHost: undefined,
  evidenceKind: undefined,
  evidenceSequence: undefined,
  evidenceAt: undefined,
  contraryAt: undefined,
  provedAt: undefined,
  renewedUntilAt: undefined,
  renewedSeenAt: undefined,
  countedRequests: 0,
  failedRequests: 0,
  failureHresult: undefined,
  failureAt: undefined,
  seenAt: Number.NEGATIVE_INFINITY,
};

/** An installation that was started and of which nothing has been seen: only how it is to be activated is known. */
export function startedLicence(method: ActivationMethod | undefined, keyLastFive: string | undefined): LicenceFacts {
  return { ...NO_LICENCE_FACTS, method, keyLastFive, seenAt: 0 };
}

/** An event that says something of an installation. */
export type LicenceEvent = Extract<AnyEvent, { type: LicenceEventType }>;
export type LicenceEventType = 'LicenseStateObserved' | 'KmsRequestObserved' | 'KmsAttemptObserved' | 'KmsResponseObserved';

/** Where and when an event stands. */
export interface Occurrence {
  readonly sequence: number;
  readonly occurredMs: number;
}

/** Folds one event, in log order. Evidence that happened before the newest known only fills gaps. */
export function foldLicence(facts: LicenceFacts, event: LicenceEvent, occurrence: Occurrence): LicenceFacts {
  const reading = read(event, occurrence.occurredMs);
  const settled = settleState(facts, reading.claim, occurrence);
  const { occurredMs } = occurrence;
  const newer = occurredMs >= facts.seenAt;
  const { failure } = reading;
  const renewed = reading.renewedUntilAt !== undefined && reading.renewedUntilAt >= (facts.renewedUntilAt ?? Number.NEGATIVE_INFINITY);
  const latestFailure = failure !== undefined && (facts.failureAt === undefined || occurredMs >= facts.failureAt);
  // One literal with every field, since this runs for each event of a rebuild: merging objects of this size takes ten times as long.
  return {
    state: settled.state,
    sinceAt: settled.sinceAt,
    untilAt: settled.untilAt,
    validity: settled.validity,
    recorded: settled.recorded,
    licenseStatus: settled.licenseStatus,
    method: choose(newer, facts.method, reading.method),
    keyLastFive: choose(newer, facts.keyLastFive, reading.keyLastFive),
    keyKind: choose(newer, facts.keyKind, reading.keyKind),
    skuId: choose(newer, facts.skuId, reading.skuId),
    productName: choose(newer, facts.productName, reading.productName),
    kmsHost: choose(newer, facts.kmsHost, reading.kmsHost),
    evidenceKind: settled.evidenceKind,
    evidenceSequence: settled.evidenceSequence,
    evidenceAt: settled.evidenceAt,
    contraryAt: settled.contraryAt,
    provedAt: latest(facts.provedAt, reading.provedAt),
    renewedUntilAt: renewed ? reading.renewedUntilAt : facts.renewedUntilAt,
    renewedSeenAt: renewed ? occurredMs : facts.renewedSeenAt,
    countedRequests: facts.countedRequests + (reading.counted ? 1 : 0),
    failedRequests: facts.failedRequests + (failure === undefined ? 0 : 1),
    failureHresult: latestFailure ? failure : facts.failureHresult,
    failureAt: latestFailure ? occurredMs : facts.failureAt,
    seenAt: Math.max(facts.seenAt, occurredMs),
  };
}

/** The status at a moment, which time alone may have changed since the last evidence (K-3, A-1, G-1, G-2). */
export interface StatusAt {
  readonly status: InstallationStatus;
  readonly basis: StatusBasis;
  readonly sinceAt: number | undefined;
  readonly untilAt: number | undefined;
  readonly untilBasis: 'REPORTED' | 'RULE' | undefined;
}

/** The figures that a status depends on, in milliseconds. */
export interface StatusFigures {
  readonly validityMs: Readonly<Record<Validity, number>>;
  /** Without renewal for this long it is overdue. */
  readonly overdueAfterMs: number;
  /** Grace after the validity has passed. */
  readonly graceMs: number;
}

/** Those in force at a time (epoch milliseconds). */
export function statusFigures({ figure }: Pick<RuleBook, 'figure'>, at: number): StatusFigures {
  const on = new Date(at).toISOString();
  return {
    validityMs: { KMS: figure('KMS_VALIDITY', on) * DAY_MS, ADBA: figure('ADBA_VALIDITY', on) * DAY_MS },
    overdueAfterMs: figure('RENEWAL_OVERDUE_AFTER', on) * DAY_MS,
    graceMs: figure('OUT_OF_TOLERANCE_GRACE', on) * DAY_MS,
  };
}

type StateFacts = Pick<LicenceFacts, 'state' | 'sinceAt' | 'untilAt' | 'validity' | 'evidenceAt' | 'recorded'>;

/** When a timed or other state ends by itself: as reported, or by rule. */
function endOf({ untilAt, validity, evidenceAt }: Pick<LicenceFacts, 'untilAt' | 'validity' | 'evidenceAt'>, { validityMs }: StatusFigures): number | undefined {
  return validity === undefined || evidenceAt === undefined ? untilAt : evidenceAt + validityMs[validity];
}

/** A timed activation is overdue for renewal when no more than this is left of it. */
export function overdueLeftMs(validity: Validity | undefined, { validityMs, overdueAfterMs }: StatusFigures): number {
  return validityMs[validity ?? 'KMS'] - overdueAfterMs;
}

/** `leftDomainAt`: when its host was first seen to have left the domain that may have activated it. */
export function statusAt(facts: StateFacts & Partial<Pick<LicenceFacts, 'method'>>, now: number, figures: StatusFigures, leftDomainAt?: number): StatusAt {
  const { state, sinceAt } = facts;
  const basis: StatusBasis = facts.recorded ? 'RECORDED' : 'OBSERVED';
  if (state === 'UNKNOWN') return { status: 'UNKNOWN', basis, sinceAt: undefined, untilAt: undefined, untilBasis: undefined };
  const untilAt = endOf(facts, figures);
  if (leftDomainAt !== undefined && leftDomainAt <= now && isLostByLeaving(facts, leftDomainAt)) {
    return { status: 'UNLICENSED', basis: 'DERIVED', sinceAt: leftDomainAt, untilAt: undefined, untilBasis: undefined };
  }
  const untilBasis = untilAt === undefined ? undefined : facts.validity === undefined ? 'REPORTED' : 'RULE';
  if (state === 'TIMED') {
    if (untilAt === undefined || untilAt - now > overdueLeftMs(facts.validity, figures)) return { status: 'ACTIVE_UNTIL', basis, sinceAt, untilAt, untilBasis };
    if (now < untilAt) return { status: 'RENEWAL_OVERDUE', basis, sinceAt, untilAt, untilBasis };
    const graceEnd = untilAt + figures.graceMs;
    if (now < graceEnd) return { status: 'GRACE', basis: 'DERIVED', sinceAt: untilAt, untilAt: graceEnd, untilBasis: 'RULE' };
    return { status: 'NOTIFICATION', basis: 'DERIVED', sinceAt: graceEnd, untilAt: undefined, untilBasis: undefined };
  }
  if (state === 'GRACE' && untilAt !== undefined && now >= untilAt) {
    return { status: 'NOTIFICATION', basis: 'DERIVED', sinceAt: untilAt, untilAt: undefined, untilBasis: undefined };
  }
  return { status: state, basis, sinceAt, untilAt, untilBasis };
}

/** What the directory activated lasts while the host is a member: evidence from before it left proves nothing afterwards. */
export function isLostByLeaving({ state, method, evidenceAt }: Pick<LicenceFacts, 'state' | 'evidenceAt'> & Partial<Pick<LicenceFacts, 'method'>>, leftDomainAt: number): boolean {
  return state === 'TIMED' && method === 'ADBA' && evidenceAt !== undefined && evidenceAt <= leftDomainAt;
}

/** The last success of an activation that is renewed: proved, or one validity before the end that was reported (K-3, A-1). */
export function lastSuccessOf({ provedAt, renewedUntilAt, renewedSeenAt, method }: LicenceFacts, { validityMs }: StatusFigures): number | undefined {
  if (renewedUntilAt === undefined || renewedSeenAt === undefined) return provedAt;
  return latest(provedAt, Math.min(renewedSeenAt, renewedUntilAt - validityMs[method === 'ADBA' ? 'ADBA' : 'KMS']));
}

/** A KMS host as events name it, without port, lower case. */
export function normaliseKmsHost(text: string): string {
  const lower = text.trim().toLowerCase();
  const colon = lower.lastIndexOf(':');
  return colon > 0 && /^\d+$/.test(lower.slice(colon + 1)) ? lower.slice(0, colon) : lower;
}

interface Claim {
  readonly state: ClaimedState;
  readonly untilAt: number | undefined;
  readonly validity: Validity | undefined;
  readonly licenseStatus: LicenseStatus;
  readonly evidence: EvidenceKind;
}

/** One event in the terms of the fold. */
interface Reading {
  readonly claim: Claim | undefined;
  readonly provedAt: number | undefined;
  readonly renewedUntilAt: number | undefined;
  readonly counted: boolean;
  /** HRESULT of a request that failed. */
  readonly failure: string | undefined;
  readonly method: ActivationMethod | undefined;
  readonly kmsHost: string | undefined;
  readonly skuId: string | undefined;
  readonly productName: string | undefined;
  readonly keyLastFive: string | undefined;
  readonly keyKind: ProductKeyKind | undefined;
}

const HRESULT_OK = '0x00000000';
const MINUTE_MS = 60_000;
const BUILT_IN_VALIDITY_MS = milliseconds(KMS_VALIDITY);

function read(event: LicenceEvent, occurredMs: number): Reading {
  switch (event.type) {
    case 'KmsRequestObserved':
      return readRequest(event.data, occurredMs);
    case 'KmsAttemptObserved':
      return readAttempt(event.data, occurredMs);
    case 'KmsResponseObserved':
      return readResponse(event.data, occurredMs);
    case 'LicenseStateObserved':
      return readState(event.data, occurredMs);
  }
}

/**
 * A KMS host's 12290: HRESULT 0 means counted, not activated, and the status in it is the one before the request. Only for a
 * host that was licensed already is a counted request a renewal.
 */
function readRequest(data: KmsRequestObserved['data'], occurredMs: number): Reading {
  const counted = data.hresult === HRESULT_OK;
  const renewed = counted && data.statusBefore === 'LICENSED';
  return {
    claim: renewed
      ? activatedByKms('LICENSED', 'KMS_HOST_EVENT_12290')
      : claimOf(data.statusBefore, data.minutesRemaining, 'KMS_HOST_EVENT_12290', occurredMs),
    provedAt: renewed ? occurredMs : undefined,
    renewedUntilAt: undefined,
    counted,
    failure: counted ? undefined : data.hresult,
    method: 'KMS',
    kmsHost: data.kmsHost === undefined ? undefined : normaliseKmsHost(data.kmsHost),
    skuId: data.skuId,
    productName: undefined,
    keyLastFive: undefined,
    keyKind: undefined,
  };
}

/** A client's 12288 tells the status it had when it sent the request; sending proves nothing further. */
function readAttempt(data: KmsAttemptObserved['data'], occurredMs: number): Reading {
  return {
    claim: claimOf(data.status, data.minutesRemaining, 'CLIENT_EVENT_12288', occurredMs),
    provedAt: undefined,
    renewedUntilAt: undefined,
    counted: false,
    failure: data.hresult === HRESULT_OK ? undefined : data.hresult,
    method: 'KMS',
    kmsHost: normaliseKmsHost(data.kmsHost),
    skuId: data.skuId,
    productName: undefined,
    keyLastFive: undefined,
    keyKind: undefined,
  };
}

/** A client's 12289: bound with HRESULT 0 proves an activation. */
function readResponse(data: KmsResponseObserved['data'], occurredMs: number): Reading {
  const activated = data.bound && data.hresult === HRESULT_OK;
  return {
    claim: activated ? activatedByKms('LICENSED', 'CLIENT_EVENT_12289') : undefined,
    provedAt: activated ? occurredMs : undefined,
    renewedUntilAt: undefined,
    counted: false,
    failure: data.hresult === HRESULT_OK ? undefined : data.hresult,
    method: 'KMS',
    kmsHost: undefined,
    skuId: undefined,
    productName: undefined,
    keyLastFive: undefined,
    keyKind: undefined,
  };
}

function readState(data: LicenseStateObserved['data'], occurredMs: number): Reading {
  const method = data.method ?? methodOfKey(data.keyKind);
  const claim = claimOfState(data, method, occurredMs);
  return {
    claim,
    provedAt: claim?.state === 'TIMED' && data.evidence === 'CLIENT_EVENT_12308' ? occurredMs : undefined,
    renewedUntilAt: renewedUntil(claim, data.evidence, method),
    counted: false,
    failure: undefined,
    method,
    kmsHost: data.kmsHost === undefined ? undefined : normaliseKmsHost(data.kmsHost),
    skuId: data.skuId,
    productName: data.productName,
    keyLastFive: data.keyLastFive,
    keyKind: data.keyKind,
  };
}

function claimOfState(data: LicenseStateObserved['data'], method: ActivationMethod | undefined, occurredMs: number): Claim | undefined {
  const { status: licenseStatus, evidence } = data;
  const lasting = { untilAt: undefined, validity: undefined, licenseStatus, evidence };
  if (data.keyKind === 'SETUP') return { state: 'NOT_REQUIRED', ...lasting };
  if (licenseStatus !== 'LICENSED') return claimOf(licenseStatus, data.minutesRemaining, evidence, occurredMs);
  if (data.permanent === true) return { state: 'PERMANENT', ...lasting };
  if (data.minutesRemaining !== undefined && data.minutesRemaining > 0) {
    return claimOf(licenseStatus, data.minutesRemaining, evidence, occurredMs);
  }
  if (method === 'KMS') return activatedByKms(licenseStatus, evidence);
  if (method === 'ADBA') return { ...lasting, state: 'TIMED', validity: 'ADBA' };
  // Without method, key or end, "licensed" may be permanent or may lapse tomorrow.
  return isLasting(method, data.keyKind) ? { state: 'PERMANENT', ...lasting } : { state: 'UNKNOWN', ...lasting };
}

/** The end that evidence reports of an activation that is renewed; an event of a success proves the success itself. */
function renewedUntil(claim: Claim | undefined, evidence: EvidenceKind, method: ActivationMethod | undefined): number | undefined {
  const renewable = method === 'KMS' || method === 'ADBA';
  return claim?.state === 'TIMED' && renewable && evidence !== 'CLIENT_EVENT_12308' ? claim.untilAt : undefined;
}

function activatedByKms(licenseStatus: LicenseStatus, evidence: EvidenceKind): Claim {
  return { state: 'TIMED', untilAt: undefined, validity: 'KMS', licenseStatus, evidence };
}

/** What a status and the minutes left of it say by themselves. A status that nobody understood claims nothing. */
function claimOf(status: LicenseStatus, minutes: number | undefined, evidence: EvidenceKind, occurredMs: number): Claim | undefined {
  const untilAt = minutes === undefined || minutes <= 0 ? undefined : occurredMs + minutes * MINUTE_MS;
  switch (status) {
    case 'UNKNOWN':
      return undefined;
    case 'LICENSED':
      return untilAt === undefined
        ? activatedByKms(status, evidence)
        : { state: 'TIMED', untilAt, validity: undefined, licenseStatus: status, evidence };
    case 'UNLICENSED':
    case 'NOTIFICATION':
      return { state: status, untilAt: undefined, validity: undefined, licenseStatus: status, evidence };
    case 'OOB_GRACE':
    case 'OOT_GRACE':
    case 'NON_GENUINE_GRACE':
    case 'EXTENDED_GRACE':
      return { state: 'GRACE', untilAt, validity: undefined, licenseStatus: status, evidence };
  }
}

function methodOfKey(kind: ProductKeyKind | undefined): ActivationMethod | undefined {
  if (kind === 'KMS_CLIENT') return 'KMS';
  return kind === 'OEM' || kind === 'RETAIL' ? kind : undefined;
}

function isLasting(method: ActivationMethod | undefined, kind: ProductKeyKind | undefined): boolean {
  if (method === 'MAK_INDEPENDENT' || method === 'MAK_PROXY' || method === 'OEM' || method === 'RETAIL') return true;
  return kind === 'MAK' || kind === 'KMS_HOST';
}

type SettledFacts = Pick<
  LicenceFacts,
  | 'state'
  | 'sinceAt'
  | 'untilAt'
  | 'validity'
  | 'recorded'
  | 'licenseStatus'
  | 'evidenceKind'
  | 'evidenceSequence'
  | 'evidenceAt'
  | 'contraryAt'
>;

function settleState(facts: SettledFacts, claim: Claim | undefined, occurrence: Occurrence): SettledFacts {
  if (claim === undefined) return facts;
  const { occurredMs, sequence } = occurrence;
  if (facts.evidenceAt !== undefined && occurredMs < facts.evidenceAt) return lookBack(facts, claim, occurredMs);
  const continues = claim.state === facts.state && occurredMs <= (expectedEnd(facts) ?? Number.POSITIVE_INFINITY);
  return {
    state: claim.state,
    sinceAt: continues ? facts.sinceAt : occurredMs,
    untilAt: claim.untilAt,
    validity: claim.validity,
    recorded: claim.evidence === 'API',
    licenseStatus: claim.licenseStatus,
    evidenceKind: claim.evidence,
    evidenceSequence: sequence,
    evidenceAt: occurredMs,
    contraryAt: continues ? facts.contraryAt : facts.evidenceAt,
  };
}

/** Until when the next evidence of the same state continues it. */
function expectedEnd({ untilAt, validity, evidenceAt }: SettledFacts): number | undefined {
  return validity === undefined || evidenceAt === undefined ? untilAt : evidenceAt + BUILT_IN_VALIDITY_MS;
}

/**
 * Older evidence (logs are often exported newest first) cannot change the state, only since when it has lasted: the same state
 * moves `sinceAt` back, another state stops that. Another state in the midst leaves only the newest evidence to count from.
 */
function lookBack(facts: SettledFacts, claim: Claim, occurredMs: number): SettledFacts {
  const { sinceAt, contraryAt } = facts;
  if (sinceAt === undefined) return facts;
  if (claim.state === facts.state) {
    return occurredMs < sinceAt && (contraryAt === undefined || occurredMs > contraryAt) ? { ...facts, sinceAt: occurredMs } : facts;
  }
  if (contraryAt !== undefined && occurredMs <= contraryAt) return facts;
  return occurredMs < sinceAt ? { ...facts, contraryAt: occurredMs } : { ...facts, contraryAt: occurredMs, sinceAt: facts.evidenceAt };
}

/** Newer evidence describes the installation as far as it says anything; older evidence fills what nobody has said. */
function choose<Value>(newer: boolean, known: Value | undefined, said: Value | undefined): Value | undefined {
  return newer ? (said ?? known) : (known ?? said);
}

function latest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
}
