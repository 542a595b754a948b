import { recogniseProduct, RELEASES } from '../catalogue/product.js';
import type { ProductFamily } from '../vocabulary.js';
import type { FigureId, FigureInForce } from './figures.js';
import type { Truth } from './threeValued.js';

/** Which figure is the threshold of a class of products (K-1). */
export const THRESHOLD_FIGURES = {
  WINDOWS_CLIENT: 'KMS_THRESHOLD_WINDOWS_CLIENT',
  WINDOWS_SERVER: 'KMS_THRESHOLD_WINDOWS_SERVER',
  OFFICE: 'KMS_THRESHOLD_OFFICE',
} as const satisfies Readonly<Record<Exclude<ProductFamily, 'UNKNOWN'>, FigureId>>;

/** Classes that a KMS host counts together: Windows clients and servers share one count, Office is counted apart (K-1). */
export const COUNTED_WITH: Readonly<Record<Exclude<ProductFamily, 'UNKNOWN'>, 'WINDOWS' | 'OFFICE'>> = {
  WINDOWS_CLIENT: 'WINDOWS',
  WINDOWS_SERVER: 'WINDOWS',
  OFFICE: 'OFFICE',
};

/** Machines that KMS must have counted before it activates a class (K-1); undefined for products that KMS does not know. */
export function kmsThreshold(family: ProductFamily, figure: FigureInForce): number | undefined {
  return family === 'UNKNOWN' ? undefined : figure(THRESHOLD_FIGURES[family]);
}

/** What a KMS host counts of `uncapped` unique machines: at most twice the largest minimum that its clients asked for (K-2). */
export function cappedCount(uncapped: number, largestMinimum: number): number {
  return Math.min(uncapped, 2 * largestMinimum);
}

/** Whether a virtual machine with this system counts for the threshold: since Vista SP2, Server 2008 SP2, 7 and 2008 R2 (K-1). */
export function virtualMachineCounts(operatingSystem: string | undefined): Truth {
  const system = recogniseProduct(operatingSystem);
  if (system === undefined) return undefined;
  if (system.line !== 'WINDOWS' && system.line !== 'WINDOWS_SERVER') return undefined;
  const releases: readonly string[] = RELEASES[system.line];
  const first = releases.indexOf(system.line === 'WINDOWS' ? 'Vista' : '2008');
  const age = releases.indexOf(system.release) - first;
  if (age !== 0) return age > 0;
  return system.servicePack === undefined ? undefined : system.servicePack >= 2;
}

/** The method that the FAQ prefers (K-10): KMS only where its threshold is reached, KMS for virtual machines, MAK for few machines. */
export function preferredMethod(
  facts: { readonly thresholdReached?: boolean | undefined; readonly virtualMachine?: boolean | undefined; readonly machines?: number | undefined },
  figure: FigureInForce,
): 'KMS' | 'MAK' | undefined {
  if (facts.thresholdReached === undefined) return undefined;
  if (!facts.thresholdReached) return 'MAK';
  if (facts.virtualMachine === true) return 'KMS';
  if (facts.virtualMachine === undefined || facts.machines === undefined) return undefined;
  return facts.machines < figure('MAK_PREFERRED_BELOW') ? 'MAK' : 'KMS';
}
