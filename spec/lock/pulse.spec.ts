import { expect } from 'chai';
import type { Redis } from 'ioredis';
import { DistributedLock } from '../../src/index.js';
import { countCommands, countWrites } from '../support/counted-writes.js';
import { onRealRedis } from '../support/engines.js';
import { eventually } from '../support/eventually.js';

onRealRedis('the heartbeats of a process', (engine) => {
  it('go out together, in one write, for however many locks it waits for', async () => {
    const holder = await engine.connect();
    const redis = (await engine.connect()) as Redis;
    const names = Array.from({ length: 20 }, (_, i) => `lock ${i}`);
    const held = await Promise.all(
      names.map((name) => new DistributedLock(holder, name).acquire()),
    );
    const waiting = names.map((name) => new DistributedLock(redis, name).acquire());
    const keys = names.map((name) => `${engine.namespace()}:lock:{${name}}:alive`);
    const signsOfLife = () =>
      Promise.all(keys.map(async (key) => (await holder.zrange(key, 0, -1, 'WITHSCORES'))[1]));
    await eventually(async () => (await signsOfLife()).every(Boolean));

    const first = await signsOfLife();
    const writes = countWrites(redis);
    const commands = countCommands(redis);
    await eventually(async () => {
      const now = await signsOfLife();
      return now.every((sign, i) => sign !== first[i]);
    });
    // More than one beat, when the machine is slow; 20 commands are more than one packet takes.
    expect(writes()).to.be.at.most(2 * Math.ceil(commands() / names.length));

    await Promise.all(held.map((lease) => lease.release()));
    for (const lease of await Promise.all(waiting)) await lease.release();
  });
});
