/**
 * Options of the NATS client for these servers: with one `tls://` among them, no server is talked to that does not encrypt. The client
 * itself takes no notice of the scheme.
 */
export function encryptionOf(servers: readonly string[]): { readonly tls?: Record<string, never> } {
  return servers.some((server) => server.startsWith('tls://')) ? { tls: {} } : {};
}

/** Whether that is why the client did not connect. */
export function isUnencrypted(error: unknown): boolean {
  return error instanceof Error && error.message === "server does not support 'tls'";
}
