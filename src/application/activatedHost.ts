/** What a person's word that a key was activated means on the host's stream: the host is licensed by it. */
import type { LicenseStateObservation } from '../domain/observation.js';
import type { ActivationMethod, ProductKeyKind } from '../domain/vocabulary.js';
import type { CommandOutcome as HandlerOutcome } from '../kernel/commandHandler.js';
import { parseEnvelope } from '../kernel/envelope.js';

/** A key as the host's stream names it. */
export interface ActivatingKey {
  readonly lastFive: string;
  readonly fingerprint?: string | undefined;
  readonly kind: ProductKeyKind;
}

/** A MAK licenses without an end. */
export function licensedBy(
  { lastFive, fingerprint, kind: keyKind }: ActivatingKey,
  rawName: string,
  more: { readonly skuId?: string | undefined; readonly method?: ActivationMethod | undefined; readonly confirmationIdPresent?: true | undefined },
): LicenseStateObservation {
  return { kind: 'licenseState', host: { rawName }, evidence: 'API', key: { lastFive, fingerprint }, keyKind, status: 'LICENSED', permanent: keyKind === 'MAK' ? true : undefined, ...more };
}

/** Number of the installation that a licence state was recorded of. */
export function installationOf(outcome: Extract<HandlerOutcome, { kind: 'recorded' | 'alreadyRecorded' }>): number {
  for (const stored of outcome.events.toReversed()) {
    const { installation } = parseEnvelope(stored.text).data as { readonly installation?: unknown };
    if (typeof installation === 'number') return installation;
  }
  throw new Error('An observation of a licence state was recorded without its installation.');
}
