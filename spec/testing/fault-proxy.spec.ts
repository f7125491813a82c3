import { expect } from 'chai';
import { Redis } from 'ioredis';
import { createClient } from '../../src/index.js';
import { type FaultProxy, startFaultProxy } from '../../src/testing/index.js';
import { onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';

onRealRedis('startFaultProxy', (engine) => {
  let proxy: FaultProxy;
  let redis: Redis;
  let direct: Redis;
  let key: string;

  beforeEach(async () => {
    proxy = await startFaultProxy({ target: engine.url() });
    redis = (await engine.connect({ url: proxy.url })) as Redis;
    direct = (await engine.connect()) as Redis;
    key = `${engine.namespace()}:key`;
  });

  afterEach(() => proxy.close());

  it('forwards everything while nothing is asked of it', async () => {
    const big = 'é'.repeat(200_000);
    const replies = await Promise.all([redis.set(key, big), redis.get(key), redis.ping()]);
    expect(replies).to.deep.equal(['OK', big, 'PONG']);
    const before = proxy.counts.commands;
    await Promise.all(Array.from({ length: 10 }, () => redis.incr(`${key}:n`)));
    expect(proxy.counts.commands - before).to.equal(10);
    expect(proxy.counts).to.include({ connections: 1, open: 1, lostReplies: 0 });
    await direct.del(key, `${key}:n`);
  });

  it('keeps user, password and database of the target in its URL', async () => {
    const other = await startFaultProxy({ target: 'redis://user:p%40ss@localhost:1234/3' });
    expect(other.url).to.equal(`redis://user:p%40ss@127.0.0.1:${other.port}/3`);
    await other.close();
  });

  it('takes a host and a port as a target', async () => {
    const { hostname, port } = new URL(engine.url());
    const other = await startFaultProxy({ target: { host: hostname, port: Number(port) } });
    const client = (await engine.connect({ url: other.url })) as Redis;
    expect(await client.ping()).to.equal('PONG');
    await other.close();
  });

  it('cuts connections; the client reconnects', async () => {
    proxy.cut();
    expect(await redis.ping()).to.equal('PONG');
    await eventually(() => proxy.counts.connections === 2);
    expect(proxy.counts.open).to.equal(1);
  });

  it('loses the reply to a command that the server executed; ioredis sends it again', async () => {
    const lost = proxy.loseReply(key);
    // What is in flight with it is lost too, save what comes behind it, which is not sent at all.
    const replies = Promise.all([redis.ping(), redis.incr(key), redis.incr(`${key}:after`)]);
    await lost;
    expect(await replies).to.deep.equal(['PONG', 2, 1]);
    expect(proxy.counts).to.include({ lostReplies: 1, connections: 2 });
    await direct.del(key, `${key}:after`);
  });

  it('loses one reply for each time it was asked, of the commands that match', async () => {
    const isGet = ([name]: readonly string[]) => name === 'get';
    const lost = [proxy.loseReply(isGet), proxy.loseReply(isGet)];
    await redis.set(key, 'x', 'PX', 10_000);
    expect(proxy.counts.lostReplies).to.equal(0);
    expect(await redis.get(key)).to.equal('x');
    await Promise.all(lost);
    expect(proxy.counts.lostReplies).to.equal(2);
  });

  it('lets nothing through a black hole, until it heals', async () => {
    proxy.blackhole();
    const pending = redis.set(key, 'x', 'PX', 10_000);
    // A new client connects, and gets no answer.
    const late = new Redis(proxy.url, { retryStrategy: null, lazyConnect: true });
    late.on('error', () => {});
    const connecting = late.connect().catch((error: Error) => error);
    await eventually(() => proxy.counts.open === 2);
    expect(await direct.get(key)).to.equal(null);
    proxy.heal();
    // The connection that lost bytes was cut, so ioredis sends again what had no answer.
    expect(await pending).to.equal('OK');
    expect(await direct.get(key)).to.equal('x');
    await connecting;
    late.disconnect();
  });

  it('drops messages of subscriptions and nothing else', async () => {
    const subscriber = redis.duplicate();
    const received: string[] = [];
    subscriber.on('message', (_channel, message) => received.push(message));
    await subscriber.subscribe(key);
    proxy.dropPushes();
    expect(await direct.publish(key, 'one')).to.equal(1);
    await eventually(() => proxy.counts.droppedPushes === 1);
    expect(await redis.ping()).to.equal('PONG');
    proxy.heal();
    await direct.publish(key, 'two');
    await eventually(() => received.length > 0);
    expect(received).to.deep.equal(['two']);
    subscriber.disconnect();
  });

  it('delays replies, in their order', async () => {
    proxy.delay(0.1);
    const startedAt = performance.now();
    const order: number[] = [];
    const first = redis.incr(key).then((n) => order.push(n));
    await eventually(async () => (await direct.get(key)) === '1');
    proxy.delay(0);
    const second = redis.incr(key).then((n) => order.push(n));
    await Promise.all([first, second]);
    expect(performance.now() - startedAt).to.be.at.least(95);
    expect(order).to.deep.equal([1, 2]);
    await direct.del(key);
  });

  it('refuses connections once closed, and closes twice', async () => {
    await proxy.close();
    await proxy.close();
    const connecting = createClient(proxy.url).catch((error: unknown) => error);
    expect(await connecting).to.have.property('reason', 'refused');
  });
});
