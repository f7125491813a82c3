import { expect } from 'chai';
import type { Redis } from 'ioredis';
import { createClient } from '../../src/index.js';
import { startFaultProxy } from '../../src/testing/index.js';
import { defineCommand, startApplication } from '../mediator/application.js';
import { onRealRedis } from '../support/engines.js';
import { recordTelemetry } from './recorded-telemetry.js';

onRealRedis('Telemetry', (engine) => {
  const start = recordTelemetry();

  it('costs no command: as many as without it', async () => {
    start();
    const proxy = await startFaultProxy({ target: engine.url() });
    const redis = (await createClient({
      url: proxy.url,
      namespace: engine.namespace(),
    })) as Redis;
    try {
      type Fields = { idempotencyKey: string; lockKey: string };
      const Pay = defineCommand<Fields, number>('Pay', async () => 1);
      const { mediator, store } = await startApplication(engine, { redis });
      const pay = (key: string) =>
        mediator.send(new Pay({ idempotencyKey: key, lockKey: 'account' }));
      const run = (key: string) => store.run(key, async () => 1);
      const costOf = async (action: () => Promise<unknown>) => {
        const before = proxy.counts.commands;
        await action();
        return proxy.counts.commands - before;
      };
      await pay('1');
      await run('1');
      expect(await costOf(() => pay('2')), 'a first command under a lock').to.equal(3);
      expect(await costOf(() => pay('2')), 'its replay').to.equal(1);
      expect(await costOf(() => run('2')), 'a first run').to.equal(2);
      expect(await costOf(() => run('2')), 'its replay').to.equal(1);
    } finally {
      await redis.quit();
      await proxy.close();
    }
  });
});
