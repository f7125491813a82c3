import type {
  AnswerEntry,
  CallEntry,
  ForgottenEntry,
  IdempotencyHistoryEntry,
  ProcessEntry,
  RunEndedEntry,
  RunStartedEntry,
} from './history-entry.js';

/** All that a history knows about one call. */
export interface HistoryCall {
  readonly call: string;
  readonly process: string;
  readonly called?: CallEntry;
  readonly started?: RunStartedEntry;
  readonly ended?: RunEndedEntry;
  readonly answered?: AnswerEntry;
}

/** A call whose work ran. */
export type HistoryRun = HistoryCall & { readonly started: RunStartedEntry };

/** A time during which a process did nothing: for ever, when it was killed. */
export interface Absence {
  readonly entry: ProcessEntry;
  readonly from: number;
  readonly to: number;
}

/** A history, sorted by what it is about. */
export class HistoryFacts {
  readonly lastAt: number;
  readonly #calls = new Map<string, Map<string, HistoryCall>>();
  readonly #absences: Absence[] = [];
  readonly #forgotten: ForgottenEntry[] = [];

  constructor(entries: readonly IdempotencyHistoryEntry[]) {
    const sorted = [...entries].sort((a, b) => a.at - b.at);
    this.lastAt = sorted.at(-1)?.at ?? 0;
    for (const entry of sorted) this.#add(entry);
  }

  keys(): Iterable<string> {
    return this.#calls.keys();
  }

  calls(key: string): HistoryCall[] {
    return [...(this.#calls.get(key)?.values() ?? [])];
  }

  /** The runs of a key in the order in which the claims were granted, as their tokens tell. */
  runs(key: string): HistoryRun[] {
    return this.calls(key)
      .filter((call): call is HistoryRun => call.started !== undefined)
      .sort((a, b) => a.started.token - b.started.token || a.started.at - b.started.at);
  }

  /** When this process stood still, in part or wholly between these times. */
  absences(process: string, from: number, to: number): Absence[] {
    return this.#absences.filter(
      ({ entry, ...time }) =>
        (entry.process ?? process) === process && time.from <= to && time.to >= from,
    );
  }

  /** Whether Redis may have forgotten the key between these times. */
  isForgotten(key: string, from: number, to: number): boolean {
    return this.#forgotten.some(
      (entry) => (entry.key ?? key) === key && (entry.since ?? entry.at) <= to && entry.at >= from,
    );
  }

  #add(entry: IdempotencyHistoryEntry): void {
    switch (entry.type) {
      case 'forgotten':
        this.#forgotten.push(entry);
        return;
      case 'killed':
      case 'stopped':
        this.#absences.push({ entry, from: entry.at, to: Number.POSITIVE_INFINITY });
        return;
      case 'continued':
        this.#continue(entry);
        return;
      default:
        this.#addToCall(entry);
    }
  }

  #continue({ process, at }: ProcessEntry): void {
    for (const [i, absence] of this.#absences.entries()) {
      const { entry, to } = absence;
      if (entry.type === 'stopped' && entry.process === process && to > at)
        this.#absences[i] = { ...absence, to: at };
    }
  }

  #addToCall(entry: CallEntry | RunStartedEntry | RunEndedEntry | AnswerEntry): void {
    const { key, call, process } = entry;
    const ofKey = this.#calls.get(key) ?? new Map<string, HistoryCall>();
    this.#calls.set(key, ofKey);
    const part = {
      called: 'called',
      'run-started': 'started',
      'run-ended': 'ended',
      answered: 'answered',
    }[entry.type];
    ofKey.set(call, { call, process, ...ofKey.get(call), [part]: entry });
  }
}

const lostCode = 'QX_IDEMPOTENCY_CLAIM_LOST';

/** Whether the run learned that its claim had passed on. */
export function isLost({ ended, answered }: HistoryCall): boolean {
  return ended?.outcome === 'lost' || answered?.code === lostCode;
}

/** Whether the result of the run is stored for certain: its caller was given it as stored. */
export function isCompleted({ ended, answered }: HistoryCall): boolean {
  const isStored = answered?.replayed === false && !answered.unrecorded;
  return ended?.outcome === 'returned' && isStored;
}

/** Whether the result of the run may be stored: it was made, and the claim was not lost. */
export function isMaybeCompleted(run: HistoryCall): boolean {
  return run.ended?.outcome === 'returned' && !isLost(run);
}

/** When the work of a run was over for certain. */
export function endOf(facts: HistoryFacts, { started, ended, process }: HistoryRun): number {
  const killed = facts
    .absences(process, started.at, Number.POSITIVE_INFINITY)
    .find(({ entry }) => entry.type === 'killed');
  return ended?.at ?? killed?.from ?? Number.POSITIVE_INFINITY;
}

/** What a history says about a call, in the order of time. */
export function entriesOf(...calls: HistoryCall[]): IdempotencyHistoryEntry[] {
  return calls
    .flatMap(({ called, started, ended, answered }) => [called, started, ended, answered])
    .filter((entry) => entry !== undefined)
    .sort((a, b) => a.at - b.at);
}
