import { expect } from 'chai';
import type { Cluster, Redis } from 'ioredis';
import { IdempotencyStore } from '../../src/index.js';
import { claimOf, endLease } from '../support/claims.js';
import { onRealRedis } from '../support/engines.js';
import { unprintable } from '../support/hostile-strings.js';
import { recordKey } from '../support/raw-record.js';
import { cliOf } from './run-in-process.js';

/** How readline sets the cursor around its own prompt. */
const promptMoves = new RegExp(`${String.fromCharCode(27)}\\[\\d*[GJ]|\r`, 'g');

interface Listed {
  records: { key: string; state: string }[];
  truncated: boolean;
}

onRealRedis('qx-cache idempotency', (engine) => {
  const { run, json, onTerminal } = cliOf(engine);
  let redis: Redis | Cluster;
  let store: IdempotencyStore;

  beforeEach(async () => {
    redis = await engine.connect();
    store = new IdempotencyStore(redis);
  });

  const listed = async (...filter: string[]) => {
    const { records } = await json<Listed>('idempotency', 'list', ...filter);
    return records.map(({ key }) => key).sort();
  };

  it('lists keys with their state, and no payload', async () => {
    await store.set('order:1', 'the payload');
    await claimOf(store, 'order:2');
    const { code, stdout } = await run('idempotency', 'list');
    expect(code).to.equal(0);
    expect(stdout).to.match(/^KEY +STATE +ATTEMPT +AGE +LEASE +TTL +SIZE$/m);
    expect(stdout).to.match(/^order:1 +completed +1 /m);
    expect(stdout).to.match(/^order:2 +in-progress +1 .* 30s +1h /m);
    expect(stdout).not.to.contain('payload');
  });

  it('finds by prefix, whatever characters it has', async () => {
    for (const key of ['a*b:1', 'a*b:2', 'axb:3', 'a[1]', 'a{b}%', '-^\\']) await store.set(key, 1);
    expect(await listed('--prefix', 'a*b')).to.deep.equal(['a*b:1', 'a*b:2']);
    expect(await listed('--prefix', 'a[')).to.deep.equal(['a[1]']);
    expect(await listed('--prefix', 'a{b')).to.deep.equal(['a{b}%']);
    expect(await listed('--prefix=-^')).to.deep.equal(['-^\\']);
  });

  it('finds by state and by age', async () => {
    await store.set('done', 1);
    await claimOf(store, 'running');
    await claimOf(store, 'dead');
    await endLease(redis, engine, 'dead');
    await redis.set(recordKey(engine, 'foreign'), 'x');
    await redis.hset(recordKey(engine, 'done'), 'since', '1000');
    expect(await listed('--state', 'in-progress')).to.deep.equal(['running']);
    expect(await listed('--state', 'abandoned')).to.deep.equal(['dead']);
    expect(await listed('--state', 'unreadable')).to.deep.equal(['foreign']);
    expect(await listed('--older-than', '1d')).to.deep.equal(['done']);
    expect(await listed('--younger-than', '5m')).to.deep.equal(['dead', 'running']);
  });

  it('finds each of many keys once, and says when it shows only some', async () => {
    for (let i = 0; i < 1200; i += 1)
      redis.hset(recordKey(engine, `k${i}`), 'state', 'completed', 'token', '1');
    const all = await json<Listed>('idempotency', 'list', '--limit', '2000');
    expect(new Set(all.records.map(({ key }) => key)).size).to.equal(1200);
    expect(all.records).to.have.length(1200);
    expect(all.truncated).to.equal(false);
    const some = await json<Listed>('idempotency', 'list', '--limit', '10');
    expect(some.records).to.have.length(10);
    expect(some.truncated).to.equal(true);
    expect((await run('idempotency', 'list', '--limit', '10')).stderr).to.contain('there are more');
  });

  it('shows one key, and its payload only when asked', async () => {
    const value = { id: 12n, at: new Date(0), note: 'secret\u001b[31m\u009b' };
    await store.run('order', async () => value, { version: '3' });
    const { stdout } = await run('idempotency', 'show', 'order');
    expect(stdout).to.match(/^key +order$/m);
    expect(stdout).to.match(/^state +completed$/m);
    expect(stdout).to.match(/^version +3$/m);
    expect(stdout).not.to.contain('secret');
    const shown = await run('idempotency', 'show', 'order', '--payload');
    expect(shown.stdout).to.contain('12n').and.to.contain('secret\\x1B[31m');
    const { payload } = await json<{ payload: object }>(
      'idempotency',
      'show',
      'order',
      '--payload',
    );
    expect(payload).to.deep.equal({ id: '12', at: new Date(0).toISOString(), note: value.note });
  });

  it('says by its exit code that there is no such key, or that it can not be read', async () => {
    await redis.set(recordKey(engine, 'foreign'), 'x');
    expect(await run('idempotency', 'show', 'none')).to.include({ code: 1, stdout: '' });
    const { code, stderr } = await run('idempotency', 'show', 'foreign');
    expect(code).to.equal(4);
    expect(stderr).to.match(/^qx-cache: Redis holds another type [^\n]*\n$/);
  });

  it('deletes keys by name', async () => {
    await store.set('a', 1);
    const claim = await claimOf(store, 'b');
    expect(await run('idempotency', 'delete', 'a', 'b', 'c', '--yes')).to.include({
      code: 0,
      stdout: 'deleted 2 idempotency keys\n',
      stderr: 'There was no "c".\n',
    });
    expect(await store.inspect('a')).to.equal(undefined);
    expect(await claim.complete(1).catch((error) => error.code)).to.equal(
      'QX_IDEMPOTENCY_CLAIM_LOST',
    );
    expect((await run('idempotency', 'delete', 'a', '--yes')).code).to.equal(1);
  });

  it('deletes all that a filter finds, and nothing else', async () => {
    for (const key of ['a:1', 'a:2', 'b:1']) await store.set(key, 1);
    await claimOf(store, 'a:3');
    const filter = ['--prefix', 'a:', '--state', 'completed'];
    const { deleted } = await json<{ deleted: string[] }>('idempotency', 'delete', ...filter, '-y');
    expect(deleted.sort()).to.deep.equal(['a:1', 'a:2']);
    expect(await listed()).to.deep.equal(['a:3', 'b:1']);
  });

  it('spares what the filter no longer finds once the person has said yes', async () => {
    for (const key of ['a', 'b']) {
      await claimOf(store, key);
      await endLease(redis, engine, key);
    }
    const asked = onTerminal(['idempotency', 'delete', '--state', 'abandoned']);
    await asked.type('', 'Delete 2');
    await claimOf(store, 'b');
    await asked.type('y\n', 'Delete 2');
    expect(await asked.ended).to.include({ code: 0, stdout: 'deleted 1 idempotency key\n' });
    expect(await listed()).to.deep.equal(['b']);
  });

  it('deletes nothing when it is not told what', async () => {
    await store.set('a', 1);
    for (const args of [[], ['a', '--prefix', 'a']]) {
      const { code, stderr } = await run('idempotency', 'delete', ...args, '--yes');
      expect(code).to.equal(2);
      expect(stderr).to.contain('--prefix, --state, --older-than, --younger-than.');
    }
    expect(await listed()).to.deep.equal(['a']);
  });

  it('takes a prefix that is empty for a variable that is not set', async () => {
    await store.set('a', 1);
    for (const args of [
      ['delete', '--yes'],
      ['delete', '--state', 'completed', '--yes'],
      ['list'],
    ]) {
      const { code, stderr } = await run('idempotency', ...args, '--prefix', '');
      expect(code, args.join(' ')).to.equal(2);
      expect(stderr).to.match(/^qx-cache: option '--prefix <text>' argument '' is invalid/);
    }
    expect(await listed()).to.deep.equal(['a']);
  });

  it('asks before it deletes, and takes anything but yes for a no', async () => {
    await store.set('a', 1);
    for (const [answer, code] of [
      ['\n', 1],
      ['nope\n', 1],
      ['\u0004', 1],
      ['y\n', 0],
    ] as const) {
      const asked = onTerminal(['idempotency', 'delete', 'a']);
      await asked.type(answer, /Delete 1 idempotency key \("a"\)\?.*\[y\/N\]/);
      expect((await asked.ended).code, answer).to.equal(code);
      expect(await store.get('a')).to.equal(code === 0 ? undefined : 1);
    }
  });

  it('deletes nothing where there is nobody to ask', async () => {
    await store.set('a', 1);
    const { code, stderr } = await run('idempotency', 'delete', 'a');
    expect(code).to.equal(2);
    expect(stderr).to.contain('add --yes');
    expect(await store.get('a')).to.equal(1);
  });

  it('lets no key do anything to the terminal', async () => {
    const hostile = 'a\u001b]0;title\u0007\n\u009b2K\u202eb';
    await store.set(hostile, hostile);
    const asked = onTerminal(['idempotency', 'delete', hostile]);
    await asked.type('n\n', 'Delete 1');
    const outputs = [
      (await run('idempotency', 'list')).stdout,
      (await run('idempotency', 'list', '--json')).stdout,
      (await run('idempotency', 'show', hostile, '--payload')).stdout,
      (await run('idempotency', 'show', hostile, '--payload', '--json')).stdout,
      (await run('idempotency', 'show', `${hostile}!`)).stderr,
      (await asked.ended).stderr.replaceAll(promptMoves, ''),
    ];
    for (const output of outputs) {
      expect(output.split('\n').join(''), output).not.to.match(unprintable);
    }
    expect(await listed()).to.deep.equal([hostile]);
  });

  it('has colors on a terminal that has some, and nowhere else', async () => {
    await claimOf(store, 'a');
    const output = async (args: string[], hasColors: boolean) =>
      (await onTerminal(['idempotency', 'list', ...args], { hasColors }).ended).stdout;
    expect(await output([], true)).to.contain('\u001b[36min-progress\u001b[39m');
    expect(await output([], false)).not.to.contain('\u001b');
    expect(await output(['--no-color'], true)).not.to.contain('\u001b');
    expect((await run('idempotency', 'list')).stdout).not.to.contain('\u001b');
  });
});
