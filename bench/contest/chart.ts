/** A picture for the page: bars side by side, or lines. Data only; how it looks is the report's. */
export interface Chart {
  /** Of its file in docs/benchmarks, without an ending. */
  readonly name: string;
  readonly title: string;
  readonly kind: 'bars' | 'lines';
  /** What is on the axis of figures: `replays a second`. */
  readonly figures: string;
  /** What lines run over: `in flight`. */
  readonly over?: string;
  readonly points: readonly Point[];
}

/** One figure. */
export interface Point {
  /** One of several small charts in it: `1 in flight`. */
  readonly panel: string;
  /** The contestant, or the line. */
  readonly who: string;
  readonly role: 'ours' | 'limit' | 'peer';
  /** Where on a line. */
  readonly x?: number;
  readonly y: number;
  /** From where to where the rounds went. */
  readonly low: number;
  readonly high: number;
}
