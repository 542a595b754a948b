/** Whether and with which key a request about a host can be served (DOMAIN, reimaging and downgrade). */
import { refuse, type Decision } from '../decision.js';
import type { ActivationMethod } from '../vocabulary.js';
import type { KeyAnswer } from './commands.js';
import type { ServingKey } from './requestEvents.js';

/** What of a request decides how it is served. */
export interface ToBeServed {
  readonly method: ActivationMethod;
  readonly withStoredConfirmationId?: boolean | undefined;
  readonly key?: KeyAnswer | undefined;
}

/** Only a MAK spends activations, and not when its stored confirmation id is applied again (B-4). */
export function spendsActivation({ method, withStoredConfirmationId }: ToBeServed): boolean {
  return isMakMethod(method) && withStoredConfirmationId !== true;
}

/** Refuses a request whose key, method and way of activation do not go together. */
export function unserviceable(request: ToBeServed): Decision<never> | undefined {
  const { method, withStoredConfirmationId, key } = request;
  if (withStoredConfirmationId === true && !isMakMethod(method)) return refuse('CONFIRMATION_ID_WITHOUT_MAK', { method });
  if (key === undefined) return spendsActivation(request) ? refuse('KEY_NOT_NAMED', { method }) : undefined;
  const fits = key.kind === 'UNKNOWN' || (key.kind === 'MAK') === isMakMethod(method);
  return fits ? undefined : refuse('KEY_OF_ANOTHER_METHOD', { lastFive: key.lastFive, kind: key.kind, method });
}

/** The key as the grant records it. */
export function servingKey({ key }: ToBeServed): ServingKey | undefined {
  if (key === undefined) return undefined;
  return { key: key.key, lastFive: key.lastFive, activation: key.activation?.kind === 'granted' ? key.activation.activation : undefined };
}

function isMakMethod(method: ActivationMethod): boolean {
  return method === 'MAK_INDEPENDENT' || method === 'MAK_PROXY';
}
