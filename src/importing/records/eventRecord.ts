import type { Observation } from '../../domain/observation.js';
import { licenseStatusOf } from '../../domain/vocabulary.js';
import { guidOf, hresultOf } from './licenceWords.js';
import { instantOf, isNoDate, unreadTime } from './localTime.js';
import type { ParseContext, ParsedRecord } from '../parser.js';
import { maskProductKeys } from '../productKeys.js';
import { contentIdentity, eventRecordIdentity } from '../recordIdentity.js';
import type { RefusalCode } from '../refusals.js';

/** A record of the Windows event log, whichever export it was found in. */
export interface EventRecord {
  /** Without qualifiers: 12290. */
  readonly eventId: number;
  /** Name of the provider or source; undefined where the export does not say. */
  readonly provider: string | undefined;
  /** Undefined where the export does not say; then the log in which Windows writes this event. */
  readonly channel: string | undefined;
  readonly computer: string | undefined;
  readonly recordId: string | undefined;
  /** When it was logged (`Instant`), if that could be read. */
  readonly time: string | undefined;
  /** The same as written. */
  readonly timeRaw: string | undefined;
  /** Insertion strings in order; empty where the export has the message alone. */
  readonly data: readonly string[];
  /** The rendered message, in any language. */
  readonly message: string | undefined;
}

/**
 * What a record says of volume activation. The event is told by provider and id, its fields by their place around the client machine
 * id, never by words: messages are localised, and exports put different things in front of the first field (FORMATS 2.3).
 */
export function understandEventRecord(event: EventRecord, record: number, context: ParseContext): ParsedRecord {
  const read = isLicensingProvider(event.provider) ? READERS[event.eventId] : undefined;
  const reading = read === undefined ? NOTHING : read(event, hostNameOf(event.computer) ?? hostNameOf(context.host), context);
  if ('code' in reading) return { kind: 'refused', record, code: reading.code, reason: reading.reason };
  return {
    kind: 'understood',
    record,
    identity: identityOf(event, reading.clientTime, context),
    // A host's time that cannot be read without guessing is kept as text; the client's clock, which is UTC, then stands in for it.
    occurredAt: event.time ?? reading.clientTime,
    occurredAtRaw: unreadTime(event.timeRaw, event.time),
    observations: reading.observations,
  };
}

type Reading = { readonly observations: readonly Observation[]; readonly clientTime?: string | undefined } | { readonly code: RefusalCode; readonly reason: string };
type Reader = (event: EventRecord, host: string | undefined, context: ParseContext) => Reading;

const NOTHING: Reading = { observations: [] };

/** Other programs use the same ids (Volume Shadow Copy has a 12289 and a 12293 of its own). */
const LICENSING_PROVIDERS: ReadonlySet<string> = new Set([
  'Microsoft-Windows-Security-SPP',
  'microsoft-windows-security-spp',
  'security-spp',
  'kmsrequests',
  'microsoft-windows-security-licensing-slc',
  'security-licensing-slc',
  'software protection platform service',
  'software licensing service',
]);

function isLicensingProvider(provider: string | undefined): boolean {
  return provider === undefined || provider === '' || LICENSING_PROVIDERS.has(provider) || LICENSING_PROVIDERS.has(provider.toLowerCase());
}

const READERS: Readonly<Record<number, Reader>> = {
  12288: readAttempt,
  12289: readResponse,
  12290: readRequest,
  12293: (event, host) => readPublication(event, host, false),
  12294: (event, host) => readPublication(event, host, true),
  12308: readDirectoryActivation,
};

const KMS_CHANNEL = 'Key Management Service';
const APPLICATION_CHANNEL = 'Application';

/**
 * Channel, computer, record id and time name a record in every export. The time counts in whole seconds, which is all that some
 * exports print. Where the time cannot be read the record's own content stands in for it: a cleared log counts from 1 again.
 */
function identityOf(event: EventRecord, clientTime: string | undefined, context: ParseContext): string {
  const channel = event.channel ?? (event.eventId === 12290 ? KMS_CHANNEL : APPLICATION_CHANNEL);
  const computer = maskProductKeys(event.computer ?? '');
  const second = event.time === undefined ? undefined : `${event.time.slice(0, 19)}Z`;
  if (event.recordId !== undefined && /^\d{1,20}$/.test(event.recordId) && computer !== '') {
    return eventRecordIdentity(maskProductKeys(channel), computer, event.recordId, second ?? clientTime ?? '');
  }
  const content = [channel.toLowerCase(), String(event.eventId), event.recordId ?? '', second ?? event.timeRaw ?? '', ...contentOf(event)];
  return contentIdentity('event', computer === '' ? context.host : computer, content.join('\u001f'));
}

