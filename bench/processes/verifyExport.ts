/** One verification of a bundle, with its tables or without. */
import { verifyBundle } from '../../src/audit/verify/verifyBundle.js';
import { builtInCatalogue } from '../../src/domain/catalogue/builtIn.js';
import { builtInRules } from '../../src/domain/rules/builtIn.js';
import { recomputeViews } from '../../src/embedded/recomputeViews.js';
import { answer, peakRssMiB, taskOfProcess } from './child.js';

const { bundle, views } = taskOfProcess<{ bundle: string; views: boolean }>();
const start = performance.now();
const { verdict, manifest } = await verifyBundle(bundle, {
  keys: [],
  recompute: views ? (files, read) => recomputeViews(files, read, { catalogue: builtInCatalogue, rules: builtInRules, version: 'bench' }) : undefined,
});
const seconds = (performance.now() - start) / 1_000;
if (verdict !== 'unanchored') throw new Error(`The bundle is ${verdict}.`);
answer({ events: manifest?.events.count, seconds, rssMiB: peakRssMiB() });
