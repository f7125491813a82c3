import { isLockNotHeldError } from '../../errors/index.js';
import { carry } from '../lease/carry-error.js';
import type { Lease } from '../lease/lease.js';
import { firstAbort } from './first-abort.js';

/** What a leader does. It has to end soon after its signal has aborted. */
export type LeaderWork = (signal: AbortSignal, token: number) => Promise<void>;

/** What came of one time in office. */
export interface Term {
  /** What the work threw while it led. */
  readonly failure: Thrown | undefined;
  /** What went wrong because the leadership was lost or ended, or could not be handed on. */
  readonly aftermath: readonly unknown[];
}

interface Thrown {
  readonly error: unknown;
}

/**
 * Runs the work of a leader, and releases as soon as it has settled; never before.
 *
 * What the work throws counts as its failure only while it leads. Redis has the last word on that: it may
 * know of a loss that the lease learns of at its next renewal only.
 *
 * @param stop ends the term from outside
 */
export async function serveTerm(lease: Lease, work: LeaderWork, stop: AbortSignal): Promise<Term> {
  const { signal, unlink } = firstAbort(stop, lease.signal);
  const thrown = await thrownBy(async () => {
    if (!signal.aborted) await work(signal, lease.token);
  });
  const wasLeading = lease.isHeld && !signal.aborted;
  unlink();
  const unreleased = await thrownBy(() => lease.release());
  if (thrown && wasLeading && !isLockNotHeldError(unreleased?.error)) {
    return { failure: { error: carry(thrown.error, unreleased?.error) }, aftermath: [] };
  }
  const late = thrown && !isReasonOf(signal, thrown.error) ? thrown : undefined;
  const aftermath = [late, unreleased].flatMap((each) => (each ? [each.error] : []));
  return { failure: undefined, aftermath };
}

async function thrownBy(action: () => Promise<void>): Promise<Thrown | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    return { error };
  }
}

/** Work that was stopped throws why: that is how it ends, and nothing went wrong. */
function isReasonOf({ aborted, reason }: AbortSignal, error: unknown): boolean {
  return aborted && (error === reason || (error instanceof Error && error.cause === reason));
}
