const SHA256 = /^[0-9a-f]{64}$/;

/** A SHA-256 as it is recorded, in lower case; undefined for what is none. */
export function sha256Of(text: string): string | undefined {
  const digits = text.toLowerCase();
  return SHA256.test(digits) ? digits : undefined;
}
