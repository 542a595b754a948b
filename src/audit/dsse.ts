/** Signatures over a file of another kind: DSSE 1.0, https://github.com/secure-systems-lab/dsse. One signature, Ed25519. */
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { canonicalJson } from '../kernel/canonical.js';
import { fromBase64, toBase64 } from './base64.js';
import type { SignerKey, VerifierKey } from './signedNote.js';

export type EnvelopeVerdict =
  | { readonly kind: 'verified'; readonly by: VerifierKey }
  /** Not one of the known keys. */
  | { readonly kind: 'noKnownKey'; readonly keyId: string }
  | { readonly kind: 'badSignature' }
  /** No envelope, not in the one form it has, or of another payload. */
  | { readonly kind: 'malformed' };

/** An Ed25519 private key in PKCS #8 (RFC 8410), up to the key itself. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** What is signed: the type and the payload, each behind its length, so that neither can pass for the other. */
export function preAuthEncoding(type: string, payload: Uint8Array): Buffer {
  const typeBytes = Buffer.from(type);
  return Buffer.concat([Buffer.from(`DSSEv1 ${typeBytes.length} `), typeBytes, Buffer.from(` ${payload.length} `), payload]);
}

/** The envelope as canonical JSON: the same payload and key give the same bytes. */
export function signEnvelope(type: string, payload: Uint8Array, signer: SignerKey): string {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, signer.seed]), format: 'der', type: 'pkcs8' });
  return envelopeText(type, payload, keyIdText(signer), sign(null, preAuthEncoding(type, payload), key));
}

/** Checks that the envelope is that of the payload, byte for byte, and by which of the known keys it is signed. */
export function verifyEnvelope(text: string, type: string, payload: Uint8Array, known: readonly VerifierKey[]): EnvelopeVerdict {
  const signed = signatureOf(text);
  if (signed === undefined || envelopeText(type, payload, signed.keyId, signed.signature) !== text) return { kind: 'malformed' };
  const by = known.find((key) => keyIdText(key) === signed.keyId);
  if (by === undefined) return { kind: 'noKnownKey', keyId: signed.keyId };
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(by.publicKey).toString('base64url') }, format: 'jwk' });
  return verify(null, preAuthEncoding(type, payload), key, signed.signature) ? { kind: 'verified', by } : { kind: 'badSignature' };
}

/** `name+hex(key id)`: a verifier key without the key. */
export function keyIdText({ name, keyId }: VerifierKey): string {
  return `${name}+${keyId.toString(16).padStart(8, '0')}`;
}

function envelopeText(type: string, payload: Uint8Array, keyId: string, signature: Uint8Array): string {
  return canonicalJson({ payload: toBase64(payload), payloadType: type, signatures: [{ keyid: keyId, sig: toBase64(signature) }] });
}

function signatureOf(text: string): { readonly keyId: string; readonly signature: Uint8Array } | undefined {
  try {
    const { signatures } = JSON.parse(text) as { signatures: readonly { keyid: string; sig: string }[] };
    const [first] = signatures;
    const signature = fromBase64(first?.sig ?? '');
    return first === undefined || signature === undefined ? undefined : { keyId: first.keyid, signature };
  } catch {
    return undefined;
  }
}
