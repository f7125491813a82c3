import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { Cache, createClient, DistributedLock, IdempotencyStore } from '../../src/index.js';
import { claimOf } from '../support/claims.js';
import { type RedisServer, startRedisServer } from '../support/redis-server.js';
import { startCli } from './cli-process.js';
import { startInProcess } from './run-in-process.js';

const aclfile = fileURLToPath(new URL('../../docs/acl/qx-cache.acl', import.meta.url));

describe('The rights that docs/cli.md names', () => {
  let server: RedisServer;
  let admin: Redis;
  let url: string;

  beforeEach(async () => {
    server = await startRedisServer({ config: { aclfile } });
    admin = new Redis(server.port);
    await admin.call('ACL', 'SETUSER', 'qx-app', '>secret');
    url = server.url.replace('//', '//qx-app:secret@');
  });

  afterEach(async () => {
    admin.disconnect();
    await server.stop();
  });

  const run = (...args: string[]) => startInProcess([...args, '--url', url]).ended;

  it('are enough for every command', async () => {
    await admin.call('ACL', 'SETUSER', 'qx-app', '+scan', '+strlen', '+config|get');
    const redis = await createClient(server.url);
    const store = new IdempotencyStore(redis);
    await claimOf(store, 'running');
    await store.set('done', 1);
    await new Cache(redis).set('page', 1);
    await new DistributedLock(redis, 'tea').acquire();
    for (const args of [
      ...[['doctor'], ['watch', '--count', '2', '--every', '0.1']],
      ...[
        ['idempotency', 'list'],
        ['idempotency', 'show', 'done', '--payload'],
      ],
      ...[
        ['locks', 'list'],
        ['locks', 'show', 'tea'],
        ['locks', 'release', 'tea', '--force', '-y'],
      ],
      ...[
        ['cache', 'list'],
        ['cache', 'show', 'page', '--payload'],
      ],
      ...[
        ['cache', 'delete', 'page', '-y'],
        ['idempotency', 'delete', '--older-than', '0', '-y'],
      ],
    ]) {
      expect(await run(...args), args.join(' ')).to.include({ code: 0, stderr: '' });
    }
    expect(await admin.call('ACL', 'LOG')).to.deep.equal([]);
    await redis.quit();
  });

  it('are asked for when they are missing, without secrets', async () => {
    for (const command of ['idempotency', 'locks', 'cache']) {
      const { code, stderr } = await run(command, 'list');
      expect(code).to.equal(3);
      expect(stderr)
        .to.match(/^qx-cache: .*SCAN.*docs\/cli\.md[^\n]*\n$/)
        .and.not.contain('secret');
    }
    expect((await run('locks', 'show', 'tea')).code).to.equal(1);
  });

  it('are asked for in the same words by a command and by the doctor', async () => {
    await admin.call('ACL', 'SETUSER', 'qx-app', '-eval');
    const hint = /[^.]\. What rights are needed stands in docs\/cli\.md\.\n/;
    expect((await run('locks', 'show', 'tea')).stderr).to.match(hint);
    expect((await run('doctor')).stdout).to.match(hint);
  });

  it('are not told of by ioredis in words of its own', async () => {
    await admin.call('ACL', 'SETUSER', 'qx-app', '-info');
    const { code, stdout, stderr } = await startCli([
      'locks',
      'show',
      'tea',
      '--json',
      '--url',
      url,
    ]).ended;
    expect({ code, stderr }).to.deep.equal({ code: 1, stderr: '' });
    expect(JSON.parse(stdout)).to.deep.equal({ locks: [] });
  });
});
