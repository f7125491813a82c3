import { expect } from 'chai';
import { ReplayCache } from '../../src/idempotency/replay-cache.js';
import { redisKey } from '../../src/redis/key-space.js';
import { inMemoryRedis } from '../../src/testing/index.js';

const result = { kind: '', result: 'text', fingerprint: '', version: '' };

describe('ReplayCache', () => {
  /** One that hears removals, unless `onListening` is left to the test. */
  function open({ maxEntries = 10, maxAgeSeconds = 60, isHearing = true } = {}) {
    const cache = new ReplayCache(inMemoryRedis(), 'qx', { maxEntries, maxAgeSeconds });
    if (isHearing) cache.onListening();
    return cache;
  }
  const removedKey = (key: string) => redisKey('qx', 'idempotency', key);

  it('remembers nothing before it hears removals, nor after it stopped to', () => {
    const cache = open({ isHearing: false });
    cache.remember('key', result, 60, performance.now());
    expect(cache.find('key')).to.equal(undefined);
    cache.onListening();
    cache.remember('key', result, 60, performance.now());
    expect(cache.find('key')).to.deep.equal(result);
    cache.onLost();
    expect(cache.find('key')).to.equal(undefined);
    cache.remember('key', result, 60, performance.now());
    expect(cache.find('key')).to.equal(undefined);
  });

  it('forgets all when it starts to hear again: it may have missed something', () => {
    const cache = open();
    cache.remember('key', result, 60, performance.now());
    cache.onListening();
    expect(cache.find('key')).to.equal(undefined);
  });

  it('does not take an answer that was asked for before it heard', () => {
    const cache = open({ isHearing: false });
    const sentAt = performance.now();
    cache.onListening();
    cache.remember('key', result, 60, sentAt);
    expect(cache.find('key')).to.equal(undefined);
  });

  it('does not take an answer that was overtaken by the word of its removal', () => {
    const cache = open();
    const sentAt = performance.now();
    cache.onMessage(removedKey('key'));
    cache.remember('key', result, 60, sentAt);
    expect(cache.find('key')).to.equal(undefined);
    cache.remember('key', result, 60, performance.now());
    expect(cache.find('key')).to.deep.equal(result);
  });

  it('keeps nothing older in place of an answer that it does not take', () => {
    const cache = open();
    cache.remember('key', result, 60, performance.now());
    const sentAt = performance.now();
    cache.onMessage(removedKey('other'));
    cache.remember('key', { ...result, result: 'newer' }, 60, sentAt);
    expect(cache.find('key')).to.equal(undefined);
  });

  it('forgets what is removed and nothing else, whatever is in the keys', () => {
    const cache = open({ maxEntries: 100 });
    const keys = ['a', 'a:b', '{a}', 'a}', '%7Ba%7D', ':', '}:removed', 'ü{'];
    for (const key of keys) cache.remember(key, { ...result, result: key }, 60, performance.now());
    for (const key of keys) {
      cache.onMessage(removedKey(key));
      expect(cache.find(key), key).to.equal(undefined);
    }
    for (const key of keys) cache.remember(key, { ...result, result: key }, 60, performance.now());
    cache.onMessage(removedKey('a'));
    expect(keys.filter((key) => cache.find(key)?.result === key)).to.deep.equal(keys.slice(1));
  });

  it('understands a client that puts a prefix before its keys', () => {
    const cache = open();
    cache.remember('key', result, 60, performance.now());
    cache.onMessage(`app:${removedKey('key')}`);
    expect(cache.find('key')).to.equal(undefined);
  });

  it('counts the TTL from when Redis was asked, also while the event loop is blocked', () => {
    const cache = open();
    const sentAt = performance.now();
    cache.remember('key', result, 0.05, sentAt);
    let isEarly = true;
    while (performance.now() <= sentAt + 50) {
      const found = cache.find('key');
      // What was found is worth something only if the time was not over before it was asked.
      if (!found && performance.now() <= sentAt + 50) isEarly = false;
    }
    expect(isEarly).to.equal(true);
    expect(cache.find('key')).to.equal(undefined);
  });

  it('takes nothing whose time is over', () => {
    const cache = open();
    const longAgo = performance.now();
    cache.remember('now', result, 0, performance.now());
    cache.remember('persistent', result, -0.001, performance.now());
    while (performance.now() < longAgo + 2);
    cache.remember('key', result, 0.001, longAgo);
    const keys = ['now', 'persistent', 'key'];
    expect(keys.map((key) => cache.find(key))).to.deep.equal([undefined, undefined, undefined]);
  });

  it('lets Redis compare where it does not know the fingerprint', () => {
    const cache = open();
    cache.remember('key', { ...result, fingerprint: undefined }, 60, performance.now());
    expect(cache.find('key', { fingerprint: 'f' })).to.equal(undefined);
    expect(cache.find('key')).to.include({ result: 'text' });
  });

  it('lets Redis judge any version but the one that stored', () => {
    const cache = open();
    cache.remember('of 2', { ...result, version: '2' }, 60, performance.now());
    cache.remember('of none', result, 60, performance.now());
    expect(cache.find('of 2', { version: '1' })).to.equal(undefined);
    expect(cache.find('of none', { version: '1' })).to.equal(undefined);
    expect(cache.find('of 2', { version: '2' })).to.include({ result: 'text' });
    expect(cache.find('of 2', { version: '' })).to.include({ result: 'text' });
  });

  it('listens again when its client comes back after it was closed', () => {
    const cache = open();
    cache.listen();
    cache.remember('key', result, 60, performance.now());
    cache.onClosed();
    expect(cache.find('key')).to.equal(undefined);
    cache.listen();
    cache.onListening();
    cache.remember('key', result, 60, performance.now());
    expect(cache.find('key')).to.deep.equal(result);
    cache.onClosed();
  });
});
