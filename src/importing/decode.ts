import { isAscii, isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';

/** Why bytes could not be read as text. Nothing of the file after it is read. */
export interface DecodeFault {
  readonly code: 'WRONG_ENCODING' | 'BINARY_INPUT' | 'UNKNOWN_ENCODING';
  /** A sentence for the person who reads the report: what is wrong, where, and what to do. */
  readonly reason: string;
  /** 0-based place in the file at which it was noticed. */
  readonly byteOffset: number;
}

/** Bytes in, text out, in chunks cut anywhere. After a fault nothing more is handed out, and every call returns the fault. */
export interface TextDecoding {
  write(bytes: Uint8Array): DecodeFault | undefined;
  end(): DecodeFault | undefined;
}

/**
 * Text by its byte order mark (UTF-8, UTF-16), else by the NULs that UTF-16 without one is full of, else as UTF-8; where the bytes are
 * no UTF-8, in the encoding named (any label that TextDecoder knows: `ibm866`, `windows-1252`, `shift_jis`, `gbk`).
 *
 * Whether a file is UTF-8 is decided once, by the DECISION_BYTES that begin at its first byte beyond ASCII: that gives the same answer
 * however the chunks are cut, in constant memory. An encoding that is no superset of ASCII is taken at its word.
 */
export function decodeText(encoding: string | undefined, onText: (text: string) => void): TextDecoding {
  let fault: DecodeFault | undefined;
  /** Bytes not yet handed to a decoder, and where in the file they begin. */
  let held: Uint8Array = EMPTY;
  let offset = 0;
  let stage: Stage = { kind: 'beginning' };
  const label = encoding === undefined ? undefined : labelOf(encoding);
  if (encoding !== undefined && label === undefined) {
    fault = { code: 'UNKNOWN_ENCODING', reason: 'The encoding named is not known. Use a label such as ibm866, windows-1252, shift_jis or gbk.', byteOffset: 0 };
  }

  function pump(ended: boolean): DecodeFault | undefined {
    for (;;) {
      const before = stage;
      fault ??= step(ended);
      if (fault !== undefined || stage === before) return fault;
    }
  }

  function step(ended: boolean): DecodeFault | undefined {
    switch (stage.kind) {
      case 'beginning':
        return held.length < BEGINNING_BYTES && !ended ? undefined : begin();
      case 'ascii':
        return passAscii();
      case 'undecided':
        return held.length < DECISION_BYTES && !ended ? undefined : decide(ended);
      case 'utf8':
        return passUtf8(ended);
      case 'decoder':
        return passThrough(stage, ended);
    }
  }

  function begin(): DecodeFault | undefined {
    const head = held.subarray(0, BEGINNING_BYTES);
    const kind = binaryKindOf(head);
    if (kind !== undefined) return { code: 'BINARY_INPUT', reason: kind, byteOffset: 0 };
    const mark = byteOrderMarkOf(head);
    if (mark === 'utf-8') take(UTF8_MARK_BYTES);
    const detected = mark ?? utf16ByNulls(head);
    if (detected === 'utf-8') stage = { kind: 'utf8' };
    else if (detected !== undefined) stage = { kind: 'decoder', decoder: new TextDecoder(detected), name: detected };
    else if (label !== undefined && !isAsciiSuperset(label)) stage = strictDecoder(label);
    else stage = { kind: 'ascii' };
    return undefined;
  }

  function passAscii(): DecodeFault | undefined {
    if (isAscii(held)) return emitBytes(held.length);
    const first = held.findIndex((byte) => byte > 0x7f);
    const failed = emitBytes(first);
    stage = { kind: 'undecided' };
    return failed;
  }

  function decide(ended: boolean): DecodeFault | undefined {
    const looked = held.subarray(0, DECISION_BYTES);
    const whole = ended && held.length <= DECISION_BYTES ? looked.length : looked.length - unfinishedBytes(looked);
    stage = label === undefined || label === 'utf-8' || isUtf8(looked.subarray(0, whole)) ? { kind: 'utf8' } : strictDecoder(label);
    return undefined;
  }

  function passUtf8(ended: boolean): DecodeFault | undefined {
    const whole = ended ? held.length : held.length - unfinishedBytes(held);
    const part = held.subarray(0, whole);
    if (isUtf8(part)) return emitBytes(whole);
    const good = validUtf8Length(part);
    const at = offset + good;
    emitBytes(good);
    return {
      code: 'WRONG_ENCODING',
      reason:
        `The file is not UTF-8: byte ${at} does not belong there. Name its encoding with --encoding ` +
        '(ibm850, ibm866, windows-1252, windows-1251, shift_jis, gbk, …), or save it again as UTF-8.',
      byteOffset: at,
    };
  }

  function passThrough(decoding: Extract<Stage, { kind: 'decoder' }>, ended: boolean): DecodeFault | undefined {
    const from = offset;
    const bytes = take(held.length);
    try {
      const text = decoding.decoder.decode(bytes, { stream: !ended });
      if (text !== '') onText(text);
      return undefined;
    } catch {
      // A strict TextDecoder throws for bytes that its encoding does not have.
      return {
        code: 'WRONG_ENCODING',
        reason: `The file is not ${decoding.name}: in the ${bytes.length} bytes from byte ${from} on are some that it does not have. Name the right encoding with --encoding.`,
        byteOffset: from,
      };
    }
  }

  /** Hands out bytes that are known to be UTF-8. */
  function emitBytes(length: number): DecodeFault | undefined {
    const from = offset;
    const bytes = take(length);
    const nul = bytes.indexOf(0);
    const good = Buffer.from(bytes.buffer, bytes.byteOffset, nul === -1 ? bytes.length : nul);
    if (good.length > 0) onText(good.toString(isAscii(good) ? 'latin1' : 'utf8'));
    return nul === -1 ? undefined : { code: 'BINARY_INPUT', reason: `The file is no text: byte ${from + nul} is NUL.`, byteOffset: from + nul };
  }

  function take(length: number): Uint8Array {
    const bytes = held.subarray(0, length);
    held = held.subarray(length);
    offset += length;
    return bytes;
  }

  return {
    write(bytes) {
      if (fault !== undefined) return fault;
      held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
      pump(false);
      // What is held past this call must not be the caller's buffer, which may be filled anew.
      held = held.length === 0 ? EMPTY : new Uint8Array(held);
      return fault;
    },
    end() {
      return fault ?? pump(true);
    },
  };
}

type Stage =
  | { readonly kind: 'beginning' | 'ascii' | 'undecided' | 'utf8' }
  | { readonly kind: 'decoder'; readonly decoder: TextDecoder; readonly name: string };

const EMPTY = new Uint8Array();
/** Enough to see a magic number and the NULs of UTF-16. */
const BEGINNING_BYTES = 1024;
const DECISION_BYTES = 65_536;
const UTF8_MARK_BYTES = 3;
/** How many times more NULs one half of the places of UTF-16 has than the other. */
const RATIO_MIN = 4;

function strictDecoder(label: string): Stage {
  return { kind: 'decoder', decoder: new TextDecoder(label, { fatal: true }), name: label };
}

/** The name TextDecoder gives an encoding; undefined if it knows none by this label. */
function labelOf(encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).encoding;
  } catch {
    return undefined;
  }
}

