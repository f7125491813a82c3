import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { seal, unseal } from '../../src/codec/codec.js';
import {
  Cache,
  type Codec,
  compressed,
  createCodec,
  encrypted,
  IdempotencyStore,
  isCacheSerializationError,
  isQxCacheSettingsError,
} from '../../src/index.js';
import { type Engine, onEachRedis } from '../support/engines.js';
import { rawRecord } from '../support/raw-record.js';
import { rejectionOf, thrownBy } from '../support/rejection.js';

const [oldKey, newKey, strangeKey] = [randomBytes(32), randomBytes(32), randomBytes(32)];
const value = { iban: 'DE02-SECRET', at: new Date(5), amount: 2n ** 70n };

/** All that reading a text tells when it fails. */
function refusalOf(codec: Codec, text: string): Error {
  const error = thrownBy(() => unseal(codec, text, 'key "a"'));
  expect(isCacheSerializationError(error)).to.equal(true);
  expect(error.message).to.include('key "a"').and.not.include('SECRET');
  return error;
}

describe('encrypted', () => {
  it('gives back what the standard codec would, whatever text it makes', () => {
    const codec = encrypted(oldKey);
    expect(codec.decode(codec.encode(value))).to.deep.equal(value);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(codec.decode(codec.encode(text))).to.equal(text);
      }),
    );
  });

  it('shows nothing of a value in its text, and never makes the same text twice', () => {
    const codec = encrypted(oldKey);
    const texts = Array.from({ length: 100 }, () => codec.encode(value));
    expect(new Set(texts).size).to.equal(100);
    for (const text of texts) {
      const bytes = Buffer.from(text.slice(text.indexOf(':') + 1), 'base64').toString('latin1');
      expect(text + bytes).not.to.include('SECRET');
    }
  });

  it('refuses any text of which one character was changed', () => {
    const codec = encrypted(oldKey);
    const text = codec.encode(value);
    for (let i = 0; i < text.length; i += 1) {
      const other = text[i] === 'A' ? 'B' : 'A';
      const changed = text.slice(0, i) + other + text.slice(i + 1);
      const bytesOf = (of: string) => Buffer.from(of.slice(of.indexOf(':') + 1), 'base64');
      // The last digit of base64 may have bits that mean nothing.
      if (bytesOf(changed).equals(bytesOf(text)) && i > text.indexOf(':')) continue;
      expect(isCacheSerializationError(thrownBy(() => codec.decode(changed))), `at ${i}`).to.equal(
        true,
      );
    }
  });

  it('refuses a text that was cut off, is empty or has no key', () => {
    const codec = encrypted(oldKey);
    const text = codec.encode(1);
    for (const cut of ['', ':', 'default:', 'default', text.slice(0, 30), text.slice(0, -8)]) {
      expect(refusalOf(codec, `${codec.id}:${cut}`).message).to.match(/encrypted|check/);
    }
  });

  it('says of a text from another key of that id that it does not pass the check', () => {
    const sealed = seal(encrypted(oldKey), value);
    expect(refusalOf(encrypted(newKey), sealed).message).to.include('the key of that id');
  });

  describe('with several keys', () => {
    const ring = (current: string, keys: Record<string, Uint8Array>) =>
      encrypted({ current, keys });
    const before = ring('old', { old: oldKey });
    const between = ring('old', { old: oldKey, new: newKey });
    const after = ring('new', { old: oldKey, new: newKey });

    it('writes with the current one and reads with any, so that keys can be rotated', () => {
      expect(before.encode(1)).to.match(/^old:/);
      expect(after.encode(1)).to.match(/^new:/);
      for (const codec of [before, between, after]) {
        expect(unseal(after, seal(codec, value), 'key "a"')).to.deep.equal(value);
      }
      expect(unseal(between, seal(after, value), 'key "a"')).to.deep.equal(value);
    });

    it('names a key that it does not have', () => {
      expect(refusalOf(before, seal(after, value)).message).to.include('key "new"');
    });

    it('does not quote an id that no key can have', () => {
      const error = refusalOf(before, `${before.id}:SECRET text:${'A'.repeat(60)}`);
      expect(error.message).to.include('malformed id');
    });

    it('takes no text that was moved under another id, though the bytes are the same', () => {
      const codec = ring('a', { a: oldKey, b: oldKey });
      expect(refusalOf(codec, `${codec.id}:${codec.encode(1).replace('a:', 'b:')}`)).to.be.an(
        'error',
      );
    });

    it('knows what a single key wrote as "default"', () => {
      const codec = ring('new', { default: oldKey, new: newKey });
      expect(unseal(codec, seal(encrypted(oldKey), value), 'key "a"')).to.deep.equal(value);
    });

    it('finds no key of a name that every object has', () => {
      const text = `${before.id}:constructor:${'A'.repeat(60)}`;
      expect(refusalOf(before, text).message).to.include('key "constructor"');
    });
  });

  describe('refuses at construction, without showing a key,', () => {
    const secret = 'SECRET-SECRET-SECRET-SECRET-SEC!';
    const wrong: Record<string, unknown> = {
      'a key that is too short': Buffer.from(secret.slice(1)),
      'a key that is too long': Buffer.from(`${secret}!`),
      'a key that is text': secret,
      'no key': undefined,
      'a list of keys': [Buffer.from(secret)],
      'a wrong one among several': { current: 'a', keys: { a: oldKey, b: Buffer.from('SECRET') } },
      'text among several': { current: 'a', keys: { a: secret } },
      'a current one that is not there': { current: 'SECRET', keys: { a: oldKey } },
      'no current one': { keys: { a: oldKey } },
      'a current one that every object has': { current: 'constructor', keys: { a: oldKey } },
      'an id with a colon': { current: 'a:SECRET', keys: { 'a:SECRET': oldKey } },
      'an empty id': { current: '', keys: { '': oldKey } },
    };
    for (const [name, keys] of Object.entries(wrong)) {
      it(name, () => {
        const error = thrownBy(() => encrypted(keys as Uint8Array));
        expect(isQxCacheSettingsError(error)).to.equal(true);
        expect(inspect(error)).not.to.include('SECRET').and.not.include('534543524554');
      });
    }

    it('a codec that is none, and one whose id leaves no room', () => {
      const long = { ...createCodec(), id: 'x'.repeat(30) };
      for (const codec of [{ id: 'x' } as Codec, long]) {
        expect(isQxCacheSettingsError(thrownBy(() => encrypted(oldKey, codec)))).to.equal(true);
      }
    });
  });

  it('shows its key to nobody who prints it', () => {
    const key = Buffer.from('SECRET-SECRET-SECRET-SECRET-SEC!');
    const codec = encrypted({ current: 'a', keys: { a: key } });
    const shown = [
      inspect(codec, { depth: 9, showHidden: true, getters: true }),
      JSON.stringify(codec),
      String(codec.encode),
    ].join();
    expect(shown).not.to.include('SECRET').and.not.include(key.toString('hex'));
    expect(shown)
      .not.to.include(key.toString('base64'))
      .and.not.include([...key].join());
  });

  it('keeps its key when the bytes that were given change later', () => {
    const key = randomBytes(32);
    const copy = Buffer.from(key);
    const codec = encrypted(key);
    key.fill(0);
    expect(encrypted(copy).decode(codec.encode(value))).to.deep.equal(value);
  });

  it('is noticed when it is turned on, off or nested otherwise', () => {
    const codecs = [
      createCodec(),
      encrypted(oldKey),
      encrypted(oldKey, compressed()),
      compressed(),
    ];
    for (const writer of codecs) {
      for (const reader of codecs) {
        if (writer === reader) continue;
        const error = refusalOf(reader, seal(writer, value));
        expect(error.message).to.include(`"${writer.id}"`).and.include(`"${reader.id}"`);
      }
    }
  });

  it('encrypts what was compressed, which is then short', () => {
    const codec = encrypted(oldKey, compressed());
    const long = Array.from({ length: 2000 }, (_, i) => ({ sku: 'tea', i }));
    expect(codec.encode(long).length).to.be.below(encrypted(oldKey).encode(long).length / 3);
    expect(codec.decode(codec.encode(long))).to.deep.equal(long);
  });

  it('tells why a value can not be stored, as the codec inside does', () => {
    const error = thrownBy(() => encrypted(oldKey).encode({ a: () => 1 }));
    expect(error).to.include({ code: 'QX_SERIALIZATION', path: '.a' });
  });
});

