import { EventEmitter } from 'node:events';
import { mock } from 'node:test';
import { expect } from 'chai';
import { type LoadGateway, leaseSeconds } from '../../src/cache/load-gateway.js';
import { LoadLease } from '../../src/cache/load-lease.js';
import type { RenewReply } from '../../src/cache/scripts/renew-load.js';
import { CacheUnavailableError, isCacheUnavailableError } from '../../src/errors/index.js';

/** Time stands still here, save when a spec moves it. */
describe('LoadLease', () => {
  let now = 0;
  let renewals: number;
  let reply: RenewReply | undefined;
  let redis: EventEmitter;
  let lease: LoadLease;

  beforeEach(() => {
    now = 1000;
    renewals = 0;
    reply = 'renewed';
    redis = new EventEmitter();
    mock.timers.enable({ apis: ['setTimeout'] });
    mock.method(performance, 'now', () => now);
    const loads = {
      redis,
      async renew() {
        renewals += 1;
        if (reply === undefined) throw new CacheUnavailableError('away');
        return reply;
      },
    } as unknown as LoadGateway;
    lease = new LoadLease(loads, { key: 'a', loader: 'me', allowStale: false }, now);
  });

  afterEach(() => {
    lease.stop();
    mock.reset();
    mock.timers.reset();
  });

  async function pass(seconds: number): Promise<void> {
    now += seconds * 1000;
    mock.timers.tick(seconds * 1000);
    for (let i = 0; i < 10; i += 1) await Promise.resolve();
  }

  it('renews three times in each lease, for as long as the load runs', async () => {
    for (let i = 0; i < 9; i += 1) await pass(leaseSeconds / 3);
    expect(renewals).to.equal(9);
    lease.stop();
    await pass(leaseSeconds);
    expect(renewals).to.equal(9);
    expect(lease.signal.aborted).to.equal(false);
  });

  it('tries again soon when Redis did not answer', async () => {
    reply = undefined;
    await pass(leaseSeconds / 3);
    reply = 'renewed';
    await pass(leaseSeconds / 20);
    expect(renewals).to.equal(2);
    expect(lease.signal.aborted).to.equal(false);
  });

  it('goes on, without renewals, when a set or a delete took the right to store', async () => {
    reply = 'gone';
    await pass(leaseSeconds / 3);
    await pass(leaseSeconds);
    expect(renewals).to.equal(1);
    expect(lease.signal.aborted).to.equal(false);
  });

  it('goes on when another one loads before the lease can have run out: after a delete', async () => {
    reply = 'taken';
    await pass(leaseSeconds / 3);
    expect(lease.signal.aborted).to.equal(false);
  });

  it('aborts when another one loads and the lease may have run out', async () => {
    await pass(leaseSeconds / 3);
    // The process stood still: the clock went on, the timers did not.
    now += leaseSeconds * 1000;
    reply = 'taken';
    await pass(leaseSeconds / 3);
    expect(lease.signal.aborted).to.equal(true);
    expect(isCacheUnavailableError(lease.signal.reason)).to.equal(true);
    expect(lease.signal.reason).to.have.property('message').that.includes('"a"');
    await pass(leaseSeconds);
    expect(renewals).to.equal(2);
  });

  it('aborts when the client ends, also after a delete', async () => {
    reply = 'gone';
    await pass(leaseSeconds / 3);
    redis.emit('end');
    expect(lease.signal.aborted).to.equal(true);
  });

  it('has one listener on the client, however many loads run', () => {
    expect(redis.listenerCount('end')).to.equal(1);
    const more = Array.from({ length: 20 }, () => {
      const loads = { redis } as unknown as LoadGateway;
      return new LoadLease(loads, { key: 'b', loader: 'me', allowStale: false }, now);
    });
    expect(redis.listenerCount('end')).to.equal(1);
    for (const other of more) other.stop();
  });
});
