import type { LicenseStateObservation } from '../../domain/observation.js';
import type { ProductKeyKind } from '../../domain/vocabulary.js';
import { type Fields, fieldsOver, fieldTooLong } from '../records/fields.js';
import { keptText } from '../records/keptText.js';
import { openJsonTree } from '../syntax/jsonTree.js';
import { channelOfDescription, guidOf, keyKindOfChannel } from '../records/licenceWords.js';
import { type InputFormat, type ParseContext, type ParsedRecord, RECORD_CHARACTERS_MAX } from '../parser.js';
import { mentionOfKey } from '../productKeys.js';
import { contentIdentity } from '../recordIdentity.js';
import type { TreeEvents } from '../syntax/tree.js';
import { instantOf } from '../records/localTime.js';
import { openXmlTree } from '../syntax/xmlTree.js';
import type { RefusalCode } from '../refusals.js';

/** Inventories in the XML of OCS Inventory, FusionInventory and older GLPI agents; also a `LICENSEINFOS` section alone. */
export const glpiXml: InputFormat = {
  name: 'glpi-xml',
  version: 1,
  title: 'OCS / FusionInventory / GLPI inventory, XML',
  needsHost: false,
  recognises(beginning) {
    if (/<LICENSEINFOS[\s/>]/.test(beginning)) return 95;
    return /<REQUEST[\s/>]/.test(beginning) && /<(?:CONTENT|DEVICEID|HARDWARE)[\s/>]/.test(beginning) ? 80 : 0;
  },
  open: (context, emit) => openXmlTree(readInventories('glpi-xml', context, emit)),
};

