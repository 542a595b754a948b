/** What a person's word that a key was activated means on the host's stream: the host is licensed by it. */
import type { RecordObservation } from '../domain/host/commands.js';
import type { LicenseStateObserved } from '../domain/host/events.js';
import { parseHostName } from '../domain/host/hostName.js';
import type { LicenseStateObservation } from '../domain/observation.js';
import type { ActivationMethod, ProductKeyKind } from '../domain/vocabulary.js';
import type { CommandOutcome as HandlerOutcome } from '../kernel/commandHandler.js';
import { parseEnvelope } from '../kernel/envelope.js';
import type { StreamId } from '../kernel/identifiers.js';
import { refused } from './acceptedText.js';
import type { RequestOptions } from './activationRequests.js';
import { refusalOf, type CommandOrigin } from './commandRunner.js';
import { eventOfType } from './decidedRequest.js';
import type { KeyFacts } from './facts.js';
import type { RefusedOutcome } from './port.js';

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

/** An activation with a MAK, as somebody says it was done. */
export interface HostActivation {
  readonly host: StreamId;
  readonly key: KeyFacts;
  /** Absent: the one with this key, or the next. */
  readonly installation?: number | undefined;
  readonly occurredAt?: string | undefined;
  readonly method?: ActivationMethod | undefined;
  readonly confirmationIdPresent?: true | undefined;
}

/** Records on a host's stream that a key has licensed it, and tells the number of its installation. */
export function createHostLicensing({ runner, facts, hostDecider }: Pick<RequestOptions, 'runner' | 'facts' | 'hostDecider'>) {
  return async ({ host, key, installation, occurredAt, ...more }: HostActivation, origin: CommandOrigin): Promise<RefusedOutcome | { readonly installation: number }> => {
    // It may have been entered a moment ago.
    if (facts.host(host) === undefined) await runner.caughtUp();
    const rawName = facts.host(host)?.rawName;
    const name = rawName === undefined ? undefined : parseHostName(rawName);
    if (rawName === undefined || name === undefined) return refused('HOST_UNKNOWN', {}, ['activation']);
    const command: RecordObservation = { kind: 'recordObservation', name, occurredAt, observation: licensedBy({ ...key, kind: 'MAK' }, rawName, more) };
    const outcome = await runner.run({ decider: hostDecider, stream: host, command: await ofInstallation(host, command, installation) }, origin);
    if (outcome.kind === 'unchanged') throw new Error('A licence state was not recorded.');
    return outcome.kind === 'refused' ? refusalOf(outcome.refusal) : { installation: installationOf(outcome) };
  };

  /** The observation of the installation that was named. One that it begins has no name yet: the observation is then as good without. */
  async function ofInstallation(host: StreamId, command: RecordObservation, installation: number | undefined): Promise<RecordObservation> {
    if (installation === undefined) return command;
    const unnamed = await runner.preview({ decider: hostDecider, stream: host, command });
    const begins = unnamed.kind === 'accepted' && eventOfType<LicenseStateObserved['data']>(unnamed.events, 'LicenseStateObserved')?.installation === installation;
    return begins ? command : { ...command, installation };
  }
}
