import { expect } from 'chai';
import type { Cluster, Redis } from 'ioredis';
import { DistributedLock, type Lease, ReadWriteLock, Semaphore } from '../../src/index.js';
import { onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { cliOf } from './run-in-process.js';

interface Listed {
  locks: {
    kind: string;
    name: string;
    holders: { owner: string; token: number; heldSeconds: number; mode?: string }[];
    queue: { position: number; wants?: string }[];
  }[];
}

onRealRedis('qx-cache locks', (engine) => {
  const { run, json, onTerminal } = cliOf(engine);
  let redis: Redis | Cluster;
  let lock: DistributedLock;
  let lease: Lease;

  beforeEach(async () => {
    redis = await engine.connect();
    lock = new DistributedLock(redis, 'tea', { waitSeconds: Number.POSITIVE_INFINITY });
    lease = await lock.acquire();
  });

  /** One that waits for the lock until the test is over. */
  async function wait(): Promise<{ readonly granted: Promise<Lease> }> {
    const { waiters } = await lock.inspect();
    const granted = lock.acquire();
    granted.catch(() => {});
    await eventually(async () => (await lock.inspect()).waiters > waiters);
    return { granted };
  }

  const listed = async (...filter: string[]) =>
    (await json<Listed>('locks', 'list', ...filter)).locks;
  const names = async (...filter: string[]) =>
    (await listed(...filter)).map(({ kind, name }) => `${kind} ${name}`).sort();

  it('lists who holds what, and who waits', async () => {
    await wait();
    const { code, stdout } = await run('locks', 'list');
    expect(code).to.equal(0);
    expect(stdout).to.match(/^NAME +KIND +HOLDER +HELD +LEASE +WAITING +LONGEST$/m);
    expect(stdout).to.match(/^tea +lock +\S+ +\d\.\ds +30s +1 +\d\.\ds$/m);
    const [found] = await listed();
    expect(found?.holders[0]).to.include({ token: lease.token });
    expect(found?.holders[0]?.heldSeconds).to.be.within(0, 60);
    expect(found?.queue).to.have.length(1);
  });

  it('finds by state, kind, prefix and age', async () => {
    await (await new DistributedLock(redis, 'idle').acquire()).release();
    await new Semaphore(redis, 'tea', { permits: 2 }).acquire();
    await new ReadWriteLock(redis, 'milk').read();
    expect(await names()).to.deep.equal(['lock tea', 'read-write milk', 'semaphore tea']);
    expect(await names('--state', 'free')).to.deep.equal(['lock idle']);
    expect(await names('--state', 'any')).to.have.length(4);
    expect(await names('--state', 'contended')).to.deep.equal([]);
    await wait();
    expect(await names('--state', 'contended')).to.deep.equal(['lock tea']);
    expect(await names('--kind', 'semaphore')).to.deep.equal(['semaphore tea']);
    expect(await names('--prefix', 'mi')).to.deep.equal(['read-write milk']);
    expect(await names('--older-than', '1h')).to.deep.equal([]);
  });

  it('shows all that goes by one name, with the queues', async () => {
    await wait();
    await wait();
    await new ReadWriteLock(redis, 'tea').write();
    const { stdout } = await run('locks', 'show', 'tea');
    expect(stdout).to.match(
      /^lock tea\nHOLDER .*\n.*\nPLACE .*\n +1 .*\n +2 .*\nread-write tea\n/m,
    );
    expect(stdout).to.match(/ write +\d+ .*\nnobody waits$/m);
    expect(await run('locks', 'show', 'none')).to.include({ code: 1, stdout: '' });
  });

  it('takes a lock from its holder, and hands it on', async () => {
    const { granted } = await wait();
    expect(await run('locks', 'release', 'tea', '--force', '--yes')).to.include({
      code: 0,
      stdout: 'released\n',
    });
    expect((await granted).token).to.be.above(lease.token);
    const error = await lease.release().catch((reason) => reason);
    expect(error).to.include({ code: 'QX_LOCK_NOT_HELD' });
  });

  it('releases nothing without --force, or without a yes', async () => {
    expect((await run('locks', 'release', 'tea', '--yes')).code).to.equal(2);
    expect((await run('locks', 'release', 'tea', '--force')).code).to.equal(2);
    const asked = onTerminal(['locks', 'release', 'tea', '--force']);
    await asked.type('n\n', /Release lock "tea" from \S+\?/);
    expect((await asked.ended).code).to.equal(1);
    await lease.renew();
  });

  it('releases nothing when another one has got it while the person thought', async () => {
    const { granted } = await wait();
    const asked = onTerminal(['locks', 'release', 'tea', '--force']);
    await asked.type('', 'Release lock');
    await lease.release();
    const next = await granted;
    await asked.type('y\n', 'Release lock');
    const { code, stderr } = await asked.ended;
    expect(code).to.equal(1);
    expect(stderr).to.contain('changed hands');
    await next.renew();
  });

  it('has lists and answers without anything as JSON, too', async () => {
    const shown = await run('locks', 'show', 'none', '--json');
    expect(shown).to.include({ code: 1, stderr: '' });
    expect(JSON.parse(shown.stdout)).to.deep.equal({ locks: [] });
    const released = await run('locks', 'release', 'none', '--force', '--yes', '--json');
    expect(released).to.include({ code: 1, stderr: '' });
    expect(JSON.parse(released.stdout)).to.deep.equal({
      ...{ name: 'none', kind: 'lock', released: false },
    });
  });

  it('counts those who wait in the question', async () => {
    const question = async () => {
      const asked = onTerminal(['locks', 'release', 'tea', '--force']);
      await asked.type('n\n', 'Release lock');
      return (await asked.ended).stderr;
    };
    expect(await question()).to.contain('nobody waits for it.');
    await wait();
    expect(await question()).to.contain('1 waits for it.');
    await wait();
    expect(await question()).to.contain('2 wait for it.');
  });

  it('releases semaphores and read-write locks', async () => {
    const semaphore = new Semaphore(redis, 'api', { permits: 2 });
    const [first] = [await semaphore.acquire(), await semaphore.acquire()];
    const writer = await new ReadWriteLock(redis, 'milk').write();
    const release = (...args: string[]) => run('locks', 'release', '--force', '--yes', ...args);
    expect((await release('api', '--kind', 'semaphore')).code).to.equal(2);
    expect((await release('api', '--kind', 'semaphore', '--permits', '2')).code).to.equal(0);
    expect((await release('milk', '--kind', 'read-write')).code).to.equal(0);
    for (const lost of [first, writer]) {
      expect(await lost.renew().catch(({ code }) => code)).to.equal('QX_LOCK_NOT_HELD');
    }
    expect((await release('milk', '--kind', 'read-write')).code).to.equal(1);
  });
});
