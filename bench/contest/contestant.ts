/** What takes part in a measure. */
export interface Contestant {
  /** As in tables: `redlock`. */
  readonly name: string;
  /** The npm package whose version counts. */
  readonly packageName: string;
  /** How it is set up, for the reader of the page. */
  readonly settings: string;
  /** Why it can be ahead of this library, in one sentence; it stands on the page where it is. */
  readonly whyAhead?: string;
}
