/** A machine's name as the ledger compares names: DNS and NetBIOS names are case-insensitive, and logs mix both forms. */
export interface HostName {
  /** Lower-case first label. */
  readonly name: string;
  /** Lower-case rest without surrounding dots; empty when the record does not say. */
  readonly domain: string;
  readonly raw: string;
}

/** Longest fully qualified name (RFC 1035, in characters). */
const HOST_NAME_CHARACTERS_MAX = 255;

/** Reads a FQDN or NetBIOS name; undefined for text that cannot be a machine's name (empty, too long, with spaces or a placeholder's brackets). */
export function parseHostName(text: string): HostName | undefined {
  const raw = text.trim();
  if (raw === '' || raw.length > HOST_NAME_CHARACTERS_MAX || /[\s<>"'|?*/\\,;=\u0000-\u001f]/.test(raw)) return undefined;
  const lower = raw.toLowerCase().replace(/\.+$/, '');
  // An address is no name with a domain: keep it whole.
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(lower) || lower.includes(':')) return { name: lower, domain: '', raw };
  const dot = lower.indexOf('.');
  const name = dot === -1 ? lower : lower.slice(0, dot);
  if (name === '') return undefined;
  return { name, domain: dot === -1 ? '' : lower.slice(dot + 1), raw };
}
