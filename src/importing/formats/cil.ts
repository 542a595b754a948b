import type { HostMention, HostObservation } from '../../domain/observation.js';
import { type Fields, fieldsOver, fieldTooLong } from '../records/fields.js';
import { guidOf } from '../records/licenceWords.js';
import { type InputFormat, type ParseContext, type ParsedRecord, RECORD_CHARACTERS_MAX, type RecordParser } from '../parser.js';
import { contentIdentity } from '../recordIdentity.js';
import { readVamtProduct } from '../records/vamtProduct.js';
import { vamtNetworkType } from '../records/vamtWords.js';
import { openXmlTree } from '../syntax/xmlTree.js';
import type { RefusalCode } from '../refusals.js';

const NAME = 'vamt-cil';

/**
 * A computer information list of VAMT 2 (`.cil`). Two thirds of its schema are published; the rest is read by the column names of
 * VAMT's later database, as attribute or child element, in any case. What is not known is passed over.
 */
export const cil: InputFormat = {
  name: NAME,
  version: 1,
  title: 'VAMT 2 computer information list (.cil)',
  needsHost: false,
  recognises: (beginning) => (/<(?:[\w.-]+:)?SoftwareLicensingData[\s/>]/i.test(beginning) ? 95 : 0),
  open: openCil,
};

/** Most MAC addresses kept of one computer. */
const MAC_ADDRESSES_MAX = 32;

/** A `Computer` element that is open. It is read when it is closed, since its parts come in any order. */
interface OpenComputer {
  readonly fields: Map<string, string>;
  readonly macAddresses: Set<string>;
  readonly products: Map<string, string>[];
  /** Characters held. */
  characters: number;
}

function openCil(context: ParseContext, emit: (record: ParsedRecord) => void): RecordParser {
  const path: string[] = [];
  let record = 0;
  let sawRoot = false;
  let computer: OpenComputer | undefined;
  let product: Map<string, string> | undefined;

  function refuse(code: RefusalCode, reason: string): void {
    record += 1;
    emit({ kind: 'refused', record, code, reason });
  }

  function keep(name: string, value: string): void {
    if (computer === undefined) return;
    computer.characters += name.length + value.length;
    // Beyond the bound the computer is refused when it ends: nothing more of it is held.
    if (computer.characters > RECORD_CHARACTERS_MAX) return;
    const target = product ?? computer.fields;
    if (!target.has(name)) target.set(name, value);
  }

  function takeMacAddress(text: string): void {
    const digits = text.toUpperCase().replace(/[:-]/g, '');
    // One machine may list an address twice; VAMT itself stumbles over that.
    if (!/^[0-9A-F]{12}$/.test(digits) || computer === undefined || computer.macAddresses.size >= MAC_ADDRESSES_MAX) return;
    computer.macAddresses.add(digits.replace(/(..)(?=.)/g, '$1:'));
  }

  function understand(result: ParsedRecord, fields: Fields): void {
    const overlong = fields.overlong();
    if (overlong === undefined) emit(result);
    else emit({ kind: 'refused', record: result.record, code: 'FIELD_TOO_LONG', reason: fieldTooLong(overlong) });
  }

  function finish(done: OpenComputer): void {
    if (done.characters > RECORD_CHARACTERS_MAX) {
      return refuse('RECORD_TOO_LONG', `A computer is described in more than ${RECORD_CHARACTERS_MAX} characters.`);
    }
    const fields = fieldsOver((name) => done.fields.get(name));
    const host = hostOf(fields, done.macAddresses, context);
    if (host === undefined) return refuse('MISSING_HOST', 'A computer has neither name nor id; give its name.');
    record += 1;
    understand(hostRecord(record, host, fields), fields);
    for (const each of done.products) {
      record += 1;
      const ofProduct = fieldsOver((name) => each.get(name));
      // The client machine id stands with the product in VAMT's tables, with the computer perhaps in older files.
      const cmid = guidOf(ofProduct.text('cmid') ?? fields.text('cmid') ?? '');
      understand(productRecord(record, { ...host, cmid }, ofProduct, context), ofProduct);
    }
  }

  return openXmlTree({
    open(name, attributes) {
      path.push(name);
      if (path.length === 1) sawRoot ||= name === 'softwarelicensingdata';
      if (!sawRoot) return;
      if (name === 'computer' && computer === undefined) {
        computer = { fields: new Map(), macAddresses: new Set(), products: [], characters: 0 };
      } else if (name === 'product' && computer !== undefined && product === undefined) {
        product = new Map();
        computer.products.push(product);
        computer.characters += name.length;
      }
      for (const [attribute, value] of attributes) keep(placed(name, attribute), value);
    },
    close(name, text) {
      path.pop();
      if (computer === undefined) return;
      if (name === 'macaddress') takeMacAddress(text ?? '');
      else if (text !== undefined && text !== '') keep(placed(path.at(-1), name), text);
      if (name === 'product') product = undefined;
      else if (name === 'computer' && !path.includes('computer')) {
        const done = computer;
        computer = undefined;
        product = undefined;
        finish(done);
      }
    },
    fault: refuse,
    end() {
      if (!sawRoot) refuse('WRONG_SHAPE', 'There is no SoftwareLicensingData in it; is this a .cil file?');
    },
  });
}

/** `sku.id` for what belongs to a `Sku`, whose names say little alone; otherwise the name itself. */
function placed(parent: string | undefined, name: string): string {
  return parent === 'sku' ? `sku.${name}` : name;
}

/**
 * The export without personal data has no names. VAMT's id then stands for the name, before a host given for the whole file: that would
 * make one machine of all of them.
 */
function hostOf(fields: Fields, macAddresses: ReadonlySet<string>, context: ParseContext): HostMention | undefined {
  const id = fields.text('id');
  const rawName = fields.text('name', 'fullyqualifieddomainname') ?? id ?? context.host;
  if (rawName === undefined) return undefined;
  const vamtId = id === undefined ? undefined : guidOf(id);
  return {
    rawName,
    cmid: guidOf(fields.text('cmid') ?? ''),
    macAddresses: macAddresses.size === 0 ? undefined : [...macAddresses],
    vamtId,
  };
}

function hostRecord(record: number, host: HostMention, fields: Fields): ParsedRecord {
  const observation: HostObservation = {
    kind: 'host',
    host,
    evidence: 'VAMT_CIL',
    networkName: fields.text('networkname'),
    networkType: vamtNetworkType(fields.text('networktype')),
    osEdition: fields.text('osedition'),
    osVersion: fields.text('osversion'),
  };
  return {
    kind: 'understood',
    record,
    identity: contentIdentity(NAME, host.rawName, JSON.stringify(observation)),
    occurredAt: undefined,
    observations: [observation],
  };
}

function productRecord(record: number, host: HostMention, fields: Fields, context: ParseContext): ParsedRecord {
  const product = readVamtProduct(fields, host, 'VAMT_CIL', context);
  if ('code' in product) return { kind: 'refused', record, code: product.code, reason: `Product of ${host.rawName}: ${product.sentence}` };
  return {
    kind: 'understood',
    record,
    identity: contentIdentity(NAME, host.rawName, product.content),
    occurredAt: product.occurredAt,
    observations: [product.observation],
  };
}
