import { asOperation, idempotencyEvents } from '../diagnostics/index.js';
import { type Claim, type OwnedClaim, operationUnder } from './claim.js';
import type { StoredOutcome } from './record-gateway.js';
import { type ResultWriter, subjectOf } from './result-writer.js';
import { whileLeased } from './while-leased.js';

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
    await claim.renewIfOver();
    value = await perform(claim, work);
    isWorthStoring = storeWhen?.(value) ?? true;
  } catch (error) {
    await giveUp(claim);
    throw error;
  }
  const written = isWorthStoring ? results.write(subjectOf(claim.key), value) : undefined;
  if (!written || written.status === 'failure') {
    await giveUp(claim);
    return value;
  }
  if (written.status === 'unstorable') report(claim, written.error.message);
  await storeWhileLeased(claim, written.outcome, value);
  return value;
}

/** Does the work, with or without a claim in Redis; the claim gets the trace of it. */
export function perform<T>(
  claim: Claim & { trace?: string | undefined },
  work: (claim: Claim) => Promise<T>,
): Promise<T> {
  return asOperation(
    () => operationUnder(claim, 'execute'),
    (operation) => {
      claim.trace = operation?.trace;
      return work(claim);
    },
  );
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
  const failure = await whileLeased(claim, 'complete', () => claim.store(outcome, value));
  if (!failure) return;
  claim.end();
  report(claim, failure.message);
}

function report({ key }: Claim, reason: string): void {
  idempotencyEvents.emit(() => ({ event: 'unrecorded', key, reason }));
}
