import { expect } from 'chai';
import { createClient } from '../../src/index.js';
import { subscriberOf } from '../../src/redis/subscriber.js';
import { startFaultProxy } from '../../src/testing/index.js';
import { onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';

onRealRedis('a listener', (engine) => {
  it('knows from when on it hears, and from when on it does not', async () => {
    const proxy = await startFaultProxy({ target: engine.url() });
    const redis = await createClient(proxy.url);
    const heard: string[] = [];
    const listener = (name: string) => ({
      onMessage: (message: string) => void heard.push(`${name} ${message}`),
      onListening: () => void heard.push(`${name} listening`),
      onLost: () => void heard.push(`${name} lost`),
      onClosed: () => void heard.push(`${name} closed`),
    });
    const hears = (events: string[]) => eventually(() => expect(heard).to.deep.equal(events));

    subscriberOf(redis).listen('channel', listener('a'));
    await hears(['a listening']);
    const admin = await engine.connect();
    await admin.publish('channel', 'first');
    await hears(['a listening', 'a first']);

    heard.length = 0;
    proxy.blackhole();
    proxy.cut();
    await eventually(() => heard.includes('a lost'));
    // One that comes during the outage is told only once it is over.
    subscriberOf(redis).listen('channel', listener('b'));
    await eventually(() => heard.includes('b lost') || proxy.counts.open >= 2);
    expect(heard).not.to.include('a listening').and.not.to.include('b listening');
    proxy.heal();
    await eventually(() => heard.includes('a listening') && heard.includes('b listening'));

    heard.length = 0;
    await redis.quit();
    await eventually(() => heard.includes('a closed') && heard.includes('b closed'));
    await proxy.close();
  });
});
