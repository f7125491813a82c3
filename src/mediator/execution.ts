import { AsyncLocalStorage } from 'node:async_hooks';
import { QxCacheSettingsError } from '../errors/index.js';
import type { Claim, Step } from '../idempotency/index.js';
import type { AccompanyingAttempt } from '../lock/queue/accompanying-attempt.js';

/** What is known about the command that is being sent. */
export interface Execution {
  /** The command's idempotency key, as the command gave it; `undefined` when it has none. */
  readonly idempotencyKey?: string | undefined;
  /** True once the response came from the store and no handler ran. */
  readonly replayed: boolean;
  /** 1, and one more each time the command was taken over from a process that died. */
  readonly attempt: number;
  /** The fencing token of the claim: grows with every claim of this key. */
  readonly claimToken?: number | undefined;
  /** Aborts when the claim or a lock is lost, or `QxCache` closes. Hand it to what can stop. */
  readonly signal: AbortSignal;
  /** The fencing token of each lock that the command runs under, by the lock's name. */
  readonly tokens: ReadonlyMap<string, number>;
  /**
   * Runs a part of the handler and remembers what it returned, see {@link Claim.step}. Where the command
   * runs without a claim (`onUnavailable: 'execute'`) it just runs.
   *
   * @throws {@link QxCacheSettingsError} when the command is not idempotent
   * @example
   * const payment = await currentExecution()?.step('charge', (step) =>
   *   payments.charge(1200, { idempotencyKey: step.key }),
   * );
   */
  step<T>(name: string, work: (step: Step) => Promise<T>): Promise<T>;
}

/** A claim, a lease, or what else can end before its time. */
interface Cancelable {
  readonly signal: AbortSignal;
}

/** One send of one command, as the behaviors see it. */
export class CommandExecution implements Execution {
  readonly command: object;
  readonly tokens = new Map<string, number>();
  idempotencyKey: string | undefined;
  replayed = false;
  attempt = 1;
  claimToken: number | undefined;
  /** The attempt to lock that went out with the claim, for the lock behavior that comes next. */
  lockAttempt: AccompanyingAttempt | undefined;
  readonly #attemptLock: (() => AccompanyingAttempt | undefined) | undefined;
  #claim: Pick<Claim, 'step'> | undefined;
  readonly #sources = new Set<Cancelable>();
  /** What is waited for when the response is stored; `undefined` outside of an idempotent attempt. */
  #atEnd: Promise<unknown>[] | undefined;
  #abort: AbortController | undefined;

  /** @param attemptLock makes an attempt to lock, where one can go out with the claim */
  constructor(command: object, attemptLock?: () => AccompanyingAttempt | undefined) {
    this.command = command;
    this.#attemptLock = attemptLock;
  }

  /** Made when it is first read: most handlers never do, and listeners are not free. */
  get signal(): AbortSignal {
    if (!this.#abort) {
      this.#abort = new AbortController();
      for (const source of this.#sources) this.#listenTo(source);
    }
    return this.#abort.signal;
  }

  /**
   * The start of an attempt: a retry by an outer behavior comes here again, maybe while the one before
   * still runs. So each has its own attempt to lock.
   */
  begin(idempotencyKey: string): AccompanyingAttempt | undefined {
    this.idempotencyKey = idempotencyKey;
    this.replayed = false;
    this.attempt = 1;
    this.claimToken = undefined;
    this.#claim = undefined;
    this.#atEnd = [];
    return this.#attemptLock?.();
  }

  /** The end of an attempt: its response is stored, or it failed. */
  async end(lockAttempt: AccompanyingAttempt | undefined): Promise<void> {
    lockAttempt?.end();
    const pending = this.#atEnd;
    this.#atEnd = undefined;
    if (pending && pending.length > 0) await Promise.all(pending);
  }

  /**
   * Waits at the end of the attempt for what is under way and never rejects: it then shares a round
   * trip with what stores the response. Outside of an attempt it is the caller's to wait for.
   */
  waitAtEnd(pending: Promise<unknown>): Promise<unknown> | undefined {
    if (!this.#atEnd) return pending;
    this.#atEnd.push(pending);
    return undefined;
  }

  claimed(claim: Claim, lockAttempt: AccompanyingAttempt | undefined): void {
    this.attempt = claim.attempt;
    // 0: Redis can't be asked, and the handler runs all the same.
    this.claimToken = claim.token || undefined;
    this.#claim = claim;
    this.lockAttempt = lockAttempt;
  }

  async step<T>(name: string, work: (step: Step) => Promise<T>): Promise<T> {
    if (this.#claim) return this.#claim.step(name, work);
    throw new QxCacheSettingsError(
      `A step ("${name}") needs an idempotent command: its result is remembered under the command's key.`,
    );
  }

  /** Lets `signal` abort with that of a source, until the returned function is called. */
  follow(source: Cancelable): () => void {
    this.#sources.add(source);
    if (this.#abort) this.#listenTo(source);
    return () => {
      this.#sources.delete(source);
      if (!this.#abort) return;
      source.signal.removeEventListener('abort', this.#onAbort);
      // What ended one attempt must not end the next.
      const isEnded = [...this.#sources].some(({ signal }) => signal.aborted);
      if (this.#abort.signal.aborted && !isEnded) this.#abort = undefined;
    };
  }

  #listenTo({ signal }: Cancelable): void {
    if (signal.aborted) this.#abort?.abort(signal.reason);
    else signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  readonly #onAbort = (event: Event): void => {
    this.#abort?.abort((event.target as AbortSignal).reason);
  };
}

const executions = new AsyncLocalStorage<CommandExecution>();

/**
 * The command that this async call is a part of: in its handler, in what the handler calls, and in
 * the behaviors around it. `undefined` outside of any idempotent or locked command.
 *
 * @example
 * const token = currentExecution()?.tokens.get(`stock:${sku}`);
 * await stock.update(sku, quantity, { fencingToken: token });
 */
export function currentExecution(): Execution | undefined {
  return executions.getStore();
}

/**
 * Opens the execution of a new send; the locks of the surrounding one stay held.
 *
 * @param attemptLock see {@link CommandExecution}
 */
export function openExecution<T>(
  command: object,
  work: (execution: CommandExecution) => T,
  attemptLock?: () => AccompanyingAttempt | undefined,
): T {
  const execution = new CommandExecution(command, attemptLock);
  return executions.run(execution, work, execution);
}

/** Joins the execution of the current send, or opens one where no mediator of ours did. */
export function inExecutionOf<T>(command: object, work: (execution: CommandExecution) => T): T {
  const current = executions.getStore();
  return current?.command === command ? work(current) : openExecution(command, work);
}
