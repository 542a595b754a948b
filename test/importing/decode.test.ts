import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeText, type DecodeFault } from '../../src/importing/decode.js';

function decode(bytes: Uint8Array, encoding?: string, length = bytes.length): { text: string; fault: DecodeFault | undefined } {
  let text = '';
  const decoding = decodeText(encoding, (part) => (text += part));
  // One buffer filled over and over, as a file is read.
  const buffer = new Uint8Array(Math.max(1, length));
  for (let at = 0; at < bytes.length; at += buffer.length) {
    const part = bytes.subarray(at, at + buffer.length);
    buffer.set(part);
    decoding.write(buffer.subarray(0, part.length));
  }
  return { fault: decoding.end(), text };
}

const bytesOf = (text: string, encoding: BufferEncoding = 'utf8'): Uint8Array => new Uint8Array(Buffer.from(text, encoding));
const TEXT = 'Zustand: läuft €, 激活 ✓ 😀\r\n'.repeat(3);
const utf16be = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'utf16le').swap16());

describe('encodings', () => {
  test.each([
    ['UTF-8', bytesOf(TEXT), undefined],
    ['UTF-8 with a mark', bytesOf(`\uFEFF${TEXT}`), undefined],
    ['UTF-16LE with a mark', bytesOf(`\uFEFF${TEXT}`, 'utf16le'), undefined],
    ['UTF-16BE with a mark', utf16be(`\uFEFF${TEXT}`), undefined],
    ['UTF-16LE without a mark', bytesOf(TEXT, 'utf16le'), undefined],
    ['UTF-16BE without a mark', utf16be(TEXT), undefined],
    ['UTF-8 though another was named', bytesOf(TEXT), 'windows-1252'],
    ['UTF-16 by its mark though another was named', bytesOf(`\uFEFF${TEXT}`, 'utf16le'), 'ibm866'],
    ['UTF-16 by name', bytesOf('激活'.repeat(800) + TEXT, 'utf16le').subarray(3200), 'utf-16le'],
  ])('%s, cut anywhere', (_, bytes, encoding) => {
    for (const length of [1, 2, 3, 7, bytes.length]) expect(decode(bytes, encoding, length)).toEqual({ text: TEXT, fault: undefined });
  });

  test.each([
    ['ibm866', [0x8f, 0xe0, 0xa8, 0xa2, 0xa5, 0xe2], 'Привет'],
    ['windows-1252', [0x80, 0xe4, 0x0a], '€ä\n'],
    ['shift_jis', [0x83, 0x89, 0x83, 0x43], 'ライ'],
    ['gbk', [0xd6, 0xd0, 0xce, 0xc4], '中文'],
    ['iso-2022-jp', [0x1b, 0x24, 0x42, 0x25, 0x69, 0x1b, 0x28, 0x42], 'ラ'],
  ])('%s when it is named', (encoding, codes, text) => {
    const ascii = 'status: ';
    const bytes = Uint8Array.from([...bytesOf(ascii), ...codes]);
    for (const length of [1, 3, bytes.length]) expect(decode(bytes, encoding, length)).toEqual({ text: ascii + text, fault: undefined });
  });

  test('text that begins with much ASCII is decided where it stops being ASCII', () => {
    const bytes = Uint8Array.from([...bytesOf('x'.repeat(200_000)), 0xe4, ...bytesOf('y'.repeat(100_000))]);
    expect(decode(bytes, 'windows-1252', 65_536)).toEqual({ text: `${'x'.repeat(200_000)}ä${'y'.repeat(100_000)}`, fault: undefined });
  });

  test('nothing is nothing', () => {
    expect(decode(new Uint8Array())).toEqual({ text: '', fault: undefined });
  });
});

describe('faults', () => {
  test.each([1, 5, 1000, 100_000])('bytes that are no UTF-8, without an encoding named: the place and what to do (chunks of %i)', (length) => {
    const bytes = Uint8Array.from([...bytesOf('x'.repeat(2000)), ...bytesOf('é'), 0xe4, 0x20, ...bytesOf('y'.repeat(2000))]);
    const { text, fault } = decode(bytes, undefined, length);
    expect(fault).toMatchObject({ code: 'WRONG_ENCODING', byteOffset: 2002, reason: expect.stringContaining('--encoding') });
    expect(text).toBe(`${'x'.repeat(2000)}é`);
  });

  test('a character cut by the end of the file', () => {
    expect(decode(bytesOf('x€').subarray(0, 3))).toMatchObject({ text: 'x', fault: { code: 'WRONG_ENCODING', byteOffset: 1 } });
  });

  test('bytes that the named encoding does not have', () => {
    expect(decode(Uint8Array.from([0x41, 0x81, 0x20]), 'shift_jis').fault).toMatchObject({ code: 'WRONG_ENCODING', byteOffset: 1 });
  });

  test('an encoding that nobody knows', () => {
    expect(decode(bytesOf('x'), 'klingon')).toMatchObject({ text: '', fault: { code: 'UNKNOWN_ENCODING' } });
  });

  test.each([
    ['an .evtx', 'ElfFile\0\0\0', 'wevtutil qe'],
    ['a ZIP', 'PK\x03\x04\x14', 'ZIP'],
    ['an SQLite database', 'SQLite format 3\0', 'SQLite'],
    ['a gzip archive', '\x1f\x8b\x08', 'gzip'],
  ])('%s is told, with what to do', (_, beginning, hint) => {
    const bytes = bytesOf(beginning + '\0\x01'.repeat(3000), 'latin1');
    expect(decode(bytes, 'windows-1252', 100)).toMatchObject({ text: '', fault: { code: 'BINARY_INPUT', byteOffset: 0, reason: expect.stringContaining(hint) } });
  });

  test('a NUL in the middle of text', () => {
    const { text, fault } = decode(bytesOf(`${'x'.repeat(5000)}\0yy`), undefined, 64);
    expect(fault).toMatchObject({ code: 'BINARY_INPUT', byteOffset: 5000 });
    expect(text).toBe('x'.repeat(5000));
  });

  test('after a fault nothing more comes out', () => {
    let text = '';
    const decoding = decodeText(undefined, (part) => (text += part));
    const fault = decoding.write(bytesOf(`${'x'.repeat(5000)}\0`));
    expect(fault?.code).toBe('BINARY_INPUT');
    expect(decoding.write(bytesOf('more'))).toBe(fault);
    expect(decoding.end()).toBe(fault);
    expect(text).toBe('x'.repeat(5000));
  });
});

test('whatever the bytes and however they are cut, the outcome is the same', () => {
  const piece = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 40 }).map((text) => bytesOf(text)), fc.constant(bytesOf('x'.repeat(1500))));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), fc.integer({ min: 1, max: 50 }), fc.constantFrom(undefined, 'windows-1252', 'ibm866'), (pieces, length, encoding) => {
      const bytes = new Uint8Array(Buffer.concat(pieces));
      expect(decode(bytes, encoding, length)).toEqual(decode(bytes, encoding));
    }),
    { numRuns: 300 },
  );
});

test('whatever is UTF-8 text is read back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '').replace(/^\uFEFF/, '')), fc.integer({ min: 1, max: 9 }), (text, length) => {
      fc.pre(!text.startsWith('PK') && !text.startsWith('%PDF-'));
      expect(decode(bytesOf(text), undefined, length)).toEqual({ text, fault: undefined });
    }),
    { numRuns: 200 },
  );
});
