import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isKeyName, parseNote, parseVerifierKey, signerKeyOf, signNote, verifierKeyText, verifyNote, type VerifierKey } from '../../src/audit/signedNote.js';
import { parseCheckpointText, signCheckpoint, verifyCheckpoint } from '../../src/audit/checkpoint.js';

/** The key and note of the reference implementation (golang.org/x/mod/sumdb/note, note_test.go), published with its private key. */
const NEUMANN_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const NEUMANN_PRIVATE = 'AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const NEUMANN_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const NEUMANN_SIGNATURE = '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const NEUMANN_NOTE = `${NEUMANN_TEXT}\n${NEUMANN_SIGNATURE}`;

/** The example of https://c2sp.org/signed-note; its verifier key is not published, so it shows the form alone. */
const C2SP_NOTE = `Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
`;
/** The example of https://c2sp.org/tlog-checkpoint, likewise. */
const C2SP_CHECKPOINT = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
`;

const neumann = key(NEUMANN_KEY);
const seedOf = (fill: number): Buffer => Buffer.alloc(32, fill);

describe('the published note', () => {
  test('is what its private key signs, byte for byte', () => {
    const signer = signerKeyOf('PeterNeumann', Buffer.from(NEUMANN_PRIVATE, 'base64').subarray(1));
    expect(verifierKeyText(signer)).toBe(NEUMANN_KEY);
    expect(signNote(NEUMANN_TEXT, [signer])).toBe(NEUMANN_NOTE);
  });

  test('verifies with its key', () => {
    expect(verifyNote(NEUMANN_NOTE, [neumann])).toEqual({ kind: 'verified', text: NEUMANN_TEXT, by: [neumann] });
  });

  test('fails when a letter or the signature is changed', () => {
    expect(verifyNote(NEUMANN_NOTE.replace('answer', 'Answer'), [neumann])).toEqual({ kind: 'badSignature', by: neumann });
    expect(verifyNote(NEUMANN_NOTE.replace('x08go/ZJ', 'x08go/ZK'), [neumann])).toEqual({ kind: 'badSignature', by: neumann });
  });
});

describe('the examples of C2SP', () => {
  test('a note has its text up to the last blank line', () => {
    const note = parseNote(C2SP_NOTE);
    expect(note?.text).toBe('Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n');
    expect(note?.signatures.map(({ name, keyId, signature }) => [name, keyId.toString(16), signature.length])).toEqual([['quasimodo.example/salvatore', '367ba04b', 64]]);
  });

  test('a checkpoint has origin, size and root', () => {
    const { text, signatures } = parseNote(C2SP_CHECKPOINT)!;
    expect(parseCheckpointText(text)).toEqual({
      origin: 'example.com/behind-the-sofa',
      size: 20_852_163,
      root: Buffer.from('0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62', 'hex'),
    });
    expect(signatures).toHaveLength(1);
  });
});

test('any text that is signed verifies with the key of its verifier text, and with no other', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.uint8Array({ minLength: 32, maxLength: 32 }), (line, seed) => {
      const text = `${line.replaceAll(/[\u0000-\u001f]/g, '')}\n`;
      const signer = signerKeyOf('synthetic.example/log', seed);
      const note = signNote(text, [signer]);
      expect(verifyNote(note, [key(verifierKeyText(signer))])).toMatchObject({ kind: 'verified', text });
      expect(verifyNote(note, [neumann])).toEqual({ kind: 'noKnownKey' });
    }),
    { numRuns: 100 },
  );
});

test('a signature of an unknown key is passed over, also one that shares the name or the key id', () => {
  const [one, other] = [signerKeyOf('log.example', seedOf(1)), signerKeyOf('log.example', seedOf(2))];
  const note = signNote('text\n', [other, one]);
  expect(verifyNote(note, [one])).toEqual({ kind: 'verified', text: 'text\n', by: [one] });
  const sameId: VerifierKey = { ...one, name: 'elsewhere.example', keyId: other.keyId };
  expect(verifyNote(note, [sameId])).toEqual({ kind: 'noKnownKey' });
});

test('one bad signature of a known key condemns the note, whoever else has signed', () => {
  const [one, other] = [signerKeyOf('one.example', seedOf(1)), signerKeyOf('other.example', seedOf(2))];
  const forged = signNote('text\n', [one, other]).split('\n').with(3, signNote('another\n', [other]).split('\n')[2]!).join('\n');
  expect(verifyNote(forged, [one])).toEqual({ kind: 'verified', text: 'text\n', by: [one] });
  expect(verifyNote(forged, [one, other])).toEqual({ kind: 'badSignature', by: other });
});

test('reads sixteen signatures', () => {
  const signers = Array.from({ length: 16 }, (_, at) => signerKeyOf(`witness${at}.example`, seedOf(at + 1)));
  const note = signNote('text\n', signers);
  expect(verifyNote(note, signers)).toEqual({ kind: 'verified', text: 'text\n', by: signers });
});

test.each([
  ['no signature', 'text\n\n'],
  ['no blank line', `text\n${NEUMANN_SIGNATURE}`],
  ['no last newline', NEUMANN_NOTE.slice(0, -1)],
  ['a hyphen for the dash', NEUMANN_NOTE.replace('—', '-')],
  ['a tab in the text', NEUMANN_NOTE.replace(' think', '\tthink')],
  ['padding left out', NEUMANN_NOTE.replace('nAM=', 'nAM')],
  ['a signature of four bytes', 'text\n\n— name AAAAAA==\n'],
  ['a line after the signatures', `${NEUMANN_NOTE}more\n`],
])('is not a note with %s', (_what, note) => {
  expect(verifyNote(note, [neumann])).toEqual({ kind: 'malformed' });
});

test('a verifier key with any character changed is none', () => {
  const changed = Array.from(NEUMANN_KEY, (_character, at) => at).filter((at) => parseVerifierKey(NEUMANN_KEY.slice(0, at) + String.fromCharCode(NEUMANN_KEY.charCodeAt(at) + 1) + NEUMANN_KEY.slice(at + 1)) !== undefined);
  expect(changed).toEqual([]);
  expect(parseVerifierKey('PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')).toBeUndefined();
  expect(parseVerifierKey('PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==')).toBeUndefined();
});

test('a name of a key is not empty and has neither space nor plus', () => {
  expect(['', 'a b', 'a+b', 'a\u00a0b', 'a\u3000b', 'a\nb', 'a\u0000b', 'a\u0085b'].filter(isKeyName)).toEqual([]);
  expect(['activation-ledger/0193', 'example.com/log'].filter((name) => !isKeyName(name))).toEqual([]);
});

describe('a checkpoint', () => {
  const signer = signerKeyOf('log.example', seedOf(7));
  const checkpoint = { origin: 'log.example', size: 3, root: Buffer.alloc(32, 9) };

  test('verifies as what was signed', () => {
    expect(verifyCheckpoint(signCheckpoint(checkpoint, [signer]), [signer], 'log.example')).toEqual({ kind: 'verified', checkpoint, by: [signer] });
  });

  test('of another log is not believed', () => {
    expect(verifyCheckpoint(signCheckpoint(checkpoint, [signer]), [signer], 'another.example')).toEqual({ kind: 'otherOrigin', origin: 'log.example' });
  });

  test.each([
    ['a size with a leading zero', 'log.example\n03\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
    ['a size beyond exact numbers', 'log.example\n9007199254740993\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
    ['a short root', 'log.example\n3\nAAAA\n'],
    ['no origin', '\n3\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
    ['two lines', 'log.example\n3\n'],
    ['an empty extension line', 'log.example\n3\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\nmore\n'],
  ])('has not %s', (_what, text) => {
    expect(verifyCheckpoint(signNote(text, [signer]), [signer])).toEqual({ kind: 'malformed' });
  });
});

function key(text: string): VerifierKey {
  const parsed = parseVerifierKey(text);
  if (parsed === undefined) throw new Error(`${text} is not a verifier key`);
  return parsed;
}