onEachRedis('encrypted values', (engine: Engine) => {
  const codec = encrypted({ current: 'new', keys: { new: newKey, old: oldKey } });
  const never = async () => expect.fail('ran');

  it('replay as they were, and Redis holds nothing that can be read', async () => {
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis, { codec });
    await store.run('key', async () => value);
    expect(await store.run('key', never)).to.deep.equal({ value, replayed: true });
    expect(JSON.stringify(await rawRecord(redis, engine, 'key'))).not.to.include('SECRET');
  });

  it('are read and written by a cache, too', async () => {
    const cache = new Cache(await engine.connect(), { codec, ttlSeconds: 60 });
    await cache.set('key', value);
    expect(await cache.get('key')).to.deep.equal(value);
    const load = () => cache.getOrSet('key', never, { ttlSeconds: 60 });
    expect(await load()).to.deep.equal(value);
  });

  it('stay what they are while keys are rotated', async () => {
    const redis = await engine.connect();
    await new IdempotencyStore(redis, {
      codec: encrypted({ current: 'old', keys: { old: oldKey } }),
    }).run('key', async () => value);
    expect((await new IdempotencyStore(redis, { codec }).run('key', never)).value).to.deep.equal(
      value,
    );
  });

  it('run nothing and change nothing when they can not be read', async () => {
    const redis = await engine.connect();
    await new IdempotencyStore(redis, { codec }).run('key', async () => value);
    const before = await rawRecord(redis, engine, 'key');
    const others = [
      encrypted(strangeKey),
      encrypted({ current: 'new', keys: { new: strangeKey } }),
    ];
    for (const other of others) {
      const store = new IdempotencyStore(redis, { codec: other });
      for (const call of [store.run('key', never), store.claim('key'), store.get('key')]) {
        const error = await rejectionOf(call);
        expect(error).to.include({ code: 'QX_SERIALIZATION' });
        expect(error.message).to.match(/key "new"|the key of that id/);
      }
    }
    expect(await rawRecord(redis, engine, 'key')).to.deep.equal(before);
  });
});
