import { createLedgerApplication } from '../application/ledgerApplication.js';
import type { CliEnvironment } from '../cli/environment.js';
import type { LedgerServices } from '../graphql/context.js';
import type { EmbeddedLedger } from './embeddedLedger.js';
import { importContent } from './importFile.js';

/** What the API is served from: an embedded ledger and the commands on it. */
export function servicesOf(ledger: EmbeddedLedger, environment: Pick<CliEnvironment, 'now' | 'newId'>, version: string): LedgerServices {
  const { store, vault, readModel, catalogue, recorder, fingerprint } = ledger;
  const application = createLedgerApplication({
    recorder,
    newId: environment.newId,
    fingerprint,
    hostName: (host) => readModel.hosts.byHost(host, { now: 0 })?.rawName,
    productKey: (key) => readModel.productKeys.byKey(key),
    headSequence: async () => (await store.head()).sequence,
    waitUntilApplied: (sequence) => readModel.waitUntilApplied(sequence),
    async runImport(input, { commandId, actor, reason }) {
      const { content, ...reading } = input;
      const result = await importContent(ledger, Buffer.from(content, 'utf8'), { ...reading, commandId, actor, reason });
      if (result.kind === 'imported') return { kind: 'finished', summary: result.summary };
      return { kind: 'refused', code: result.code, message: result.reason, rules: [], path: ['content'] };
    },
  });
  return { store, vault, readModel, application, catalogue, version, now: environment.now, newId: environment.newId };
}
