import { expect } from 'chai';
import { Result } from '../../src/index.js';
import { currentExecution, IdempotencyBehavior, LockBehavior } from '../../src/mediator/index.js';
import { defineCommand, startApplication } from '../mediator/application.js';
import { onEachRedis } from '../support/engines.js';
import { rejectionOf } from '../support/rejection.js';

interface Keyed {
  readonly idempotencyKey: string;
}

onEachRedis('Mediator plugin: replays and the pipeline', (engine) => {
  describe('6: replays', () => {
    it('give the same response as the first run', async () => {
      const { mediator } = await startApplication(engine);
      const response = {
        at: new Date(1),
        lines: new Map([['x', 2n]]),
        note: undefined,
        ratio: Number.NaN,
        bytes: Buffer.from([1]),
      };
      const Order = defineCommand<Keyed, typeof response>('Order', async () => response);
      const first = await mediator.send(new Order({ idempotencyKey: 'a' }));
      const replay = await mediator.send(new Order({ idempotencyKey: 'a' }));
      expect(first).to.equal(response);
      expect(replay).not.to.equal(response);
      expect(replay).to.deep.equal(response);
    });

    it('give a Result again, and never a failed one', async () => {
      const { mediator } = await startApplication(engine);
      let runs = 0;
      const Pay = defineCommand<Keyed, Result<number, string>>('Pay', async () => {
        runs += 1;
        return runs === 1 ? Result.failure('declined') : Result.success(runs);
      });
      const send = () => mediator.send(new Pay({ idempotencyKey: 'a' }));
      expect((await send()).error).to.equal('declined');
      expect((await send()).value).to.equal(2);
      const replay = await send();
      expect(replay.isSuccess).to.equal(true);
      expect(replay.unwrap()).to.equal(2);
      expect(runs).to.equal(2);
    });

    it('run again after a handler that threw', async () => {
      const { mediator } = await startApplication(engine);
      let runs = 0;
      const Pay = defineCommand<Keyed, number>('Pay', async () => {
        runs += 1;
        if (runs === 1) throw new RangeError('no');
        return runs;
      });
      const send = () => mediator.send(new Pay({ idempotencyKey: 'a' }));
      expect(await rejectionOf(send())).to.be.instanceOf(RangeError);
      expect(await send()).to.equal(2);
    });

    it('can be told by currentExecution() in outer behaviors', async () => {
      const seen: unknown[] = [];
      class Observer {
        async handle(_request: unknown, next: () => unknown): Promise<unknown> {
          const before = currentExecution();
          const response = await next();
          seen.push([currentExecution()?.replayed, currentExecution()?.idempotencyKey]);
          expect(currentExecution()).to.equal(before);
          return response;
        }
      }
      const { mediator } = await startApplication(engine, {
        behaviors: [Observer, IdempotencyBehavior],
      });
      const Order = defineCommand<Keyed, number>('Order', async () => 1);
      await mediator.send(new Order({ idempotencyKey: 'a' }));
      await mediator.send(new Order({ idempotencyKey: 'a' }));
      expect(seen).to.deep.equal([
        [false, 'a'],
        [true, 'a'],
      ]);
      expect(currentExecution()).to.equal(undefined);
    });

    it('give nested sends an execution of their own', async () => {
      const { mediator } = await startApplication(engine);
      const Inner = defineCommand<Keyed, unknown>(
        'Inner',
        async () => currentExecution()?.idempotencyKey,
      );
      const Outer = defineCommand<Keyed, unknown>('Outer', async () => [
        await mediator.send(new Inner({ idempotencyKey: 'inner' })),
        currentExecution()?.idempotencyKey,
        currentExecution()?.attempt,
      ]);
      const response = await mediator.send(new Outer({ idempotencyKey: 'outer' }));
      expect(response).to.deep.equal(['inner', 'outer', 1]);
    });
  });

  describe('7: createMediator', () => {
    it('goes through all behaviors again when an outer one calls next() again', async () => {
      const trace: string[] = [];
      const signals: boolean[] = [];
      class Retry {
        async handle(_request: unknown, next: () => unknown): Promise<unknown> {
          for (let attempt = 1; ; attempt += 1) {
            try {
              return await next();
            } catch (error) {
              if (attempt === 3) throw error;
            }
          }
        }
      }
      class Trace {
        handle(_request: unknown, next: () => unknown): Promise<unknown> {
          trace.push('inside');
          return next() as Promise<unknown>;
        }
      }
      const { mediator, locks } = await startApplication(engine, {
        behaviors: [Retry, IdempotencyBehavior, LockBehavior, Trace],
      });
      const Flaky = defineCommand<Keyed & { lockKey: string }, boolean>('Flaky', async () => {
        trace.push('handler');
        signals.push(currentExecution()?.signal.aborted ?? true);
        if (trace.length < 6) throw new Error('not yet');
        return (await locks.lock('a').inspect()).held;
      });
      const send = () => mediator.send(new Flaky({ idempotencyKey: 'a', lockKey: 'a' }));
      expect(await send()).to.equal(true);
      expect(trace.join()).to.equal('inside,handler,inside,handler,inside,handler');
      expect(signals).to.deep.equal([false, false, false]);
      expect(await send()).to.equal(true);
      expect(trace).to.have.length(6);
    });

    it('keeps several mediators and containers apart', async () => {
      const one = await startApplication(engine, {
        settings: { namespace: `${engine.namespace()}-1` },
      });
      const other = await startApplication(engine, {
        settings: { namespace: `${engine.namespace()}-2` },
      });
      const bare = await startApplication(engine, { behaviors: [] });
      let runs = 0;
      const Count = defineCommand<Keyed, number>('Count', async () => {
        runs += 1;
        return runs;
      });
      const command = new Count({ idempotencyKey: 'a' });
      expect(await one.mediator.send(command)).to.equal(1);
      expect(await other.mediator.send(command)).to.equal(2);
      expect(await one.mediator.send(command)).to.equal(1);
      expect(await bare.mediator.send(command)).to.equal(3);
      await one.root.close();
      expect(await other.mediator.send(command)).to.equal(2);
    });
  });
});
