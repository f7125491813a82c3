import { AsyncLocalStorage } from 'node:async_hooks';
import { ALL } from '../permits/scripts/permit-state.js';
import type { QueueCommands } from '../queue/queue-commands.js';
import type { Lease } from './lease.js';

/** What is held, or looked for: a lock, or a share of something. */
type Held = Pick<QueueCommands, 'address' | 'mark'>;

/** A lock that the current chain of async calls took. */
export interface HeldLock extends Held {
  /** Tells apart servers and namespaces. */
  readonly scope: object;
  readonly lease: Lease;
}

const chain = new AsyncLocalStorage<readonly HeldLock[]>();

/**
 * The live lease that the current chain of async calls has of that lock, innermost first. A writer's
 * includes what a reader wants.
 */
export function heldLease(scope: object, { address, mark }: Held): Lease | undefined {
  const includes = (held: HeldLock) =>
    held.scope === scope &&
    held.address === address &&
    (held.mark === mark || held.mark === ALL) &&
    held.lease.isHeld;
  return chain.getStore()?.findLast(includes)?.lease;
}

/** Runs work, and whatever it calls, with further locks in hand. */
export function holding<T>(locks: readonly HeldLock[], work: () => T): T {
  return chain.run([...(chain.getStore() ?? []), ...locks], work);
}
