/** What an observation becomes on a host's stream. Observations are never refused. */
import { accept, refuse, type Decision, type DecisionContext } from '../decision.js';
import type { InstantText } from '../event.js';
import type { HostObservationInput, RecordObservation } from './commands.js';
import type { HostEvent, KmsResponseObserved } from './events.js';
import { identitiesOf, newIdentities } from './identities.js';
import { installationFor, ranAt } from './installations.js';
import type { HostState, Installation } from './state.js';

export function recordObservation(state: HostState, command: RecordObservation, context: DecisionContext): Decision<HostEvent> {
  const occurredAt = command.occurredAt ?? context.now;
  const identities = identitiesOf(command.name, command.observation.host);
  const named = command.installation === undefined ? undefined : state.installations[command.installation - 1];
  if (command.installation !== undefined && named === undefined) {
    return refuse('INSTALLATION_UNKNOWN', { installation: command.installation });
  }
  const observed = observedEvent(state, command.observation, occurredAt, named);
  if (state.origin === undefined) {
    const data = { origin: 'OBSERVATION' as const, identities };
    return accept({ type: 'HostRegistered', schemaVersion: 1, occurredAt, data }, observed);
  }
  const news = newIdentities(state.identities, identities);
  if (news.length === 0) return accept(observed);
  return accept({ type: 'HostIdentityObserved', schemaVersion: 1, occurredAt, data: { identities: news } }, observed);
}

function observedEvent(state: HostState, observation: HostObservationInput, occurredAt: InstantText, named: Installation | undefined): HostEvent {
  switch (observation.kind) {
    case 'licenseState': {
      const { kind: _kind, host: _host, key, ...facts } = observation;
      const { skuId, applicationId } = observation;
      const installation = named ?? installationFor(state, occurredAt, { skuId, applicationId, lastFive: key?.lastFive });
      const replacedKeyLastFive = key === undefined || installation.lastFive === key.lastFive ? undefined : installation.lastFive;
      const keyFacts = { keyLastFive: key?.lastFive, keyFingerprint: key?.fingerprint, replacedKeyLastFive };
      const data = { installation: installation.number, ...facts, ...keyFacts };
      return { type: 'LicenseStateObserved', schemaVersion: 1, occurredAt, data };
    }
    case 'kmsRequest': {
      // Written out in the canonical order of its members: most events of most ledgers are made here.
      const { clientTime, clientTimeRaw, host, hresult, kmsHost, minutesRemaining, requiredCount, skuId, statusBefore, virtualMachine } = observation;
      const installation = installationFor(state, occurredAt, { skuId }).number;
      const cmid = host.cmid ?? '';
      const data = { clientTime, clientTimeRaw, cmid, hresult, installation, kmsHost, minutesRemaining, requiredCount, skuId, statusBefore, virtualMachine };
      return { type: 'KmsRequestObserved', schemaVersion: 1, occurredAt, data };
    }
    case 'kmsAttempt': {
      const { kind: _kind, host, ...facts } = observation;
      const installation = installationFor(state, occurredAt, { skuId: observation.skuId }).number;
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

/** The installation of the latest attempt that is not later, if it still ran: event 12289 names no product. */
function attemptBefore({ lastAttempt, installations }: HostState, at: InstantText): number | undefined {
  if (lastAttempt === undefined || lastAttempt.at > at) return undefined;
  const installation = installations[lastAttempt.installation - 1];
  return installation !== undefined && ranAt(installation, at) ? installation.number : undefined;
}
