import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { DistributedLock } from '../../../src/index.js';
import {
  conformance,
  type LockOptionsUnderTest,
  type LockUnderTest,
} from '../../../src/testing/index.js';
import { AnybodysLock } from '../broken/locks/anybodys-lock.js';
import { BlindLock } from '../broken/locks/blind-lock.js';
import { CountingLock } from '../broken/locks/counting-lock.js';
import { DeafLock } from '../broken/locks/deaf-lock.js';
import { FinallyLock } from '../broken/locks/finally-lock.js';
import { GhostLock } from '../broken/locks/ghost-lock.js';
import { IdleLock } from '../broken/locks/idle-lock.js';
import { LeakingLock } from '../broken/locks/leaking-lock.js';
import { OvertakenLock } from '../broken/locks/overtaken-lock.js';
import { PollingLock } from '../broken/locks/polling-lock.js';
import { PowerlessLock } from '../broken/locks/powerless-lock.js';
import { QuietLock } from '../broken/locks/quiet-lock.js';
import { ReentrantLock } from '../broken/locks/reentrant-lock.js';
import { SilentLock } from '../broken/locks/silent-lock.js';
import { type Defect, itCatches } from './defects.js';

type Create = (redis: Redis, name: string, options: LockOptionsUnderTest) => LockUnderTest;

const defects: Record<string, Defect<Create>> = {
  'excludes nobody': {
    create: (redis, _name, options) => new DistributedLock(redis, randomUUID(), options),
    caughtBy: ['one holds the lock at a time'],
  },
  'lets its holder in again': {
    create: (...args) => new ReentrantLock(...args),
    caughtBy: ['each acquisition is one of its own, also through the same lock object'],
  },
  'is one for all names': {
    create: (redis, _name, options) => new DistributedLock(redis, 'one', options),
    caughtBy: ['locks of different names have nothing to do with each other'],
  },
  'has waiters that poll': {
    create: (...args) => new PollingLock(...args),
    caughtBy: [
      'waiters get the lock in the order in which they asked',
      'a release hands the lock on: at no time is it up for grabs',
    ],
  },
  'lets tryAcquire overtake': {
    create: (...args) => new OvertakenLock(...args),
    caughtBy: [
      'a release hands the lock on: at no time is it up for grabs',
      'tryAcquire never waits, and never overtakes those who wait',
    ],
  },
  'keeps those in the queue who gave up': {
    create: (...args) => new GhostLock(...args),
    hangs: true,
    caughtBy: ['a caller whose waitSeconds are over is told so, and leaves the queue'],
  },
  'ignores the signal': {
    create: (...args) => new DeafLock(...args),
    caughtBy: ['a signal that was aborted before gets no lock'],
  },
  'ignores the signal while it waits': {
    create: (...args) => new DeafLock(...args),
    hangs: true,
    caughtBy: ['a caller whose signal aborts gets its reason, and leaves the queue'],
  },
  'outlives its holder': {
    create: (redis, name, options) =>
      new DistributedLock(redis, name, { ...options, ttlSeconds: 30 }),
    hangs: true,
    caughtBy: ['the lock of a dead holder goes to the one that waits'],
  },
  'cannot be released by force': {
    create: (...args) => new PowerlessLock(...args),
    hangs: true,
    caughtBy: ['a lock that was released by force goes to the one that waits'],
  },
  'does not tell whose it is': {
    create: (...args) => new BlindLock(...args),
    caughtBy: ['inspect tells who holds the lock and how many wait'],
  },
  'has tokens that do not grow': {
    create: (...args) => new CountingLock(...args),
    caughtBy: ['tokens grow with every acquisition, whatever ended the one before'],
  },
  'is freed by anybody': {
    create: (...args) => new AnybodysLock(...args),
    caughtBy: ['only the holder releases: a lease that was lost cannot end that of the next'],
  },
  'does not say that its lease was lost': {
    create: (...args) => new SilentLock(...args),
    caughtBy: [
      'a lease that expired says so when it is released or renewed',
      'a lease that was taken away says so when it is renewed or released',
      'a lease that was released says so when it is released or renewed again',
      'leaving the block releases, and throws when the lease was lost',
    ],
  },
  'does not notice that its lease is over': {
    create: (...args) => new QuietLock(...args),
    caughtBy: ['a lease is over, and its signal aborted, no later than another owner has the lock'],
  },
  'renews nothing': {
    create: (...args) => new IdleLock(...args),
    caughtBy: ['a lease renews itself for as long as it is held', 'renew lets a lease last longer'],
  },
  'stays locked after run': {
    create: (...args) => new LeakingLock(...args),
    hangs: true,
    caughtBy: ['run gives what the work gives or throws, and releases'],
  },
  'lets the release speak for the work': {
    create: (...args) => new FinallyLock(...args),
    caughtBy: ['in run a lost lease never replaces the result or the error of the work'],
  },
};

describe('The conformance suite of locks', () => {
  itCatches(
    (redis, create: Create, timeoutSeconds) =>
      conformance.lock((name, options) => create(redis(), name, options), { timeoutSeconds }),
    defects,
  );
});