function isAsciiSuperset(label: string): boolean {
  return !label.startsWith('utf-16') && label !== 'iso-2022-jp';
}

function byteOrderMarkOf(head: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  return head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : undefined;
}

/** UTF-16 of mostly ASCII has a NUL in every second place, and hardly any in the others. */
function utf16ByNulls(head: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const nulls = [0, 0];
  head.forEach((byte, index) => {
    if (byte === 0) nulls[index % 2] = (nulls[index % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = nulls;
  const many = Math.max(1, head.length / 8);
  if (odd >= many && odd > even * RATIO_MIN) return 'utf-16le';
  return even >= many && even > odd * RATIO_MIN ? 'utf-16be' : undefined;
}

const BINARY_KINDS: readonly { readonly magic: string; readonly reason: string }[] = [
  {
    magic: 'ElfFile\0',
    reason: 'This is a binary event log (.evtx). Turn it into XML on Windows: wevtutil qe FILE.evtx /lf:true /f:xml > FILE.xml, and import that.',
  },
  { magic: '\x30\0\0\0LfLe', reason: 'This is a binary event log (.evt) of Windows XP or Server 2003. Export it as text or CSV in Event Viewer.' },
  { magic: 'PK\x03\x04', reason: 'This is a ZIP archive or an Office file (.xlsx). Unpack it, or save the sheet as CSV.' },
  { magic: 'SQLite format 3\0', reason: 'This is an SQLite database. Export its tables as CSV.' },
  { magic: '\x1f\x8b', reason: 'This is a gzip archive. Unpack it first.' },
  { magic: '\xd0\xcf\x11\xe0', reason: 'This is an old Office file (.xls). Save the sheet as CSV.' },
  { magic: '%PDF-', reason: 'This is a PDF. Import the export it was made from.' },
];

/** Why these bytes are no text; undefined where they may be. */
function binaryKindOf(head: Uint8Array): string | undefined {
  const beginning = Buffer.from(head).toString('latin1', 0, 16);
  for (const { magic, reason } of BINARY_KINDS) if (beginning.startsWith(magic)) return reason;
  return undefined;
}

/** Bytes at the end that begin a character of UTF-8 and may be completed by what follows. */
function unfinishedBytes(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < characterBytes(byte) ? back : 0;
  }
  return 0;
}

function characterBytes(lead: number): number {
  if (lead >= 0xf0) return 4;
  return lead >= 0xe0 ? 3 : 2;
}

/** How many bytes from the beginning are UTF-8; looked for by halves, since the platform only says yes or no. */
function validUtf8Length(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    const part = bytes.subarray(0, middle);
    if (isUtf8(part.subarray(0, middle - unfinishedBytes(part)))) good = middle;
    else bad = middle;
  }
  const part = bytes.subarray(0, good);
  return good - unfinishedBytes(part);
}
