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

describe('the text of a script', () => {
  let server: RedisServer;
  let redis: Awaited<ReturnType<typeof createClient>>;
  let admin: Redis;

  before(async () => {
    server = await startRedisServer();
    redis = await createClient(server.url);
    admin = new Redis(server.port);
  });
  after(async () => {
    redis.disconnect();
    admin.disconnect();
    await server.stop();
  });

  /** How often a crowd of calls sent the text. */
  async function textsOf(crowd: string): Promise<number> {
    const store = new IdempotencyStore(redis);
    await admin.config('RESETSTAT');
    const keys = Array.from({ length: 200 }, (_, i) => `${crowd}-${i}`);
    await Promise.all(keys.map((key) => store.get(key)));
    const stats = String(await admin.info('commandstats'));
    return Number(/cmdstat_eval:calls=(\d+)/.exec(stats)?.[1] ?? 0);
  }

  it('is sent once by a crowd of first calls, and once more when the server has forgotten it', async () => {
    expect(await textsOf('first')).to.equal(1);
    expect(await textsOf('second')).to.equal(0);
    await admin.script('FLUSH');
    expect(await textsOf('third')).to.equal(1);
  });
});
