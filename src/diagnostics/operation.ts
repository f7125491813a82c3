import { eventChannel } from './event-channel.js';
import type { LockLabel } from './lock-label.js';

/** What takes time, and whom it is about. */
export type OperationSubject =
  | {
      readonly area: 'idempotency';
      readonly operation: 'run' | 'claim' | 'wait';
      readonly key: string;
    }
  | {
      readonly area: 'idempotency';
      readonly operation: 'execute' | 'complete';
      readonly key: string;
      readonly attempt: number;
      readonly token: number;
    }
  | ({ readonly area: 'lock'; readonly operation: 'acquire' } & LockLabel)
  | ({ readonly area: 'lock'; readonly operation: 'hold'; readonly token: number } & LockLabel)
  | { readonly area: 'cache'; readonly operation: 'load'; readonly key: string };

/**
 * What is told on `qx-cache:operation`: the same object when something begins and when it has ended, so
 * that a listener can tell which end belongs to which beginning. No payload, no error message.
 */
export interface OperationEvent {
  readonly event: 'started' | 'ended';
  readonly subject: OperationSubject;
  /** When it started, by `performance.now()`, where it is told only when it has ended. */
  readonly startedAt: number | undefined;
  /** How it ended; `failed` when it threw. */
  readonly outcome: string;
  /** The name of the error it ended with, if it did. */
  readonly errorType: string | undefined;
  /** How long it took; 0 until it has ended. */
  readonly durationSeconds: number;
  /** Where a result was replayed: the `trace` of the execution it came from. */
  readonly replayOf: string | undefined;
  /**
   * For a listener to set when an `execute` or a `complete` starts: what a replay of its result should
   * know of it. Stored beside the result, so it is short and holds no secret.
   */
  trace: string | undefined;
  /** For a listener, when it starts: lets the work of the operation run inside a function of yours. */
  runInside(around: Around): void;
}

/** Calls the work, and gives what it gives. */
export type Around = <T>(work: () => T) => T;

/** Nobody listens most of the time, and then no operation is ever made. */
const operationEvents = eventChannel<OperationEvent>('qx-cache:operation');

/**
 * Runs work, and tells of it if anybody listens. Without listeners it is the mere call.
 *
 * @param work gets the operation, if there is one
 * @param tell says how it ended, by what the work gave
 */
export function asOperation<T>(
  subject: () => OperationSubject,
  work: (operation?: Operation) => Promise<T>,
  tell?: (operation: Operation, value: T) => void,
): Promise<T> {
  const operation = beginOperation(subject);
  return operation ? operation.during(work, tell) : work();
}

/**
 * An operation that ends elsewhere than it began; `undefined` when nobody listens.
 *
 * @param startedAt if that was earlier, by `performance.now()`
 */
export function beginOperation(
  subject: () => OperationSubject,
  startedAt?: number,
): Operation | undefined {
  let operation: Operation | undefined;
  operationEvents.emit(() => {
    operation = new Operation(subject(), startedAt);
    return operation;
  });
  return operation;
}

/** What may be told of an error: its message may hold data. */
export function nameOfError(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** An operation under way. Node's TracingChannel would fit calls, but a hold is none. */
export class Operation implements OperationEvent {
  event: OperationEvent['event'] = 'started';
  outcome = 'ok';
  durationSeconds = 0;
  declare errorType: string | undefined;
  declare replayOf: string | undefined;
  declare trace: string | undefined;
  run: Around = (work) => work();

  readonly #startedAt: number;

  constructor(
    readonly subject: OperationSubject,
    readonly startedAt: number | undefined,
  ) {
    this.#startedAt = startedAt ?? performance.now();
  }

  runInside(around: Around): void {
    const { run } = this;
    this.run = (work) => around(() => run(work));
  }

  async during<T>(
    work: (operation: Operation) => Promise<T>,
    tell?: (operation: Operation, value: T) => void,
  ): Promise<T> {
    try {
      const value = await this.run(() => work(this));
      tell?.(this, value);
      this.end();
      return value;
    } catch (error) {
      this.end('failed', nameOfError(error));
      throw error;
    }
  }

  /** Once; what comes later changes nothing. */
  end(outcome = 'ok', errorType?: string): void {
    if (this.event === 'ended') return;
    this.event = 'ended';
    this.outcome = outcome;
    this.errorType = errorType;
    this.durationSeconds = (performance.now() - this.#startedAt) / 1000;
    operationEvents.emit(() => this);
  }
}
