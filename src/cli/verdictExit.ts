import type { Verdict } from '../audit/verify/finding.js';

/** What `verify` ends with. What nobody outside has vouched for is not verified. */
export const EXIT_OF_VERDICT = { intact: 0, altered: 1, incomplete: 2, 'cannot verify': 3, unanchored: 3 } as const satisfies Readonly<Record<Verdict, number>>;
