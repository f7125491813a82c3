/** A promise that was broken. */
export interface Breach {
  readonly rule: string;
  /** What is wrong, for people. */
  readonly message: string;
}

/** What a check found. */
export interface Verdict {
  readonly breaches: readonly Breach[];
  /** How much there was to judge, by what it is: a check of nothing finds nothing. */
  readonly judged: Readonly<Record<string, number>>;
}
