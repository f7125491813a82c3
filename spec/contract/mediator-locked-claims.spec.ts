import { expect } from 'chai';
import { Container } from 'inversify';
import { Redis } from 'ioredis';
import {
  createClient,
  isCacheSerializationError,
  isCacheUnavailableError,
  isQxCacheSettingsError,
} from '../../src/index.js';
import { lockKeys } from '../../src/lock/lock-keys.js';
import {
  createMediator,
  currentExecution,
  IdempotencyBehavior,
  LockBehavior,
  QxCache,
  qxCacheModule,
} from '../../src/mediator/index.js';
import { SLOTS } from '../../src/redis/key-slot.js';
import { startFaultProxy } from '../../src/testing/index.js';
import { type Application, defineCommand, startApplication } from '../mediator/application.js';
import { countScripts } from '../mediator/redis-faults.js';
import { type Engine, onEachRedis, onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { gate } from '../support/gate.js';
import { startRedisServer } from '../support/redis-server.js';
import { rejectionOf } from '../support/rejection.js';

interface Fields {
  readonly idempotencyKey: string;
  readonly lockKey: string;
}

/** A command whose handler counts its runs, does its work. */
function definePay(work: () => Promise<unknown> = async () => {}) {
  let runs = 0;
  const Pay = defineCommand<Fields, number>('Pay', async () => {
    runs += 1;
    await work();
    return runs;
  });
  const send = ({ mediator }: Application, idempotencyKey: string) =>
    mediator.send(new Pay({ idempotencyKey, lockKey: 'account' }));
  return { send, runs: () => runs };
}

const isHeld = async ({ locks }: Application) => (await locks.lock('account').inspect()).held;
const waiters = async ({ locks }: Application) => (await locks.lock('account').inspect()).waiters;

/** One whose client goes through a proxy. */
async function startBehindProxy(engine: Engine, commandTimeoutSeconds = 5) {
  const proxy = await startFaultProxy({ target: engine.url() });
  const settings = { url: proxy.url, namespace: engine.namespace(), commandTimeoutSeconds };
  const redis = await createClient(settings);
  const application = await startApplication(engine, { redis });
  const close = async () => {
    redis.disconnect();
    await proxy.close();
  };
  return { application, proxy, [Symbol.asyncDispose]: close };
}

onEachRedis('A lock that is taken together with the claim', (engine) => {
  it('is waited for in the queue when it is not free', async () => {
    const application = await startApplication(engine);
    const { send, runs } = definePay();
    const held = await application.locks.lock('account').acquire();
    const first = application.locks.lock('account').acquire();
    await eventually(async () => (await waiters(application)) === 1);
    const sending = send(application, 'a');
    await eventually(async () => (await waiters(application)) === 2);
    await held.release();
    const lease = await first;
    expect(runs()).to.equal(0);
    await lease.release();
    expect(await sending).to.equal(1);
  });

  it('is not taken by one that waits for the result of another', async () => {
    const application = await startApplication(engine);
    const opened = gate();
    const { send, runs } = definePay(() => opened.opened);
    const both = [send(application, 'a'), send(application, 'a')];
    await eventually(() => runs() === 1);
    expect(await waiters(application)).to.equal(0);
    opened.open();
    expect(await Promise.all(both)).to.deep.equal([1, 1]);
    expect(await isHeld(application)).to.equal(false);
  });

  it('is given back when the handler is not reached', async () => {
    const application = await startApplication(engine);
    const { send, runs } = definePay();
    const sending = send(application, 'a');
    await application.root.close();
    expect(await rejectionOf(sending)).to.satisfy(isCacheUnavailableError);
    expect(runs()).to.equal(0);
    const other = await startApplication(engine);
    await eventually(async () => !(await isHeld(other)));
    expect(await send(other, 'a')).to.equal(1);
  });

  it('is given back before a client that the module opened is closed', async () => {
    const container = new Container();
    const settings = { url: engine.url(), namespace: engine.namespace() };
    await container.loadAsync(qxCacheModule({ settings }));
    const mediator = createMediator(container, { behaviors: [IdempotencyBehavior, LockBehavior] });
    const Pay = defineCommand<Fields, number>('Pay', async () => 1);
    const pay = (idempotencyKey: string) =>
      mediator.send(new Pay({ idempotencyKey, lockKey: 'account' }));
    await pay('warm-up');
    const sending = rejectionOf(pay('a'));
    await container.get(QxCache).close();
    expect(await sending).to.satisfy(isCacheUnavailableError);
    const other = await startApplication(engine);
    expect(await isHeld(other)).to.equal(false);
    expect(await other.store.inspect('Pay:a')).to.equal(undefined);
  });

  it('is released before the response is there, and only then', async () => {
    const application = await startApplication(engine);
    const opened = gate();
    const { send, runs } = definePay(() => opened.opened);
    const sending = send(application, 'a');
    await eventually(() => runs() === 1);
    expect(await isHeld(application)).to.equal(true);
    opened.open();
    await sending;
    expect(await isHeld(application)).to.equal(false);
  });

  it('is released before a rejection is there, too', async () => {
    const application = await startApplication(engine);
    const { send } = definePay(() => Promise.reject(new Error('no money')));
    expect(await rejectionOf(send(application, 'a'))).to.have.property('message', 'no money');
    expect(await isHeld(application)).to.equal(false);
  });

  it('is taken anew by an outer retry', async () => {
    let attempts = 0;
    class Retry {
      async handle(_request: unknown, next: () => Promise<unknown>): Promise<unknown> {
        return next().catch(() => next());
      }
    }
    const behaviors = [Retry, IdempotencyBehavior, LockBehavior];
    const application = await startApplication(engine, { behaviors });
    const Pay = defineCommand<Fields, boolean>('Pay', async () => {
      attempts += 1;
      if (attempts === 1) throw new Error('again');
      return isHeld(application);
    });
    const paying = application.mediator.send(new Pay({ idempotencyKey: 'a', lockKey: 'account' }));
    expect(await paying).to.equal(true);
    expect(await isHeld(application)).to.equal(false);
  });

  it('is the one that the command named when it was sent, whatever becomes of the command', async () => {
    const application = await startApplication(engine);
    const seen: unknown[] = [];
    const Pay = defineCommand<Fields, void>('Pay', async () => {
      seen.push([...(currentExecution()?.tokens.keys() ?? [])]);
    });
    const command: { lockKey: string } & InstanceType<typeof Pay> = new Pay({
      idempotencyKey: 'a',
      lockKey: 'account',
    });
    const sending = application.mediator.send(command);
    command.lockKey = 'other account';
    await sending;
    expect(seen).to.deep.equal([['account']]);
  });

  for (const lockKey of ['', '\ud800', 'a'.repeat(1025)]) {
    it(`refuses a name of ${lockKey.length} characters before anything is claimed`, async () => {
      const redis = await engine.connect();
      const application = await startApplication(engine, { redis });
      const scripts = countScripts(redis);
      const Pay = defineCommand<Fields, void>('Pay', async () => {});
      const sending = application.mediator.send(new Pay({ idempotencyKey: 'a', lockKey }));
      expect(await rejectionOf(sending)).to.satisfy(isQxCacheSettingsError);
      expect(scripts.count).to.equal(0);
    });
  }

  it('is the one of its own attempt when an outer behavior makes two at once', async () => {
    class Twice {
      async handle(_request: unknown, next: () => Promise<unknown>): Promise<unknown> {
        return Promise.all([next(), next()]);
      }
    }
    const behaviors = [Twice, IdempotencyBehavior, LockBehavior];
    const application = await startApplication(engine, { behaviors });
    const { send, runs } = definePay();
    expect(await send(application, 'a')).to.deep.equal([1, 1]);
    expect(runs()).to.equal(1);
    expect(await isHeld(application)).to.equal(false);
  });
});

describe('A lock and a claim behind one address with several nodes', () => {
  it('are taken one after the other', async () => {
    await using server = await startShard();
    const redis = await createClient(server.url);
    const count = countScripts(redis);
    const container = new Container();
    await container.loadAsync(qxCacheModule({ redis }));
    const mediator = createMediator(container, { behaviors: [IdempotencyBehavior, LockBehavior] });
    const Pay = defineCommand<Fields, number>('Pay', async () => 1);
    const pay = (idempotencyKey: string) =>
      mediator.send(new Pay({ idempotencyKey, lockKey: 'account' }));
    expect(await pay('a')).to.equal(1);
    const before = count.count;
    expect(await pay('b')).to.equal(1);
    // Claim, lock, release, complete: no more trying together.
    expect(count.count - before).to.equal(4);
    redis.disconnect();
  });
});

/** A server that refuses a command with keys of several slots, as such a proxy does. */
async function startShard() {
  const server = await startRedisServer({ args: ['--cluster-enabled', 'yes'] });
  const client = new Redis(server.port);
  await client.call('CLUSTER', 'ADDSLOTSRANGE', 0, SLOTS - 1);
  await eventually(async () => String(await client.cluster('INFO')).includes('cluster_state:ok'));
  client.disconnect();
  return { url: server.url, [Symbol.asyncDispose]: () => server.stop() };
}

onRealRedis('A lock that is taken together with the claim, when something is wrong', (engine) => {
  const isBoth = (command: readonly string[]) =>
    [':idempotency:', ':lock:'].every((area) => command.some((part) => part.includes(area)));

  it('says itself what is wrong with it, and the key stays free', async () => {
    const redis = await engine.connect();
    const application = await startApplication(engine, { redis });
    const { send, runs } = definePay();
    const { state } = lockKeys(engine.namespace(), 'account');
    await redis.set(state, 'of somebody else');
    const error = await rejectionOf(send(application, 'a'));
    expect(error).to.satisfy(isCacheSerializationError);
    expect(error.message).to.contain('lock "account"');
    await redis.del(state);
    expect(await send(application, 'a')).to.equal(1);
    expect(runs()).to.equal(1);
  });

  it('is found again by the request that is sent again', async () => {
    await using behind = await startBehindProxy(engine);
    const { send, runs } = definePay();
    await send(behind.application, 'warm-up');
    const lost = behind.proxy.loseReply(isBoth);
    expect(await send(behind.application, 'a')).to.equal(2);
    await lost;
    expect(runs()).to.equal(2);
    expect(await isHeld(behind.application)).to.equal(false);
  });

  it('is given back, with the claim, when the answer comes too late', async () => {
    await using behind = await startBehindProxy(engine, 0.3);
    const watching = await startApplication(engine);
    const { send, runs } = definePay();
    await send(behind.application, 'warm-up');
    behind.proxy.delay(0.5);
    expect(await rejectionOf(send(behind.application, 'a'))).to.satisfy(isCacheUnavailableError);
    behind.proxy.heal();
    await eventually(async () => !(await isHeld(watching)));
    expect(await send(watching, 'a')).to.equal(2);
    expect(runs()).to.equal(2);
  });
});
