import { setTimeout as sleep } from 'node:timers/promises';
import { idempotencyEvents } from '../diagnostics/index.js';
import { isCacheUnavailableError } from '../errors/index.js';
import { withDeadline } from '../redis/deadline.js';
import type { Claim, OwnedClaim } from './claim.js';
import type { StoredOutcome } from './record-gateway.js';
import type { ResultWriter } from './result-writer.js';

/** The pauses between attempts to store a result while Redis is away, in seconds. */
const firstPauseSeconds = 0.05;
const longestPauseSeconds = 1;
/** What an attempt gets when the lease is about to end, in seconds. */
const shortestAttemptSeconds = 0.5;

/**
 * Runs the work under a claim and stores what it returns. When the work throws, or its value is not
 * worth storing, the claim is given up at once.
 *
 * @throws whatever the work throws
 * @throws {@link IdempotencyClaimLostError} carrying the value, when the claim was lost meanwhile
 */
export async function execute<T>(
  claim: OwnedClaim,
  results: ResultWriter,
  work: (claim: Claim) => Promise<T>,
  storeWhen: ((value: T) => boolean) | undefined,
): Promise<T> {
  let value: T;
  let isWorthStoring: boolean;
  try {
    value = await work(claim);
    isWorthStoring = storeWhen?.(value) ?? true;
  } catch (error) {
    await giveUp(claim);
    throw error;
  }
  const written = results.write(claim.key, value);
  if (!isWorthStoring || written.status === 'failure') {
    await giveUp(claim);
    return value;
  }
  if (written.status === 'unstorable') report(claim, written.error.message);
  await storeWhileLeased(claim, written.outcome, value);
  return value;
}

/** The work's own outcome matters more than a failed give-up, which the end of the lease makes good. */
async function giveUp(claim: OwnedClaim): Promise<void> {
  await claim.abandon().catch(() => {});
}

/**
 * Tries until the lease ends that the claim has now. Then it lets go without an error: the work is
 * done, and an error would invite a retry of it.
 */
async function storeWhileLeased(
  claim: OwnedClaim,
  outcome: StoredOutcome,
  value: unknown,
): Promise<void> {
  const leaseEnd = performance.now() + claim.leaseSecondsLeft * 1000;
  const secondsLeft = () => (leaseEnd - performance.now()) / 1000;
  for (let pause = firstPauseSeconds; ; pause = Math.min(pause * 2, longestPauseSeconds)) {
    try {
      // Tried also when the lease is over: maybe nobody took over.
      const limit = Math.max(secondsLeft(), shortestAttemptSeconds);
      const what = `complete of idempotency key "${claim.key}"`;
      return await withDeadline(claim.store(outcome, value), limit, what);
    } catch (error) {
      if (!isCacheUnavailableError(error)) throw error;
      if (claim.isOver || secondsLeft() <= 0) {
        claim.end();
        report(claim, error.message);
        return;
      }
    }
    await sleep(Math.min(pause, Math.max(0, secondsLeft())) * 1000);
  }
}

function report({ key }: Claim, reason: string): void {
  idempotencyEvents.emit(() => ({ event: 'unrecorded', key, reason }));
}
