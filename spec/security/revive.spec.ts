import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { type Codec, seal, standardCodec, unseal } from '../../src/codec/codec.js';
import { compressed } from '../../src/codec/compressed.js';
import { encrypted } from '../../src/codec/encrypted.js';
import { unpack } from '../../src/idempotency/packed-texts.js';
import {
  Cache,
  FencedValue,
  IdempotencyStore,
  isCacheSerializationError,
} from '../../src/index.js';
import { redisKey } from '../../src/redis/key-space.js';
import { onEachRedis } from '../support/engines.js';
import { hostileString } from '../support/hostile-strings.js';
import { rejectionOf, thrownBy } from '../support/rejection.js';

const tags = [
  ...['Date', 'Set', 'Map', 'RegExp', 'Object', 'BigInt', 'null', 'ArrayBuffer', 'URL', 'DataView'],
  ...['URLSearchParams', 'Uint8Array', 'Float64Array', 'BigInt64Array', 'Temporal.Instant'],
  ...['Error', 'Buffer', 'View', '__proto__', 'constructor', 'Function', 'Promise', 'Proxy'],
];
const names = ['__proto__', 'constructor', 'prototype', 'length', 'cause', 'then', 'toJSON', 'a'];
const index = fc.oneof(fc.integer({ min: -8, max: 12 }), fc.constant(2 ** 32));
const key = fc.oneof(fc.constantFrom(...names), hostileString);
const primitive = fc.oneof(
  index,
  hostileString,
  fc.constantFrom(true, null, 1e308, 'AAAA', 'TypeError', '1970-01-01', '9'.repeat(400), 'gi'),
);

/** What somebody may write who knows how devalue writes. */
const part = fc.oneof(
  { weight: 2, arbitrary: primitive },
  fc.tuple(fc.constantFrom(...tags), fc.oneof(primitive, key)),
  fc.array(index, { maxLength: 5 }),
  fc
    .tuple(fc.constantFrom(...tags), fc.array(fc.oneof(index, key), { maxLength: 4 }))
    .map(([tag, rest]) => [tag, ...rest]),
  // As JSON, because an object literal can't have an own __proto__.
  fc.array(fc.tuple(key, index), { maxLength: 4 }).map((entries) => new Own(entries)),
);

class Own {
  constructor(readonly entries: readonly (readonly [string, number])[]) {}
}

function toJson(x: unknown): string {
  if (Array.isArray(x)) return `[${x.map(toJson).join()}]`;
  if (!(x instanceof Own)) return JSON.stringify(x);
  return `{${x.entries.map(([name, at]) => `${JSON.stringify(name)}:${at}`).join()}}`;
}

const crafted = fc.array(part, { minLength: 1, maxLength: 12 }).map(toJson);

/** A text as the codec writes it, with a few characters of another. */
const damaged = fc
  .tuple(fc.anything({ withDate: true, withMap: true, withSet: true }), fc.nat(), hostileString)
  .map(([value, at, other]) => {
    try {
      const text = standardCodec.encode(value);
      return text.slice(0, at % text.length) + other + text.slice((at % text.length) + 1);
    } catch {
      return other;
    }
  });

const prototypes = new Set<unknown>(
  [Object, Array, Map, Set, Date, RegExp, URL, URLSearchParams, ArrayBuffer, DataView, Buffer]
    .concat([
      Number,
      String,
      Boolean,
      BigInt,
      Error,
      EvalError,
      RangeError,
      ReferenceError,
    ] as never)
    .concat([SyntaxError, TypeError, URIError, Uint8Array, Float64Array, BigInt64Array] as never)
    .map((known) => known.prototype),
);

/** Fails for anything that could run: functions, accessors, instances of other classes. */
function expectPlain(value: unknown, seen = new Set<unknown>()): void {
  expect(typeof value).not.to.be.oneOf(['function', 'symbol']);
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null) expect(prototypes.has(prototype)).to.equal(true);
  if (value instanceof Map) for (const entry of value) expectPlain(entry, seen);
  if (value instanceof Set) for (const entry of value) expectPlain(entry, seen);
  if (ArrayBuffer.isView(value)) return;
  for (const name of Object.getOwnPropertyNames(value)) {
    const descriptor = Object.getOwnPropertyDescriptor(value, name);
    const isStack = value instanceof Error && name === 'stack';
    if (!isStack) expect(descriptor, name).to.have.property('value');
    expectPlain(descriptor?.value, seen);
  }
}

/** All that a payload could have left behind in what every object inherits. */
function inherited(): string {
  const all = [...prototypes, Function.prototype, Promise.prototype, Object, Function];
  const names = all.map((x) =>
    Reflect.ownKeys(x as object)
      .map(String)
      .join(),
  );
  return [...names, Object.getPrototypeOf(Object.prototype), typeof {}.toString].join('\n');
}

const ring = { current: 'b', keys: { a: randomBytes(32), b: randomBytes(32) } };
/** Codecs, and what stands before the text in each: it is no secret. */
const codecs: Record<string, [Codec, ...string[]]> = {
  'the standard codec': [standardCodec, ''],
  'compressed()': [compressed(standardCodec, { minBytes: 0, maxBytes: 10_000 }), '0', '1'],
  'encrypted()': [encrypted(ring), 'a:', 'b:', '__proto__:'],
};

