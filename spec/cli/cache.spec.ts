import { expect } from 'chai';
import type { Cluster, Redis } from 'ioredis';
import { Cache, compressed } from '../../src/index.js';
import { redisKey } from '../../src/redis/key-space.js';
import { onRealRedis } from '../support/engines.js';
import { cliOf } from './run-in-process.js';

interface Listed {
  entries: { key: string; state: string; ttlSecondsLeft?: number | null }[];
}

onRealRedis('qx-cache cache', (engine) => {
  const { run, json } = cliOf(engine);
  let redis: Redis | Cluster;
  let cache: Cache;
  const keyOf = (key: string, part?: string) => redisKey(engine.namespace(), 'cache', key, part);

  beforeEach(async () => {
    redis = await engine.connect();
    cache = new Cache(redis);
    await cache.set('endless', { secret: true });
    await cache.set('rate:eur', 1.5, { ttlSeconds: 600 });
    await cache.getOrSet('page', async () => 'html', { ttlSeconds: 60, staleSeconds: 600 });
    await redis.del(keyOf('page'));
    await redis.set(keyOf('coming', 'load'), 'somebody', 'EX', 60);
    await redis.lpush(keyOf('foreign'), 'x');
  });

  const listed = async (...filter: string[]) =>
    (await json<Listed>('cache', 'list', ...filter)).entries.map(({ key }) => key);

  it('lists values with their state and end, and not what they are', async () => {
    const { code, stdout } = await run('cache', 'list');
    expect(code).to.equal(0);
    expect(stdout).to.match(/^KEY +STATE +TTL +STALE +SIZE$/m);
    expect(stdout).to.match(/^coming +loading +– +– +–$/m);
    expect(stdout).to.match(/^endless +fresh +endless +– +\d+ B$/m);
    expect(stdout).to.match(/^foreign +unreadable/m);
    expect(stdout).to.match(/^page +stale +– +1[01]m.* \d+ B$/m);
    expect(stdout).to.match(/^rate:eur +fresh +\d+m/m);
    expect(stdout).not.to.contain('secret');
  });

  it('finds by prefix, state and end', async () => {
    expect(await listed('--prefix', 'rate:')).to.deep.equal(['rate:eur']);
    expect(await listed('--state', 'stale')).to.deep.equal(['page']);
    expect(await listed('--endless')).to.deep.equal(['endless']);
    expect(await listed('--expires-within', '1h')).to.deep.equal(['rate:eur']);
    expect(await listed('--expires-within', '1')).to.deep.equal([]);
  });

  it('shows one, and its value only when asked', async () => {
    expect((await run('cache', 'show', 'endless')).stdout).to.match(/^TTL left +endless$/m);
    expect((await run('cache', 'show', 'endless')).stdout).not.to.contain('secret');
    const { stdout } = await run('cache', 'show', 'endless', '--payload');
    expect(stdout).to.contain('{ secret: true }');
    expect(await json('cache', 'show', 'rate:eur', '--payload')).to.include({ payload: 1.5 });
    expect(await run('cache', 'show', 'page', '--payload')).to.include({
      code: 0,
      stderr: 'There is no fresh value.\n',
    });
    expect((await run('cache', 'show', 'none')).code).to.equal(1);
  });

  it('says that it can not read what another codec wrote', async () => {
    const other = new Cache(redis, { codec: compressed() });
    await other.set('theirs', 1);
    expect((await run('cache', 'show', 'theirs')).code).to.equal(0);
    const { code, stderr } = await run('cache', 'show', 'theirs', '--payload');
    expect(code).to.equal(4);
    expect(stderr).to.contain('"theirs"');
  });

  it('deletes by name and by filter', async () => {
    expect(await run('cache', 'delete', 'endless', 'page', 'none', '--yes')).to.include({
      code: 0,
      stdout: 'deleted 2 cached values\n',
    });
    expect((await run('cache', 'delete', '--prefix', 'rate:', '--yes')).code).to.equal(0);
    expect(await listed()).to.deep.equal(['coming', 'foreign']);
    for (const filter of [[], ['--prefix', '']]) {
      expect((await run('cache', 'delete', ...filter, '--yes')).code).to.equal(2);
    }
    expect(await listed()).to.deep.equal(['coming', 'foreign']);
  });
});
