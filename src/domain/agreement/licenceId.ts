/** A licence ID as it is compared: however people space and case it, it is the same agreement. */
export function normaliseLicenceId(licenceId: string): string {
  return licenceId.replaceAll(/\s+/g, '').toUpperCase();
}
