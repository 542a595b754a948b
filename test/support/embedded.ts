import type { DatedRuleBook } from '../../src/domain/rules/makeRuleBook.js';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedLedger, type EmbeddedLedger } from '../../src/embedded/embeddedLedger.js';
import { importContent, type ContentImport, type FileImportResult } from '../../src/embedded/importFile.js';
import { servicesOf } from '../../src/embedded/services.js';
import { countingCommandIds, countingRandom, steppingClock } from './deterministic.js';

/** A directory of its own for one test. */
export function newDirectory(): string {
  return join(mkdtempSync(join(tmpdir(), 'ledger-')), 'data');
}

/** The outside world of a test; one for each directory, since its ids must not repeat within a ledger. */
export function testEnvironment() {
  return { now: steppingClock(), newId: countingCommandIds(), random: countingRandom(), userName: 'tester', programDirectory: undefined };
}

export type TestEnvironment = ReturnType<typeof testEnvironment>;

export function openTestLedger(directory: string, environment: TestEnvironment, rules?: DatedRuleBook): Promise<EmbeddedLedger> {
  return openEmbeddedLedger({ directory, environment, follow: 'onDemand', rules });
}

/** Imports a text as the API does, and lets the read model catch up. */
export async function importText(
  ledger: EmbeddedLedger,
  environment: TestEnvironment,
  text: string,
  reading: Partial<ContentImport> = {},
): Promise<FileImportResult> {
  const result = await importContent(ledger, Buffer.from(text), { commandId: environment.newId(), actor: ledger.localActor, ...reading });
  await ledger.readModel.catchUp();
  return result;
}

export function applicationOf(ledger: EmbeddedLedger, environment: TestEnvironment) {
  return servicesOf(ledger, environment, 'test').application;
}

/** Synthetic `Get-WinEvent … | Export-Csv` of KMS events: one row for each host number, counted from record `from`. */
export function kmsCsv(hosts: readonly number[], from = 1): string {
  const rows = hosts.map((host, index) => {
    const record = from + index;
    const minute = String(record % 60).padStart(2, '0');
    const cmid = `00000000-0000-4000-8000-${String(host).padStart(12, '0')}`;
    const info = `0x0,25,pc${host}.corp.example,${cmid},2026/3/1 10:${minute},0,1,250000,73111121-5638-40f6-bc11-f1d7b0d64300`;
    return `"An activation request has been processed.\r\nInfo:\r\n${info}","12290","${record}","KmsRequests","Key Management Service","kms.corp.example","2026-03-01T10:${minute}:00.0000000Z"`;
  });
  return ['"Message","Id","RecordId","ProviderName","LogName","MachineName","TimeCreated"', ...rows].join('\r\n');
}

/** Synthetic `SoftwareLicensingProduct | Export-Csv` of one product on one host. */
export function productCsv(fields: { readonly host: string; readonly status?: number; readonly key?: string; readonly channel?: string; readonly grace?: number }): string {
  const { host, status = 1, key = 'AAAAA', channel = 'VOLUME_MAK', grace = 0 } = fields;
  const application = '55c92734-d682-4d71-983e-d6ec3f16059f';
  const sku = '9abf5984-9c16-46f2-ad1e-7fe15931a8dd';
  const heading = 'PSComputerName,ApplicationID,ID,Name,Description,PartialProductKey,LicenseStatus,GracePeriodRemaining';
  return `${heading}\r\n${host},${application},${sku},"Windows(R), Enterprise edition","Windows(R) Operating System, ${channel} channel",${key},${status},${grace}\r\n`;
}
