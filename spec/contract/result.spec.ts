import { expect } from 'chai';
import { IdempotencyStore, Result } from '../../src/index.js';
import { onEachRedis } from '../support/engines.js';
import { importCopy } from '../support/installed-copy.js';
import { thrownBy } from '../support/rejection.js';

describe('Result', () => {
  const success: Result<number, string> = Result.success(2);
  const failure: Result<number, string> = Result.failure('bad');
  const double = (x: number) => x * 2;
  const shout = (error: string) => `${error}!`;

  it('says what it is', () => {
    expect(success).to.include({ isSuccess: true, isFailure: false, value: 2, error: undefined });
    expect(failure).to.include({
      isSuccess: false,
      isFailure: true,
      value: undefined,
      error: 'bad',
    });
  });

  it('map changes the value of a success only', () => {
    expect(success.map(double).value).to.equal(4);
    expect(failure.map(double).error).to.equal('bad');
  });

  it('mapError changes the error of a failure only', () => {
    expect(failure.mapError(shout).error).to.equal('bad!');
    expect(success.mapError(shout).value).to.equal(2);
  });

  it('flatMap goes on after a success only', () => {
    const half = (x: number): Result<number, string> =>
      x % 2 === 0 ? Result.success(x / 2) : Result.failure('odd');
    expect(success.flatMap(half).value).to.equal(1);
    expect(success.flatMap(half).flatMap(half).error).to.equal('odd');
    expect(failure.flatMap(half).error).to.equal('bad');
  });

  it('match takes one function for each case', () => {
    const read = (result: Result<number, string>) => result.match<number | string>(double, shout);
    expect([read(success), read(failure)]).to.deep.equal([4, 'bad!']);
  });

  it('unwrap gives the value or throws the error', () => {
    const error = new RangeError('too far');
    expect(success.unwrap()).to.equal(2);
    expect(thrownBy(() => Result.failure(error).unwrap())).to.equal(error);
    expect(thrownBy(() => failure.unwrap()))
      .to.be.instanceOf(Error)
      .and.include({ cause: 'bad' });
  });

  it('is recognized across installed copies, and by brand alone', async () => {
    const copy = await importCopy<{ Result: typeof Result }>('result', 'result.ts');
    expect(copy.Result).not.to.equal(Result);
    expect(Result.isResult(copy.Result.success(1))).to.equal(true);
    expect(Result.isResult({ isSuccess: true, value: 1 })).to.equal(false);
    expect(Result.isResult(null)).to.equal(false);
  });
});

onEachRedis('a Result that work returns', (engine) => {
  const open = async () => new IdempotencyStore(await engine.connect());

  it('is stored as its value, and replays as a Result again', async () => {
    const store = await open();
    const first = await store.run('key', async () => Result.success({ id: 7 }));
    const replay = await store.run('key', async () => Result.success({ id: 8 }));
    expect(first.replayed).to.equal(false);
    expect(replay.replayed).to.equal(true);
    expect(Result.isResult(replay.value)).to.equal(true);
    expect(replay.value).to.deep.equal(first.value);
    expect(replay.value.value).to.deep.equal({ id: 7 });
    expect(await store.get('key')).to.deep.equal({ id: 7 });
  });

  it('is given by claim too, in its kind', async () => {
    const store = await open();
    await store.run('key', async () => Result.success(7));
    const again = await store.claim<Result<number>>('key');
    expect(again.status).to.equal('completed');
    expect(again.status === 'completed' && again.value.isSuccess).to.equal(true);
  });

  it('is not stored when it is a failure: the next caller executes', async () => {
    const store = await open();
    const failed = await store.run('key', async () =>
      Result.failure<number>(new Error('declined')),
    );
    expect(failed.value.isFailure).to.equal(true);
    const next = await store.run('key', async () => Result.success<number>(1));
    expect(next.replayed).to.equal(false);
    expect(next.value.value).to.equal(1);
  });

  it('gives the claim up when complete gets a failure', async () => {
    const store = await open();
    const claimed = await store.claim('key');
    if (claimed.status !== 'claimed') throw new Error(claimed.status);
    await claimed.claim.complete(Result.failure(new Error('declined')));
    expect((await store.claim('key')).status).to.equal('claimed');
  });

  it('of what set stored replays as Result.success', async () => {
    const store = await open();
    await store.set('plain', 1);
    await store.set('result', Result.success(2));
    for (const [key, value] of [
      ['plain', 1],
      ['result', 2],
    ] as const) {
      const replay = await store.run(key, async () => Result.success(0));
      expect(replay).to.deep.equal({ value: Result.success(value), replayed: true });
      expect(Result.isResult(replay.value)).to.equal(true);
      expect(await store.get(key)).to.equal(value);
    }
  });

  it('of any other type counts as a success when it is returned', async () => {
    const store = await open();
    for (const [i, value] of [undefined, null, 0, '', false, { isSuccess: false }].entries()) {
      await store.run(`key-${i}`, async () => value as unknown);
      const replay = await store.run(`key-${i}`, async () => 'other' as unknown);
      expect(replay).to.deep.equal({ value, replayed: true });
    }
  });
});
