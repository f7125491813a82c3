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
export const operationEvents = eventChannel<OperationEvent>('qx-cache:operation');

/**
 * Runs work, and tells of it if anybody listens. Without listeners it is the mere call.
 *
 * @param work gets the operation, to say how it ended, if there is one
 */
export function asOperation<T>(
  subject: () => OperationSubject,
  work: (operation?: Operation) => Promise<T>,
): Promise<T> {
  return operationEvents.isObserved ? during(new Operation(subject()), work) : work();
}

/** An operation that ends elsewhere than it began; `undefined` when nobody listens. */
export function beginOperation(subject: () => OperationSubject): Operation | undefined {
  return operationEvents.isObserved ? new Operation(subject()) : undefined;
}

async function during<T>(
  operation: Operation,
  work: (operation: Operation) => Promise<T>,
): Promise<T> {
  try {
    return await operation.run(() => work(operation));
  } catch (error) {
    operation.fail(error);
    throw error;
  } finally {
    operation.end();
  }
}

/** An operation under way. Node's TracingChannel would fit calls, but a hold is none. */
export class Operation implements OperationEvent {
  readonly subject: OperationSubject;
  event: 'started' | 'ended' = 'started';
  outcome = 'ok';
  errorType: string | undefined;
  durationSeconds = 0;
  replayOf: string | undefined;
  trace: string | undefined;
  readonly #startedAt = performance.now();
  #arounds: Around[] = [];

  constructor(subject: OperationSubject) {
    this.subject = subject;
    operationEvents.emit(() => this);
  }

  runInside(around: Around): void {
    this.#arounds.push(around);
  }

  run<T>(work: () => T): T {
    return this.#arounds.reduce<() => T>((inner, around) => () => around(inner), work)();
  }

  fail(error: unknown): void {
    if (this.event === 'ended') return;
    this.outcome = 'failed';
    this.errorType = error instanceof Error ? error.name : typeof error;
  }

  /** Once; what comes later changes nothing. */
  end(outcome = this.outcome): void {
    if (this.event === 'ended') return;
    this.event = 'ended';
    this.outcome = outcome;
    this.durationSeconds = (performance.now() - this.#startedAt) / 1000;
    operationEvents.emit(() => this);
  }
}
