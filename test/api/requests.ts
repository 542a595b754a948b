/** Requests of tests that speak to a served ledger: each asserts nothing, and throws where it is refused. */
import type { ApiLedger } from './apiLedger.js';

export const OUTCOME = `__typename
  ... on DecidedRequest { request sequence applied judgements { rule outcome accepted } }
  ... on RequestGranted { expiresAt }
  ... on RequestDenied { code rules }
  ... on CommandRefused { code path }`;

/** A MAK of so many activations; its global id. */
export async function registerMak(api: ApiLedger, lastFive: string, allowed: number | undefined, more: Record<string, unknown> = {}): Promise<string> {
  const input = { lastFive, kind: 'MAK', product: 'Windows 10 Enterprise', allowed, ...more };
  const { registerProductKey } = await api.data('mutation Q($input: RegisterProductKeyInput!) { registerProductKey(input: $input) { ... on RegisterProductKeySuccess { productKey { id } } ... on UserError { code message } } }', { input });
  if (registerProductKey.productKey === undefined) throw new Error(JSON.stringify(registerProductKey));
  return registerProductKey.productKey.id;
}

export async function requestActivation(api: ApiLedger, input: Record<string, unknown>): Promise<any> {
  return (await api.data(`mutation Q($input: RequestActivationInput!) { requestActivation(input: $input) { ${OUTCOME} } }`, { input })).requestActivation;
}

/** A mutation on a key or a host that answers with success or refusal: the type's name, and the refusal's code. */
export async function send(api: ApiLedger, name: string, input: Record<string, unknown>): Promise<any> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  return (await api.data(`mutation Q($input: ${type}!) { ${name}(input: $input) { __typename ... on UserError { code message path } } }`, { input }))[name];
}

export async function keyCounts(api: ApiLedger, id: string): Promise<any> {
  return (await api.data('query Q($id: ID!) { productKey(id: $id) { opening confirmed reserved observed uncertain used allowed remaining } }', { id })).productKey;
}
