import { inspect } from 'node:util';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { createClient, IdempotencyStore } from '../../src/index.js';
import { eventually } from '../support/eventually.js';
import { type RedisServer, startRedisServer } from '../support/redis-server.js';
import { rejectionOf } from '../support/rejection.js';

describe('what Redis refuses', () => {
  let server: RedisServer;
  let admin: Redis;

  beforeEach(async () => {
    server = await startRedisServer();
    admin = new Redis(server.port);
    admin.on('error', () => {});
  });
  afterEach(async () => {
    admin.disconnect();
    await server.stop();
  });

  const showAll = (error: Error) => inspect(error, { depth: 9, showHidden: true });

  it('is a CacheUnavailableError with the words of Redis, and no stored value in it', async () => {
    const redis = await createClient(server.url);
    const store = new IdempotencyStore(redis);
    await admin.config('SET', 'min-replicas-to-write', '1');
    const error = await rejectionOf(store.set('key', { iban: 'SECRET-PAYLOAD' }));
    expect(error).to.include({ code: 'QX_UNAVAILABLE' });
    expect(error.message).to.match(/NOREPLICAS/);
    expect((error.cause as Error).message).to.match(/NOREPLICAS/);
    expect(showAll(error)).not.to.contain('SECRET-PAYLOAD');
    redis.disconnect();
  });

  it('after the password was changed tells neither the old nor the new one', async () => {
    await admin.config('SET', 'requirepass', 'hunter2');
    const url = server.url.replace('redis://', 'redis://:hunter2@');
    const redis = await createClient({ url, commandTimeoutSeconds: 0.3 });
    const store = new IdempotencyStore(redis);
    await admin.call('AUTH', 'hunter2');
    await admin.config('SET', 'requirepass', 'another');
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await eventually(async () => {
      const error = await rejectionOf(store.get('key'));
      expect(showAll(error)).not.to.match(/hunter2|another/);
      return /WRONGPASS|NOAUTH/.test(error.message);
    });
    redis.disconnect();
  });
});
