/** Acquires one lock as it is told, and tells what becomes of it. */
import {
  createClient,
  DistributedLock,
  FencedValue,
  type Lease,
  type LockOptions,
} from '../../src/index.js';
import { watchForPause } from './watch-for-pause.js';

export type ToLockWorker =
  | { readonly do: 'acquire'; readonly times: number }
  | { readonly do: 'release' | 'end' }
  /** Adds to a plain counter under the lock: reads it, waits, and writes it. */
  | { readonly do: 'count'; readonly key: string; readonly times: number }
  /** Does nothing but reckon, for so long. */
  | { readonly do: 'block'; readonly seconds: number }
  /** Writes to the fenced value `a`, with the token of the lease. */
  | { readonly do: 'write'; readonly text: string };

export type FromLockWorker =
  | { readonly is: 'ready' | 'released' | 'counted' | 'written' }
  | { readonly is: 'acquired'; readonly token: number }
  /** Said by the first line that runs after the process stood still. */
  | { readonly is: 'woke'; readonly isHeld: boolean; readonly wasAborted: boolean }
  | { readonly is: 'failed'; readonly code: string };

const [url = '', namespace = '', options = '{}'] = process.argv.slice(2);
const redis = await createClient({ url, namespace });
const lock = new DistributedLock(redis, 'a', {
  waitSeconds: 60,
  ...(JSON.parse(options) as LockOptions),
});
const value = new FencedValue<string>(redis, 'a', { ttlSeconds: 60 });
const leases: Lease[] = [];
let isWatching = true;

async function acquire(): Promise<void> {
  const lease = await lock.acquire();
  leases.push(lease);
  // Before it tells: the pause may come right after that.
  watchForPause(
    lease,
    () => isWatching && leases.includes(lease),
    (woken) => send({ is: 'woke', ...woken }),
  );
  send({ is: 'acquired', token: lease.token });
}

/** The event loop stands still. What it was about to do waits, timers and replies, too. */
function block(seconds: number): void {
  isWatching = false;
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end);
  const [lease] = leases;
  if (lease) send({ is: 'woke', isHeld: lease.isHeld, wasAborted: lease.signal.aborted });
}

async function count(key: string, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await using lease = await lock.acquire();
    const value = Number(await redis.get(key));
    await new Promise((resolve) => setImmediate(resolve));
    await redis.set(key, value + 1, 'EX', 60);
    if (!lease.isHeld) send({ is: 'failed', code: 'lost' });
  }
  send({ is: 'counted' });
}

process.on('message', (message: ToLockWorker) => {
  const told = (async () => {
    switch (message.do) {
      case 'acquire':
        await Promise.all(Array.from({ length: message.times }, acquire));
        return;
      case 'release':
        await leases.shift()?.release();
        send({ is: 'released' });
        return;
      case 'count':
        await count(message.key, message.times);
        return;
      case 'block':
        block(message.seconds);
        return;
      case 'write':
        await value.set(message.text, leases[0]?.token ?? 0);
        send({ is: 'written' });
        return;
      case 'end':
        process.disconnect();
        await redis.quit();
    }
  })();
  told.catch((error: { code: string }) => send({ is: 'failed', code: error.code }));
});
send({ is: 'ready' });

function send(message: FromLockWorker): void {
  process.send?.(message);
}
