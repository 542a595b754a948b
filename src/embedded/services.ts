import { refused } from '../application/acceptedText.js';
import { createLedgerApplication } from '../application/ledgerApplication.js';
import type { RefusedOutcome } from '../application/port.js';
import type { LedgerServices } from '../graphql/context.js';
import { INPUT_FORMATS } from '../importing/formats.js';
import type { EmbeddedLedger } from './embeddedLedger.js';
import { importContent } from './importFile.js';
import { factsOf } from './facts.js';
import type { OutsideWorld } from './outsideWorld.js';

/** What the operator asks of those who send commands. */
export interface CommandPolicy {
  /** Mutations that need a reason. */
  readonly reasonRequired: ReadonlySet<string>;
}

/** No reasons asked for. */
const DEFAULT_POLICY: CommandPolicy = { reasonRequired: new Set() };

/** What the API is served from: an embedded ledger and the commands on it. */
export function servicesOf(ledger: EmbeddedLedger, environment: Pick<OutsideWorld, 'now' | 'newId'>, version: string, policy: CommandPolicy = DEFAULT_POLICY): LedgerServices {
  const { store, vault, readModel, merkleLog: sealedLog, catalogue, recorder, fingerprint, rules } = ledger;
  const application = createLedgerApplication({
    recorder,
    newId: environment.newId,
    now: environment.now,
    fingerprint,
    hostName: (host) => readModel.hosts.byHost(host, { now: 0 })?.rawName,
    productKey: (key) => readModel.productKeys.byKey(key),
    facts: factsOf(readModel, environment.now),
    rules,
    findEvent: async (id) => (await store.findByIds([id])).get(id),
    keepConfirmationId: (origin, confirmationId) => vault.keepConfirmationId(origin, confirmationId),
    reasonRequired: policy.reasonRequired,
    isOrganisation: (organisation) => readModel.agreements.organisation(organisation) !== undefined,
    headSequence: async () => (await store.head()).sequence,
    waitUntilApplied: (sequence) => readModel.waitUntilApplied(sequence),
    async runImport(input, { commandId, actor, reason, reasonCode, reasonTicket }) {
      const { content, ...reading } = input;
      const result = await importContent(ledger, Buffer.from(content, 'utf8'), { ...reading, commandId, actor, reason, reasonCode, reasonTicket });
      if (result.kind === 'imported') return { kind: 'finished', summary: result.summary };
      return refusalOfContent(result);
    },
  });
  return { store, vault, readModel, application, sealedLog, catalogue, rules, version, now: environment.now, newId: environment.newId };
}

/** Why a content as a whole was not taken, in the words of the API. */
function refusalOfContent({ code, reason }: { readonly code: string; readonly reason: string }): RefusedOutcome {
  if (code === 'FORMAT_UNKNOWN') return refused(code, { formats: INPUT_FORMATS.map(({ name }) => name).join(', ') });
  if (code === 'MISSING_HOST') return refused(code);
  return { kind: 'refused', code, message: reason, path: code === 'COMMAND_ID_REUSED' ? ['commandId'] : ['content'], rules: [] };
}
