import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/ports.js';
import { type RedisServer, startRedisServer } from '../support/redis-server.js';
import { startInProcess } from './run-in-process.js';

interface Diagnosis {
  ok: boolean;
  findings: { check: string; level: string; found: string; advice?: string }[];
}

describe('qx-cache doctor', () => {
  let server: RedisServer;
  let admin: Redis;

  before(async () => {
    server = await startRedisServer();
  });

  after(() => server.stop());

  beforeEach(() => {
    admin = new Redis(server.port);
  });

  afterEach(() => admin.disconnect());

  async function diagnose(url = server.url) {
    const { code, stdout } = await startInProcess(['doctor', '--json', '--url', url]).ended;
    const { ok, findings } = JSON.parse(stdout) as Diagnosis;
    const levels = Object.fromEntries(findings.map(({ check, level }) => [check, level]));
    return { code, ok, findings, levels };
  }

  it('finds nothing wrong with a server that is set up as the docs say', async () => {
    await admin.config('SET', 'maxmemory', '1gb');
    await admin.config('SET', 'appendonly', 'yes');
    const { code, ok, findings } = await diagnose();
    // How fast a busy machine answers is no property of the server.
    const amiss = findings.filter(({ check, level }) => level !== 'ok' && check !== 'latency');
    expect(amiss).to.deep.equal([]);
    expect({ code, ok }).to.deep.equal({ code: 0, ok: true });
    expect(findings.map(({ check }) => check)).to.deep.equal([
      ...['connection', 'version', 'role', 'eviction', 'memory', 'persistence', 'connections'],
      ...['scripts', 'push', 'clock', 'latency'],
    ]);
    expect(await admin.dbsize()).to.equal(0);
  });

  it('says what is wrong, and what to do', async () => {
    await admin.config('SET', 'maxmemory', '1gb');
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await admin.config('SET', 'appendonly', 'no');
    await admin.config('SET', 'timeout', '300');
    const { code, levels, findings } = await diagnose();
    expect(code).to.equal(1);
    expect(levels).to.include({
      eviction: 'problem',
      persistence: 'warning',
      'idle timeout': 'warning',
    });
    for (const { level, advice } of findings) {
      if (level !== 'ok') expect(advice).to.be.a('string');
    }
    const { stdout } = await startInProcess(['doctor', '--url', server.url]).ended;
    expect(stdout).to.match(
      /^problem {2}eviction +maxmemory-policy is allkeys-lru\n +→ .*noeviction/m,
    );
    expect(stdout).to.match(/\n1 problem, \d warnings\n$/);
  });

  it('knows what a user may not do', async () => {
    const line = readFileSync(new URL('../../docs/acl/qx-cache.acl', import.meta.url), 'utf8');
    const [, , , ...rights] = line.trim().split(' ');
    const user = (...changes: string[]) =>
      admin.call('ACL', 'SETUSER', 'app', 'on', '>secret', ...rights.slice(1), ...changes);
    const url = server.url.replace('//', '//app:secret@');

    await user();
    const enough = await diagnose(url);
    expect(enough.levels).to.include({ scripts: 'ok', push: 'ok', settings: 'unknown' });

    await user('-zscore', '-subscribe');
    const { code, levels, findings } = await diagnose(url);
    expect(code).to.equal(1);
    expect(levels).to.include({ scripts: 'problem', push: 'warning' });
    expect(findings.find(({ check }) => check === 'scripts')?.advice).to.contain('qx-cache.acl');
    expect(JSON.stringify(findings)).not.to.contain('secret');
  });

  it('knows a node of a cluster that it was not told is one', async () => {
    const node = await startRedisServer({ config: { 'cluster-enabled': 'yes' } });
    try {
      const client = new Redis(node.port);
      await client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
      const isUp = async () =>
        /cluster_state:ok/.test(String(await client.call('CLUSTER', 'INFO')));
      await eventually(isUp);
      client.disconnect();
      const { code, findings } = await diagnose(node.url);
      expect(code).to.equal(1);
      expect(findings.find(({ check }) => check === 'cluster')).to.include({ level: 'problem' });
      for (const asJson of [[], ['--json']]) {
        const list = startInProcess(['idempotency', 'list', ...asJson, '--url', node.url]);
        const { stderr } = await list.ended;
        expect(stderr).to.contain('redis+cluster://');
        if (asJson.length > 0) expect(JSON.parse(stderr)).to.have.all.keys('note');
      }
    } finally {
      await node.stop();
    }
  });

  it('says why there is no connection', async () => {
    const port = await freePort();
    const { code, findings } = await diagnose(`redis://u:secret@127.0.0.1:${port}`);
    expect(code).to.equal(3);
    expect(findings).to.have.length(1);
    expect(findings[0]).to.include({ check: 'connection', level: 'problem' });
    expect(findings[0]?.found)
      .to.match(/refused/)
      .and.not.contain('secret');
  });
});