/** The fields without the words around them, so that exports in two languages give the same content. */
function contentOf(event: EventRecord): readonly string[] {
  const tokens = tokensOf(event);
  const first = tokens.findIndex((token) => hresultOf(lastWord(token)) !== undefined);
  return first === -1 ? tokens : [lastWord(tokens[first] ?? ''), ...tokens.slice(first + 1)];
}

/** 12290, logged by a KMS host: HRESULT, N-Policy, client's name, *CMID*, client's time, VM, status, minutes, SKU id. */
function readRequest(event: EventRecord, kmsHost: string | undefined, context: ParseContext): Reading {
  const tokens = tokensOf(event);
  const anchor = cmidAnchor(tokens);
  const cmid = guidOf(tokens[anchor] ?? '');
  if (anchor < 3 || cmid === undefined) return NO_FIELDS;
  const client = hostNameOf(tokens[anchor - 1]);
  const hresult = hresultOf(lastWord(tokens[anchor - 3] ?? ''));
  const requiredCount = countOf(tokens[anchor - 2]);
  const minutesRemaining = countOf(tokens[anchor + 4]);
  const status = countOf(tokens[anchor + 3]);
  const skuId = guidOf(tokens[anchor + 5] ?? '');
  if (client === undefined) return NO_CLIENT_NAME;
  if (skuId === undefined || hresult === undefined) return NO_FIELDS;
  if (requiredCount === undefined || minutesRemaining === undefined || status === undefined) return BAD_NUMBER;
  const clientTime = clientTimeOf(tokens[anchor + 1] ?? '', context);
  return {
    clientTime: clientTime.clientTime,
    observations: [
      {
        kind: 'kmsRequest',
        host: { rawName: client, cmid: ownCopy(cmid) },
        ...(kmsHost === undefined ? {} : { kmsHost }),
        hresult,
        requiredCount,
        virtualMachine: tokens[anchor + 2] === '1',
        statusBefore: licenseStatusOf(status),
        minutesRemaining,
        skuId: ownCopy(skuId),
        ...clientTime,
      },
    ],
  };
}

/** 12288, logged by a client: HRESULT, flags, KMS host, *CMID*, client's time, VM, status, minutes, SKU id, N-Policy. */
function readAttempt(event: EventRecord, host: string | undefined, context: ParseContext): Reading {
  if (host === undefined) return NO_HOST;
  const tokens = tokensOf(event);
  const anchor = cmidAnchor(tokens);
  const cmid = guidOf(tokens[anchor] ?? '');
  if (anchor < 3 || cmid === undefined) return NO_FIELDS;
  const kmsHost = hostNameOf(tokens[anchor - 1]);
  const hresult = hresultOf(lastWord(tokens[anchor - 3] ?? ''));
  const flags = hresultOf(tokens[anchor - 2] ?? '');
  const status = countOf(tokens[anchor + 3]);
  const minutesRemaining = countOf(tokens[anchor + 4]);
  const skuId = guidOf(tokens[anchor + 5] ?? '');
  const requiredCountText = tokens[anchor + 6];
  const requiredCount = countOf(requiredCountText);
  if (kmsHost === undefined) return NO_KMS_HOST;
  if (skuId === undefined || hresult === undefined || flags === undefined) return NO_FIELDS;
  if (minutesRemaining === undefined || status === undefined) return BAD_NUMBER;
  if (requiredCount === undefined && requiredCountText !== undefined && requiredCountText !== '') return BAD_NUMBER;
  const clientTime = clientTimeOf(tokens[anchor + 1] ?? '', context);
  return {
    clientTime: clientTime.clientTime,
    observations: [
      {
        kind: 'kmsAttempt',
        host: { rawName: host, cmid: ownCopy(cmid) },
        kmsHost,
        hresult,
        flags,
        ...(requiredCount === undefined ? {} : { requiredCount }),
        virtualMachine: tokens[anchor + 2] === '1',
        status: licenseStatusOf(status),
        minutesRemaining,
        skuId: ownCopy(skuId),
        ...clientTime,
      },
    ],
  };
}

