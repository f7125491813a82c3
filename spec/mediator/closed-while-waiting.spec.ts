import { expect } from 'chai';
import { isCacheUnavailableError, isIdempotencyInProgressError } from '../../src/index.js';
import { idempotent } from '../../src/mediator/index.js';
import { onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { gate } from '../support/gate.js';
import { rejectionOf } from '../support/rejection.js';
import { defineCommand, startApplication } from './application.js';

interface Keyed {
  readonly idempotencyKey: string;
}

onRealRedis("A command with onUnavailable: 'execute'", (engine) => {
  it('does not execute when its client is closed while another one executes', async () => {
    const first = await startApplication(engine);
    const redis = await engine.connect();
    const second = await startApplication(engine, { redis });
    const finish = gate();
    let runs = 0;
    const Pay = defineCommand<Keyed, void>(
      'Pay',
      async () => {
        runs += 1;
        await finish.opened;
      },
      idempotent<Keyed>({ onUnavailable: 'execute' }),
    );
    const running = first.mediator.send(new Pay({ idempotencyKey: 'a' }));
    await eventually(() => runs === 1);
    const waiting = rejectionOf(second.mediator.send(new Pay({ idempotencyKey: 'a' })));
    await eventually(async () => {
      const channels = (await redis.call('PUBSUB', 'CHANNELS')) as string[];
      return channels.some((channel) => channel.startsWith(engine.namespace()));
    });
    redis.disconnect();
    const error = await waiting;
    expect(error).to.satisfy(isCacheUnavailableError);
    expect(error.cause).to.satisfy(isIdempotencyInProgressError);
    expect(runs).to.equal(1);
    finish.open();
    await running;
  });
});