describe('bytes that somebody else put in Redis', () => {
  for (const [title, [codec, ...starts]] of Object.entries(codecs)) {
    it(`give a plain value or CacheSerializationError, and run nothing: ${title}`, () => {
      const before = inherited();
      const start = fc.constantFrom(...starts);
      fc.assert(
        fc.property(start, fc.oneof(crafted, damaged), (head, text) => {
          let value: unknown;
          try {
            value = unseal(codec, `${codec.id}:${head}${text}`, 'key "a"');
          } catch (error) {
            expect(isCacheSerializationError(error), String(error)).to.equal(true);
            return;
          }
          expectPlain(value);
        }),
        { numRuns: 1000 },
      );
      expect(inherited()).to.equal(before);
    });
  }

  it('are mostly understood, so that the property above is worth something', () => {
    const texts = fc.sample(crafted, { numRuns: 500, seed: 3 });
    const readable = texts.filter((text) => {
      try {
        return standardCodec.decode(text) !== undefined;
      } catch {
        return false;
      }
    });
    expect(readable.length).to.be.above(50);
  });

  const bombs: Record<string, string> = {
    'a Buffer of an object that says it is long': '[["Buffer",1],[2],{"length":3},1073741824]',
    'a typed array of a number': '[["Uint8Array",1],1073741824]',
    'a text that is nested too deep': `${'['.repeat(2e5)}${']'.repeat(2e5)}`,
    'parts that are nested too deep': JSON.stringify(
      Array.from({ length: 2e5 }, (_, i) => (i < 2e5 - 1 ? [i + 1] : 0)),
    ),
  };
  for (const [title, text] of Object.entries(bombs)) {
    it(`take no more memory than they are long: ${title}`, () => {
      const before = process.memoryUsage().rss;
      const error = thrownBy(() => unseal(standardCodec, `devalue1:${text}`, 'key "a"'));
      expect(isCacheSerializationError(error)).to.equal(true);
      expect(process.memoryUsage().rss - before).to.be.below(500 * 1024 * 1024);
    });
  }

  it('unpack to no more than is allowed, also inside of what is encrypted', () => {
    const key = randomBytes(32);
    const bomb = seal(encrypted(key, compressed()), 'a'.repeat(1_000_000));
    expect(bomb.length).to.be.below(1000);
    const strict = encrypted(key, compressed(standardCodec, { maxBytes: 999_999 }));
    const error = thrownBy(() => unseal(strict, bomb, 'key "a"'));
    expect(error.message).to.contain('unpacks to more than maxBytes');
  });

  it('end the list of a record, whatever they are', () => {
    fc.assert(
      fc.property(hostileString, fc.nat(), (text, length) => {
        for (const packed of [text, `${length}:${text}`, `-1:${text}`, `Infinity:${text}`])
          expect(unpack(packed).length).to.be.at.most(packed.length);
      }),
    );
  });
});

onEachRedis('bytes that somebody else put in Redis', (engine) => {
  it('reach nobody as anything but a plain value or an error', async () => {
    const redis = await engine.connect();
    const [cache, store] = [new Cache(redis), new IdempotencyStore(redis)];
    const fenced = new FencedValue(redis, 'a', { ttlSeconds: 60 });
    const at = (area: 'cache' | 'idempotency' | 'lock', part?: string) =>
      redisKey(engine.namespace(), area, 'a', part);
    const before = inherited();
    for (const text of fc.sample(crafted, { numRuns: 12, seed: 5 })) {
      const stored = `devalue1:${text}`;
      await redis.set(at('cache'), stored);
      await redis.hset(at('idempotency'), {
        ...{ state: 'completed', token: '1', attempt: '1', since: '1' },
        ...{ kind: 'plain', result: stored },
      });
      await redis.hset(at('lock', 'value'), { token: '1', text: stored });
      const reads = [
        cache.get('a'),
        cache.getOrSet('a', async () => 1, { ttlSeconds: 1 }),
        store.get('a'),
        store.run('a', async () => 1).then(({ value }) => value),
        fenced.get(),
      ];
      for (const read of await Promise.allSettled(reads)) {
        if (read.status === 'fulfilled') expectPlain(read.value);
        else expect(isCacheSerializationError(read.reason), String(read.reason)).to.equal(true);
      }
    }
    expect(inherited()).to.equal(before);
  });

  it('are no kind of result that every object has', async () => {
    const redis = await engine.connect();
    const store = new IdempotencyStore(redis);
    for (const kind of ['__proto__', 'constructor', 'toString', 'a\n{}']) {
      await redis.hset(redisKey(engine.namespace(), 'idempotency', 'a'), {
        ...{ state: 'completed', token: '1', attempt: '1', since: '1' },
        ...{ kind, result: 'devalue1:[1]' },
      });
      const error = await rejectionOf(store.run('a', async () => 1));
      expect(isCacheSerializationError(error), error.message).to.equal(true);
    }
  });
});
