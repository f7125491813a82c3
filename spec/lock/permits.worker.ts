/** Acquires permits of a semaphore, reads and writes as it is told, and tells what becomes of it. */
import type { Redis } from 'ioredis';
import {
  createClient,
  isLockNotHeldError,
  type Lease,
  type LockOptions,
  ReadWriteLock,
  Semaphore,
} from '../../src/index.js';
import { watchForPause } from './watch-for-pause.js';

export type PermitKind = 'permit' | 'read' | 'write';

export type ToPermitsWorker =
  | { readonly do: 'acquire'; readonly kind: PermitKind; readonly times: number }
  | { readonly do: 'release' }
  /** Goes in and out, so often, and again and again until it is told to stop by default. */
  | { readonly do: 'work'; readonly kinds: readonly PermitKind[]; readonly times?: number }
  | { readonly do: 'stop' };

export type FromPermitsWorker =
  | { readonly is: 'ready' | 'released' }
  | { readonly is: 'acquired'; readonly token: number }
  /** Said by the first line that runs after the process stood still. */
  | { readonly is: 'woke'; readonly isHeld: boolean; readonly wasAborted: boolean }
  /** `most`: of how many that were inside it was one. `wrongs`: with whom it must not have been. */
  | {
      readonly is: 'worked';
      readonly times: number;
      readonly most: number;
      readonly wrongs: readonly string[];
    }
  | { readonly is: 'failed'; readonly code: string };

const PERMITS = 2;

const [url = '', namespace = '', json = '{}'] = process.argv.slice(2);
const redis = (await createClient({ url, namespace })) as Redis;
const options = { waitSeconds: 60, ...(JSON.parse(json) as LockOptions) };
const semaphore = new Semaphore(redis, 'a', { permits: PERMITS, ...options });
const shared = new ReadWriteLock(redis, 'a', options);
const acquireOf: Record<PermitKind, () => Promise<Lease>> = {
  permit: () => semaphore.acquire(),
  read: () => shared.read(),
  write: () => shared.write(),
};
const leases: Lease[] = [];
let isStopping = false;
let lastEntry = 0;

/** Where those who are inside are written down. */
const insideKey = (kind: PermitKind) => `${namespace}:inside:${kind}`;

async function acquire(kind: PermitKind): Promise<void> {
  const lease = await acquireOf[kind]();
  leases.push(lease);
  // Before it tells: the pause may come right after that.
  watchForPause(
    lease,
    () => leases.includes(lease),
    (woken) => send({ is: 'woke', ...woken }),
  );
  send({ is: 'acquired', token: lease.token });
}

/** Goes in once. Gives how many of its kind are inside, and what is wrong about that. */
async function visit(kind: PermitKind): Promise<{ count: number; wrong: string | undefined }> {
  const lease = await acquireOf[kind]();
  lastEntry += 1;
  const self = `${process.pid}:${lastEntry}`;
  const key = insideKey(kind);
  const replies = await redis
    .multi()
    .sadd(key, self)
    .expire(key, 600)
    .scard(insideKey('permit'))
    .scard(insideKey('read'))
    .scard(insideKey('write'))
    .exec();
  const [permits = 0, readers = 0, writers = 0] = (replies ?? [])
    .slice(2)
    .map(([, count]) => Number(count));
  const isWrong = permits > PERMITS || writers > 1 || (writers === 1 && readers > 0);
  // A lease that ended by now, say because this process stood still, promises nothing.
  const wrong = isWrong && lease.isHeld ? `${kind}: ${permits} ${readers} ${writers}` : undefined;
  await redis.srem(key, self);
  await lease.release().catch((error: unknown) => {
    if (!isLockNotHeldError(error)) throw error;
  });
  return { count: { permit: permits, read: readers, write: writers }[kind], wrong };
}

async function work(kinds: readonly PermitKind[], times = Number.POSITIVE_INFINITY) {
  const wrongs: string[] = [];
  let most = 0;
  let done = 0;
  for (; done < times && !isStopping; done += 1) {
    const kind = kinds[done % kinds.length] as PermitKind;
    const { count, wrong } = await visit(kind);
    most = Math.max(most, count);
    if (wrong) wrongs.push(wrong);
  }
  send({ is: 'worked', times: done, most, wrongs });
}

process.on('message', (message: ToPermitsWorker) => {
  const told = (async () => {
    switch (message.do) {
      case 'acquire':
        await Promise.all(Array.from({ length: message.times }, () => acquire(message.kind)));
        return;
      case 'release':
        await leases.shift()?.release();
        send({ is: 'released' });
        return;
      case 'work':
        await work(message.kinds, message.times);
        return;
      case 'stop':
        isStopping = true;
    }
  })();
  told.catch((error: { code: string }) => send({ is: 'failed', code: error.code }));
});
send({ is: 'ready' });

function send(message: FromPermitsWorker): void {
  process.send?.(message);
}
