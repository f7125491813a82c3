import { expect } from 'chai';
import type { Redis } from 'ioredis';
import { createClient, DistributedLock, IdempotencyStore } from '../../src/index.js';
import { claimOf } from '../support/claims.js';
import { withEnvironment } from '../support/environment.js';
import { unprintable } from '../support/hostile-strings.js';
import { type RedisServer, startRedisServer } from '../support/redis-server.js';
import { startInProcess } from './run-in-process.js';

interface Line {
  claims: { key: string }[];
  locks: { name: string; queue: unknown[] }[];
  rates?: { scriptsPerSecond: number; replaysPerSecondAtMost: number };
}

describe('qx-cache watch', () => {
  let server: RedisServer;
  let redis: Redis;
  let store: IdempotencyStore;

  beforeEach(async () => {
    server = await startRedisServer();
    redis = (await createClient(server.url)) as Redis;
    store = new IdempotencyStore(redis);
  });

  afterEach(async () => {
    redis.disconnect();
    await server.stop();
  });

  const watch = (...args: string[]) => ['watch', '--url', server.url, ...args];

  it('tells each second what goes on, as a line of JSON', async () => {
    await store.set('done', 1);
    await claimOf(store, 'running');
    await redis.set('qx:idempotency:{foreign}', 'x');
    await new DistributedLock(redis, 'tea').acquire();
    await (await new DistributedLock(redis, 'idle').acquire()).release();
    const { code, stdout } = await startInProcess(watch('--json', '--count', '2', '--every', '0.1'))
      .ended;
    expect(code).to.equal(0);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    expect(lines).to.have.length(2);
    for (const { claims, locks } of lines) {
      expect(claims.map(({ key }) => key)).to.deep.equal(['running']);
      expect(locks.map(({ name }) => name)).to.deep.equal(['tea']);
    }
    // What the looks themselves did is not counted.
    expect(lines[1]?.rates).to.deep.equal({ scriptsPerSecond: 0, replaysPerSecondAtMost: 0 });
  });

  it('counts replays', async () => {
    await store.run('done', async () => 1);
    let isOver = false;
    const replaying = (async () => {
      for (; !isOver; ) await store.run('done', async () => 2);
    })();
    const { stdout } = await startInProcess(watch('--json', '--count', '2', '--every', '0.1'))
      .ended;
    isOver = true;
    await replaying;
    const { rates } = JSON.parse(stdout.trimEnd().split('\n')[1] ?? '') as Line;
    expect(rates?.replaysPerSecondAtMost).to.be.above(0);
    expect(rates?.replaysPerSecondAtMost).to.be.at.most((rates?.scriptsPerSecond ?? 0) + 1);
  });

  it('finds new claims among many keys, a part of them at a time', async () => {
    const pipeline = redis.pipeline();
    for (let i = 0; i < 3000; i += 1) {
      pipeline.hset(`qx:idempotency:{done-${i}}`, 'state', 'completed', 'token', '1');
    }
    await pipeline.exec();
    await claimOf(store, 'running');
    const args = watch('--json', '--count', '4', '--every', '0.1', '--keys', '1000');
    const { stdout } = await startInProcess(args).ended;
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0].roundSeconds).to.equal(undefined);
    expect(lines[3].roundSeconds).to.be.a('number');
    expect(lines[3].claims).to.have.length(1);
  });

  it('shows it on the whole terminal, follows its size, and gives it back', async () => {
    await claimOf(store, 'running');
    const run = startInProcess(watch(), { terminal: true });
    await run.type('x\u001b[A', /running +in-progress/);
    expect(run.isRaw()).to.equal(true);
    const before = run.output().length;
    run.resize(60, 9);
    expect(run.output().length).to.be.above(before);
    await run.type('q', '');
    const { code, stdout } = await run.ended;
    expect(code).to.equal(0);
    expect(run.isRaw()).to.equal(false);
    expect(stdout.startsWith('\u001b[?1049h\u001b[?25l\u001b[?7l')).to.equal(true);
    expect(stdout.endsWith('\u001b[?7h\u001b[?25h\u001b[?1049l')).to.equal(true);
  });

  it('goes on when Redis is away, says so, and sees when it is back', async () => {
    const environment = { QX_CACHE_COMMAND_TIMEOUT_SECONDS: '0.3' };
    await withEnvironment(environment, async () => {
      const run = startInProcess(watch(), { terminal: true });
      await run.type('', 'no claim in progress');
      await server.restart();
      redis.disconnect();
      redis = (await createClient(server.url)) as Redis;
      await claimOf(new IdempotencyStore(redis), 'after');
      await run.type('', /after +in-progress/);
      server.pause();
      await run.type('', 'Redis did not answer');
      await run.type('q', '');
      expect((await run.ended).code).to.equal(0);
      server.resume();
    });
  });

  it('prints one below the other where there is no terminal', async () => {
    await claimOf(store, 'run\u001b[2Jning');
    const { code, stdout } = await startInProcess(watch('--count', '2', '--every', '0.1')).ended;
    expect(code).to.equal(0);
    const part =
      'qx-cache \\S+ namespace qx [\\d:]+ UTC\n(?:.+\n)*\nCLAIM(?:.*\n)+?run\\S+ +in-progress';
    expect(stdout.match(new RegExp(part, 'g'))).to.have.length(2);
    expect(stdout.replaceAll('\n', '')).not.to.match(unprintable);
    expect(stdout).not.to.contain('q quits');
  });
});
