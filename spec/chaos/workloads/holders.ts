import { setTimeout as sleep } from 'node:timers/promises';
import type { Lease } from '../../../src/index.js';
import { historySeconds } from '../../../src/testing/index.js';
import type { Random } from '../../support/random.js';
import type { HolderEntry } from '../checks/holder-history.js';
import { AFTERWARDS, codeOf, LEASE_SECONDS, type LoadContext } from './workload.js';

/** How one asks for a lock, or the like. */
export interface Wish {
  readonly share: 'one' | 'all';
  acquire(signal?: AbortSignal): Promise<Lease>;
  /** Never waits. */
  tryAcquire(): Promise<Lease | undefined>;
}

type Without<T> = T extends unknown ? Omit<T, 'at' | 'process' | 'call'> : never;
type Write = (entry: Without<HolderEntry>, at?: number) => void;

const longestPatienceSeconds = 0.5;
let calls = 0;

/** Goes in and out once, and writes down all that it sees. */
export async function visit(context: LoadContext, wish: Wish, random: Random): Promise<void> {
  const { process } = context;
  calls += 1;
  const call = `${process}#${calls}`;
  const write: Write = (entry, at = historySeconds()) =>
    context.write({ ...entry, at, process, call } as HolderEntry);
  const isTrying = process !== AFTERWARDS && random.chance(0.1);
  const isImpatient = process !== AFTERWARDS && random.chance(0.1);
  write({ type: 'asked', share: wish.share, waits: !isTrying });
  try {
    const patience = random.below(longestPatienceSeconds * 1000);
    const signal = isImpatient ? AbortSignal.timeout(patience) : undefined;
    const lease = await (isTrying ? wish.tryAcquire() : wish.acquire(signal));
    if (!lease) {
      write({ type: 'busy' });
      return;
    }
    write({ type: 'acquired', token: lease.token });
    context.holds();
    const seconds = random.chance(0.015) ? LEASE_SECONDS * 1.5 : 0.015;
    await stay(lease, seconds, (at) => write({ type: 'held' }, at));
    write({ type: 'releasing' });
    await lease.release();
    write({ type: 'released' });
  } catch (error) {
    write({ type: 'failed', code: codeOf(error) });
  }
}

/**
 * What is done under a lease takes time, in which things can happen.
 *
 * @param held gets the times at which the lease was held
 */
export async function stay(
  lease: Lease,
  seconds: number,
  held: (at: number) => void,
): Promise<void> {
  const steps = seconds > LEASE_SECONDS ? 60 : 3;
  for (let step = 0; step < steps; step += 1) {
    // Before the look: a pause may come between the two.
    const at = historySeconds();
    if (lease.isHeld) held(at);
    await sleep((seconds / steps) * 1000);
  }
}
