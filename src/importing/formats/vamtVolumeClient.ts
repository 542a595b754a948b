import type { HostObservation } from '../../domain/observation.js';
import { columnsOfBeginning, openTable, type TableRow } from '../syntax/table.js';
import type { InputFormat, ParsedRecord } from '../parser.js';
import { contentIdentity } from '../recordIdentity.js';
import { vamtNetworkType } from '../records/vamtWords.js';

const NAME = 'vamt-volume-client';

/** A CSV dump of VAMT 3's `base.VolumeClient`: the machines it knows. */
export const vamtVolumeClient: InputFormat = {
  name: NAME,
  version: 1,
  title: 'VAMT 3 computers (CSV of base.VolumeClient)',
  needsHost: false,
  recognises(beginning) {
    const columns = columnsOfBeginning(beginning);
    const ofProducts = ['sku', 'licensestatus', 'partialproductkey', 'applicationid'];
    return refuseColumns(columns) === undefined && !ofProducts.some((name) => columns.has(name)) ? 90 : 0;
  },
  open: (_context, emit) => openTable({ refuseColumns, understand }, emit),
};

function refuseColumns(columns: ReadonlySet<string>): string | undefined {
  const ofClients = ['iskmshost', 'networktype', 'domainworkgroupname', 'osedition'];
  return columns.has('fullyqualifieddomainname') && ofClients.some((name) => columns.has(name))
    ? undefined
    : 'The header has no column FullyQualifiedDomainName with any of IsKmsHost, NetworkType, DomainWorkgroupName, OSEdition.';
}

function understand({ record, fields }: TableRow): ParsedRecord {
  const rawName = fields.text('fullyqualifieddomainname');
  if (rawName === undefined) return { kind: 'refused', record, code: 'MISSING_HOST', reason: 'The row names no machine.' };
  const isKmsHost = bitOf(fields.text('iskmshost'));
  const observation: HostObservation = {
    kind: 'host',
    host: { rawName },
    evidence: 'VAMT_DATABASE',
    networkName: fields.text('domainworkgroupname'),
    networkType: vamtNetworkType(fields.text('networktype')),
    osEdition: fields.text('osedition'),
    osVersion: fields.text('osversion'),
    isKmsHost,
  };
  return {
    kind: 'understood',
    record,
    identity: contentIdentity(NAME, rawName, JSON.stringify(observation)),
    occurredAt: undefined,
    observations: [observation],
  };
}

/** SQL Server's bit, as it or a program prints it. */
function bitOf(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (/^(?:1|true)$/i.test(text)) return true;
  return /^(?:0|false)$/i.test(text) ? false : undefined;
}
