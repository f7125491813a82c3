import { expect } from 'chai';
import { isQxCacheSettingsError } from '../../src/index.js';
import { parseRedisUrl, type RedisAddress } from '../../src/settings/redis-address.js';
import { thrownBy } from '../support/rejection.js';

const server = { kind: 'server', host: '127.0.0.1', port: 6379, tls: false, db: 0 } as const;

describe('parseRedisUrl', () => {
  const understood: Record<string, RedisAddress> = {
    'redis://127.0.0.1:6379/0': server,
    'redis://127.0.0.1': server,
    'redis://127.0.0.1/': server,
    'redis://': server,
    'redis://127.0.0.1:7000/3': { ...server, port: 7000, db: 3 },
    'REDIS://127.0.0.1': server,
    'redis://[::1]:7000': { ...server, host: '::1', port: 7000 },
    'rediss://127.0.0.1': { ...server, tls: true },
    'redis://user@127.0.0.1': { ...server, username: 'user' },
    'redis://:secret@127.0.0.1': { ...server, password: 'secret' },
    'redis://user:secret@127.0.0.1': { ...server, username: 'user', password: 'secret' },
    'redis://:p%40s%3As%2Fw%25@127.0.0.1': { ...server, password: 'p@s:s/w%' },
    // Not percent-encoded, yet there is only one way to understand it.
    'redis://:p@s:s/w@127.0.0.1': { ...server, password: 'p@s:s/w' },
    'redis+sentinel://a:1,b:2/main/3': {
      kind: 'sentinel',
      tls: false,
      sentinel: {},
      nodes: [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
      ],
      master: 'main',
      db: 3,
    },
    'redis+sentinel://:secret@a/main': {
      kind: 'sentinel',
      tls: false,
      sentinel: {},
      nodes: [{ host: 'a', port: 26_379 }],
      master: 'main',
      password: 'secret',
      db: 0,
    },
    'redis+cluster://a,[::1]:7001': {
      kind: 'cluster',
      tls: false,
      nodes: [
        { host: 'a', port: 6379 },
        { host: '::1', port: 7001 },
      ],
    },
    'redis+cluster://u:secret@a:1': {
      kind: 'cluster',
      tls: false,
      nodes: [{ host: 'a', port: 1 }],
      username: 'u',
      password: 'secret',
    },
    'rediss+sentinel://a/main?sentinelUsername=u&sentinelPassword=p%26s%40': {
      kind: 'sentinel',
      tls: true,
      sentinel: { username: 'u', password: 'p&s@' },
      nodes: [{ host: 'a', port: 26_379 }],
      master: 'main',
      db: 0,
    },
    'rediss+cluster://a': { kind: 'cluster', tls: true, nodes: [{ host: 'a', port: 6379 }] },
    'memory://orders': { kind: 'memory', name: 'orders' },
  };
  for (const [url, address] of Object.entries(understood)) {
    it(`understands ${url}`, () => {
      expect(parseRedisUrl(url)).to.deep.equal(address);
    });
  }

  const refused: Record<string, RegExp> = {
    '': /must be one of redis:/,
    'localhost:6379': /must be one of/,
    'http://host:80': /unknown scheme/,
    'redis://host:0': /host or port/,
    'redis://host:65536': /host or port/,
    'redis://host:port': /host or port/,
    'redis://ho st': /host or port/,
    'redis://a:1,b:2': /host or port/,
    'redis://host/first': /database number/,
    'redis://host/0/1': /database number/,
    'redis://host?db=1': /question mark/,
    'redis+sentinel://a/main?role=slave': /sentinelPassword/,
    'redis://:%zz@host': /percent-encoded/,
    'redis+sentinel://a:1': /name the master/,
    'redis+sentinel:///main': /at least one host/,
    'redis+sentinel://a/main/x': /database number/,
    'redis+cluster://': /at least one host/,
    'redis+cluster://a/1': /only one/,
    'memory://': /memory:\/\/name/,
    'memory://a/1': /memory:\/\/name/,
    'memory://user:secret@a': /memory:\/\/name/,
  };
  for (const [url, message] of Object.entries(refused)) {
    it(`refuses ${JSON.stringify(url)} and says why`, () => {
      const error = thrownBy(() => parseRedisUrl(url));
      expect(isQxCacheSettingsError(error)).to.equal(true);
      expect(error.message).to.match(message).and.not.contain('secret');
    });
  }
});
