import type { AcquireOptions, Lease } from '../../lock/index.js';
import { historySeconds } from './history-entry.js';
import type { LockHistoryEntry, LockHistoryEvent } from './lock-history-entry.js';

/** What can be recorded: a `DistributedLock`, a `Semaphore`, or anything else with these methods. */
export interface Acquirable {
  readonly name: string;
  acquire(options?: AcquireOptions): Promise<Lease>;
  tryAcquire(): Promise<Lease | undefined>;
  run<T>(work: (lease: Lease) => Promise<T>, options?: AcquireOptions): Promise<T>;
}

type Write = (event: LockHistoryEvent, at?: number) => void;

let calls = 0;

/**
 * Gives a lock or a semaphore whose leases write a history, for {@link checkLockHistory}. It does
 * nothing else that `lock` alone would not do. What is known of a lease ends with the last look at
 * `isHeld`, or the release: look often.
 *
 * @param options `process`: the name of this process; `write`: keeps an entry, as in
 *   `recordIdempotencyHistory`
 * @example
 * const recorded = recordLockHistory(new DistributedLock(redis, 'a'), {
 *   process: `${process.pid}`,
 *   write: (entry) => appendFileSync('history.ndjson', `${JSON.stringify(entry)}\n`),
 * });
 */
export function recordLockHistory(
  lock: Acquirable,
  options: { readonly process: string; readonly write: (entry: LockHistoryEntry) => void },
): Acquirable {
  const { process, write } = options;
  const { name } = lock;

  function ask(): Write {
    calls += 1;
    const call = `${process}#${calls}`;
    const note: Write = (event, at = historySeconds()) =>
      write({ ...event, at, process, call, name });
    note({ type: 'asked' });
    return note;
  }

  return {
    name,
    async acquire(acquireOptions) {
      const note = ask();
      return recorded(await lock.acquire(acquireOptions), note);
    },
    async tryAcquire() {
      const note = ask();
      const lease = await lock.tryAcquire();
      return lease && recorded(lease, note);
    },
    run(work, acquireOptions) {
      const note = ask();
      return lock.run(async (given) => {
        const lease = recorded(given, note);
        // Who looks notes it; also what the work did not look for.
        return work(lease).finally(() => lease.isHeld);
      }, acquireOptions);
    },
  };
}

function recorded(lease: Lease, note: Write): Lease {
  note({ type: 'acquired', token: lease.token });
  const released = async (release: () => PromiseLike<void>) => {
    const at = historySeconds();
    const wasHeld = lease.isHeld;
    await release();
    if (wasHeld) note({ type: 'released' }, at);
  };
  return {
    name: lease.name,
    token: lease.token,
    get signal() {
      return lease.signal;
    },
    get isHeld() {
      // Before the look: the process may stand still between the two.
      const at = historySeconds();
      const { isHeld } = lease;
      if (isHeld) note({ type: 'held' }, at);
      return isHeld;
    },
    renew: (ttlSeconds) => lease.renew(ttlSeconds),
    release: () => released(() => lease.release()),
    [Symbol.asyncDispose]: () => released(() => lease[Symbol.asyncDispose]()),
  };
}
