/** Name of a ledger's log in checkpoints, and of the keys that sign them: stable, and bound to no host. */
export function logOrigin(ledgerId: string): string {
  return `activation-ledger/${ledgerId}`;
}
