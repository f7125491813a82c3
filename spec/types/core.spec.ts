import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { expectTypeOf } from 'expect-type';
import type { Cluster, Redis } from 'ioredis';
import { type Cluster as Cluster6, Redis as Redis6 } from 'ioredis-6';
import type RedisMock from 'ioredis-mock';
import {
  acquireAll,
  type CacheSettings,
  type Claim,
  type ClaimResult,
  createClient,
  type IdempotencyRecord,
  IdempotencyStore,
  type Lease,
  type LockState,
  type RedisClient,
  Result,
  type ResultAdapter,
} from '../../src/index.js';
import { gate } from '../support/gate.js';
import { sharedServer } from '../support/shared-server.js';

describe('the types of the core', () => {
  it('take Redis and Cluster of ioredis 5 and 6, and ioredis-mock, with no cast', () => {
    expectTypeOf<Redis>().toExtend<RedisClient>();
    expectTypeOf<Cluster>().toExtend<RedisClient>();
    expectTypeOf<Redis6>().toExtend<RedisClient>();
    expectTypeOf<Cluster6>().toExtend<RedisClient>();
    expectTypeOf<InstanceType<typeof RedisMock>>().toExtend<RedisClient>();
    expectTypeOf<Redis | Cluster>().toExtend<RedisClient>();
    expectTypeOf<Redis>().toExtend<ConstructorParameters<typeof IdempotencyStore>[0]>();
    expectTypeOf<{ get(key: string): Promise<string> }>().not.toExtend<RedisClient>();
  });

  it('are those of the contract: connection', () => {
    expectTypeOf(createClient).returns.resolves.toEqualTypeOf<Redis | Cluster>();
    expectTypeOf(createClient)
      .parameter(0)
      .toEqualTypeOf<string | Partial<CacheSettings> | undefined>();
    expectTypeOf<CacheSettings>().toEqualTypeOf<{
      url: string;
      namespace: string;
      connectTimeoutSeconds: number;
      commandTimeoutSeconds: number;
      maxCommandsInFlight?: number | undefined;
    }>();
  });

  it('are those of the contract: Result', () => {
    const success = Result.success(1);
    expectTypeOf(success).toExtend<Result<number>>();
    expectTypeOf(Result.failure(new RangeError())).toExtend<Result<number, RangeError>>();
    const result = success as Result<number, RangeError>;
    expectTypeOf(result.map(String)).toEqualTypeOf<Result<string, RangeError>>();
    expectTypeOf(result.mapError(String)).toEqualTypeOf<Result<number, string>>();
    expectTypeOf(result.unwrap()).toEqualTypeOf<number>();
    expectTypeOf<Result<number>>().toEqualTypeOf<Result<number, Error>>();
    if (result.isSuccess) expectTypeOf(result.value).toEqualTypeOf<number>();
    else expectTypeOf(result.error).toEqualTypeOf<RangeError>();
    expectTypeOf<ResultAdapter>().toHaveProperty('valueOf');
  });

  it('are those of the contract: IdempotencyStore', () => {
    type Store = IdempotencyStore;
    const get = (store: Store) => store.get<{ id: number }>('key');
    expectTypeOf(get).returns.resolves.toEqualTypeOf<{ id: number } | undefined>();
    const run = (store: Store) => store.run('key', async (claim) => claim.attempt);
    expectTypeOf(run).returns.resolves.toEqualTypeOf<{ value: number; replayed: boolean }>();
    const claim = (store: Store) => store.claim<string>('key');
    expectTypeOf(claim).returns.resolves.toEqualTypeOf<ClaimResult<string>>();
    expectTypeOf<Store['set']>().returns.resolves.toEqualTypeOf<boolean>();
    const set = (store: Store) => store.set<{ id: number }>('key', { id: 1 }, { ttlSeconds: 1 });
    expectTypeOf(set).returns.resolves.toEqualTypeOf<boolean>();
    expectTypeOf<Store['delete']>().returns.resolves.toEqualTypeOf<boolean>();
    expectTypeOf<Store['inspect']>().returns.resolves.toEqualTypeOf<
      IdempotencyRecord | undefined
    >();
    expectTypeOf<ClaimResult<string>>().toEqualTypeOf<
      | { status: 'claimed'; claim: Claim }
      | { status: 'completed'; value: string }
      | { status: 'in-progress'; expiresInSeconds: number }
    >();
    expectTypeOf<Claim['signal']>().toEqualTypeOf<AbortSignal>();
    type RunOptions = NonNullable<Parameters<Store['run']>[2]>;
    expectTypeOf<RunOptions['takeover']>().toEqualTypeOf<'after-lease' | 'never' | undefined>();
    // @ts-expect-error a misspelled option
    const misspelled: RunOptions = { ttlsSeconds: 1 };
    expect(misspelled).to.have.property('ttlsSeconds');
  });
});

describe('the types of a lock', () => {
  it('are those of the contract', () => {
    // As the contract has it: an array that can be handed to whatever takes one.
    expectTypeOf<LockState['queue']>().toExtend<{ position: number; ageSeconds: number }[]>();
    expectTypeOf(acquireAll).returns.resolves.toExtend<
      Lease & { leases: ReadonlyMap<string, Lease> }
    >();
  });
});

describe('ioredis 6', () => {
  it('works: a run, a caller that waits for it, a replay, and a quit', async () => {
    const { url } = await sharedServer();
    const [redis, other] = [new Redis6(url), new Redis6(url)];
    const namespace = `spec-${randomUUID()}`;
    const store = new IdempotencyStore(redis, { namespace });
    const waiter = new IdempotencyStore(other, { namespace });
    const started = gate();
    const finish = gate();
    const first = store.run('key', async () => {
      started.open();
      await finish.opened;
      return { at: new Date(5) };
    });
    await started.opened;
    const waiting = waiter.run('key', async () => expect.fail('ran'));
    finish.open();
    expect(await first).to.deep.equal({ value: { at: new Date(5) }, replayed: false });
    expect(await waiting).to.deep.equal({ value: { at: new Date(5) }, replayed: true });
    expect(await store.inspect('key')).to.include({ state: 'completed', attempt: 1 });
    expect(await store.delete('key')).to.equal(true);
    await Promise.all([redis.quit(), other.quit()]);
  });

  it('works with RESP 3, too', async () => {
    const { url } = await sharedServer();
    const redis = new Redis6(url, { protocol: 3 });
    const store = new IdempotencyStore(redis, { namespace: `spec-${randomUUID()}` });
    await store.run('key', async () => 1);
    expect((await store.run('key', async () => 2)).replayed).to.equal(true);
    expect(await store.inspect('key')).to.include({ state: 'completed' });
    await redis.quit();
  });
});
