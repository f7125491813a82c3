import { DistributedLock, ReadWriteLock, Semaphore } from '../../lock/index.js';
import type { Session } from '../session.js';

export const lockKinds = ['lock', 'semaphore', 'read-write'] as const;
export type LockKind = (typeof lockKinds)[number];

/** A lock, a semaphore or a read-write lock at one moment. */
export interface LockView {
  readonly kind: LockKind;
  readonly name: string;
  readonly holders: readonly HolderView[];
  readonly queue: readonly WaiterView[];
}

interface HolderView {
  readonly owner: string;
  readonly token: number;
  /** Since it got the lock. `undefined` when the token does not tell. */
  readonly heldSeconds?: number;
  readonly expiresInSeconds: number;
  /** Of a read-write lock. */
  readonly mode?: 'read' | 'write';
}

interface WaiterView {
  readonly position: number;
  readonly ageSeconds: number;
  readonly wants?: 'read' | 'write';
}

/** The server's clock, in seconds; for ages alone. */
export async function serverTime({ redis, runner }: Session): Promise<number> {
  const [seconds, micros] = await runner.command(() => redis.time(), 'TIME');
  return Number(seconds) + Number(micros) / 1_000_000;
}

/** @param now the server's time, see {@link serverTime} */
export async function lookAtLock(
  { redis }: Pick<Session, 'redis'>,
  kind: LockKind,
  name: string,
  now: number,
): Promise<LockView> {
  const { holders, queue } = await inspect(redis, kind, name);
  return {
    kind,
    name,
    holders: holders.map((holder) => ({ ...holder, ...heldFor(holder, now) })),
    queue,
  };
}

/** A token is the time in µs at which it was granted, unless the clock was set back. */
function heldFor({ token }: HolderView, now: number): { heldSeconds?: number } {
  const seconds = now - token / 1_000_000;
  // The time was read a moment before the lock.
  return seconds < -1 ? {} : { heldSeconds: Math.max(0, Math.round(seconds * 1000) / 1000) };
}

async function inspect(
  redis: Session['redis'],
  kind: LockKind,
  name: string,
): Promise<Pick<LockView, 'holders' | 'queue'>> {
  switch (kind) {
    case 'lock': {
      const {
        owner = '',
        token = 0,
        expiresInSeconds = 0,
        held,
        queue,
      } = await new DistributedLock(redis, name).inspect();
      return { holders: held ? [{ owner, token, expiresInSeconds }] : [], queue };
    }
    case 'semaphore': {
      // How many permits there are is for those who acquire to say; looking needs no right number.
      return new Semaphore(redis, name, { permits: 1 }).inspect();
    }
    case 'read-write': {
      const { readers, writer, queue } = await new ReadWriteLock(redis, name).inspect();
      const writers = writer ? [{ ...writer, mode: 'write' as const }] : [];
      return {
        holders: [...writers, ...readers.map((reader) => ({ ...reader, mode: 'read' as const }))],
        queue,
      };
    }
  }
}