/** Inventories in the JSON of GLPI agents: one, a list, or one after the other. */
export const glpiJson: InputFormat = {
  name: 'glpi-json',
  version: 1,
  title: 'GLPI inventory, JSON',
  needsHost: false,
  recognises(beginning) {
    if (!/^[\uFEFF\s]*[[{]/.test(beginning)) return 0;
    if (/"licenseinfos"\s*:/i.test(beginning)) return 95;
    return /"deviceid"\s*:/i.test(beginning) && /"(?:content|hardware|versionclient)"\s*:/i.test(beginning) ? 80 : 0;
  },
  open: (context, emit) => openJsonTree('request', readInventories('glpi-json', context, emit)),
};

/** Names of an inventory that are wanted, by where they stand. */
const WANTED = new Set(['hardware.name', 'request.deviceid', 'accesslog.logdate']);
/** Most licences taken of one inventory. */
const LICENCES_MAX = 10_000;

/** An inventory that is open: the name of its machine may stand at its end. */
interface OpenInventory {
  /** Depth of its element. */
  readonly depth: number;
  readonly fields: Map<string, string>;
  readonly licences: Map<string, string>[];
  /** Characters held. */
  characters: number;
  /** It is nothing but the wrapping of others. */
  isWrapping: boolean;
}

function readInventories(format: string, context: ParseContext, emit: (record: ParsedRecord) => void): TreeEvents {
  const path: string[] = [];
  /** Innermost last; more than one only where a root wraps several inventories. */
  const open: OpenInventory[] = [];
  let licence: Map<string, string> | undefined;
  let record = 0;
  let sawDocument = false;

  function refuse(code: RefusalCode, reason: string): void {
    record += 1;
    emit({ kind: 'refused', record, code, reason });
  }

  function keep(target: Map<string, string>, inventory: OpenInventory, name: string, value: string): void {
    inventory.characters += name.length + value.length;
    if (inventory.characters <= RECORD_CHARACTERS_MAX && !target.has(name)) target.set(name, value);
  }

  function finish(inventory: OpenInventory): void {
    if (inventory.characters > RECORD_CHARACTERS_MAX || inventory.licences.length > LICENCES_MAX) {
      return refuse('RECORD_TOO_LONG', `The licences of an inventory are more than ${RECORD_CHARACTERS_MAX} characters or ${LICENCES_MAX} entries.`);
    }
    const fields = fieldsOver((name) => inventory.fields.get(name));
    const rawName = machineOf(fields) ?? keptText(context.host);
    if (inventory.licences.length === 0) {
      if (inventory.isWrapping) return;
      if (inventory.fields.size === 0) return refuse('WRONG_SHAPE', 'It holds neither licences nor a machine; is this an inventory?');
    }
    if (rawName === undefined) return refuse('MISSING_HOST', 'The inventory names no machine; give its name.');
    const logDate = fields.text('accesslog.logdate');
    const occurredAt = logDate === undefined ? undefined : instantOf(logDate, context);
    if (inventory.licences.length === 0) {
      record += 1;
      emit({ kind: 'understood', record, identity: contentIdentity(format, rawName, ''), occurredAt, observations: [] });
    }
    for (const each of inventory.licences) {
      record += 1;
      emit(licenceRecord(format, record, rawName, occurredAt, fieldsOver((name) => each.get(name)), context));
    }
  }

  return {
    open(name) {
      path.push(name);
      sawDocument = true;
      if (path.length === 1 || name === 'request') {
        const wrapping = open.at(-1);
        if (wrapping !== undefined) wrapping.isWrapping = true;
        open.push({ depth: path.length, fields: new Map(), licences: [], characters: 0, isWrapping: false });
      }
      const inventory = open.at(-1);
      if (name === 'licenseinfos' && inventory !== undefined && licence === undefined) {
        licence = new Map();
        inventory.characters += name.length;
        if (inventory.licences.length <= LICENCES_MAX) inventory.licences.push(licence);
      }
    },
    close(name, text) {
      path.pop();
      const inventory = open.at(-1);
      if (inventory === undefined) return;
      const parent = path.at(-1) ?? '';
      if (name === 'licenseinfos' && !path.includes('licenseinfos')) licence = undefined;
      else if (text !== undefined && text !== '') {
        if (licence !== undefined && parent === 'licenseinfos') keep(licence, inventory, name, text);
        else if (WANTED.has(`${parent}.${name}`)) keep(inventory.fields, inventory, `${parent}.${name}`, text);
      }
      if (path.length === inventory.depth - 1) {
        open.pop();
        finish(inventory);
      }
    },
    fault: refuse,
    end() {
      if (!sawDocument) refuse('WRONG_SHAPE', 'It holds no inventory.');
    },
  };
}

/** The name of the machine, else the agent's device id without the time of its installation. */
function machineOf(fields: Fields): string | undefined {
  return fields.text('hardware.name') ?? fields.text('request.deviceid')?.replace(/-\d{4}(?:-\d\d){5}$/, '');
}

function licenceRecord(
  format: string,
  record: number,
  rawName: string,
  occurredAt: string | undefined,
  fields: Fields,
  context: ParseContext,
): ParsedRecord {
  // Agents also send whole keys, read from the registry: only what may be kept of one goes on.
  const written = fields.written('key');
  const key = written === undefined ? undefined : mentionOfKey(written, context.fingerprint);
  const productName = fields.text('name');
  const description = fields.text('fullname');
  const productId = fields.text('productid');
  const applicationId = productId === undefined ? undefined : guidOf(productId);
  const channel = channelOf(description);
  const isOem = /^(?:1|true)$/i.test(fields.text('oem') ?? '');
  const overlong = fields.overlong();
  if (overlong !== undefined) {
    return { kind: 'refused', record, code: 'FIELD_TOO_LONG', reason: fieldTooLong(overlong, `Licence of ${rawName}`) };
  }
  if ([key, productName, description, productId].every((value) => value === undefined)) {
    return { kind: 'refused', record, code: 'WRONG_SHAPE', reason: `A licence of ${rawName} has neither name, key nor product id.` };
  }
  const state: LicenseStateObservation = {
    kind: 'licenseState',
    host: { rawName },
    evidence: 'INVENTORY',
    applicationId,
    productName,
    description,
    channel,
    key,
    productKeyId: applicationId === undefined ? productId : undefined,
    // Agents leave out unlicensed products, but grace and notification pass, and a registry entry outlives its licence: no proof.
    status: 'UNKNOWN',
  };
  return {
    kind: 'understood',
    record,
    identity: contentIdentity(format, rawName, JSON.stringify([{ ...state, key: key?.lastFive }, isOem])),
    occurredAt,
    observations: [{ ...state, keyKind: kindOf(channel, isOem, key?.lastFive, context) }],
  };
}

/** The channel of a description that has one; other descriptions are names, which may hold commas as well. */
function channelOf(description: string | undefined): string | undefined {
  const channel = description === undefined ? undefined : channelOfDescription(description);
  return keyKindOfChannel(channel) === 'UNKNOWN' ? undefined : channel;
}

function kindOf(channel: string | undefined, isOem: boolean, lastFive: string | undefined, context: ParseContext): ProductKeyKind | undefined {
  if (channel !== undefined) return keyKindOfChannel(channel);
  if (isOem) return 'OEM';
  return lastFive !== undefined && context.catalogue.setupKey(lastFive)?.method === 'KMS' ? 'KMS_CLIENT' : undefined;
}
