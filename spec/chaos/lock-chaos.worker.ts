/** Acquires one lock again and again, and writes down in Redis what it does under it. */
import { setTimeout } from 'node:timers/promises';
import type { Cluster, Redis } from 'ioredis';
import {
  createClient,
  DistributedLock,
  isCacheConnectionError,
  isCacheUnavailableError,
  isLockNotHeldError,
  isLockTimeoutError,
  type Lease,
} from '../../src/index.js';
import { LockLog } from './lock-log.js';

/** How many entries it makes each time. */
const ENTRIES = 4;

const [faultyUrl = '', url = '', namespace = ''] = process.argv.slice(2);
const redis = await connect();
const direct = await createClient({ url, namespace });
const log = new LockLog(direct, namespace);
const lock = new DistributedLock(redis, 'a', { ttlSeconds: 1, waitSeconds: 5 });
let isStopping = false;
process.once('message', () => {
  isStopping = true;
});

process.send?.('ready');
while (!isStopping) await turn();
process.disconnect();
await Promise.all([redis.quit(), direct.quit()]);

/** Its network may be down while it starts. */
async function connect(): Promise<Redis | Cluster> {
  for (;;) {
    try {
      return await createClient({ url: faultyUrl, namespace, commandTimeoutSeconds: 0.5 });
    } catch (error) {
      if (!isCacheConnectionError(error)) throw error;
    }
  }
}

async function turn(): Promise<void> {
  try {
    await using lease = await lock.acquire();
    await work(lease);
  } catch (error) {
    const isExpected =
      isCacheUnavailableError(error) || isLockNotHeldError(error) || isLockTimeoutError(error);
    if (!isExpected) throw error;
  }
}

/** Each entry says whether the one before was made, for certain, while this one had the lock. */
async function work(lease: Lease): Promise<void> {
  let wasHeld = lease.isHeld;
  for (let entry = 0; entry < ENTRIES; entry++) {
    await log.write(lease.token, wasHeld);
    wasHeld = lease.isHeld;
    // What is done under a lock takes time, in which things can happen.
    await setTimeout(5);
  }
}
