/** Epoch milliseconds as the domain writes times; nothing for nothing. */
export function instantText(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds).toISOString();
}
