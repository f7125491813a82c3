import { expect } from 'chai';
import { createClient, DistributedLock, IdempotencyStore, Result } from '../../src/index.js';
import { onEachRedis } from '../support/engines.js';

interface Order {
  readonly id: string;
}

onEachRedis('The usage of the original', (engine) => {
  it('works as it reads: get, do the work, set', async () => {
    const settings = { url: engine.url() };
    let executions = 0;
    const doWork = async (): Promise<Result<Order>> => {
      executions += 1;
      return executions === 1
        ? Result.failure(new Error('declined'))
        : Result.success({ id: `order-${executions}` });
    };
    const redis = await createClient(settings.url);
    const namespace = engine.namespace();

    async function handle(command: { idempotencyKey: string }): Promise<Result<Order>> {
      const store = new IdempotencyStore(redis, { ttlSeconds: 3600, namespace });
      const key = `create-order:${command.idempotencyKey}`;
      const cached = await store.get<Order>(key);
      if (cached !== undefined) return Result.success(cached);
      const result = await doWork();
      if (result.isSuccess) await store.set(key, result.value);
      return result;
    }

    const answers = [];
    for (let i = 0; i < 3; i++) answers.push(await handle({ idempotencyKey: 'key-1' }));
    expect(answers.map(({ isSuccess }) => isSuccess)).to.deep.equal([false, true, true]);
    expect(answers[2]).to.deep.equal(Result.success({ id: 'order-2' }));
    expect(executions).to.equal(2);
    await redis.quit();
  });

  it('works as it reads: hold a lock for a block', async () => {
    const redis = await engine.connect();
    const lock = new DistributedLock(redis, 'outbox-relay-leader', { ttlSeconds: 30 });
    const relay = { runOnce: async () => expect((await lock.inspect()).held).to.equal(true) };
    {
      await using _lease = await new DistributedLock(redis, 'outbox-relay-leader', {
        ttlSeconds: 30,
      }).acquire();
      await relay.runOnce();
    }
    expect((await lock.inspect()).held).to.equal(false);
  });
});
