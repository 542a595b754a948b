/** What a verification comes to. */
export const VERDICTS = ['intact', 'unanchored', 'cannot verify', 'incomplete', 'altered'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Something that keeps a bundle or log from being intact. */
export interface Finding {
  readonly verdict: Exclude<Verdict, 'intact'>;
  readonly message: string;
  /** First event concerned. */
  readonly sequence?: number | undefined;
  readonly file?: string | undefined;
}

export interface Verification {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** What was checked, and what was not and why: one sentence each. */
  readonly notes: readonly string[];
}

/** The worst of what was found: what is altered is not made better by what else is missing. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  return VERDICTS.findLast((verdict) => findings.some((finding) => finding.verdict === verdict)) ?? 'intact';
}