/** 12289, logged by a client: HRESULT, flags, bound, unused, count, activation interval, renewal interval, *client's time*. */
function readResponse(event: EventRecord, host: string | undefined, context: ParseContext): Reading {
  if (host === undefined) return NO_HOST;
  const tokens = tokensOf(event);
  const anchor = tokens.findIndex((token, index) => index >= 7 && DATE.test(token));
  if (anchor === -1) return NO_FIELDS;
  const hresult = hresultOf(lastWord(tokens[anchor - 7] ?? ''));
  const flags = hresultOf(tokens[anchor - 6] ?? '');
  if (hresult === undefined || flags === undefined) return NO_FIELDS;
  const bound = countOf(tokens[anchor - 5]);
  const currentCount = countOf(tokens[anchor - 3]);
  const activationIntervalMinutes = countOf(tokens[anchor - 2]);
  const renewalIntervalMinutes = countOf(tokens[anchor - 1]);
  if (bound === undefined || bound > 1 || currentCount === undefined) return BAD_NUMBER;
  if (activationIntervalMinutes === undefined || renewalIntervalMinutes === undefined) return BAD_NUMBER;
  const clientTime = clientTimeOf(tokens[anchor] ?? '', context);
  return {
    clientTime: clientTime.clientTime,
    observations: [
      {
        kind: 'kmsResponse',
        host: { rawName: host },
        hresult,
        flags,
        bound: bound === 1,
        currentCount,
        activationIntervalMinutes,
        renewalIntervalMinutes,
        ...clientTime,
      },
    ],
  };
}

/** 12293 (HRESULT and domain) and 12294 (domain), logged by a KMS host. */
function readPublication(event: EventRecord, host: string | undefined, succeeded: boolean): Reading {
  if (host === undefined) return NO_HOST;
  const words = event.data.length > 0 ? event.data.map((item) => item.trim()) : (event.message ?? '').split(/\s+/);
  const hresult = words.map((word) => (/^0x/i.test(word) ? hresultOf(word) : undefined)).find((code) => code !== undefined);
  const dnsDomain = event.data.length > 0 ? words.find((word) => DNS_DOMAIN.test(word)) : DOMAIN_IN_MESSAGE.exec(event.message ?? '')?.[1];
  if (!succeeded && hresult === undefined) return NO_FIELDS;
  return {
    observations: [
      {
        kind: 'kmsPublication',
        host: { rawName: host },
        succeeded,
        ...(succeeded ? {} : { hresult }),
        ...(dnsDomain === undefined ? {} : { dnsDomain: keepable(dnsDomain) }),
      },
    ],
  };
}

/** 12308, logged by a client: SKU id, name and distinguished name of the activation object; the last two hold commas of their own. */
function readDirectoryActivation(event: EventRecord, host: string | undefined): Reading {
  if (host === undefined) return NO_HOST;
  const fields = event.data.length > 0 ? event.data : assignedValues(event.message ?? '');
  const first = fields.findIndex((field) => guidOf(field) !== undefined);
  const skuId = guidOf(fields[first] ?? '');
  if (skuId === undefined) {
    return { code: 'MISSING_SKU', reason: 'The event names no product: where its SKU id should be there is no GUID. Export it again, unredacted.' };
  }
  const name = fields[first + 1]?.trim() ?? '';
  const distinguishedName = fields[first + 2]?.trim() ?? '';
  return {
    observations: [
      {
        kind: 'licenseState',
        host: { rawName: host },
        evidence: 'CLIENT_EVENT_12308',
        skuId: ownCopy(skuId),
        status: 'LICENSED',
        method: 'ADBA',
        activationObject: {
          ...(name === '' ? {} : { name: keepable(name) }),
          ...(distinguishedName === '' ? {} : { distinguishedName: keepable(distinguishedName) }),
        },
      },
    ],
  };
}

/** What stands right of the first equals sign in each line that has one: labels are localised, their order is not. */
function assignedValues(message: string): string[] {
  return message
    .split(/\r?\n/)
    .map((line) => /^[^=]*?=\s(.*)$/.exec(line)?.[1]?.trim())
    .filter((value) => value !== undefined);
}

