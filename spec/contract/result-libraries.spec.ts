import { expect } from 'chai';
import { Result as EffectResult, Exit } from 'effect';
import * as neverthrow from 'neverthrow';
import * as trueMyth from 'true-myth/result';
import * as tsResults from 'ts-results-es';
import { IdempotencyStore, Result, type ResultAdapter } from '../../src/index.js';
import { onEachRedis } from '../support/engines.js';

const neverthrowResults: ResultAdapter = {
  name: 'neverthrow',
  matches: (x) => x instanceof neverthrow.Ok || x instanceof neverthrow.Err,
  isSuccess: (result) => (result as neverthrow.Result<unknown, unknown>).isOk(),
  valueOf: (result) => (result as neverthrow.Ok<unknown, unknown>).value,
  success: (value) => neverthrow.ok(value),
};

const trueMythResults: ResultAdapter = {
  name: 'true-myth',
  matches: (x) => trueMyth.isInstance(x),
  isSuccess: (result) => (result as trueMyth.AnyResult).isOk,
  valueOf: (result) => (result as trueMyth.Ok<unknown, unknown>).value,
  success: (value) => trueMyth.ok(value),
};

const tsResultsEs: ResultAdapter = {
  name: 'ts-results-es',
  matches: (x) => tsResults.Result.isResult(x),
  isSuccess: (result) => (result as tsResults.Result<unknown, unknown>).isOk(),
  valueOf: (result) => (result as tsResults.Ok<unknown>).value,
  success: (value) => tsResults.Ok(value),
};

const effectResults: ResultAdapter = {
  name: 'effect',
  matches: (x) => EffectResult.isResult(x),
  isSuccess: (result) => EffectResult.isSuccess(result as EffectResult.Result<unknown, unknown>),
  valueOf: (result) => (result as EffectResult.Success<unknown, never>).success,
  success: (value) => EffectResult.succeed(value),
};

const effectExits: ResultAdapter = {
  name: 'effect-exit',
  matches: (x) => Exit.isExit(x),
  isSuccess: (exit) => Exit.isSuccess(exit as Exit.Exit<unknown, unknown>),
  valueOf: (exit) => (exit as Exit.Success<unknown>).value,
  success: (value) => Exit.succeed(value),
};

const libraries = [
  [neverthrowResults, neverthrow.ok(7), neverthrow.err('declined')],
  [trueMythResults, trueMyth.ok(7), trueMyth.err('declined')],
  [tsResultsEs, tsResults.Ok(7), tsResults.Err('declined')],
  [effectResults, EffectResult.succeed(7), EffectResult.fail('declined')],
  [effectExits, Exit.succeed(7), Exit.fail('declined')],
] as const;

onEachRedis('an adapter for', (engine) => {
  for (const [adapter, success, failure] of libraries) {
    describe(`${adapter.name}`, () => {
      const open = async () => new IdempotencyStore(await engine.connect(), { results: [adapter] });

      it('stores the value of a success, and replays the same kind', async () => {
        const store = await open();
        await store.run<unknown>('key', async () => success);
        const replay = await store.run<unknown>('key', async () => failure);
        expect(replay.replayed).to.equal(true);
        expect(adapter.matches(replay.value) && adapter.isSuccess(replay.value)).to.equal(true);
        expect(adapter.valueOf(replay.value)).to.equal(7);
        expect(Object.getPrototypeOf(replay.value)).to.equal(Object.getPrototypeOf(success));
        expect(await store.get('key')).to.equal(7);
      });

      it('does not store a failure', async () => {
        const store = await open();
        const failed = await store.run<unknown>('key', async () => failure);
        expect(failed).to.deep.equal({ value: failure, replayed: false });
        expect(await store.inspect('key')).to.equal(undefined);
        expect((await store.run<unknown>('key', async () => success)).replayed).to.equal(false);
      });

      it('leaves our own Result and plain values their own kind', async () => {
        const store = await open();
        await store.run('own', async () => Result.success(1));
        await store.run('plain', async () => 2);
        const own = await store.run('own', async () => Result.success(0));
        expect(own.value.isSuccess && own.value.value).to.equal(1);
        expect((await store.run('plain', async () => 0)).value).to.equal(2);
      });
    });
  }

  it('all of them works in one store', async () => {
    const results = libraries.map(([adapter]) => adapter);
    const store = new IdempotencyStore(await engine.connect(), { results });
    for (const [adapter, success] of libraries) {
      await store.run<unknown>(`${adapter.name}`, async () => success);
      const { value } = await store.run<unknown>(`${adapter.name}`, async () => undefined);
      expect(results.filter(({ matches }) => matches(value))).to.deep.equal([adapter]);
    }
  });

  it('a kind that a store does not know is told, not replayed as something else', async () => {
    const redis = await engine.connect();
    const knowing = new IdempotencyStore(redis, { results: [neverthrowResults] });
    await knowing.run<unknown>('key', async () => neverthrow.ok(7));
    const run = new IdempotencyStore(redis).run('key', async () => 1);
    const error = await run.then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    expect(error).to.include({ code: 'QX_SERIALIZATION' });
    expect(error?.message).to.match(/neverthrow/);
  });
});
