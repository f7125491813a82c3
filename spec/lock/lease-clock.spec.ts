import { expect } from 'chai';
import { LeaseClock } from '../../src/lock/lease/lease-clock.js';
import { eventually } from '../support/eventually.js';

describe('LeaseClock', () => {
  const now = () => LeaseClock.now();

  it('ends a little before the lease does, counted from when it was asked for', () => {
    expect(new LeaseClock(now(), 30_000).leftMs).to.be.within(29_000, 29_940);
    expect(new LeaseClock(now() - 29_950, 30_000).isOver).to.equal(true);
    expect(new LeaseClock(now() - 20_000, 30_000).isOver).to.equal(false);
  });

  it('leaves at least half of a very short lease', () => {
    for (const ttlMs of [1, 2, 3, 4]) {
      expect(new LeaseClock(now() + 1000, ttlMs).leftMs).to.be.within(900, 1000 + ttlMs);
    }
  });

  it('is over by itself', async () => {
    const clock = new LeaseClock(now(), 20);
    expect(clock.isOver).to.equal(false);
    await eventually(() => clock.isOver);
  });

  it('is extended by a renewal that was granted, and never by one that was sent', () => {
    const clock = new LeaseClock(now(), 10_000);
    clock.limit(now(), 60_000);
    expect(clock.leftMs).to.be.at.most(10_000);
    clock.extend(now(), 60_000);
    expect(clock.leftMs).to.be.greaterThan(50_000);
    clock.limit(now(), 10_000);
    expect(clock.leftMs).to.be.at.most(10_000);
  });
});
