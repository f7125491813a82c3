import { expect } from 'chai';
import { PermitCommands, type Share } from '../../src/lock/permits/permit-commands.js';
import {
  type PermitPool,
  readWritePool,
  semaphorePool,
} from '../../src/lock/permits/permit-pool.js';
import { RedisRunner } from '../../src/redis/redis-runner.js';
import { type Engine, onEachRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { expectExpiries } from '../support/expiry.js';

type Client = Awaited<ReturnType<Engine['connect']>>;

onEachRedis('The scripts of a pool of permits', (engine) => {
  let redis: Client;
  let commands: PermitCommands;

  beforeEach(async () => {
    redis = await engine.connect();
    commands = commandsOf(semaphorePool('a', 2));
  });

  const commandsOf = (pool: PermitPool, share: Share = 'one') => {
    const wiring = { runner: new RedisRunner(redis, 5), namespace: engine.namespace() };
    return new PermitCommands(wiring, { pool, share });
  };
  const key = (part = '') => `${engine.namespace()}:lock:{a}:semaphore${part}`;
  const ignore = () => {};
  const acquire = (id: string, ticket?: number, ttlMs = 30_000) =>
    commands.acquire({ id, ttlMs, mode: 'wait', ticket }, ignore);
  const attempt = (id: string) => commands.acquire({ id, ttlMs: 30_000, mode: 'try' }, ignore);
  const renew = (id: string) => commands.renew(id, 30_000, ignore);
  const queue = () => redis.zrange(key(':queue'), 0, -1);
  const owners = async () => (await redis.zrange(key(':owners'), 0, -1)).sort();
  /** As if the time of its lease, or of its claim lease, were over. */
  const endLease = (id: string) => redis.zadd(key(':owners'), 'XX', 1, id);
  const giveBack = async (id: string, what?: 'all' | 'grant') => {
    commands.giveBack(id, what);
    // Sent on the same connection, so it comes after it.
    await commands.inspect();
  };

  it('answer the same when they are sent twice', async () => {
    const granted = await acquire('p:1');
    expect(granted.is).to.equal('granted');
    expect(await acquire('p:1')).to.deep.equal(granted);
    await acquire('p:2');
    const places = [await acquire('q:1'), await acquire('q:1')];
    const tickets = places.map((place) => place.is === 'queued' && place.ticket);
    expect(tickets[0]).to.equal(tickets[1]);
    expect(tickets[0]).to.be.greaterThan(0);
    await acquire('q:2');
    expect(await renew('p:1')).to.deep.equal(await renew('p:1'));
    expect(await commands.release('p:1')).to.equal('released');
    expect(await owners()).to.deep.equal(['p:2', 'q:1']);
    expect(await commands.release('p:1')).to.equal('released');
    expect(await owners()).to.deep.equal(['p:2', 'q:1']);
    expect(await commands.forceRelease('x:1')).to.equal(true);
    expect(await owners()).to.deep.equal(['q:2']);
    expect(await commands.forceRelease('x:1')).to.equal(true);
    expect(await owners()).to.deep.equal(['q:2']);
    await commands.release('q:2');
    expect(await commands.forceRelease('x:2')).to.equal(false);
    await acquire('q:3');
    expect(await commands.forceRelease('x:2')).to.equal(false);
    expect(await owners()).to.deep.equal(['q:3']);
  });

  it('let only an owner renew and release', async () => {
    await acquire('p:1');
    expect((await renew('q:1')).is).to.equal('taken');
    expect(await commands.release('q:1')).to.equal('taken');
    expect(await owners()).to.deep.equal(['p:1']);
  });

  it('neither renew nor release a lease that ended, and leave the others alone', async () => {
    for (const id of ['p:1', 'q:1']) await acquire(id);
    await endLease('p:1');
    expect((await renew('p:1')).is).to.equal('expired');
    expect(await commands.release('p:1')).to.equal('expired');
    expect(await commands.release('p:1')).to.equal('taken');
    expect((await renew('q:1')).is).to.equal('renewed');
  });

  it('hand on what was handed over to one that gave up, but not what it confirmed', async () => {
    for (const id of ['p:1', 'p:2', 'q:1', 'r:1']) await acquire(id);
    await commands.release('p:1');
    await giveBack('q:1', 'grant');
    expect(await owners()).to.deep.equal(['p:2', 'r:1']);
    await renew('r:1');
    await giveBack('r:1', 'grant');
    expect(await owners()).to.deep.equal(['p:2', 'r:1']);
    await giveBack('r:1');
    expect(await owners()).to.deep.equal(['p:2']);
  });

  it('tell a process of all its grants, of the time left and of a lost place', async () => {
    await acquire('p:1', undefined, 20_000);
    await acquire('p:2');
    for (const id of ['q:1', 'q:2', 'q:3']) await acquire(id);
    const waiting = await commands.heartbeat('q', 'q:1');
    expect(waiting).to.deep.include({ granted: [], isQueued: true });
    expect(waiting.leftMs).to.be.within(10_000, 20_000);
    expect(await commands.heartbeat('q', 'q:7')).to.include({ isQueued: false });
    await commands.release('p:1');
    await commands.release('p:2');
    const { granted, isQueued } = await commands.heartbeat('q', 'q:1');
    expect([...granted].sort()).to.deep.equal(['q:1', 'q:2']);
    expect(isQueued).to.equal(true);
    await renew('q:1');
    expect((await commands.heartbeat('q', 'q:2')).granted).to.deep.equal(['q:2']);
    expect((await commands.heartbeat('r', 'r:1')).granted).to.deep.equal([]);
  });

  it('tell a number that no token before is above, and every token after', async () => {
    const first = await acquire('p:1');
    await acquire('p:2');
    const place = await acquire('q:1');
    const beat = await commands.heartbeat('q', 'q:1');
    await commands.release('p:1');
    const confirmed = await renew('q:1');
    const token = confirmed.is === 'renewed' ? confirmed.token : 0;
    const seen = place.is === 'queued' ? place.seen : 0;
    expect(first.is === 'granted' && first.token).to.be.at.most(seen);
    expect(seen).to.be.at.most(beat.seen);
    expect(token).to.be.greaterThan(beat.seen);
  });

  it('drop all waiters of a process that does not confirm, and serve the next', async () => {
    for (const id of ['p:1', 'p:2', 'q:1', 'q:2', 'r:1']) await acquire(id);
    await commands.release('p:1');
    await endLease('q:1');
    expect((await commands.heartbeat('r', 'r:1')).granted).to.deep.equal(['r:1']);
    expect(await owners()).to.deep.equal(['p:2', 'r:1']);
    expect(await queue()).to.deep.equal([]);
  });

  it('give a process more time that was late with its confirmation, if it still waits', async () => {
    for (const id of ['p:1', 'p:2', 'q:1', 'r:1']) await acquire(id);
    await commands.release('p:1');
    await endLease('q:1');
    expect((await commands.heartbeat('q', 'q:1')).granted).to.deep.equal(['q:1']);
    expect((await renew('q:1')).is).to.equal('renewed');
    expect(await queue()).to.deep.equal(['r:1']);
  });

  it('give nobody more time for a grant because its process tries to get another one', async () => {
    for (const id of ['p:1', 'p:2', 'q:1']) await acquire(id);
    await commands.release('p:1');
    // The waiter is gone, and Redis did not hear of that.
    await endLease('q:1');
    expect((await attempt('q:2')).is).to.equal('granted');
    expect(await owners()).to.deep.equal(['p:2', 'q:2']);
  });

  it('keep a former place for the one that shows its ticket', async () => {
    for (const id of ['p:1', 'p:2']) await acquire(id);
    const first = await acquire('q:1');
    await acquire('r:1');
    await redis.del(key(':queue'));
    await acquire('r:1');
    await acquire('q:1', first.is === 'queued' ? first.ticket : 0);
    expect(await queue()).to.deep.equal(['q:1', 'r:1']);
  });

  it('keep the others out though the memory of tokens is lost, and go on with higher ones', async () => {
    const granted = await acquire('p:1');
    await acquire('q:1');
    await redis.del(key());
    expect((await attempt('r:1')).is).to.equal('busy');
    const again = await acquire('p:1');
    const token = (reply: typeof again) => (reply.is === 'granted' ? reply.token : 0);
    expect(token(again)).to.be.greaterThan(token(granted));
    const renewed = await renew('q:1');
    expect(renewed.is === 'renewed' && renewed.token).to.be.greaterThan(token(again));
    await expectExpiries(redis, engine);
  });

  it('pass those by that are dead, and let in what fits behind them', async () => {
    const [reading, writing] = (['one', 'all'] as const).map((share) =>
      commandsOf(readWritePool('a'), share),
    ) as [PermitCommands, PermitCommands];
    const ask = (of: PermitCommands, id: string) =>
      of.acquire({ id: `${id}${of.mark}`, ttlMs: 30_000, mode: 'wait' }, ignore);
    await ask(reading, 'p:1');
    await ask(writing, 'q:1');
    await ask(reading, 'r:1');
    await ask(reading, 'p:2');
    await redis.zadd(`${engine.namespace()}:lock:{a}:read-write:alive`, 'XX', 1, 'q');
    expect((await reading.heartbeat('r', 'r:1')).granted).to.deep.equal(['r:1']);
    const { owners, waiters } = await reading.inspect();
    expect(owners.map(({ owner }) => owner).sort()).to.deep.equal(['p:1', 'p:2', 'r:1']);
    expect(waiters).to.deep.equal([]);
  });

  // ioredis-mock needs a millisecond and more for each step of a script.
  if (engine.isReal) {
    it('pass any number of dead waiters by, a thousand at a time', async () => {
      for (const id of ['p:1', 'p:2', 'r:1']) await acquire(id);
      const dead = Array.from({ length: 2500 }, (_, i) => [i + 1, `q:${i}`]);
      await redis.zadd(key(':queue'), ...dead.flat());
      await commands.release('p:1');
      expect(await attempt('x:1')).to.deep.equal({ is: 'busy' });
      await eventually(async () => (await commands.heartbeat('r', 'r:1')).granted[0] === 'r:1');
      expect(await queue()).to.deep.equal([]);
    });

    it('let a thousand readers in at once behind a writer', async () => {
      commands = commandsOf(readWritePool('a'), 'all');
      const writing = await commands.acquire(
        { id: `p:1${commands.mark}`, ttlMs: 30_000, mode: 'wait' },
        ignore,
      );
      expect(writing.is).to.equal('granted');
      await Promise.all(Array.from({ length: 1500 }, (_, i) => acquire(`q:${i}`)));
      await commands.release(`p:1${commands.mark}`);
      await eventually(async () => {
        await commands.heartbeat('q', 'q:0');
        return (await commands.inspect()).owners.length === 1500;
      });
    });
  }

  it('leave no key without an expiry, whatever was there before', async () => {
    await commands.forceRelease('x:1');
    await commands.heartbeat('q', 'q:1');
    await giveBack('q:9');
    await expectExpiries(redis, engine);
    await redis.zadd(key(':queue'), 1, 'dead:1');
    await redis.pexpire(key(':queue'), 1000);
    for (const id of ['p:1', 'p:2', 'q:1']) await acquire(id);
    await expectExpiries(redis, engine);
    await commands.release('p:1');
    await endLease('q:1');
    await commands.heartbeat('q', 'q:1');
    await expectExpiries(redis, engine);
    await endLease('q:1');
    await attempt('r:1');
    await giveBack('r:1');
    await expectExpiries(redis, engine);
  });

  it('let the token grow past the clock', async () => {
    await acquire('p:1');
    const ahead = 4_000_000_000_000_000;
    await redis.hset(key(), 'token', String(ahead));
    expect(await acquire('p:2')).to.deep.equal({ is: 'granted', token: ahead + 1 });
    await giveBack('p:2');
    expect(await attempt('p:3')).to.deep.equal({ is: 'granted', token: ahead + 2 });
  });
});
