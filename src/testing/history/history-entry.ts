/**
 * One thing that happened while idempotency keys were in use, in whatever process. Plain data: one
 * line of NDJSON each. A history is the entries of all processes together; their order in the list
 * makes no difference, because each has its time.
 */
export type IdempotencyHistoryEntry =
  | CallEntry
  | RunStartedEntry
  | RunEndedEntry
  | AnswerEntry
  | ProcessEntry
  | ForgottenEntry;

interface Timed {
  /** In seconds, on one clock for all processes: {@link historySeconds}. */
  readonly at: number;
}

interface OfCall extends Timed {
  /** The name of the process. One that was started again has another name. */
  readonly process: string;
  /** The call, unique in the whole history. At most one run belongs to it. */
  readonly call: string;
  /** The idempotency key. */
  readonly key: string;
}

/** Somebody asks for a key. */
export interface CallEntry extends OfCall {
  readonly type: 'called';
}

/** The work of a call begins: it was told that the claim is its own. */
export interface RunStartedEntry extends OfCall {
  readonly type: 'run-started';
  readonly attempt: number;
  readonly token: number;
}

/** The work of a call is over. */
export interface RunEndedEntry extends OfCall {
  readonly type: 'run-ended';
  /**
   * `returned` a value to be stored; `threw`, or returned what is not to be stored, and gives the
   * claim up; `lost` its claim before it was done.
   */
  readonly outcome: 'returned' | 'threw' | 'lost';
  /** The returned value as text; equal values have equal texts. */
  readonly value?: string;
}

/** A call gets its answer: a value, or the code of an error. */
export interface AnswerEntry extends OfCall {
  readonly type: 'answered';
  /** As text, like that of a run. */
  readonly value?: string;
  /** Whether the value is that of an earlier run. */
  readonly replayed?: boolean;
  /** True when the value could not be stored (`unrecorded` on the diagnostics channel). */
  readonly unrecorded?: boolean;
  /** The code, else the name, of the error. */
  readonly code?: string;
}

/**
 * What a test did to a process, told by the one who did it, just before. `stopped` is also right for
 * one that was cut off from Redis, or that found out later that it had stood still.
 */
export interface ProcessEntry extends Timed {
  readonly type: 'killed' | 'stopped' | 'continued';
  /** Without a name it befell all processes. */
  readonly process?: string;
}

/** Redis was made to forget: a key was deleted, or its data were lost. Another run is right then. */
export interface ForgottenEntry extends Timed {
  readonly type: 'forgotten';
  /** When it can have happened first, if not at the time of the entry itself. */
  readonly since?: number;
  /** Without a key all of them. */
  readonly key?: string;
}

/**
 * The time for an entry: seconds on the monotonic clock of the machine, which all its processes
 * share (on Linux, macOS and Windows). Processes on several machines need a clock of their own.
 */
export function historySeconds(): number {
  return Number(process.hrtime.bigint()) / 1e9;
}
