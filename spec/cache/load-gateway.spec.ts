import { expect } from 'chai';
import type { Cluster, Redis } from 'ioredis';
import { LoadGateway, type LoadTicket } from '../../src/cache/load-gateway.js';
import { RedisRunner } from '../../src/redis/redis-runner.js';
import { onEachRedis } from '../support/engines.js';

onEachRedis('LoadGateway', (engine) => {
  let redis: Redis | Cluster;
  let loads: LoadGateway;
  let mine: LoadTicket;
  let other: LoadTicket;
  const lifetime = { ttlSeconds: 60, staleSeconds: 0 };

  beforeEach(async () => {
    redis = await engine.connect();
    loads = new LoadGateway(new RedisRunner(redis, 5), engine.namespace());
    mine = loads.ticket('a', false);
    other = loads.ticket('a', true);
  });

  const keyOf = (part = '') => `${engine.namespace()}:cache:{a}${part}`;

  it('gives one caller the right to load, and tells the others who has it', async () => {
    expect(await loads.begin(mine)).to.deep.equal({ status: 'load' });
    const reply = await loads.begin(other);
    expect(reply).to.include({ status: 'wait', loader: mine.loader });
    expect(reply).to.have.property('leaseSecondsLeft').that.is.within(5, 10);
  });

  it('answers a caller the same when it asks twice', async () => {
    expect(await loads.begin(mine)).to.deep.equal({ status: 'load' });
    expect(await loads.begin(mine)).to.deep.equal({ status: 'load' });
    await redis.set(keyOf(':stale'), 'old', 'PX', 10_000);
    await loads.giveUp(mine);
    expect(await loads.begin(other)).to.deep.equal({ status: 'refresh', text: 'old' });
    expect(await loads.begin(other)).to.deep.equal({ status: 'refresh', text: 'old' });
    const third = loads.ticket('a', true);
    expect(await loads.begin(third)).to.deep.equal({ status: 'stale', text: 'old' });
    expect(await loads.begin(mine)).to.include({ status: 'wait', loader: other.loader });
  });

  it('renews the lease of its loader alone', async () => {
    await loads.begin(mine);
    await redis.pexpire(keyOf(':load'), 1000);
    expect(await loads.renew(other)).to.equal('taken');
    expect(await redis.pttl(keyOf(':load'))).to.be.within(1, 1000);
    expect(await loads.renew(mine)).to.equal('renewed');
    expect(await redis.pttl(keyOf(':load'))).to.be.within(5000, 10_000);
    await redis.del(keyOf(':load'));
    expect(await loads.renew(mine)).to.equal('gone');
  });

  it('stores for its loader alone, and once', async () => {
    await loads.begin(mine);
    expect(await loads.finish(other, 'theirs', lifetime)).to.equal(false);
    expect(await loads.giveUp(other)).to.equal(false);
    expect(await loads.finish(mine, 'mine', lifetime)).to.equal(true);
    expect(await loads.finish(mine, 'again', lifetime)).to.equal(false);
    expect(await loads.giveUp(mine)).to.equal(false);
    expect(await loads.begin(other)).to.deep.equal({ status: 'hit', text: 'mine' });
  });

  it('lets the old copy outlive the value by the stale time, and drops it when none is asked', async () => {
    await loads.begin(mine);
    await loads.finish(mine, 'mine', { ttlSeconds: 60, staleSeconds: 100 });
    expect(await redis.get(keyOf(':stale'))).to.equal('mine');
    expect(await redis.pttl(keyOf(':stale'))).to.be.within(150_000, 160_000);
    await redis.del(keyOf());
    const next = loads.ticket('a', false);
    expect(await loads.begin(next)).to.deep.equal({ status: 'load' });
    await loads.finish(next, 'next', lifetime);
    expect(await redis.exists(keyOf(':stale'))).to.equal(0);
  });
});
