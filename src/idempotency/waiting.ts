import { asOperation, idempotencyEvents } from '../diagnostics/index.js';
import {
  CacheUnavailableError,
  IdempotencyInProgressError,
  IdempotencyKeyReusedError,
  IdempotencyResultUnavailableError,
  isCacheUnavailableError,
} from '../errors/index.js';
import type { Companion } from '../redis/companion.js';
import { perClient } from '../redis/per-client.js';
import type { RedisClient } from '../redis/redis-client.js';
import { SharedWait, type Verdict, type WaitOptions } from '../redis/shared-wait.js';
import { subscriberOf } from '../redis/subscriber.js';
import type { ClaimAnswer, ClaimRequest, Grant, RecordGateway } from './record-gateway.js';
import { traceIn } from './traced-kind.js';

/** An answer together with the moment its request was sent, on the monotonic clock. */
interface TimedAnswer {
  readonly answer: ClaimAnswer;
  readonly sentAt: number;
}

/** How long and how patiently to wait. */
export interface WaitPolicy {
  readonly onInProgress: 'wait' | 'reject';
  readonly waitSeconds: number;
  readonly signal?: AbortSignal | undefined;
}

/** What ends the waiting: the caller executes, or somebody else has. */
export type Turn =
  | { readonly status: 'claimed'; readonly grant: Grant; readonly sentAt: number }
  | { readonly status: 'completed'; readonly kind: string; readonly result: string }
  | { readonly status: 'completed-without-result' };

/** All stores of one client share their waits: same key, same wait. */
const waitsOf = perClient((redis) => new SharedWait<TimedAnswer>(subscriberOf(redis)));

/**
 * Claims a key; while another caller executes it, waits for that caller's result, told by push.
 *
 * @param companion runs in the same round trip if the claim is granted at once
 * @throws {@link IdempotencyInProgressError} when waiting is refused or took too long
 * @throws {@link IdempotencyKeyReusedError} when the fingerprint is another one
 */
export async function claimOrWait(
  redis: RedisClient,
  records: RecordGateway,
  request: ClaimRequest,
  policy: WaitPolicy,
  companion?: Companion,
): Promise<Turn> {
  policy.signal?.throwIfAborted();
  const first = await askForClaim(records, request, companion);
  if (first.answer.status !== 'in-progress') return toTurn(first, request);
  const wait = new WaitForKey(records, request, policy, first.answer.expiresInSeconds);
  const mayWait = policy.onInProgress === 'wait' && policy.waitSeconds > 0;
  const waited = mayWait ? await wait.on(redis) : undefined;
  if (!waited) throw wait.inProgress();
  wait.tell();
  return toTurn(waited, request);
}

/** A caller that waits for a key. Many thousands may do so, and its methods are those of all. */
class WaitForKey implements WaitOptions<TimedAnswer> {
  readonly #records: RecordGateway;
  readonly #request: ClaimRequest;
  readonly #startedAt = performance.now();
  readonly waitSeconds: number;
  readonly signal: AbortSignal | undefined;
  readonly lookAgainSeconds: number;

  constructor(
    records: RecordGateway,
    request: ClaimRequest,
    { waitSeconds, signal }: WaitPolicy,
    lookAgainSeconds: number,
  ) {
    this.#records = records;
    this.#request = request;
    this.waitSeconds = waitSeconds;
    this.signal = signal;
    this.lookAgainSeconds = lookAgainSeconds;
  }

  /** Waits; `undefined` when the time is over. */
  on(redis: RedisClient): Promise<TimedAnswer | undefined> {
    const { key } = this.#request;
    return asOperation(
      () => ({ area: 'idempotency', operation: 'wait', key }),
      () => waitsOf(redis).join(this.#records.channelOf(key), this),
      (operation, timed) => operation.end(timed ? timed.answer.status : 'timed-out'),
    );
  }

  /** Tells the diagnostics channel that it is over. */
  tell(): void {
    const { key } = this.#request;
    const waitedSeconds = (performance.now() - this.#startedAt) / 1000;
    idempotencyEvents.emit(() => ({ event: 'waited', key, waitedSeconds }));
  }

  async look(): Promise<Verdict<TimedAnswer>> {
    return toVerdict(await askForClaim(this.#records, this.#request));
  }

  /** Another waiter's look compared that waiter's version; what follows from this one's, Redis says. */
  accepts({ answer }: TimedAnswer): boolean {
    const { version } = this.#request;
    const isDone = answer.status === 'completed' || answer.status === 'completed-without-result';
    return !(isDone && version !== '' && answer.version !== version);
  }

  discard({ answer }: TimedAnswer): void {
    if (answer.status === 'claimed') void this.#records.giveBack(answer.grant);
  }

  /**
   * Redis went away for good while this caller waited: unlike one whose claim got no answer, it knows
   * that another caller executes, and so does the error.
   */
  failure(error: unknown): unknown {
    if (!isCacheUnavailableError(error)) return error;
    return new CacheUnavailableError(error.message, { cause: this.inProgress() });
  }

  inProgress(): IdempotencyInProgressError {
    const retryAfterSeconds = this.lookAgainSeconds;
    return new IdempotencyInProgressError(this.#request.key, { retryAfterSeconds });
  }
}

/** One claim, with the moment it was sent. */
export function askForClaim(
  records: RecordGateway,
  request: ClaimRequest,
  companion?: Companion,
): Promise<TimedAnswer> {
  return asOperation(
    () => ({ area: 'idempotency', operation: 'claim', key: request.key }),
    async () => {
      const sentAt = performance.now();
      return { answer: await records.claim(request, companion), sentAt };
    },
    (operation, { answer }) => {
      if (answer.status === 'completed') operation.replayOf = traceIn(answer.kind);
      operation.end(answer.status);
    },
  );
}

/** A result is everybody's; a grant, and a refusal of this caller's request, are the asker's alone. */
function toVerdict(timed: TimedAnswer): Verdict<TimedAnswer> {
  const { answer } = timed;
  switch (answer.status) {
    case 'in-progress':
      return { for: 'nobody', lookAgainSeconds: answer.expiresInSeconds };
    case 'claimed':
    case 'key-reused':
    case 'other-version':
    case 'abandoned':
      return { for: 'looker', answer: timed };
    default:
      return { for: 'everyone', answer: timed };
  }
}

/** @throws the typed error of an answer that is a refusal */
export function toTurn({ answer, sentAt }: TimedAnswer, request: ClaimRequest): Turn {
  const { key, fingerprint } = request;
  switch (answer.status) {
    case 'claimed':
      return { status: 'claimed', grant: answer.grant, sentAt };
    case 'completed':
    case 'completed-without-result':
      // The answer may come from another waiter's look, which compared that waiter's payload.
      if (fingerprint && answer.fingerprint && fingerprint !== answer.fingerprint)
        throw reused(key);
      return answer;
    case 'key-reused':
      throw reused(key);
    case 'other-version':
      throw new IdempotencyResultUnavailableError(key, {
        wanted: request.version,
        stored: answer.version,
      });
    case 'abandoned':
      throw new IdempotencyInProgressError(key, {
        retryAfterSeconds: answer.expiresInSeconds,
        abandoned: true,
      });
    case 'in-progress':
      throw new IdempotencyInProgressError(key, { retryAfterSeconds: answer.expiresInSeconds });
  }
}

function reused(key: string): IdempotencyKeyReusedError {
  idempotencyEvents.emit(() => ({ event: 'key-reused', key }));
  return new IdempotencyKeyReusedError(key);
}
