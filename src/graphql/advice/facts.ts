import type { KeyCountsRow } from '../../../projections/keyCounts.js';
import type { HostRow } from '../../../projections/hostStatus.js';
import type { ActivationObjectFacts, AdviceFacts, CandidateKey, ConfirmationIdFacts, KmsHostFacts } from '../../domain/advice/facts.js';
import type { StreamId } from '../../kernel/identifiers.js';
import type { LedgerContext } from '../context.js';
import { presentMoment } from '../moment.js';

/** Registered keys that advice chooses from. */
export const ADVICE_KEYS_MAX = 200;
/** KMS hosts that advice looks at. */
export const ADVICE_KMS_HOSTS_MAX = 50;
/** Activation objects and confirmation ids that advice looks at. */
const ADVICE_OBJECTS_MAX = 100;

/** What the ledger knows that bears on any advice: keys, KMS hosts with their counts, activation objects, the programme. */
export type CommonFacts = Pick<AdviceFacts, 'on' | 'keys' | 'kmsHosts' | 'activationObjects' | 'agreement' | 'programme'>;

export function commonFacts(context: LedgerContext, agreement: string | undefined): CommonFacts {
  const { readModel, now } = context.services;
  const page = readModel.productKeys.page({ registered: true, kind: ['MAK', 'KMS_HOST', 'SETUP'] }, 'REMAINING', true, { limit: ADVICE_KEYS_MAX, direction: 'FORWARD', after: undefined, before: undefined });
  return {
    on: now(),
    keys: page.rows.map(({ row }) => candidateOf(context, row, agreement)),
    kmsHosts: kmsHostFacts(context),
    activationObjects: objectFacts(context),
    agreement,
    programme: agreement === undefined ? undefined : readModel.agreements.byLicenceId(agreement)?.programme,
  };
}

/** What the host itself says, where the one who asks does not. */
export function hostFacts(row: HostRow | undefined): Pick<AdviceFacts, 'virtualMachine' | 'operatingSystem' | 'domainMember'> {
  const { networkType } = row ?? {};
  return {
    virtualMachine: row?.virtualMachine,
    operatingSystem: row?.operatingSystem,
    domainMember: networkType === 'DOMAIN' ? true : networkType === 'WORKGROUP' ? false : undefined,
  };
}

/** The confirmation id kept of a host for a product's key; `hardware`: what the machine is identified by now. */
export function confirmationFacts(context: LedgerContext, host: StreamId, keys: readonly CandidateKey[], hardware: string | undefined): ConfirmationIdFacts {
  const kept = context.services.readModel.activationMeans.confirmationIds(host, ADVICE_OBJECTS_MAX).find(({ productKey }) => keys.some(({ key }) => key === productKey));
  if (kept === undefined) return { stored: false };
  const known = kept.hardware !== undefined && hardware !== undefined;
  return { stored: true, hardwareChanged: known ? kept.hardware !== hardware : undefined };
}

function candidateOf({ services }: LedgerContext, row: KeyCountsRow, agreement: string | undefined): CandidateKey {
  const { key, lastFive, kind, product, remaining, status } = row;
  return {
    key,
    lastFive,
    kind,
    product,
    status: status === 'ACTIVE' ? 'IN_USE' : status,
    remaining,
    agreement: row.agreement,
    affiliation: row.agreement === undefined || agreement === undefined ? undefined : services.readModel.agreements.affiliation(row.agreement, agreement),
  };
}

/** KMS hosts that were set up in the ledger, and those that clients name. */
function kmsHostFacts(context: LedgerContext): readonly KmsHostFacts[] {
  const { readModel } = context.services;
  const moment = presentMoment(context);
  const setups = readModel.activationMeans.kmsSetups(ADVICE_KMS_HOSTS_MAX);
  const met = readModel.kms.kmsHosts({ limit: ADVICE_KMS_HOSTS_MAX, direction: 'FORWARD', after: undefined, before: undefined }).rows.map(({ row }) => row);
  const streams = [...new Set([...setups.map(({ host }) => host), ...met.flatMap(({ host }) => host ?? [])])];
  const rows = new Map(readModel.hosts.byHosts(streams, moment).map((row) => [row.host, row]));
  const unplaced = met.filter(({ host, name }) => host === undefined && name !== '').map((host) => ({ name: nameOf(host), keyProducts: [], counts: countsOf(context, host.id) }));
  const placed = streams.map((stream): KmsHostFacts => {
    const own = setups.filter(({ host }) => host === stream);
    const census = met.find(({ host }) => host === stream);
    const row = rows.get(stream);
    return {
      name: census === undefined ? (row?.rawName ?? stream) : nameOf(census),
      keyProducts: [...own.flatMap(({ productKey }) => readModel.productKeys.byKey(productKey)?.product ?? []), ...observedKeys(row)],
      operatingSystem: own.find(({ operatingSystem }) => operatingSystem !== undefined)?.operatingSystem ?? row?.operatingSystem,
      updated: own.length === 0 ? undefined : own.some(({ updated }) => updated),
      counts: census === undefined ? { WINDOWS: 0, OFFICE: 0 } : countsOf(context, census.id),
    };
  });
  return [...placed, ...unplaced].slice(0, ADVICE_KMS_HOSTS_MAX);
}

function nameOf({ name, domain }: { readonly name: string; readonly domain: string }): string {
  return domain === '' ? name : `${name}.${domain}`;
}

/** Products of host keys that were seen on the machine. */
function observedKeys(row: HostRow | undefined): readonly string[] {
  return (row?.installations ?? []).flatMap(({ keyKind, productName }) => (keyKind === 'KMS_HOST' && productName !== undefined ? [productName] : []));
}

/** What a KMS host counts now: its own figure where it has told one, else what its clients' requests come to (K-2). */
function countsOf(context: LedgerContext, kmsHost: number): KmsHostFacts['counts'] {
  const rows = context.services.readModel.kms.census(kmsHost, { at: presentMoment(context).now, rules: context.services.rules });
  const of = (countClass: string): number => {
    const row = rows.find((each) => each.countClass === countClass);
    return row === undefined ? 0 : Math.max(row.capped, row.observed?.count ?? 0);
  };
  return { WINDOWS: of('WINDOWS'), OFFICE: of('OFFICE') };
}

function objectFacts({ services }: LedgerContext): readonly ActivationObjectFacts[] {
  const { readModel } = services;
  return readModel.activationMeans
    .activationObjects(ADVICE_OBJECTS_MAX)
    .map(({ name, forest, productKey }) => ({ name, forest, keyProduct: readModel.productKeys.byKey(productKey)?.product }));
}
