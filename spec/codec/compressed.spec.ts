import { brotliCompressSync, constants } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { unseal } from '../../src/codec/codec.js';
import {
  Cache,
  type Codec,
  compressed,
  createCodec,
  IdempotencyStore,
  isCacheSerializationError,
  isQxCacheSettingsError,
  standardCodec,
} from '../../src/index.js';
import { type Engine, onEachRedis } from '../support/engines.js';
import { rejectionOf, thrownBy } from '../support/rejection.js';

const orders = Array.from({ length: 500 }, (_, i) => ({ sku: 'tea', at: new Date(i), i }));
const plainSize = (value: unknown) => Buffer.byteLength(standardCodec.encode(value));

/** A small text that unpacks to that many bytes. */
function bombOf(size: number): string {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 1 };
  return brotliCompressSync(Buffer.alloc(size), { params }).toString('base64');
}

describe('compressed', () => {
  it('gives back what the standard codec would, short and long', () => {
    const codec = compressed();
    for (const value of [1, undefined, 'ü€😀'.repeat(1000), orders]) {
      expect(codec.decode(codec.encode(value))).to.deep.equal(value);
    }
    const small = compressed(standardCodec, { minBytes: 0 });
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(small.decode(small.encode(text))).to.equal(text);
      }),
    );
  });

  it('makes long texts a third as long or less', () => {
    expect(compressed().encode(orders).length).to.be.below(plainSize(orders) / 3);
  });

  it('leaves texts under minBytes as they are', () => {
    const text = 'a'.repeat(1024 - plainSize(''));
    expect(compressed().encode(text.slice(1))).to.include(text.slice(1));
    expect(compressed().encode(text)).not.to.include(text);
    const never = compressed(standardCodec, { minBytes: 1_000_000 });
    expect(never.encode(orders)).to.include('tea');
  });

  it('leaves a text that would not get shorter', () => {
    const noise = Array.from({ length: 2000 }, (_, i) => Math.sin(i));
    const codec = compressed(standardCodec, { minBytes: 0 });
    for (const value of ['ab', noise]) {
      expect(codec.encode(value).length).to.be.at.most(plainSize(value) + 1);
    }
  });

  it('unpacks no more than maxBytes, however small the stored text is', () => {
    const codec = compressed(standardCodec, { maxBytes: 100_000 });
    const bomb = bombOf(10_000_000);
    expect(bomb.length).to.be.below(10_000);
    const error = thrownBy(() => unseal(codec, `${codec.id}:1${bomb}`, 'key "a"'));
    expect(isCacheSerializationError(error)).to.equal(true);
    expect(error.message).to.include('key "a"').and.include('100000');
  });

  it('has a bound of its own when none is given', () => {
    const bomb = bombOf(64 * 1024 * 1024 + 1);
    expect(thrownBy(() => compressed().decode(`1${bomb}`)).message).to.include('maxBytes');
  });

  it('takes no value that it would not give back', () => {
    const size = plainSize(orders);
    const exact = compressed(standardCodec, { maxBytes: size });
    expect(exact.decode(exact.encode(orders))).to.deep.equal(orders);
    const tight = compressed(standardCodec, { maxBytes: size - 1 });
    expect(thrownBy(() => tight.encode(orders))).to.include({ code: 'QX_SERIALIZATION' });
  });

  it('refuses damaged text, and quotes none of it', () => {
    const codec = compressed();
    const text = codec.encode(orders);
    for (const bad of ['', 'secret', '0secret', '1secret', '1', text.slice(0, -20)]) {
      const error = thrownBy(() => unseal(codec, `${codec.id}:${bad}`, 'key "a"'));
      expect(isCacheSerializationError(error)).to.equal(true);
      expect(error.message).to.include('key "a"').and.not.include('secret');
    }
  });

  it('refuses wrong options and codecs', () => {
    const wrong = [
      { minBytes: -1 },
      { minBytes: 1.5 },
      { maxBytes: 0 },
      { maxBytes: Number.NaN },
      { level: 9 },
    ];
    for (const options of wrong) {
      const error = thrownBy(() => compressed(standardCodec, options));
      expect(isQxCacheSettingsError(error)).to.equal(true);
      expect(error.message).to.match(/^compressed: .*(minBytes|maxBytes|level)/);
    }
    const long = { ...createCodec(), id: 'x'.repeat(30) };
    for (const codec of [{} as Codec, long]) {
      expect(isQxCacheSettingsError(thrownBy(() => compressed(codec)))).to.equal(true);
    }
  });
});

onEachRedis('compressed values', (engine: Engine) => {
  const codec = compressed();
  const never = async () => expect.fail('ran');

  it('take less room in Redis, and maxResultBytes counts what is stored', async () => {
    const redis = await engine.connect();
    const maxResultBytes = Math.round(plainSize(orders) / 2);
    const store = new IdempotencyStore(redis, { codec, maxResultBytes });
    await store.run('key', async () => orders);
    expect((await store.run('key', never)).value).to.deep.equal(orders);
    const stored = (await store.inspect('key'))?.resultBytes;
    expect(stored).to.be.below(maxResultBytes);
  });

  it('are read and written by a cache, too', async () => {
    const cache = new Cache(await engine.connect(), { codec });
    await cache.set('key', orders);
    expect(await cache.get('key')).to.deep.equal(orders);
  });

  it('that are too large for compressed() are returned, and never run twice', async () => {
    const tight = compressed(standardCodec, { maxBytes: 100 });
    const store = new IdempotencyStore(await engine.connect(), { codec: tight });
    expect((await store.run('key', async () => orders)).value).to.equal(orders);
    const error = await rejectionOf(store.run('key', never));
    expect(error).to.include({ code: 'QX_IDEMPOTENCY_RESULT_UNAVAILABLE' });
  });
});
