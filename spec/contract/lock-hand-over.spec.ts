import { expect } from 'chai';
import type { Redis } from 'ioredis';
import type { LockEvent } from '../../src/diagnostics/index.js';
import type { LockNotHeldError } from '../../src/errors/index.js';
import { DistributedLock, type Lease, type LockOptions } from '../../src/lock/index.js';
import { acquireScript } from '../../src/lock/scripts/acquire.js';
import { renewScript } from '../../src/lock/scripts/renew.js';
import { type FaultProxy, startFaultProxy } from '../../src/testing/index.js';
import { onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';
import { recordEvents } from '../support/recorded-events.js';
import { callsOf } from '../support/script-calls.js';

onRealRedis('DistributedLock, 3: the hand-over', (engine) => {
  const events = recordEvents<LockEvent>('qx-cache:lock');
  let redis: Redis;
  /** Whose lock is handed over. */
  let lock: DistributedLock;
  let proxy: FaultProxy;
  const connections: Redis[] = [];

  beforeEach(async () => {
    redis = (await engine.connect()) as Redis;
    lock = new DistributedLock(redis, 'a', { waitSeconds: 20 });
    proxy = await startFaultProxy({ target: engine.url() });
  });

  afterEach(async () => {
    for (const connection of connections.splice(0)) connection.disconnect();
    await proxy.close();
  });

  function toClose(connection: Redis): Redis {
    connections.push(connection);
    return connection;
  }

  const queue = () => redis.zrange(`${engine.namespace()}:lock:{a}:queue`, 0, -1);
  const told = ({ token }: Lease) =>
    events.filter((event) => 'token' in event && event.token === token).map(({ event }) => event);

  /** The id of the one that waits, as soon as it stands in the queue and can be told. */
  const waiter = () =>
    eventually(async () => {
      const [id = ''] = await queue();
      const [process] = id.split(':');
      const channel = `${engine.namespace()}:lock:wake:${process}`;
      const [, listeners] = await redis.pubsub('NUMSUB', channel);
      return Number(listeners) > 0 ? id : undefined;
    });

  /** Says on the channel of its process that it was granted the lock. Gives how many heard it. */
  function tell(id: string, token: number | string): Promise<number> {
    const [process] = id.split(':');
    return redis.publish(`${engine.namespace()}:lock:wake:${process}`, `${id} ${token} lock:a`);
  }

  it('goes to a process that then has no time, for as long as the lease lasts', async () => {
    const held = await lock.acquire();
    const other = new DistributedLock(await engine.connect(), 'a', { waitSeconds: 20 });
    const leases: Lease[] = [];
    const running = other.run(async (lease) => {
      leases.push(lease);
      const end = performance.now() + 1500;
      while (performance.now() < end);
      return 'done';
    });
    await waiter();
    await held.release();
    expect(await running).to.equal('done');
    expect(leases.map(told)).to.deep.equal([['acquired', 'released']]);
    expect((await lock.inspect()).held).to.equal(false);
  });

  describe('is not believed', () => {
    it('when a message tells of a token from before the waiter asked', async () => {
      const other = new DistributedLock(await engine.connect(), 'a', { waitSeconds: 20 });
      // Its scripts get known, so that it sends them by their hashes.
      await other.run((lease) => lease.renew());
      events.length = 0;
      const held = await lock.acquire();
      const waiting = other.acquire();
      const id = await waiter();
      const monitor = toClose(await redis.monitor());
      const commands: string[][] = [];
      monitor.on('monitor', (_: string, command: string[]) => commands.push(command));
      const sent = (match: (command: readonly string[]) => boolean) =>
        commands.filter((command) => command.includes(id) && match(command)).length;
      for (const [before, token] of [held.token, held.token - 1, 'x'].entries()) {
        // Its channel is subscribed some time after it stands in the queue.
        await eventually(async () => (await tell(id, token)) === 1);
        // It asks Redis, hears that it is not so, and takes its place again.
        await eventually(() => sent(callsOf(renewScript)) > before);
        await eventually(() => sent(callsOf(acquireScript)) > before);
        expect(await queue()).to.deep.equal([id]);
        expect(await lock.inspect()).to.include({ token: held.token, waiters: 1 });
      }
      expect(events.filter(({ event }) => event === 'acquired').length).to.equal(1);
      expect(held.isHeld).to.equal(true);
      await held.release();
      const lease = await waiting;
      expect(lease.token).to.be.greaterThan(held.token);
      await lease.release();
      expect(told(lease)).to.deep.equal(['acquired', 'released']);
    });

    it('when the message comes after the lock went on to another owner', async () => {
      const cutOff = await engine.connect({ url: proxy.url, commandTimeoutSeconds: 0.5 });
      const late = new DistributedLock(cutOff, 'a', { waitSeconds: 60 });
      const messages: string[] = [];
      const listener = toClose(redis.duplicate());
      listener.on('pmessage', (_pattern, _channel, message: string) => messages.push(message));
      await listener.psubscribe(`${engine.namespace()}:lock:wake:*`);
      const held = await lock.acquire();
      const waiting = late.acquire();
      const id = await waiter();
      const behind = lock.acquire();
      await eventually(async () => (await queue()).length === 2);
      proxy.blackhole();
      await held.release();
      const message = await eventually(() => messages[0]);
      listener.disconnect();
      expect(message.startsWith(`${id} `)).to.equal(true);
      // Its claim ends, and the next one gets the lock.
      const next = await behind;
      proxy.heal();
      await eventually(async () => (await queue())[0] === id, { withinSeconds: 20 });
      const [, token = ''] = message.split(' ');
      await eventually(async () => (await tell(id, token)) === 1);
      await next.renew();
      expect(await lock.inspect()).to.include({ token: next.token });
      expect(events.filter(({ event }) => event === 'acquired').length).to.equal(2);
      await next.release();
      const lease = await waiting;
      expect(lease.token).to.be.greaterThan(next.token);
      await lease.release();
    });
  });

  describe('that is not confirmed yet', () => {
    /** Commands go through the proxy, pushes past it. */
    async function halfFaulty(options?: LockOptions): Promise<DistributedLock> {
      const client = (await engine.connect({
        url: proxy.url,
        commandTimeoutSeconds: 0.5,
      })) as Redis;
      const { hostname: host, port } = new URL(engine.url());
      const duplicate = client.duplicate.bind(client);
      client.duplicate = (override) => duplicate({ ...override, host, port: Number(port) });
      return new DistributedLock(client, 'a', { waitSeconds: 20, ...options });
    }

    /**
     * A lease that was handed over after nothing got through any more.
     *
     * Had the waiter not looked for long, it waits for the confirmation, in vain: then once more.
     */
    async function unconfirmed(of: DistributedLock): Promise<Lease> {
      for (;;) {
        const held = await lock.acquire();
        const waiting = of.acquire().catch(() => undefined);
        await waiter();
        proxy.blackhole();
        await held.release();
        const lease = await waiting;
        if (lease) return lease;
        proxy.heal();
      }
    }

    it('has given its lease already', async () => {
      const lease = await unconfirmed(await halfFaulty());
      expect(lease.isHeld).to.equal(true);
      expect(await lock.inspect()).to.include({ held: true, token: lease.token });
      expect((await lock.inspect()).expiresInSeconds).to.be.at.most(1);
    });

    it('ends no later than another owner gets the lock', async () => {
      const { signal, token } = await unconfirmed(await halfFaulty());
      const next = lock.acquire().then((lease) => ({ lease, wasAborted: signal.aborted }));
      const { lease, wasAborted } = await next;
      expect(wasAborted).to.equal(true);
      expect((signal.reason as LockNotHeldError).reason).to.equal('expired');
      expect(lease.token).to.be.greaterThan(token);
      proxy.heal();
      await lease.renew();
      await lease.release();
    });

    it('is confirmed in the end when a later attempt gets through', async () => {
      const other = await halfFaulty();
      const held = await lock.acquire();
      const waiting = other.acquire();
      await waiter();
      const lost = proxy.loseReply(callsOf(renewScript));
      await held.release();
      await lost;
      const lease = await waiting;
      await eventually(async () => ((await lock.inspect()).expiresInSeconds ?? 0) > 1);
      await lease.renew();
      await lease.release();
      expect(told(lease)).to.deep.equal(['acquired', 'renewed', 'released']);
    });

    it('can be released at once, also when both commands are sent twice', async () => {
      const other = await halfFaulty();
      const held = await lock.acquire();
      const waiting = other.acquire();
      await waiter();
      const lost = proxy.loseReply(callsOf(renewScript));
      await held.release();
      const lease = await waiting;
      await Promise.all([lease.release(), lost]);
      expect(told(lease)).to.deep.equal(['acquired', 'released']);
      expect((await lock.inspect()).held).to.equal(false);
    });
  });
});
