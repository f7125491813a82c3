import { asOperation, idempotencyEvents, type OperationSubject } from '../diagnostics/index.js';
import { CacheSerializationError, IdempotencyClaimLostError } from '../errors/index.js';
import { onAbort } from '../redis/on-abort.js';
import { toTimerDelay } from '../settings/durations.js';
import type { Grant, RecordGateway, StoredOutcome } from './record-gateway.js';
import { type ResultWriter, subjectOf } from './result-writer.js';
import { ClaimSteps, type Step } from './steps.js';

/**
 * The exclusive right to execute one idempotency key. It renews itself until it is completed or
 * given up, so always do one of the two; `IdempotencyStore.run` does it for you.
 */
export interface Claim {
  /** The idempotency key. */
  readonly key: string;
  /** 1, and one more each time the key was taken over from an owner that died. */
  readonly attempt: number;
  /** The fencing token: grows with every claim of this key. Hand it to what you write to. */
  readonly token: number;
  /** Aborts when the claim is known to be lost (its reason is `IdempotencyClaimLostError`). */
  readonly signal: AbortSignal;
  /**
   * Stores the result and ends the claim. A failed `Result` is not stored: it gives the claim up.
   *
   * @throws {@link IdempotencyClaimLostError} when the claim has passed on; nothing is stored
   * @throws {@link CacheSerializationError} when the value is too large or not serializable; the
   *   key is then completed without a result, and is not executed again
   * @throws {@link CacheUnavailableError} when Redis did not answer, or too few replicas have the result
   *   (see `durability`); may be called again
   */
  complete(value: unknown): Promise<void>;
  /**
   * Gives the claim up: the next caller executes. Does nothing when it is over already.
   *
   * @param options `keepSteps`: whether finished steps stay for the next caller. Default: as the claim
   *   was asked for.
   */
  abandon(options?: { keepSteps?: boolean }): Promise<void>;
  /**
   * Runs a part of the work and remembers what it returned in the record of the key. When this owner
   * dies, whoever takes over gets the result of each finished step instead of running it again.
   *
   * Still a step is at least once: one that ended when its result was not yet remembered runs again.
   * Hand `step.key` on, if the other side knows idempotency keys. What throws, and a failed `Result`, is
   * not remembered; nor is what can't be stored (the diagnostics channel tells `unrecorded`).
   *
   * @param name stands for this step at every attempt, so it must depend on the payload alone
   * @throws {@link QxCacheSettingsError} for a second step of that name in one run
   * @throws {@link IdempotencyClaimLostError} when the claim has passed on
   * @throws {@link CacheSerializationError} when a remembered result is not readable
   * @example
   * const payment = await claim.step('charge', (step) =>
   *   payments.charge(1200, { idempotencyKey: step.key }),
   * );
   */
  step<T>(name: string, work: (step: Step) => Promise<T>): Promise<T>;
  /**
   * Extends the lease now.
   *
   * @throws {@link IdempotencyClaimLostError} when the claim has passed on, or is over
   */
  renew(): Promise<void>;
}

/** What an operation under a claim is about. */
export function operationUnder(
  { key, attempt, token }: Claim,
  operation: 'execute' | 'complete',
): OperationSubject {
  return { area: 'idempotency', operation, key, attempt, token };
}

/** A granted claim: renews itself, and knows until when its lease lasts for certain. */
export class OwnedClaim implements Claim {
  readonly #grant: Grant;
  readonly #records: RecordGateway;
  readonly #results: ResultWriter;
  readonly #steps: ClaimSteps;
  /** Of the execution under this claim, for those who get its result replayed. */
  trace: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopFollowing: (() => void) | undefined;
  #isOver = false;
  /** Made when somebody asks for the signal: most work never does, and it is not free. */
  #controller: AbortController | undefined;
  #abortedBy: unknown;
  /** On the monotonic clock of this process, in milliseconds. */
  #leaseEnd: number;

  /** @param sentAt `performance.now()` when the request was sent: the lease started no earlier */
  constructor(grant: Grant, sentAt: number, records: RecordGateway, results: ResultWriter) {
    this.#grant = grant;
    this.#records = records;
    this.#results = results;
    this.#steps = new ClaimSteps(this, records, results, grant.steps);
    this.#leaseEnd = sentAt + grant.leaseSeconds * 1000;
    this.#renewIn(grant.leaseSeconds / 3);
    const { key, attempt, token } = grant;
    idempotencyEvents.emit(() => ({ event: 'claimed', key, attempt, token }));
  }

