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
import { SharedWait, type Verdict } from '../redis/shared-wait.js';
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
  const { expiresInSeconds } = first.answer;
  const startedAt = performance.now();
  const wait = () =>
    waitsOf(redis)
      .join(records.channelOf(request.key), {
        look: async () => toVerdict(await askForClaim(records, request)),
        accepts: ({ answer }) => !isOfOtherVersion(answer, request),
        discard: ({ answer }) => giveBack(records, answer),
        lookAgainSeconds: expiresInSeconds,
        waitSeconds: policy.waitSeconds,
        signal: policy.signal,
      })
      .catch((error: unknown) => {
        throw policy.signal?.aborted ? error : endOfWait(error, request.key, expiresInSeconds);
      });
  const waited =
    policy.onInProgress === 'reject' || policy.waitSeconds === 0
      ? undefined
      : await asOperation(
          () => ({ area: 'idempotency', operation: 'wait', key: request.key }),
          wait,
          (operation, timed) => operation.end(timed ? timed.answer.status : 'timed-out'),
        );
  if (!waited) {
    throw new IdempotencyInProgressError(request.key, { retryAfterSeconds: expiresInSeconds });
  }
  const { key } = request;
  const waitedSeconds = (performance.now() - startedAt) / 1000;
  idempotencyEvents.emit(() => ({ event: 'waited', key, waitedSeconds }));
  return toTurn(waited, request);
}

/** Another waiter's look compared that waiter's version; what follows from this one's, Redis says. */
function isOfOtherVersion(answer: ClaimAnswer, { version }: ClaimRequest): boolean {
  const isDone = answer.status === 'completed' || answer.status === 'completed-without-result';
  return isDone && version !== '' && answer.version !== version;
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

/**
 * Redis went away for good while this caller waited: unlike one whose claim got no answer, it knows
 * that another caller executes, and so does the error.
 */
function endOfWait(error: unknown, key: string, retryAfterSeconds: number): unknown {
  if (!isCacheUnavailableError(error)) return error;
  const cause = new IdempotencyInProgressError(key, { retryAfterSeconds });
  return new CacheUnavailableError(error.message, { cause });
}

function reused(key: string): IdempotencyKeyReusedError {
  idempotencyEvents.emit(() => ({ event: 'key-reused', key }));
  return new IdempotencyKeyReusedError(key);
}

function giveBack(records: RecordGateway, answer: ClaimAnswer): void {
  if (answer.status === 'claimed') void records.giveBack(answer.grant);
}
