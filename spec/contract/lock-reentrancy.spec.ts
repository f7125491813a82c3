import { expect } from 'chai';
import type { LockEvent } from '../../src/diagnostics/index.js';
import { isLockTimeoutError } from '../../src/errors/index.js';
import { DistributedLock, type Lease, ReadWriteLock, Semaphore } from '../../src/lock/index.js';
import { currentExecution, locked } from '../../src/mediator/index.js';
import { defineCommand, startApplication } from '../mediator/application.js';
import { type Engine, onEachRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { gate } from '../support/gate.js';
import { recordEvents } from '../support/recorded-events.js';
import { rejectionOf } from '../support/rejection.js';

type Client = Awaited<ReturnType<Engine['connect']>>;

/** No run here is to wait for more than others that are about to end. */
const waitSeconds = 20;
const itself = async (lease: Lease) => lease;

onEachRedis('A run within a run', (engine) => {
  const events = recordEvents<LockEvent>('qx-cache:lock');
  let redis: Client;
  let lock: DistributedLock;

  beforeEach(async () => {
    redis = await engine.connect();
    lock = new DistributedLock(redis, 'a', { waitSeconds });
  });

  const sameLock = () => new DistributedLock(redis, 'a', { waitSeconds: 0 });
  const acquired = () => events.filter(({ event }) => event === 'acquired').length;
  const isTimeout = async (waiting: Promise<unknown>) =>
    isLockTimeoutError(await rejectionOf(waiting));

  describe('of the same lock', () => {
    it('enters again, with the same lease, however deep', async () => {
      const leases = await lock.run(async (outer) => {
        const inner = await sameLock().run((lease) =>
          sameLock().run(async (innermost) => [lease, innermost]),
        );
        return [outer, ...inner];
      });
      expect(leases.length).to.equal(3);
      expect(new Set(leases).size).to.equal(1);
      expect(events.map(({ event }) => event)).to.deep.equal(['acquired', 'released']);
    });

    it('releases nothing, whatever its work does', async () => {
      const failure = new Error('inner');
      await lock.run(async (lease) => {
        await sameLock().run(itself);
        expect(await rejectionOf(sameLock().run(() => Promise.reject(failure)))).to.equal(failure);
        expect(lease.isHeld).to.equal(true);
        expect((await lock.inspect()).token).to.equal(lease.token);
      });
      expect((await lock.inspect()).held).to.equal(false);
    });

    it('enters again in calls side by side, and in timers that were started there', async () => {
      await lock.run(async (lease) => {
        const inTimer = new Promise<Lease>((resolve, reject) => {
          setTimeout(() => sameLock().run(itself).then(resolve, reject), 1);
        });
        const sideBySide = Array.from({ length: 5 }, () => sameLock().run(itself));
        for (const entered of await Promise.all([...sideBySide, inTimer]))
          expect(entered).to.equal(lease);
      });
      expect(acquired()).to.equal(1);
    });

    it('does not enter from outside: it waits, though another has entered', async () => {
      const [entered, leave] = [gate(), gate()];
      const running = lock.run(() =>
        sameLock().run(async () => {
          entered.open();
          await leave.opened;
        }),
      );
      await entered.opened;
      expect(await isTimeout(sameLock().run(itself))).to.equal(true);
      leave.open();
      await running;
    });

    it('acquires anew when it starts after the outer one has ended', async () => {
      const over = gate();
      const { late, first } = await lock.run(async (first) => ({
        first,
        late: over.opened.then(() => lock.run(itself)),
      }));
      over.open();
      expect((await late).token).to.be.greaterThan(first.token);
    });

    it('that nobody waited for loses the lease as the outer one ends', async () => {
      const over = gate();
      const isHeld: boolean[] = [];
      const inner = await lock.run(async () => {
        const running = sameLock().run(async (lease) => {
          isHeld.push(lease.isHeld);
          await over.opened;
          isHeld.push(lease.isHeld);
        });
        return { running };
      });
      over.open();
      await inner.running;
      expect(isHeld).to.deep.equal([true, false]);
    });

    it('acquires anew when the lease is lost, and releases what it acquired', async () => {
      const short = new DistributedLock(redis, 'a', { ttlSeconds: 0.3, waitSeconds });
      await short.run(async (lost) => {
        await short.forceRelease();
        // The renewal finds out.
        await eventually(() => lost.signal.aborted);
        const tokens = await lock.run(async ({ token }) => [
          token,
          (await sameLock().run(itself)).token,
        ]);
        expect(tokens[0]).to.be.greaterThan(lost.token);
        expect(tokens[1]).to.equal(tokens[0]);
        expect((await lock.inspect()).held).to.equal(false);
      });
    });

    it('is another thing than an acquire there, which waits for itself', async () => {
      await lock.run(async (lease) => {
        expect(await isTimeout(lock.acquire({ waitSeconds: 0.05 }))).to.equal(true);
        expect(await lock.tryAcquire()).to.equal(undefined);
        expect(lease.isHeld).to.equal(true);
      });
    });

    it('is another thing than a run after an acquire, which waits for that', async () => {
      await using lease = await lock.acquire();
      expect(await isTimeout(sameLock().run(itself))).to.equal(true);
      expect(lease.isHeld).to.equal(true);
    });
  });

  it('does not enter a lock of another name or namespace, or on another client', async () => {
    const client = await engine.connect();
    const namespace = `${engine.namespace()}-other`;
    await lock.run(async (lease) => {
      const named = await new DistributedLock(redis, 'b').run(itself);
      const apart = await new DistributedLock(redis, 'a', { namespace }).run(itself);
      expect(new Set([lease, named, apart]).size).to.equal(3);
      const elsewhere = new DistributedLock(client, 'a', { waitSeconds: 0 });
      expect(await isTimeout(elsewhere.run(itself))).to.equal(true);
      const sameNamespace = new DistributedLock(redis, 'a', { namespace: engine.namespace() });
      expect(await sameNamespace.run(itself)).to.equal(lease);
    });
    expect(acquired()).to.equal(3);
  });

  it('finds its lock under those that were taken in between', async () => {
    await lock.run((outer) =>
      new DistributedLock(redis, 'b').run(async (other) => {
        expect(await sameLock().run(itself)).to.equal(outer);
        expect(await new DistributedLock(redis, 'b', { waitSeconds: 0 }).run(itself)).to.equal(
          other,
        );
      }),
    );
    expect(acquired()).to.equal(2);
  });

  it('of a semaphore uses the same permit', async () => {
    const semaphore = new Semaphore(redis, 'a', { permits: 1, waitSeconds: 0 });
    await semaphore.run(async (lease) => {
      expect(await semaphore.run(itself)).to.equal(lease);
      expect(await isTimeout(semaphore.acquire())).to.equal(true);
      expect((await semaphore.inspect()).holders.length).to.equal(1);
      expect(await lock.run(itself)).not.to.equal(lease);
    });
    expect((await semaphore.inspect()).holders).to.deep.equal([]);
  });

  describe('of a read-write lock', () => {
    let shared: ReadWriteLock;

    beforeEach(() => {
      shared = new ReadWriteLock(redis, 'a', { waitSeconds: 0 });
    });

    it('enters again as what the outer one is', async () => {
      await shared.runRead(async (lease) => {
        expect(await shared.runRead(itself)).to.equal(lease);
      });
      await shared.runWrite(async (lease) => {
        expect(await shared.runWrite(itself)).to.equal(lease);
      });
      expect(acquired()).to.equal(2);
    });

    it('reads where the outer one writes', async () => {
      await shared.runWrite(async (lease) => {
        expect(await shared.runRead(itself)).to.equal(lease);
        expect((await shared.inspect()).writer?.token).to.equal(lease.token);
      });
      expect(await shared.inspect()).to.deep.include({ readers: [], waiters: 0 });
    });

    it('reads again though a writer waits, so that neither waits for the other', async () => {
      const writer = new ReadWriteLock(redis, 'a', { waitSeconds });
      const { writing } = await shared.runRead(async (lease) => {
        const writing = writer.write();
        await eventually(async () => (await shared.inspect()).waiters === 1);
        expect(await shared.runRead(itself)).to.equal(lease);
        return { writing };
      });
      await (await writing).release();
    });

    it('waits for itself when it is to write and the outer one reads', async () => {
      await shared.runRead(async (lease) => {
        expect(await isTimeout(shared.runWrite(itself, { waitSeconds: 0.05 }))).to.equal(true);
        expect(lease.isHeld).to.equal(true);
      });
    });

    it('takes the write of the outer one before the read in between', async () => {
      await shared.runWrite((outer) =>
        shared.runRead(async () => {
          expect(await shared.runWrite(itself)).to.equal(outer);
        }),
      );
      expect(acquired()).to.equal(1);
    });
  });

  describe('of a mediator', () => {
    it('enters the lock of the command that is handled, and leaves it held', async () => {
      const { mediator, locks } = await startApplication(engine, { lock: { waitSeconds: 0 } });
      const Pay = defineCommand<{ account: string }, boolean>(
        'Pay',
        async () => {
          const token = currentExecution()?.tokens.get('account:7');
          const lease = await locks.lock('account:7').run(itself);
          expect(lease.token).to.equal(token);
          return (await locks.lock('account:7').inspect()).held;
        },
        locked<{ account: string }>({ key: ({ account }) => `account:${account}` }),
      );
      expect(await mediator.send(new Pay({ account: '7' }))).to.equal(true);
      expect((await locks.lock('account:7').inspect()).held).to.equal(false);
      expect(acquired()).to.equal(1);
    });

    it('is entered by a command that is sent there, which leaves it held', async () => {
      const { mediator, locks } = await startApplication(engine, { lock: { waitSeconds: 0 } });
      const Pay = defineCommand<{ lockKey: string }, number | undefined>('Pay', async () =>
        currentExecution()?.tokens.get('a'),
      );
      const token = await locks.lock('a').run(async (lease) => {
        expect(await mediator.send(new Pay({ lockKey: 'a' }))).to.equal(lease.token);
        expect(lease.isHeld).to.equal(true);
        return (await locks.lock('a').inspect()).token;
      });
      expect(token).to.be.a('number');
      expect((await locks.lock('a').inspect()).held).to.equal(false);
      expect(acquired()).to.equal(1);
    });

    it('enters, and is entered, through a plain lock of the same client', async () => {
      const { mediator } = await startApplication(engine, { redis });
      const Pay = defineCommand<{ lockKey: string }, Lease>('Pay', () => sameLock().run(itself));
      await lock.run(async (lease) => {
        expect((await mediator.send(new Pay({ lockKey: 'a' }))).token).to.equal(lease.token);
      });
      expect((await mediator.send(new Pay({ lockKey: 'a' }))).name).to.equal('a');
      expect(acquired()).to.equal(2);
    });

    it('leaves a command to acquire what is missing of its locks', async () => {
      const { mediator, locks } = await startApplication(engine, { lock: { waitSeconds: 0 } });
      const Pay = defineCommand<{ lockKey: readonly string[] }, boolean>(
        'Pay',
        async () => (await locks.lock('b').inspect()).held,
      );
      await locks.lock('a').run(async (lease) => {
        expect(await mediator.send(new Pay({ lockKey: ['a', 'b'] }))).to.equal(true);
        expect((await locks.lock('b').inspect()).held).to.equal(false);
        expect(lease.isHeld).to.equal(true);
      });
      expect(acquired()).to.equal(2);
    });

    it('is no semaphore and no read-write lock of that name', async () => {
      const client = await engine.connect();
      const { mediator } = await startApplication(engine, { redis: client });
      const Pay = defineCommand<{ lockKey: string }, boolean>('Pay', async () => {
        const semaphore = new Semaphore(client, 'a', { permits: 1 });
        const writer = new ReadWriteLock(client, 'a');
        const leases = [await semaphore.run(itself), await writer.runWrite(itself)];
        return leases.every(({ token }) => token !== currentExecution()?.tokens.get('a'));
      });
      expect(await mediator.send(new Pay({ lockKey: 'a' }))).to.equal(true);
      expect(acquired()).to.equal(3);
    });
  });
});
