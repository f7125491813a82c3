import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Cluster, Redis } from 'ioredis';
import { DistributedLock, Semaphore } from '../../../src/index.js';
import {
  type Acquirable,
  checkLockHistory,
  type LockHistoryEntry,
  recordLockHistory,
} from '../../../src/testing/index.js';
import { onRealRedis } from '../../support/engines.js';
import { rejectionOf } from '../../support/rejection.js';
import { CountingLock } from '../broken/locks/counting-lock.js';

describe('checkLockHistory', () => {
  /** What is seen of one acquisition. */
  const turn = (
    process: string,
    token: number,
    [asked, acquired, ...held]: readonly [number, number, ...number[]],
    name = 'a',
  ): LockHistoryEntry[] => {
    const stamp = { process, name, call: `${process} ${token} ${asked}` };
    return [
      { ...stamp, type: 'asked', at: asked },
      { ...stamp, type: 'acquired', token, at: acquired },
      ...held.map((at) => ({ ...stamp, type: 'held', at }) as const),
    ];
  };
  const rulesOf = (turns: LockHistoryEntry[][], permits?: number) =>
    checkLockHistory(turns.flat(), { permits }).map(({ rule }) => rule);

  it('takes one after the other, whatever the order of the entries', () => {
    const turns = [turn('p', 1, [0, 1, 2]), turn('q', 2, [0, 2, 3]), turn('p', 3, [2, 4])];
    expect(rulesOf(turns)).to.deep.equal([]);
    expect(rulesOf(turns.toReversed())).to.deep.equal([]);
  });

  it('takes one that lost its lease, and does not know yet', () => {
    expect(rulesOf([turn('p', 1, [0, 1, 2]), turn('q', 2, [1, 5, 6])])).to.deep.equal([]);
  });

  it('refuses two at a time, and tells of both', () => {
    const [violation] = checkLockHistory([...turn('p', 1, [0, 1, 4]), ...turn('q', 2, [0, 2, 3])]);
    expect(violation?.message).to.equal(
      'q (token 2) acquired "a" while it was held by p (token 1).',
    );
    expect(violation?.entries.map(({ at }) => at)).to.deep.equal([0, 0, 1, 2, 3, 4]);
  });

  it('takes as many as there are permits, and refuses one more', () => {
    const turns = [turn('p', 1, [0, 1, 9]), turn('q', 2, [0, 1, 9]), turn('r', 3, [0, 2, 3])];
    expect(rulesOf(turns, 3)).to.deep.equal([]);
    expect(rulesOf(turns, 2)).to.deep.equal(['overlap']);
  });

  it('refuses a token that does not grow, or that two have, or that is no safe integer', () => {
    expect(rulesOf([turn('p', 2, [0, 1]), turn('q', 1, [2, 3])])).to.deep.equal(['token']);
    expect(rulesOf([turn('p', 1, [0, 1]), turn('q', 1, [0, 2])])).to.deep.equal(['token']);
    expect(rulesOf([turn('p', 0.5, [0, 1])])).to.deep.equal(['token']);
    // Asked at the same time: who was granted it first may have heard of it later.
    expect(rulesOf([turn('p', 2, [0, 1]), turn('q', 1, [0, 2])])).to.deep.equal([]);
  });

  it('judges each name on its own', () => {
    const turns = [turn('p', 2, [0, 1, 4]), turn('q', 1, [2, 3, 4], 'b')];
    expect(rulesOf(turns)).to.deep.equal([]);
  });
});

onRealRedis('The history of locks', (engine) => {
  /** Three processes that go in and out, and what they write down. */
  async function historyOf(newLock: (redis: Redis | Cluster) => Acquirable) {
    const history: LockHistoryEntry[] = [];
    const write = (entry: LockHistoryEntry) => void history.push(entry);
    const visit = async (process: string) => {
      const lock = recordLockHistory(newLock(await engine.connect()), { process, write });
      for (let i = 0; i < 3; i += 1) {
        const lease = await lock.acquire();
        await sleep(2);
        expect(lease.isHeld).to.equal(true);
        await lease.release();
        await lock.run(() => sleep(2));
        await (await lock.tryAcquire())?.[Symbol.asyncDispose]();
      }
    };
    await Promise.all(['p', 'q', 'r'].map(visit));
    return history;
  }

  it('shows nothing wrong with ours', async () => {
    const ofLock = await historyOf((redis) => new DistributedLock(redis, 'a'));
    expect(checkLockHistory(ofLock)).to.deep.equal([]);
    expect(ofLock.filter(({ type }) => type === 'acquired')).to.have.length.at.least(18);
    expect(ofLock.filter(({ type }) => type === 'released')).to.have.length.at.least(9);
    const ofSemaphore = await historyOf((redis) => new Semaphore(redis, 'a', { permits: 2 }));
    expect(checkLockHistory(ofSemaphore, { permits: 2 })).to.deep.equal([]);
    expect(checkLockHistory(ofSemaphore).map(({ rule }) => rule)).to.include('overlap');
  });

  it('shows a lock whose tokens do not grow', async () => {
    const options = { ttlSeconds: 30, waitSeconds: 5, renew: true };
    const history = await historyOf((redis) => new CountingLock(redis, 'a', options));
    expect(checkLockHistory(history).map(({ rule }) => rule)).to.include('token');
  });

  it('tells no release of a lease that was lost', async () => {
    const history: LockHistoryEntry[] = [];
    const lock = new DistributedLock(await engine.connect(), 'a');
    const write = (entry: LockHistoryEntry) => void history.push(entry);
    const lease = await recordLockHistory(lock, { process: 'p', write }).acquire();
    expect(lease.signal.aborted).to.equal(false);
    await lock.forceRelease();
    await rejectionOf(lease.renew());
    await rejectionOf(lease.release());
    expect(history.map(({ type }) => type)).to.deep.equal(['asked', 'acquired']);
  });
});
