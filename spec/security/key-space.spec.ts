import { expect } from 'chai';
import fc from 'fast-check';
import { keysOf } from '../../src/cache/entry-gateway.js';
import { lockQueues } from '../../src/lock/lock-commands.js';
import { lockAddress, lockKeys } from '../../src/lock/lock-keys.js';
import { permitQueues } from '../../src/lock/permits/permit-commands.js';
import { permitKeys } from '../../src/lock/permits/permit-keys.js';
import { poolAddress, readWritePool, semaphorePool } from '../../src/lock/permits/permit-pool.js';
import { WaitingRoom } from '../../src/lock/queue/waiting-room.js';
import { redisKey } from '../../src/redis/key-space.js';
import type { RedisClient } from '../../src/redis/redis-client.js';
import { hostileName, hostilePair, hostileString } from '../support/hostile-strings.js';

/** All keys and channels of everything that has a name of the user's. */
const things: Record<string, (namespace: string, name: string) => readonly string[]> = {
  'a cached value': (namespace, key) => Object.values(keysOf(namespace, key)),
  'an idempotency key': (namespace, key) => [
    redisKey(namespace, 'idempotency', key),
    redisKey(namespace, 'idempotency', key, 'changed'),
  ],
  'a lock': (namespace, name) => Object.values(lockKeys(namespace, name)),
  'a semaphore': (namespace, name) => Object.values(permitKeys(namespace, 'semaphore', name)),
  'a read-write lock': (namespace, name) =>
    Object.values(permitKeys(namespace, 'read-write', name)),
  'a fenced value': (namespace, name) => [
    redisKey(namespace, 'lock', name, 'value'),
    redisKey(namespace, 'lock', name, 'value:receipts'),
  ],
};

const namespace = fc.stringMatching(/^[\w.:-]{1,8}$/);
const thing = fc.constantFrom(...Object.keys(things));
/** As Redis sees them. */
const bytesOf = (keys: readonly string[]) => keys.map((key) => Buffer.from(key).toString('hex'));
/** What a cluster hashes: between the first brace and the first closing one after it. */
const hashTag = (key: string) => /^[^{]*\{([^}]+)\}/.exec(key)?.[1];

describe('whatever a user calls a thing', () => {
  it('no two things share a key or a channel', () => {
    fc.assert(
      fc.property(thing, thing, hostilePair, (kind, otherKind, [name, otherName]) => {
        const taken = new Set(bytesOf(things[kind]!('qx', name)));
        for (const key of bytesOf(things[otherKind]!('qx', otherName)))
          expect(taken.has(key)).to.equal(false);
      }),
      { numRuns: 3000, examples: [['a lock', 'a semaphore', ['a}:semaphore', 'a']]] },
    );
  });

  it('nor do two things of one name', () => {
    fc.assert(
      fc.property(hostileName, (name) => {
        const keys = Object.values(things).flatMap((keysOfThing) => keysOfThing('qx', name));
        expect(new Set(bytesOf(keys)).size).to.equal(keys.length);
      }),
    );
  });

  it('all its keys stay in their area, and in one slot', () => {
    fc.assert(
      fc.property(namespace, thing, hostileName, (space, kind, name) => {
        const keys = things[kind]!(space, name);
        const tags = new Set(keys.map(hashTag));
        expect(tags.size).to.equal(1);
        expect([...tags][0]).to.be.a('string');
        for (const key of keys)
          expect(/^(cache|idempotency|lock):\{/.test(key.slice(space.length + 1))).to.equal(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('no two namespaces share a key', () => {
    fc.assert(
      fc.property(namespace, namespace, thing, hostileName, (one, other, kind, name) => {
        fc.pre(one !== other);
        const taken = new Set(bytesOf(things[kind]!(one, name)));
        for (const key of bytesOf(things[kind]!(other, name)))
          expect(taken.has(key)).to.equal(false);
      }),
    );
  });
});

describe('the message that wakes a waiter', () => {
  /** The keys of the scripts that a room sends when it hears this. */
  function heard(message: string): string[] {
    const keys: string[] = [];
    const send = async (_script: string, count: number, ...given: string[]) => {
      keys.push(...given.slice(0, count));
    };
    const redis = { eval: send, evalsha: send, on: () => {}, off: () => {} };
    const room = new WaitingRoom(redis as unknown as RedisClient, 'qx');
    // It hears of what was waited for in it, whatever that was called.
    room.commandsOf(lockQueues, 'any');
    room.commandsOf(permitQueues, { pool: semaphorePool('any', 1), share: 'one' });
    room.onMessage(message);
    return keys;
  }

  it('says of which lock it tells, whatever that is called', () => {
    fc.assert(
      fc.property(hostileName, (name) => {
        const keys = heard(`host-1-abc:1 17 ${lockAddress(name)}`);
        expect(keys).to.include(lockKeys('qx', name).state);
        expect(new Set(keys.map(hashTag)).size).to.equal(1);
      }),
    );
  });

  it('says of which pool it tells, whatever that is called', () => {
    const pool = fc.oneof(
      hostileName.map((name) => semaphorePool(name, 3)),
      hostileName.map(readWritePool),
    );
    fc.assert(
      fc.property(pool, (of) => {
        const keys = heard(`host-1-abc:1 17 ${poolAddress(of)}`);
        expect(keys).to.include(permitKeys('qx', of.kind, of.name).state);
      }),
    );
  });

  it('may be anything: what says nothing does nothing', () => {
    fc.assert(fc.property(hostileString, (message) => void heard(message)));
    expect(heard('')).to.deep.equal([]);
    expect(heard('id 1 nothing:a')).to.deep.equal([]);
  });
});
