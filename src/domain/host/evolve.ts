/** What a host's state becomes by each of its events. */
import type { HostEvent } from './events.js';
import { withIdentities } from './identities.js';
import { withInstallation, withReplacement } from './installations.js';
import type { HostState, OpenRequest } from './state.js';

export function evolve(state: HostState, event: HostEvent): HostState {
  switch (event.type) {
    case 'KmsRequestObserved': {
      const { installation, skuId, virtualMachine } = event.data;
      const seen = withInstallation(state, { number: installation, skuId, method: 'KMS' }, event.occurredAt);
      return seen.virtualMachine === virtualMachine ? seen : { ...seen, virtualMachine };
    }
    case 'KmsAttemptObserved': {
      const { installation, skuId, virtualMachine } = event.data;
      const lastAttempt = { installation, at: event.occurredAt };
      return { ...withInstallation(state, { number: installation, skuId, method: 'KMS' }, event.occurredAt), virtualMachine, lastAttempt };
    }
    case 'LicenseStateObserved': {
      const { installation, skuId, applicationId, keyLastFive, method } = event.data;
      return withInstallation(state, { number: installation, skuId, applicationId, lastFive: keyLastFive, method }, event.occurredAt);
    }
    case 'HostRegistered': {
      const { origin, identities, virtualMachine } = event.data;
      return { ...state, origin, identities: withIdentities(state.identities, identities), virtualMachine: virtualMachine ?? state.virtualMachine };
    }
    case 'HostIdentityObserved':
      return { ...state, identities: withIdentities(state.identities, event.data.identities) };
    case 'HostRetired':
      return { ...state, retiredAt: event.occurredAt, installations: state.installations.map((each) => (each.endedAt === undefined ? { ...each, endedAt: event.occurredAt } : each)) };
    case 'HostsMerged':
      return event.data.role === 'ABSORBED' ? { ...state, mergedInto: event.data.survivor } : { ...state, absorbed: [...state.absorbed, event.data.absorbed] };
    case 'ActivationMethodChanged':
      return withInstallation(state, { number: event.data.installation, method: event.data.to }, event.occurredAt);
    case 'CorrectionRecorded': {
      const { eventType, field, value } = event.data;
      return eventType === 'HostRegistered' && field === 'virtualMachine' ? { ...state, virtualMachine: value === undefined ? undefined : value === true } : state;
    }
    case 'KmsResponseObserved':
    case 'KmsCountObserved':
    case 'KmsPublicationObserved':
    case 'DomainMembershipObserved':
      return state;
    default:
      return withRequest(state, event);
  }
}

type RequestEvent = Extract<HostEvent, { type: `Reimaging${string}` | `Downgrade${string}` }>;

function withRequest(state: HostState, event: RequestEvent): HostState {
  switch (event.type) {
    case 'ReimagingRequested': {
      const { request, installation, method } = event.data;
      return { ...state, reimaging: { request, installation, method } };
    }
    case 'ReimagingGranted':
      return state.reimaging === undefined ? state : { ...state, reimaging: { ...state.reimaging, serving: event.data.serving } };
    case 'ReimagingRefused':
    case 'ReimagingCancelled':
      return { ...state, reimaging: undefined };
    case 'ReimagingCompleted': {
      const { endedInstallation, startedInstallation } = event.data;
      const next = { ...withStarted(state, state.reimaging, event), reimaging: undefined };
      const { downgradeInForce } = state;
      // What is reinstalled on a downgraded host is still downgraded.
      if (downgradeInForce === undefined || downgradeInForce.installation !== endedInstallation) return next;
      return { ...next, downgradeInForce: { ...downgradeInForce, installation: startedInstallation } };
    }
    case 'DowngradeRequested': {
      const { request, installation, method, to } = event.data;
      return { ...state, downgrade: { request, installation, method, to } };
    }
    case 'DowngradeGranted':
      return state.downgrade === undefined ? state : { ...state, downgrade: { ...state.downgrade, serving: event.data.serving } };
    case 'DowngradeRefused':
    case 'DowngradeCancelled':
      return { ...state, downgrade: undefined };
    case 'DowngradeCompleted': {
      const { request, startedInstallation } = event.data;
      const downgradeInForce = state.downgrade === undefined ? undefined : { request, installation: startedInstallation, to: state.downgrade.to };
      return { ...withStarted(state, state.downgrade, event), downgrade: undefined, downgradeInForce };
    }
    case 'DowngradeReverted':
      return { ...withStarted(state, undefined, event), downgradeInForce: undefined };
  }
}

function withStarted(state: HostState, open: OpenRequest | undefined, event: Extract<RequestEvent, { data: { startedInstallation: number } }>): HostState {
  const { endedInstallation, startedInstallation } = event.data;
  return withReplacement(state, endedInstallation, { number: startedInstallation, lastFive: open?.serving?.lastFive, method: open?.method }, event.occurredAt);
}
