import { inspect } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import {
  Cache,
  type CacheEvent,
  createClient,
  DistributedLock,
  FencedValue,
  type IdempotencyEvent,
  IdempotencyInProgressError,
  IdempotencyKeyReusedError,
  IdempotencyStore,
  type LockEvent,
  LockNotHeldError,
  LockTimeoutError,
  QxCacheSettingsError,
  ReadWriteLock,
  Semaphore,
} from '../../src/index.js';
import { redisKey } from '../../src/redis/key-space.js';
import { onEachRedis } from '../support/engines.js';
import { hostileNames, hostileString, unprintable } from '../support/hostile-strings.js';
import { recordEvents } from '../support/recorded-events.js';
import { rejectionOf, thrownBy } from '../support/rejection.js';

/** As a logger prints it; Node itself escapes control characters in strings. */
const print = (x: unknown) => inspect(x, { breakLength: Number.POSITIVE_INFINITY, compact: true });
const controls = /\p{Cc}/u;

describe('the message of an error', () => {
  it('is one line in which nothing is invisible, whatever it is about', () => {
    fc.assert(
      fc.property(hostileString, (text) => {
        const errors = [
          new LockTimeoutError(text, 1),
          new LockNotHeldError(text, 'expired'),
          new IdempotencyKeyReusedError(text),
          new IdempotencyInProgressError(text, { retryAfterSeconds: 1 }),
          new QxCacheSettingsError(text),
        ];
        for (const { message, stack = '' } of errors) {
          expect(unprintable.test(message)).to.equal(false);
          expect(stack.includes(message)).to.equal(true);
        }
      }),
    );
  });

  it('tells names that look alike apart', () => {
    const message = (name: string) => new LockTimeoutError(name, 1).message;
    expect(message('a\u200b')).to.contain('"a\\u{200b}"');
    expect(message('\u202egnp.exe')).to.contain('"\\u{202e}gnp.exe"');
    expect(message('a\r\n[31mb')).to.contain('"a\\u{d}\\u{a}[31mb"');
  });

  it('leaves what can be seen as it is', () => {
    expect(new LockTimeoutError('über:{7} %7B "é" 💶', 1).message).to.equal(
      'Lock "über:{7} %7B "é" 💶" was not free within 1 s.',
    );
  });

  it('shows no more of a wrong option than helps to find it', async () => {
    const long = `${'x'.repeat(5000)}\n`;
    const settings = { namespace: long, [long]: 1 };
    const error = await rejectionOf(createClient(settings));
    expect(error.message.length).to.be.below(500);
  });
});

onEachRedis('what is told of things with hostile names', (engine) => {
  const events = [
    recordEvents<IdempotencyEvent>('qx-cache:idempotency'),
    recordEvents<LockEvent>('qx-cache:lock'),
    recordEvents<CacheEvent>('qx-cache:cache'),
  ];
  // Those alone that show whether something was left out.
  const names = hostileNames(60)
    .filter((name) => unprintable.test(name))
    .slice(0, 8);

  it('is one line: errors, reasons of events, and the objects themselves', async () => {
    const redis = await engine.connect();
    const cache = new Cache(redis);
    const store = new IdempotencyStore(redis, { maxResultBytes: 20 });
    for (const name of names) {
      const lock = new DistributedLock(redis, name, { waitSeconds: 0 });
      const lease = await lock.acquire();
      await redis.set(redisKey(engine.namespace(), 'cache', name), `${name}:1`);
      await store.claim(name, { fingerprint: 1 });
      const errors = await Promise.all([
        rejectionOf(lock.acquire()),
        rejectionOf(cache.get(name)),
        rejectionOf(cache.set(name, { [name]: () => {} })),
        rejectionOf(store.run(name, async () => 1, { onInProgress: 'reject' })),
        rejectionOf(store.run(name, async () => 1, { fingerprint: 2 })),
        rejectionOf(store.claim(name, { [name]: name })),
        rejectionOf(new FencedValue(redis, name, { ttlSeconds: 1 }).set(() => {}, 1)),
      ]);
      await store.run(`step ${name}`, (claim) => claim.step(name, async () => 'x'.repeat(30)));
      await lease.release();
      errors.push(await rejectionOf(lease.renew()));
      for (const { message } of errors) expect(unprintable.test(message), message).to.equal(false);
      const objects = [
        ...[lock, lease, cache, store, new Semaphore(redis, name, { permits: 1 })],
        ...[new ReadWriteLock(redis, name), await lock.inspect(), await store.inspect(name)],
      ];
      // Of an error the properties: its stack has lines of its own.
      const told = [...objects, ...events.flat(), ...errors.map((error) => ({ ...error }))];
      for (const x of told) expect(controls.test(print(x)), print(x)).to.equal(false);
    }
    const reasons = events.flat().flatMap((event) => ('reason' in event ? [event.reason] : []));
    expect(reasons).to.have.lengthOf(2 * names.length);
    for (const reason of reasons) expect(unprintable.test(reason), reason).to.equal(false);
  });
});

describe('the options of a class', () => {
  it('are refused in one line, too', () => {
    fc.assert(
      fc.property(hostileString, hostileString, (name, value) => {
        const options = { [name]: value, namespace: `${value}{` };
        const error = thrownBy(() => new Cache({} as never, options));
        expect(unprintable.test(error.message)).to.equal(false);
      }),
    );
  });
});
