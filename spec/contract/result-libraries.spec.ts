import { expect } from 'chai';
import { Effect, Exit } from 'effect';
import { Container } from 'inversify';
import { RequestData } from 'mediatr-ts';
import * as trueMyth from 'true-myth/result';
import Unit from 'true-myth/unit';
import { effectExits, effectResults } from '../../examples/results/effect.js';
import { trueMythResults, unitType } from '../../examples/results/true-myth.js';
import { createCodec, IdempotencyStore, Result } from '../../src/index.js';
import { createMediator, IdempotencyBehavior, qxCacheModule } from '../../src/mediator/index.js';
import { onEachRedis } from '../support/engines.js';
import { rejectionOf } from '../support/rejection.js';
import { type ResultLibrary, resultLibraries } from '../support/result-libraries.js';

onEachRedis('an adapter for', (engine) => {
  const open = async (...libraries: readonly ResultLibrary[]) =>
    new IdempotencyStore(await engine.connect(), {
      results: libraries.map(({ adapter }) => adapter),
    });
  const never = async () => expect.fail('ran again');

  for (const library of resultLibraries) {
    const { adapter, success, failure, use } = library;

    describe(`${adapter.name}`, () => {
      it('stores the value of a success, and replays what the library made itself', async () => {
        const store = await open(library);
        const first = await store.run<unknown>('key', async () => success(21));
        expect(first).to.deep.equal({ value: success(21), replayed: false });
        const replay = await store.run<unknown>('key', never);
        expect(replay).to.deep.equal({ value: success(21), replayed: true });
        expect(use(replay.value)).to.equal('42');
        expect(Object.getPrototypeOf(replay.value)).to.equal(Object.getPrototypeOf(success(21)));
        expect(await store.get('key')).to.equal(21);
      });

      it('does not store a failure, which reaches its caller as it is', async () => {
        const store = await open(library);
        const failed = failure('declined');
        const first = await store.run<unknown>('key', async () => failed);
        expect(first.value).to.equal(failed);
        expect(use(first.value)).to.equal('declined');
        expect(first.replayed).to.equal(false);
        expect(await store.inspect('key')).to.equal(undefined);
        expect((await store.run<unknown>('key', async () => success(1))).replayed).to.equal(false);
      });

      it('understands what is asynchronous in the library’s own way', async () => {
        const store = await open(library);
        const failed = await store.run('key', () => library.later.failure('declined'));
        expect(use(failed.value)).to.equal('declined');
        const first = await store.run('key', () => library.later.success(21));
        expect(first.replayed).to.equal(false);
        expect(use(first.value)).to.equal('42');
        expect(use((await store.run<unknown>('key', never)).value)).to.equal('42');
      });

      it('keeps nothing and nothing much apart, and what JSON can’t say', async () => {
        const store = await open(library);
        for (const value of [undefined, null, 0, '', new Map([[1n, new Date(5)]])]) {
          await store.run<unknown>('key', async () => success(value));
          const replay = await store.run<unknown>('key', never);
          expect(replay.value).to.deep.equal(success(value));
          expect(adapter.valueOf(replay.value)).to.deep.equal(value);
          await store.delete('key');
        }
      });

      it('is asked by set, and a plain value that set was given replays as a success', async () => {
        const store = await open(library);
        await store.set('result', success(21));
        await store.set('plain', 21);
        for (const key of ['result', 'plain']) {
          expect(use((await store.run<unknown>(key, never)).value)).to.equal('42');
        }
      });

      it('is asked by steps: a failed one runs again, a finished one does not', async () => {
        const store = await open(library);
        const steps: unknown[] = [];
        const work = (outcome: unknown, end: () => unknown) =>
          store.run<unknown>(
            'key',
            async (claim) => {
              steps.push(use(await claim.step<unknown>('charge', async () => outcome)));
              return end();
            },
            { keepSteps: true },
          );
        await work(failure('declined'), () => failure('declined'));
        await work(success(21), () => failure('later'));
        await work(failure('ran again'), () => success(1));
        expect(steps).to.deep.equal(['declined', '42', '42']);
      });

      it('works for what handlers of a mediator return', async () => {
        class Charge extends RequestData<unknown> {
          readonly idempotencyKey = 'key';
        }
        const outcomes = [failure('declined'), success(21), success(0)];
        class Handler {
          async handle(): Promise<unknown> {
            return outcomes.shift();
          }
        }
        const container = new Container();
        container.load(qxCacheModule({ redis: await engine.connect(), results: [adapter] }));
        const mediator = createMediator(container, { behaviors: [IdempotencyBehavior] });
        mediator.registerHandler(Charge, Handler);
        const answers = [1, 2, 3].map(() => () => mediator.send(new Charge()));
        const used: unknown[] = [];
        for (const answer of answers) used.push(use(await answer()));
        expect(used).to.deep.equal(['declined', '42', '42']);
      });

      it('leaves our own Result and plain values their own kind', async () => {
        const store = await open(library);
        await store.run('own', async () => Result.success(1));
        await store.run('plain', async () => 2);
        const own = await store.run('own', async () => Result.success(0));
        expect(own.value.isSuccess && own.value.value).to.equal(1);
        expect((await store.run('plain', async () => 0)).value).to.equal(2);
      });

      it('is missed, not guessed: without it none is stored, and a failure is a success', async () => {
        await (await open(library)).run<unknown>('key', async () => success(21));
        const unknowing = await open();
        const error = await rejectionOf(unknowing.run('key', never));
        expect(error).to.include({ code: 'QX_SERIALIZATION' });
        expect(error.message).to.match(new RegExp(`${adapter.name}`));
        for (const result of [success(21), failure('declined')]) {
          await unknowing.run<unknown>('other', async () => result);
          const record = await unknowing.inspect('other');
          expect(record?.state).to.equal('completed-without-result');
          await unknowing.delete('other');
        }
      });
    });
  }

  it('all of them works in one store', async () => {
    const store = await open(...resultLibraries);
    for (const { adapter, success, use } of resultLibraries) {
      await store.run<unknown>(`${adapter.name}`, async () => success(21));
      const { value } = await store.run<unknown>(`${adapter.name}`, never);
      const matching = resultLibraries.filter((other) => other.adapter.matches(value));
      expect(matching.map((other) => other.adapter)).to.deep.equal([adapter]);
      expect(use(value)).to.equal('42');
    }
  });

  it('effect stores no defect and no interruption, and refuses an effect that was not run', async () => {
    const results = [effectResults, effectExits];
    const store = new IdempotencyStore(await engine.connect(), { results });
    for (const exit of [Exit.die(new RangeError()), Exit.interrupt(1)]) {
      expect((await store.run<unknown>('key', async () => exit)).value).to.equal(exit);
      expect(await store.inspect('key')).to.equal(undefined);
    }
    await store.run<unknown>('key', async () => Effect.sync(() => expect.fail('was run')));
    expect((await store.inspect('key'))?.state).to.equal('completed-without-result');
  });

  it('true-myth keeps its Unit, with the type in the docs', async () => {
    const codec = createCodec([unitType]);
    const store = new IdempotencyStore(await engine.connect(), {
      results: [trueMythResults],
      codec,
    });
    await store.run('key', async () => trueMyth.ok());
    const { value, replayed } = await store.run('key', async () => trueMyth.ok());
    expect(replayed).to.equal(true);
    expect(value.isOk && value.value).to.equal(Unit);
  });
});
