import { setTimeout as sleep } from 'node:timers/promises';
import { type CacheUnavailableError, isCacheUnavailableError } from '../errors/index.js';
import { withDeadline } from '../redis/deadline.js';
import type { OwnedClaim } from './claim.js';

/** The pauses between attempts to store while Redis is away, in seconds. */
const firstPauseSeconds = 0.05;
const longestPauseSeconds = 1;
/** What an attempt gets when the lease is about to end, in seconds. */
const shortestAttemptSeconds = 0.5;

/**
 * Tries to write something under a claim until the lease ends that the claim has now.
 *
 * @param what names the write, for messages
 * @returns why it could not be written, when Redis was away for all that time
 * @throws {@link IdempotencyClaimLostError} when the claim was lost, and what else `write` throws
 */
export async function whileLeased(
  claim: OwnedClaim,
  what: string,
  write: () => Promise<void>,
): Promise<CacheUnavailableError | undefined> {
  const leaseEnd = performance.now() + claim.leaseSecondsLeft * 1000;
  const secondsLeft = () => (leaseEnd - performance.now()) / 1000;
  for (let pause = firstPauseSeconds; ; pause = Math.min(pause * 2, longestPauseSeconds)) {
    try {
      // Tried also when the lease is over: maybe nobody took over.
      const limit = Math.max(secondsLeft(), shortestAttemptSeconds);
      await withDeadline(write(), limit, `${what} of idempotency key "${claim.key}"`);
      return undefined;
    } catch (error) {
      if (!isCacheUnavailableError(error)) throw error;
      if (claim.isOver || secondsLeft() <= 0) return error;
    }
    await sleep(Math.min(pause, Math.max(0, secondsLeft())) * 1000);
  }
}
