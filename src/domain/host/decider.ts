/**
 * One host: the names and identifiers it was met under, its installations, and what was observed of them.
 * Observations are never refused; neither a name nor a CMID is a host's identity, so all are kept.
 */
import { accept, refuse, type Decision, type DecisionContext } from '../decision.js';
import type { InstantText } from '../event.js';
import type { HostMention } from '../observation.js';
import type { HostCommand, HostObservationInput, RecordObservation, RegisterHost } from './commands.js';
import type { HostEvent, HostIdentity, KmsResponseObserved } from './events.js';
import type { HostName } from './hostName.js';

/** One deployment of one product on this host. */
export interface Installation {
  readonly number: number;
  readonly skuId?: string | undefined;
  readonly applicationId?: string | undefined;
  readonly lastFive?: string | undefined;
}

export interface HostState {
  readonly origin?: 'OBSERVATION' | 'REGISTRATION' | undefined;
  /** `kind:value` of each identity met, oldest first, at most IDENTITIES_REMEMBERED_MAX. */
  readonly identities: readonly string[];
  readonly installations: readonly Installation[];
  readonly lastAttempt?: { readonly installation: number; readonly at: InstantText } | undefined;
}

/** Identities a host's state remembers; older ones stay in the log and would be recorded again if met again. */
const IDENTITIES_REMEMBERED_MAX = 256;

export const hostDecider = {
  name: 'host',
  version: 1,
  initial: { identities: [], installations: [] } as HostState,
  decide,
  evolve,
};

function decide(state: HostState, command: HostCommand, context: DecisionContext): Decision<HostEvent> {
  switch (command.kind) {
    case 'registerHost':
      return register(state, command, context);
    case 'recordObservation':
      return recordObservation(state, command, context);
    default:
      throw new Error(`${command.kind} is not decided.`);
  }
}

function register(state: HostState, command: RegisterHost, context: DecisionContext): Decision<HostEvent> {
  if (state.origin === 'REGISTRATION') return refuse('HOST_ALREADY_REGISTERED', { name: command.name.raw });
  const identities: HostIdentity[] = [nameIdentity(command.name)];
  if (command.cmid !== undefined) identities.push({ kind: 'CMID', value: command.cmid });
  for (const value of command.macAddresses ?? []) identities.push({ kind: 'MAC', value });
  const { operatingSystem, virtualMachine } = command;
  const data = { origin: 'REGISTRATION' as const, identities, operatingSystem, virtualMachine };
  return accept({ type: 'HostRegistered', schemaVersion: 1, occurredAt: context.now, data });
}

function recordObservation(
  state: HostState,
  command: RecordObservation,
  context: DecisionContext,
): Decision<HostEvent> {
  const occurredAt = command.occurredAt ?? context.now;
  const identities = identitiesOf(command.name, command.observation.host);
  const named = command.installation === undefined ? undefined : state.installations[command.installation - 1];
  if (command.installation !== undefined && named === undefined) {
    return refuse('INSTALLATION_UNKNOWN', { name: command.name.raw, installation: command.installation });
  }
  const observed = observedEvent(state, command.observation, occurredAt, named);
  if (state.origin === undefined) {
    const data = { origin: 'OBSERVATION' as const, identities };
    return accept({ type: 'HostRegistered', schemaVersion: 1, occurredAt, data }, observed);
  }
  const news = identities.filter((identity) => !state.identities.includes(identityText(identity)));
  if (news.length === 0) return accept(observed);
  return accept({ type: 'HostIdentityObserved', schemaVersion: 1, occurredAt, data: { identities: news } }, observed);
}

function observedEvent(state: HostState, observation: HostObservationInput, occurredAt: InstantText, named: Installation | undefined): HostEvent {
  switch (observation.kind) {
    case 'licenseState': {
      const { kind: _kind, host: _host, key, ...facts } = observation;
      const installation = named ?? installationFor(state, observation.skuId, observation.applicationId, key?.lastFive);
      const replacedKeyLastFive = key === undefined || installation.lastFive === key.lastFive ? undefined : installation.lastFive;
      const keyFacts = { keyLastFive: key?.lastFive, keyFingerprint: key?.fingerprint, replacedKeyLastFive };
      const data = { installation: installation.number, ...facts, ...keyFacts };
      return { type: 'LicenseStateObserved', schemaVersion: 1, occurredAt, data };
    }
    case 'kmsRequest': {
      // Written out in the canonical order of its members: most events of most ledgers are made here.
      const { clientTime, clientTimeRaw, host, hresult, kmsHost, minutesRemaining, requiredCount, skuId, statusBefore, virtualMachine } = observation;
      const installation = installationFor(state, skuId, undefined, undefined).number;
      const cmid = host.cmid ?? '';
      const data = { clientTime, clientTimeRaw, cmid, hresult, installation, kmsHost, minutesRemaining, requiredCount, skuId, statusBefore, virtualMachine };
      return { type: 'KmsRequestObserved', schemaVersion: 1, occurredAt, data };
    }
    case 'kmsAttempt': {
      const { kind: _kind, host, ...facts } = observation;
      const installation = installationFor(state, observation.skuId, undefined, undefined).number;
      return { type: 'KmsAttemptObserved', schemaVersion: 1, occurredAt, data: { installation, cmid: host.cmid, ...facts } };
    }
    case 'kmsResponse': {
      const { kind: _kind, host: _host, ...facts } = observation;
      const data: KmsResponseObserved['data'] = { installation: attemptBefore(state, occurredAt), ...facts };
      return { type: 'KmsResponseObserved', schemaVersion: 1, occurredAt, data };
    }
    case 'kmsCount': {
      const { kind: _kind, host: _host, ...data } = observation;
      return { type: 'KmsCountObserved', schemaVersion: 1, occurredAt, data };
    }
    case 'kmsPublication': {
      const { kind: _kind, host: _host, ...data } = observation;
      return { type: 'KmsPublicationObserved', schemaVersion: 1, occurredAt, data };
    }
    case 'host': {
      const { kind: _kind, host: _host, networkType, ...facts } = observation;
      return { type: 'DomainMembershipObserved', schemaVersion: 1, occurredAt, data: { networkType: networkType ?? 'UNKNOWN', ...facts } };
    }
  }
}