  get key(): string {
    return this.#grant.key;
  }

  get attempt(): number {
    return this.#grant.attempt;
  }

  get token(): number {
    return this.#grant.token;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#abortedBy !== undefined) this.#controller.abort(this.#abortedBy);
    }
    return this.#controller.signal;
  }

  /** Whether it was completed, given up or lost. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** How long the lease lasts for certain unless it is renewed, by this process's monotonic clock. */
  get leaseSecondsLeft(): number {
    return (this.#leaseEnd - performance.now()) / 1000;
  }

  async complete(value: unknown): Promise<void> {
    const written = this.#results.write(subjectOf(this.key), value);
    if (written.status === 'failure') return this.abandon();
    await this.store(written.outcome, value);
    if (written.status === 'unstorable') throw written.error;
  }

  /** Stores an outcome; `value` is what a {@link IdempotencyClaimLostError} should carry. */
  store(outcome: StoredOutcome, value: unknown): Promise<void> {
    return asOperation(
      () => operationUnder(this, 'complete'),
      (operation) => this.#store(outcome, value, this.trace ?? operation?.trace),
      (operation) => operation.end(outcome.state),
    );
  }

  async #store(outcome: StoredOutcome, value: unknown, trace: string | undefined): Promise<void> {
    const isStored = await this.#records.complete(this.#grant, outcome, trace);
    if (!isStored) throw this.#lose(value);
    const { key, attempt, token } = this;
    if (!this.#isOver) {
      this.end();
      idempotencyEvents.emit(() => ({ event: 'completed', key, attempt, token }));
    }
    await this.#records.replicated(`the result of idempotency key "${key}"`);
  }

  async step<T>(name: string, work: (step: Step) => Promise<T>): Promise<T> {
    return this.#steps.run(name, work);
  }

  /** @throws {@link IdempotencyClaimLostError} when the claim has passed on or was given up */
  async keepStep(name: string, text: string): Promise<void> {
    if (!(await this.#records.keepStep(this.#grant, name, text))) throw this.#lose();
  }

  async abandon({ keepSteps = this.#grant.keepSteps } = {}): Promise<void> {
    if (this.#isOver) return;
    this.end();
    const wasOwner = await this.#records.abandon(this.#grant, { keepSteps });
    const { key, attempt, token } = this;
    if (wasOwner) idempotencyEvents.emit(() => ({ event: 'abandoned', key, attempt, token }));
  }

  /**
   * To be called before anything runs: this process may have stood still for longer than the lease.
   *
   * @throws {@link IdempotencyClaimLostError} when the claim has passed on
   */
  async renewIfOver(): Promise<void> {
    if (this.leaseSecondsLeft <= 0) await this.renew();
  }

  async renew(): Promise<void> {
    if (this.#isOver) throw this.#lose();
    const sentAt = performance.now();
    const isRenewed = await this.#records.renew(this.#grant);
    if (!isRenewed) throw this.#lose();
    this.#leaseEnd = sentAt + this.#grant.leaseSeconds * 1000;
  }

  /** Lets the claim's signal abort with another one, until the claim is over. */
  follow(signal: AbortSignal | undefined): void {
    if (!signal) return;
    const abort = () => this.#abort(signal.reason);
    if (signal.aborted) abort();
    this.#stopFollowing = onAbort(signal, abort);
  }

  /** Stops the renewals: the claim is completed, given up, lost, or left to its lease. */
  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#stopFollowing?.();
  }

  #lose(value?: unknown): IdempotencyClaimLostError {
    const error = new IdempotencyClaimLostError(this.key, value);
    const { key, attempt, token } = this;
    // One that was given up before is not lost.
    if (!this.#isOver) idempotencyEvents.emit(() => ({ event: 'claim-lost', key, attempt, token }));
    this.#abort(error);
    this.end();
    return error;
  }

  #abort(reason: unknown): void {
    this.#abortedBy ??= reason;
    this.#controller?.abort(reason);
  }

  #renewIn(delaySeconds: number): void {
    if (this.#isOver) return;
    this.#timer = setTimeout(() => {
      this.renew().then(
        () => this.#renewIn(this.#grant.leaseSeconds / 3),
        // Lost: it is over, and this does nothing. Redis away: try again soon.
        () => this.#renewIn(this.#grant.leaseSeconds / 10),
      );
    }, toTimerDelay(delaySeconds));
    this.#timer.unref();
  }
}
