import { expect } from 'chai';
import { isQxCacheSettingsError } from '../../src/index.js';
import {
  currentExecution,
  type Execution,
  IdempotencyBehavior,
  LockBehavior,
  locked,
} from '../../src/mediator/index.js';
import { defineCommand, startApplication } from '../mediator/application.js';
import { onEachRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { rejectionOf } from '../support/rejection.js';

interface Keyed {
  readonly idempotencyKey: string;
}

onEachRedis('Mediator plugin: locks', (engine) => {
  describe('5: idempotency and locks', () => {
    type Fields = Keyed & { lockKey: string };

    for (const behaviors of [
      [IdempotencyBehavior, LockBehavior],
      [LockBehavior, IdempotencyBehavior],
    ]) {
      const order = behaviors.map(({ name }) => name).join(' outside ');
      it(`runs once, under the lock, with ${order}`, async () => {
        const { mediator, locks } = await startApplication(engine, { behaviors });
        const tokens: (number | undefined)[] = [];
        const Pay = defineCommand<Fields, boolean>('Pay', async () => {
          const execution = currentExecution();
          tokens.push(execution?.claimToken, execution?.tokens.get('account'));
          return (await locks.lock('account').inspect()).held;
        });
        const send = () => mediator.send(new Pay({ idempotencyKey: 'a', lockKey: 'account' }));
        expect(await Promise.all([send(), send(), send()])).to.deep.equal([true, true, true]);
        expect(tokens).to.have.length(2);
        for (const token of tokens) expect(token).to.be.a('number');
        expect((await locks.lock('account').inspect()).held).to.equal(false);
      });
    }

    it('takes no lock for a replay', async () => {
      const { mediator, locks } = await startApplication(engine);
      const Pay = defineCommand<Fields, number>('Pay', async () => 1);
      const send = () => mediator.send(new Pay({ idempotencyKey: 'a', lockKey: 'account' }));
      await send();
      await locks.lock('account').run(async () => {
        expect(await send()).to.equal(1);
      });
    });

    it('enters a lock again that the same chain of calls holds', async () => {
      const { mediator, locks } = await startApplication(engine, { lock: { waitSeconds: 0 } });
      type Lockable = { lockKey: readonly string[] };
      const tokens: Execution['tokens'][] = [];
      const Inner = defineCommand<Lockable, number>('Inner', async () => {
        tokens.push(currentExecution()?.tokens as Execution['tokens']);
        return (await locks.lock('c').inspect()).held ? 1 : 0;
      });
      const Outer = defineCommand<Lockable, number>('Outer', async () => {
        tokens.push(currentExecution()?.tokens as Execution['tokens']);
        const response = await mediator.send(new Inner({ lockKey: ['c', 'b'] }));
        expect((await locks.lock('c').inspect()).held).to.equal(false);
        expect((await locks.lock('b').inspect()).held).to.equal(true);
        return response;
      });
      expect(await mediator.send(new Outer({ lockKey: ['a', 'b'] }))).to.equal(1);
      const [outer, inner] = tokens;
      expect([...(outer?.keys() ?? [])]).to.have.members(['a', 'b']);
      expect([...(inner?.keys() ?? [])]).to.have.members(['b', 'c']);
      expect(inner?.get('b')).to.equal(outer?.get('b'));
    });

    it('takes a lock anew that the chain has lost', async () => {
      const { mediator, locks } = await startApplication(engine);
      const tokens: (number | undefined)[] = [];
      const token = () => currentExecution()?.tokens.get('a');
      const Inner = defineCommand<{ lockKey: string }, void>('Inner', async () => {
        tokens.push(token());
      });
      const Outer = defineCommand<{ lockKey: string }, boolean>(
        'Outer',
        async () => {
          tokens.push(token());
          const signal = currentExecution()?.signal;
          await locks.lock('a').forceRelease();
          // The renewal finds out.
          await eventually(() => signal?.aborted);
          await mediator.send(new Inner({ lockKey: 'a' }));
          return true;
        },
        locked<object>({ key: 'a', ttlSeconds: 0.3 }),
      );
      expect(await mediator.send(new Outer({ lockKey: 'a' }))).to.equal(true);
      expect(tokens[1]).to.be.greaterThan(tokens[0] ?? Number.NaN);
    });

    it('does not enter a lock of the same name in another container', async () => {
      const one = await startApplication(engine);
      const other = await startApplication(engine, { lock: { waitSeconds: 0 } });
      const Inner = defineCommand<{ lockKey: string }, void>('Inner', async () => {});
      const Outer = defineCommand<{ lockKey: string }, unknown>('Outer', () =>
        rejectionOf(other.mediator.send(new Inner({ lockKey: 'a' }))),
      );
      const error = await one.mediator.send(new Outer({ lockKey: 'a' }));
      expect(error).to.have.property('code', 'QX_LOCK_TIMEOUT');
    });

    it('waits as long as @locked says', async () => {
      const { mediator, locks } = await startApplication(engine);
      const Reserve = defineCommand<{ sku: string }, void>(
        'Reserve',
        async () => {},
        locked<{ sku: string }>({ key: ({ sku }) => [`stock:${sku}`], waitSeconds: 0 }),
      );
      await using _ = await locks.lock('stock:x').acquire();
      await mediator.send(new Reserve({ sku: 'y' }));
      const error = await rejectionOf(mediator.send(new Reserve({ sku: 'x' })));
      expect(error).to.have.property('code', 'QX_LOCK_TIMEOUT');
    });

    it('refuses what is no name of a lock', async () => {
      const { mediator } = await startApplication(engine);
      const Odd = defineCommand<{ lockKey: unknown }, void>('Odd', async () => {});
      for (const lockKey of ['', null, 7, [], ['a', '']]) {
        const error = await rejectionOf(mediator.send(new Odd({ lockKey })));
        expect(error, String(lockKey)).to.satisfy(isQxCacheSettingsError);
      }
    });
  });
});
