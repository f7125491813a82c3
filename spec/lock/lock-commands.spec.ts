import { expect } from 'chai';
import { LockCommands } from '../../src/lock/lock-commands.js';
import { RedisRunner } from '../../src/redis/redis-runner.js';
import { type Engine, onEachRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';

type Client = Awaited<ReturnType<Engine['connect']>>;

onEachRedis('The scripts of a lock', (engine) => {
  let redis: Client;
  let commands: LockCommands;
  let handedOn: { id: string; token: number }[];

  beforeEach(async () => {
    redis = await engine.connect();
    handedOn = [];
    const wiring = {
      runner: new RedisRunner(redis, 5),
      namespace: engine.namespace(),
      onHandedOn: (id: string, token: number) => void handedOn.push({ id, token }),
    };
    commands = new LockCommands(wiring, 'a');
  });

  const key = (part = '') => `${engine.namespace()}:lock:{a}${part}`;
  const ignore = () => {};
  const acquire = (id: string, ttlMs = 30_000, ticket?: number) =>
    commands.acquire({ id, ttlMs, mode: 'wait', ticket }, ignore);
  const attempt = (id: string) => commands.acquire({ id, ttlMs: 30_000, mode: 'try' }, ignore);
  const renew = (id: string, ttlMs = 30_000) => commands.renew(id, ttlMs, ignore);
  const heartbeat = (process: string, oldest: string) => commands.heartbeat(process, oldest);
  const queue = () => redis.zrange(key(':queue'), 0, -1);
  const owner = async () => (await redis.hget(key(), 'owner')) || undefined;
  const giveBack = async (id: string, what?: 'all' | 'grant') => {
    commands.giveBack(id, what);
    // Sent on the same connection, so it comes after it.
    await commands.inspect();
  };

  it('answer the same when they are sent twice', async () => {
    const granted = await acquire('p:1');
    expect(granted.is).to.equal('granted');
    expect(await acquire('p:1')).to.deep.equal(granted);
    const places = [await acquire('q:1'), await acquire('q:1')];
    const tickets = places.map((place) => place.is === 'queued' && place.ticket);
    expect(tickets[0]).to.equal(tickets[1]);
    expect(tickets[0]).to.be.greaterThan(0);
    expect(await queue()).to.deep.equal(['q:1']);
    expect((await renew('p:1')).is).to.equal('renewed');
    expect((await renew('p:1')).is).to.equal('renewed');
    expect(await commands.release('p:1')).to.equal('released');
    expect(await owner()).to.equal('q:1');
    expect(await commands.release('p:1')).to.equal('released');
    expect(await owner()).to.equal('q:1');
    expect(await commands.forceRelease('x:1')).to.equal(true);
    await acquire('q:2');
    expect(await commands.forceRelease('x:1')).to.equal(true);
    expect(await owner()).to.equal('q:2');
    await commands.release('q:2');
    expect(await commands.forceRelease('x:2')).to.equal(false);
    await acquire('q:3');
    expect(await commands.forceRelease('x:2')).to.equal(false);
    expect(await owner()).to.equal('q:3');
  });

  it('tell the one that releases who got the lock, once', async () => {
    await acquire('p:1');
    await acquire('q:1');
    await commands.release('p:1');
    const token = Number(await redis.hget(key(), 'token'));
    expect(handedOn).to.deep.equal([{ id: 'q:1', token }]);
    await commands.release('p:1');
    await commands.release('q:1');
    expect(handedOn).to.have.length(1);
  });

  it('let only the owner renew and release', async () => {
    await acquire('p:1');
    expect((await renew('q:1')).is).to.equal('taken');
    expect(await commands.release('q:1')).to.equal('taken');
    expect(await owner()).to.equal('p:1');
  });

  it('take an acquire of the one that was handed the lock for its confirmation', async () => {
    await acquire('p:1');
    await acquire('q:1');
    await commands.release('p:1');
    expect((await acquire('q:1')).is).to.equal('granted');
    await giveBack('q:1', 'grant');
    expect(await owner()).to.equal('q:1');
  });

  it('hand on what was handed over to one that gave up', async () => {
    await acquire('p:1');
    await acquire('q:1');
    await acquire('r:1');
    await commands.release('p:1');
    await giveBack('q:1', 'grant');
    expect(await owner()).to.equal('r:1');
    await renew('r:1');
    await giveBack('r:1', 'grant');
    expect(await owner()).to.equal('r:1');
    await giveBack('r:1');
    expect(await owner()).to.equal(undefined);
  });

  it('keep a former place for the one that shows its ticket', async () => {
    await acquire('p:1');
    const first = await acquire('q:1');
    await acquire('r:1');
    await redis.del(key(':queue'));
    await acquire('r:1');
    await acquire('q:1', 30_000, first.is === 'queued' ? first.ticket : 0);
    expect(await queue()).to.deep.equal(['q:1', 'r:1']);
  });

  it('tell a process of its grant, of the time left and of a lost place', async () => {
    await acquire('p:1', 20_000);
    await acquire('q:1');
    const waiting = await heartbeat('q', 'q:1');
    expect(waiting).to.deep.include({ granted: [], isQueued: true });
    expect(waiting.leftMs).to.be.within(10_000, 20_000);
    expect(await heartbeat('q', 'q:7')).to.include({ isQueued: false });
    await commands.release('p:1');
    expect(await heartbeat('q', 'q:1')).to.deep.include({ granted: ['q:1'], isQueued: true });
    expect(await heartbeat('r', 'r:1')).to.deep.include({ granted: [], isQueued: false });
    await renew('q:1');
    expect(await heartbeat('q', 'q:1')).to.deep.include({ granted: [], isQueued: false });
  });

  it('drop all waiters of a process that does not confirm, and serve the next', async () => {
    await acquire('p:1');
    for (const id of ['q:1', 'q:2', 'q:3', 'r:1']) await acquire(id);
    await commands.release('p:1');
    expect(await owner()).to.equal('q:1');
    await eventually(async () => (await heartbeat('r', 'r:1')).granted[0] === 'r:1');
    expect(await queue()).to.deep.equal([]);
  });

  it('let a process that was late with its confirmation have its turn, if it is the first to come back', async () => {
    await acquire('p:1');
    for (const id of ['q:1', 'r:1']) await acquire(id);
    await commands.release('p:1');
    await eventually(async () => (await renew('q:1', 1)).is === 'renewed');
    await eventually(async () => !(await commands.inspect()).isHeld);
    await redis.hset(key(), 'pending', '1');
    expect((await heartbeat('q', 'q:1')).granted).to.deep.equal(['q:1']);
    expect(await queue()).to.deep.equal(['r:1']);
  });

  // ioredis-mock needs a millisecond and more for each step of a script.
  if (engine.isReal) {
    it('pass any number of dead waiters by, a thousand at a time', async () => {
      await acquire('p:1');
      await acquire('r:1');
      const dead = Array.from({ length: 2500 }, (_, i) => [i + 1, `q:${i}`]);
      await redis.zadd(key(':queue'), ...dead.flat());
      await commands.release('p:1');
      expect(await attempt('x:1')).to.deep.equal({ is: 'busy' });
      await heartbeat('r', 'r:1');
      expect(await owner()).to.equal('r:1');
      expect(await queue()).to.deep.equal([]);
    });
  }

  // The receipts of ioredis-mock are the same code, only slower.
  if (engine.isReal) {
    it('keep a thousand receipts, for a minute at least', async () => {
      for (let i = 0; i < 1200; i++) {
        await acquire(`p:${i}`);
        await commands.release(`p:${i}`);
      }
      expect(await redis.llen(key(':receipts'))).to.be.within(1000, 1100);
      expect(await redis.pttl(key(':receipts'))).to.be.within(60_000, 120_000);
      expect(await commands.release('p:300')).to.equal('released');
      expect(await commands.release('p:1')).to.equal('taken');
    });
  }

  it('leave no key without an expiry, whatever was there before', async () => {
    const check = async () => {
      for (const name of await redis.keys(key('*'))) {
        expect(await redis.pttl(name), name).to.be.within(1, 86_400_000);
      }
    };
    await commands.forceRelease('x:1');
    await heartbeat('q', 'q:1');
    await check();
    await acquire('p:1', 1);
    await eventually(async () => !(await commands.inspect()).isHeld);
    await redis.del(key());
    await redis.zadd(key(':queue'), 1, 'dead:1');
    await redis.pexpire(key(':queue'), 1000);
    await acquire('q:1');
    await acquire('q:2');
    await check();
    await giveBack('q:1');
    await check();
  });

  it('let the token grow past the clock', async () => {
    await acquire('p:1');
    await commands.release('p:1');
    const ahead = 4_000_000_000_000_000;
    await redis.hset(key(), 'token', String(ahead));
    expect(await acquire('p:2')).to.deep.equal({ is: 'granted', token: ahead + 1 });
    await giveBack('p:2');
    expect(await attempt('p:3')).to.deep.equal({ is: 'granted', token: ahead + 2 });
  });
});
