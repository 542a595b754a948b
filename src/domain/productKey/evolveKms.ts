import type { ProductKeyEvent } from './events.js';
import { activationObjectKey, kmsHostOf, type KmsHost, type ProductKeyState } from './state.js';

/** The KMS hosts and activation objects of a key after an event. */
export function evolveKms(state: ProductKeyState, event: ProductKeyEvent): ProductKeyState {
  switch (event.type) {
    case 'KmsHostConfigured':
      return withHost(state, event.data.host, { slot: event.data.slot, activations: 1 });
    case 'KmsHostReactivated':
      return changed(state, event.data.host, { activations: event.data.activations, removed: undefined });
    case 'KmsHostUpdated':
      return changed(state, event.data.host, { updated: true });
    case 'KmsHostRemoved':
      return changed(state, event.data.host, { removed: true });
    case 'ActivationObjectCreated':
    case 'ActivationObjectRemoved': {
      const key = activationObjectKey(event.data.name, event.data.forest);
      return { ...state, activationObjects: { ...state.activationObjects, [key]: event.type === 'ActivationObjectCreated' } };
    }
    default:
      return state;
  }
}

function withHost(state: ProductKeyState, host: string, known: KmsHost): ProductKeyState {
  return { ...state, kmsHosts: { ...state.kmsHosts, [host]: known } };
}

function changed(state: ProductKeyState, host: string, change: Partial<KmsHost>): ProductKeyState {
  const known = kmsHostOf(state, host);
  return known === undefined ? state : withHost(state, host, { ...known, ...change });
}
