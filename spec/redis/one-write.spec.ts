import { expect } from 'chai';
import { Redis } from 'ioredis';
import { writeNow, writeTogether } from '../../src/redis/one-write.js';
import { countWrites } from '../support/counted-writes.js';
import { sharedServer } from '../support/shared-server.js';

describe('commands of one turn of the event loop', () => {
  let redis: Redis;

  beforeEach(async () => {
    redis = new Redis((await sharedServer()).url);
    await redis.ping();
  });
  afterEach(() => redis.quit());

  const ping = (text: string) => {
    writeTogether(redis);
    return redis.ping(text);
  };

  it('go out in one write, in their order', async () => {
    const writes = countWrites(redis);
    const replies = await Promise.all(['a', 'b', 'c'].map(ping));
    expect(replies).to.deep.equal(['a', 'b', 'c']);
    expect(writes()).to.equal(1);
    await ping('d');
    expect(writes()).to.equal(2);
  });

  it('go out in parts when they are many: Redis need not wait for the last one', async () => {
    const writes = countWrites(redis);
    const replies = Promise.all(Array.from({ length: 6 }, (_, i) => ping(`${i}`.repeat(1500))));
    expect(writes()).to.equal(1);
    expect((await replies).map((reply) => reply[0]).join('')).to.equal('012345');
    expect(writes()).to.equal(2);
    expect(redis.stream.writableCorked).to.equal(0);
  });

  it('can be sent before the turn ends', async () => {
    const writes = countWrites(redis);
    const first = ping('a');
    expect(writes()).to.equal(0);
    writeNow(redis);
    expect(writes()).to.equal(1);
    const second = ping('b');
    expect(writes()).to.equal(1);
    expect(await Promise.all([first, second])).to.deep.equal(['a', 'b']);
    expect(writes()).to.equal(2);
    expect(redis.stream.writableCorked).to.equal(0);
  });

  it('are sent one by one where the client shows no socket', async () => {
    const unconnected = new Redis({ lazyConnect: true });
    writeTogether(unconnected);
    writeNow(unconnected);
    expect(unconnected.status).to.equal('wait');
    unconnected.disconnect();
  });
});
