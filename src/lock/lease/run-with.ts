import { carry } from './carry-error.js';
import type { HeldLease } from './held-lease.js';
import type { Lease } from './lease.js';

/**
 * Runs the work under a lease and releases it. The work decides the outcome: the release can add to
 * its error and take nothing away. A lease that could not be released has told so on its diagnostics
 * channel.
 *
 * @param waitForRelease how a release under way after a success is waited for; it never rejects
 */
export async function runWith<L extends Lease, T>(
  lease: L,
  work: (lease: L) => Promise<T>,
  waitForRelease = (releasing: Promise<unknown>): Promise<unknown> | undefined => releasing,
): Promise<T> {
  let result: T;
  try {
    const { hold } = lease as Lease & Pick<Partial<HeldLease>, 'hold'>;
    result = await (hold ? hold.run(() => work(lease)) : work(lease));
  } catch (error) {
    throw await releaseError(lease).then((second) => carry(error, second));
  }
  await waitForRelease(releaseError(lease));
  return result;
}

/** Releases, unless the work did. */
async function releaseError(lease: Lease): Promise<unknown> {
  try {
    await lease[Symbol.asyncDispose]();
    return undefined;
  } catch (error) {
    return error;
  }
}
