import { expect } from 'chai';
import { isCacheUnavailableError } from '../../src/index.js';
import { currentExecution, idempotent } from '../../src/mediator/index.js';
import { defineCommand, startApplication } from '../mediator/application.js';
import { breakable } from '../mediator/redis-faults.js';
import { onEachRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { gate } from '../support/gate.js';
import { rejectionOf } from '../support/rejection.js';

interface Keyed {
  readonly idempotencyKey: string;
}

onEachRedis('Mediator plugin: Redis away, and the end', (engine) => {
  describe('8: Redis away', () => {
    async function startBreakable() {
      const redis = await engine.connect();
      const fault = breakable(redis);
      return { fault, ...(await startApplication(engine, { redis })) };
    }

    it('fails without running the handler', async () => {
      const { mediator, fault } = await startBreakable();
      let runs = 0;
      const Pay = defineCommand<Keyed, void>('Pay', async () => {
        runs += 1;
      });
      fault.isAway = true;
      const error = await rejectionOf(mediator.send(new Pay({ idempotencyKey: 'a' })));
      expect(error).to.satisfy(isCacheUnavailableError);
      expect(runs).to.equal(0);
    });

    it("executes once with onUnavailable: 'execute'", async () => {
      const { mediator, fault } = await startBreakable();
      let runs = 0;
      const Notify = defineCommand<Keyed, number>(
        'Notify',
        async () => {
          runs += 1;
          return runs;
        },
        idempotent<Keyed>({ onUnavailable: 'execute' }),
      );
      fault.isAway = true;
      expect(await mediator.send(new Notify({ idempotencyKey: 'a' }))).to.equal(1);
      expect(runs).to.equal(1);
    });

    it('never executes twice, also when the handler throws CacheUnavailableError', async () => {
      const { mediator, fault, locks } = await startBreakable();
      let runs = 0;
      const Notify = defineCommand<Keyed & { away: boolean }, void>(
        'Notify',
        async () => {
          runs += 1;
          fault.isAway = true;
          await locks.lock('a').acquire();
        },
        idempotent<Keyed>({ onUnavailable: 'execute', fingerprint: () => undefined }),
      );
      const send = (away: boolean) => mediator.send(new Notify({ idempotencyKey: 'a', away }));
      expect(await rejectionOf(send(false))).to.satisfy(isCacheUnavailableError);
      expect(runs).to.equal(1);
      expect(await rejectionOf(send(true))).to.satisfy(isCacheUnavailableError);
      expect(runs).to.equal(2);
    });

    it('takes the namespace from settings.namespace beside a client', async () => {
      const redis = await engine.connect();
      const namespace = `${engine.namespace()}-own`;
      const { mediator } = await startApplication(engine, { redis, settings: { namespace } });
      const Order = defineCommand<Keyed, number>('Order', async () => 1);
      await mediator.send(new Order({ idempotencyKey: 'a' }));
      expect(await redis.exists(`${namespace}:idempotency:{Order:a}`)).to.equal(1);
    });
  });

  describe('9: QxCache.close()', () => {
    it('gives up the claim and the lock of a command that still runs', async () => {
      const { mediator, root } = await startApplication(engine);
      const other = await startApplication(engine);
      const started = gate();
      const finish = gate();
      let signal: AbortSignal | undefined;
      let runs = 0;
      const Pay = defineCommand<Keyed & { lockKey: string }, number>('Pay', async () => {
        runs += 1;
        if (runs === 2) return runs;
        signal = currentExecution()?.signal;
        started.open();
        await finish.opened;
        return runs;
      });
      const command = new Pay({ idempotencyKey: 'a', lockKey: 'a' });
      const first = rejectionOf(mediator.send(command));
      await started.opened;
      await root.close();

      expect(signal?.aborted).to.equal(true);
      expect(signal?.reason).to.satisfy(isCacheUnavailableError);
      // Neither the claim nor the lock is waited for.
      expect(await other.mediator.send(command)).to.equal(2);
      finish.open();
      expect(await first).to.include({ code: 'QX_IDEMPOTENCY_CLAIM_LOST', value: 2 });
      expect(await other.store.get('Pay:a')).to.equal(2);
    });

    it('fails those that wait, and all later ones, with CacheUnavailableError', async () => {
      const { mediator, root, locks } = await startApplication(engine);
      const other = await startApplication(engine);
      const Pay = defineCommand<Keyed, number>(
        'Pay',
        async () => 1,
        idempotent<Keyed>({ onUnavailable: 'execute' }),
      );
      const Reserve = defineCommand<{ lockKey: string }, number>('Reserve', async () => 1);
      const Plain = defineCommand<object, number>('Plain', async () => 1);
      const claim = await other.store.claim('Pay:a');
      const lease = await other.locks.lock('a').acquire();
      const waiting = [
        rejectionOf(mediator.send(new Pay({ idempotencyKey: 'a' }))),
        rejectionOf(mediator.send(new Reserve({ lockKey: 'a' }))),
        rejectionOf(locks.lock('a').acquire()),
      ];
      await eventually(async () => (await locks.lock('a').inspect()).waiters === 2);
      await root.close();
      waiting.push(
        rejectionOf(mediator.send(new Pay({ idempotencyKey: 'b' }))),
        rejectionOf(mediator.send(new Reserve({ lockKey: 'b' }))),
        rejectionOf(locks.lock('b').acquire()),
      );
      for (const error of await Promise.all(waiting))
        expect(error).to.satisfy(isCacheUnavailableError);
      expect(await mediator.send(new Plain({}))).to.equal(1);
      if (claim.status === 'claimed') await claim.claim.abandon();
      await lease.release();
    });

    it('releases the leases that came from the LockFactory', async () => {
      const { root, locks } = await startApplication(engine);
      const other = await startApplication(engine);
      await locks.lock('leader').acquire();
      await locks.lock('second').tryAcquire();
      await locks.acquireAll(['x', 'y']);
      await root.close();
      for (const name of ['leader', 'second', 'x', 'y']) {
        expect((await other.locks.lock(name).inspect()).held, name).to.equal(false);
      }
    });

    it('releases the one that is left of many leases', async () => {
      const { root, locks } = await startApplication(engine);
      const other = await startApplication(engine);
      await locks.lock('kept').acquire();
      for (let i = 0; i < 200; i += 1) await locks.lock('passing').run(async () => {});
      await root.close();
      expect((await other.locks.lock('kept').inspect()).held).to.equal(false);
    });

    it('raises no warning when many commands run at once', async () => {
      const { mediator } = await startApplication(engine);
      const warnings: Error[] = [];
      const warn = (warning: Error) => warnings.push(warning);
      process.on('warning', warn);
      const Pay = defineCommand<Keyed & { lockKey: string }, number>('Pay', async () => 1);
      const sending = Array.from({ length: 50 }, (_, i) =>
        mediator.send(new Pay({ idempotencyKey: `${i}`, lockKey: `${i % 25}` })),
      );
      await Promise.all(sending);
      await new Promise((resolve) => setImmediate(resolve));
      process.off('warning', warn);
      expect(warnings).to.deep.equal([]);
    });

    it('leaves the client of the user open, may be called twice, and never rejects', async () => {
      const redis = await engine.connect();
      const fault = breakable(redis);
      const { root, locks } = await startApplication(engine, { redis });
      await locks.lock('a', { ttlSeconds: 1 }).acquire();
      fault.isAway = true;
      await Promise.all([root.close(), root.close()]);
      await root.close();
      expect(await redis.exists('a')).to.equal(0);
    });
  });
});
