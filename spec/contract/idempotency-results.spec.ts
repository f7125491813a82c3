import { expect } from 'chai';
import { type Codec, IdempotencyStore, type IdempotencyStoreOptions } from '../../src/index.js';
import { claimOf, openRun } from '../support/claims.js';
import { onEachRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { rejectionOf } from '../support/rejection.js';

onEachRedis('a result', (engine) => {
  const unavailable = { code: 'QX_IDEMPOTENCY_RESULT_UNAVAILABLE', key: 'key' };
  const open = async (options?: IdempotencyStoreOptions) =>
    new IdempotencyStore(await engine.connect(), options);
  const never = async () => expect.fail('ran a second time');

  it('comes back as it was, whatever types are in it', async () => {
    const store = await open();
    const value = {
      at: new Date(5),
      map: new Map([['k', new Set([1n])]]),
      none: undefined,
      nan: Number.NaN,
      nested: { null: null },
      bytes: Buffer.from([0, 255]),
      error: new RangeError('far'),
      text: '\u0000 ümläut 💶 {"json"}',
      list: [],
    };
    await store.run('key', async () => value);
    expect((await store.run('key', async () => value)).value).to.deep.equal(value);
    expect(await store.get('key')).to.deep.equal(value);
  });

  class Cart {}
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  const badCodec: Codec = {
    id: 'bad',
    encode: () => {
      throw new TypeError('no way');
    },
    decode: () => undefined,
  };
  const noReader = {
    name: 'no-reader',
    matches: (x: unknown) => (x as { isOk(): boolean }).isOk(),
    isSuccess: () => true,
    valueOf: (x: unknown) => x,
    success: (x: unknown) => x,
  };
  const unstorable: [string, unknown, IdempotencyStoreOptions?][] = [
    ['is over maxResultBytes', 'x'.repeat(200), { maxResultBytes: 100 }],
    ['is a function', () => {}],
    ['is an instance of an unknown class', { cart: new Cart() }],
    ['has a cycle', cyclic],
    ['can not be encoded by the codec of the store', 1, { codec: badCodec }],
    ['can not be read by an adapter of the store', undefined, { results: [noReader] }],
  ];
  for (const [title, value, options] of unstorable) {
    describe(`that ${title}`, () => {
      it('is returned to its caller, and nobody executes again', async () => {
        const store = await open(options);
        const first = await store.run('key', async () => value);
        expect(first.replayed).to.equal(false);
        expect(first.value).to.equal(value);
        expect(await store.inspect('key')).to.include({ state: 'completed-without-result' });
        expect(await rejectionOf(store.run('key', never))).to.include(unavailable);
        expect(await rejectionOf(store.claim('key'))).to.include(unavailable);
        expect(await rejectionOf(store.get('key'))).to.include(unavailable);
      });

      it('is refused by complete, and nobody executes again', async () => {
        const store = await open(options);
        const claim = await claimOf(store, 'key');
        expect(await rejectionOf(claim.complete(value))).to.include({ code: 'QX_SERIALIZATION' });
        expect(await rejectionOf(store.run('key', never))).to.include(unavailable);
      });

      it('is refused by set before anything is written', async () => {
        const store = await open(options);
        expect(await rejectionOf(store.set('key', value))).to.include({ code: 'QX_SERIALIZATION' });
        expect(await store.inspect('key')).to.equal(undefined);
      });

      it('gives the error to those who wait', async () => {
        const store = await open(options);
        const run = openRun(store, 'key');
        await run.started;
        const waiting = rejectionOf(store.run('key', never));
        run.finish(value as never);
        expect(await waiting).to.include(unavailable);
      });
    });
  }

  it('of exactly maxResultBytes is stored, one byte more is not', async () => {
    const store = await open();
    await store.run('probe', async () => '');
    const overhead = (await store.inspect('probe'))?.resultBytes ?? 0;
    const small = await open({ maxResultBytes: overhead + 4 });
    await small.run('fits', async () => 'ä'.repeat(2));
    expect(await small.inspect('fits')).to.include({ state: 'completed' });
    await small.run('exceeds', async () => 'ä'.repeat(2).concat('x'));
    expect(await small.inspect('exceeds')).to.include({ state: 'completed-without-result' });
  });

  it('that was missing can be given by set, and replays from then on', async () => {
    const store = await open();
    await store.run('key', async () => () => {});
    expect(await store.set('key', 'looked up')).to.equal(true);
    expect(await store.get('key')).to.equal('looked up');
  });

  it('never changes: a second complete of its own owner keeps it', async () => {
    const store = await open();
    const claim = await claimOf(store, 'key');
    await claim.complete('first');
    await claim.complete('second').catch(() => {});
    expect(await store.get('key')).to.equal('first');
  });

  it('is gone after its TTL, and the work runs again', async () => {
    const store = await open({ ttlSeconds: 0.05 });
    await store.run('key', async () => 1);
    const second = await eventually(async () => {
      const outcome = await store.run('key', async () => 2);
      return outcome.replayed ? undefined : outcome;
    });
    expect(second.value).to.equal(2);
  });
});