/**
 * The installation a record is about: the one of its SKU; where either side has no SKU, the one with the same last five
 * and no other application; else a new one.
 */
export function installationFor(
  state: HostState,
  skuId: string | undefined,
  applicationId: string | undefined,
  lastFive: string | undefined,
): Installation {
  const { installations } = state;
  const bySku = skuId === undefined ? undefined : installations.find((each) => each.skuId === skuId);
  if (bySku !== undefined) return bySku;
  const byKey = installations.find(
    (each) =>
      (skuId === undefined || each.skuId === undefined) &&
      each.lastFive !== undefined &&
      each.lastFive === lastFive &&
      (each.applicationId === undefined || applicationId === undefined || each.applicationId === applicationId),
  );
  return byKey ?? { number: installations.length + 1, skuId, applicationId, lastFive };
}

/** The installation of the latest attempt that is not later: event 12289 names no product. */
function attemptBefore(state: HostState, at: InstantText): number | undefined {
  return state.lastAttempt !== undefined && state.lastAttempt.at <= at ? state.lastAttempt.installation : undefined;
}

function evolve(state: HostState, event: HostEvent): HostState {
  switch (event.type) {
    case 'HostRegistered':
      return { ...state, origin: event.data.origin, identities: withIdentities(state.identities, event.data.identities) };
    case 'HostIdentityObserved':
      return { ...state, identities: withIdentities(state.identities, event.data.identities) };
    case 'LicenseStateObserved': {
      const { installation, skuId, applicationId, keyLastFive } = event.data;
      return withInstallation(state, { number: installation, skuId, applicationId, lastFive: keyLastFive });
    }
    case 'KmsRequestObserved':
      return withInstallation(state, { number: event.data.installation, skuId: event.data.skuId });
    case 'KmsAttemptObserved': {
      const lastAttempt = { installation: event.data.installation, at: event.occurredAt };
      return { ...withInstallation(state, { number: event.data.installation, skuId: event.data.skuId }), lastAttempt };
    }
    case 'KmsResponseObserved':
    case 'KmsCountObserved':
    case 'KmsPublicationObserved':
    case 'DomainMembershipObserved':
      return state;
    default:
      return state;
  }
}

function withInstallation(state: HostState, found: Installation): HostState {
  const index = found.number - 1;
  const known = state.installations[index];
  if (known === undefined) return { ...state, installations: [...state.installations, found] };
  const skuId = known.skuId ?? found.skuId;
  const applicationId = known.applicationId ?? found.applicationId;
  const lastFive = found.lastFive ?? known.lastFive;
  if (skuId === known.skuId && applicationId === known.applicationId && lastFive === known.lastFive) return state;
  return { ...state, installations: state.installations.with(index, { number: known.number, skuId, applicationId, lastFive }) };
}

function withIdentities(known: readonly string[], found: readonly HostIdentity[]): readonly string[] {
  const news = found.map(identityText).filter((identity) => !known.includes(identity));
  return news.length === 0 ? known : [...known, ...news].slice(-IDENTITIES_REMEMBERED_MAX);
}

function identitiesOf(name: HostName, mention: HostMention): readonly HostIdentity[] {
  const identities: HostIdentity[] = [nameIdentity(name)];
  if (mention.cmid !== undefined) identities.push({ kind: 'CMID', value: mention.cmid });
  for (const value of mention.macAddresses ?? []) identities.push({ kind: 'MAC', value });
  if (mention.vamtId !== undefined) identities.push({ kind: 'VAMT_ID', value: mention.vamtId });
  return identities;
}

function nameIdentity({ name, domain, raw }: HostName): HostIdentity {
  return { kind: 'NAME', name, domain, raw };
}

function identityText(identity: HostIdentity): string {
  return identity.kind === 'NAME' ? `NAME:${identity.raw}` : `${identity.kind}:${identity.value}`;
}