const NO_FIELDS: Reading = {
  code: 'INCOMPLETE_RECORD',
  reason: 'The event does not hold the fields that its id promises (HRESULT, client machine id, time, SKU id). Export it again from the log.',
};
const BAD_NUMBER: Reading = { code: 'NUMBER_OUT_OF_RANGE', reason: 'A count, status or number of minutes in the event is no number, or out of range.' };
const NO_HOST: Reading = {
  code: 'MISSING_HOST',
  reason: 'The event does not name the computer that logged it. Name it with --host or --host-from-filename.',
};
const NO_CLIENT_NAME: Reading = {
  code: 'MISSING_HOST',
  reason: "The event holds no name of the client: it is empty or a placeholder. Export it again, unredacted.",
};
const NO_KMS_HOST: Reading = {
  code: 'MISSING_KMS_HOST',
  reason: 'The event holds no name of the KMS host asked: it is empty or a placeholder. Export it again, unredacted.',
};

/** `2010/9/29 21:46`, `1/14/2006 2:30`: enough of a date to stand after a CMID. */
const DATE = /^\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}(?!\d)/;
const DNS_DOMAIN = /^[\p{L}\d_-]{1,63}(?:\.[\p{L}\d_-]{1,63})+\.?$/u;
/** The wording is English; elsewhere the domain is left out. */
const DOMAIN_IN_MESSAGE = /\b(?:in|to) the ['"]?([^\s'"]{1,255})['"]? domain\b/i;
const HRESULT_CHARACTERS = '0xC004F06C'.length;
/** A computer name, with a port perhaps. Placeholders such as `<KMS Client name>` are none. */
const HOST_NAME = /^[^\s<>"'%\\/,;|{}()*?]{1,255}$/;

/** The first GUID that a date follows; -1 without one. */
function cmidAnchor(tokens: readonly string[]): number {
  for (let index = 0; index + 1 < tokens.length; index += 1) {
    const { length } = tokens[index] ?? '';
    if ((length === 36 || length === 38) && DATE.test(tokens[index + 1] ?? '') && guidOf(tokens[index] ?? '') !== undefined) return index;
  }
  return -1;
}

/** All data items in order, each split on commas; without them the message, split on commas and lines. */
function tokensOf(event: EventRecord): string[] {
  const tokens: string[] = [];
  for (const item of event.data) {
    if (item.includes(',')) for (const part of item.split(',')) tokens.push(part.trim());
    else tokens.push(item.trim());
  }
  if (tokens.length > 0) return tokens;
  const message = event.message ?? '';
  // The list stands on the last line nearly always; then what precedes it may stay one token, whose last word counts.
  const isLast = !message.includes('\n', message.lastIndexOf(','));
  for (const part of isLast ? message.split(',') : message.split(/[,\r\n]/)) tokens.push(part.trim());
  return tokens;
}

/** `0xC004F06C` out of `Info: 0xC004F06C`. */
function lastWord(token: string): string {
  if (token.length <= HRESULT_CHARACTERS && token.startsWith('0x')) return token;
  return /0x[0-9a-f]{1,8}$/i.exec(token)?.[0] ?? token.slice(token.lastIndexOf(' ') + 1);
}

/** An unsigned 32-bit number. */
function countOf(token: string | undefined): number | undefined {
  if (token === undefined || !/^\d{1,10}$/.test(token)) return undefined;
  const value = Number(token);
  return value > 0xffff_ffff ? undefined : value;
}

function hostNameOf(text: string | undefined): string | undefined {
  const name = text?.trim();
  return name === undefined || !HOST_NAME.test(name) ? undefined : keepable(name);
}

/** The client's clock is UTC by definition (KB 974998). */
function clientTimeOf(text: string, context: ParseContext): { readonly clientTime?: string; readonly clientTimeRaw?: string } {
  const clientTime = instantOf(text, { timeZone: 'UTC', dateOrder: context.dateOrder });
  if (clientTime !== undefined) return { clientTime };
  return isNoDate(text) ? {} : { clientTimeRaw: keepable(text) };
}

function keepable(text: string): string {
  return ownCopy(maskProductKeys(text));
}

/**
 * A slice of a long string keeps the whole of it alive in V8. What outlives the chunk it was read from (names and ids stay in caches
 * of folded states) gets characters of its own; without this, memory grows with the size of the file.
 */
function ownCopy(text: string): string {
  return ` ${text}`.slice(1);
}

