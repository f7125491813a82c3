import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { killWithParent } from './child-processes.js';
import { eventually } from './eventually.js';
import { freePort, isAnswering } from './ports.js';
import { redisBinary } from './redis-binary.js';
import { type RedisServer, startRedisServer } from './redis-server.js';
import type { Topology } from './redis-topologies.js';

interface Sentinel {
  readonly port: number;
  stop(): Promise<void>;
}

/** One primary with two replicas, under three sentinels that replace it half a second after it died. */
export interface SentinelTopology extends Topology {
  readonly primary: RedisServer;
  readonly replicas: readonly RedisServer[];
}

/** One sentinel that watches the primary under the name "main". */
export async function startSentinel(
  primary: RedisServer,
  directives: readonly string[] = [],
): Promise<Topology> {
  const { port, stop } = await runSentinel(primary, 1, directives);
  return { url: `redis+sentinel://127.0.0.1:${port}/main/0`, stop };
}

/** A primary, two replicas and three sentinels, which know one another. */
export async function startSentinels(): Promise<SentinelTopology> {
  const config = { 'repl-diskless-sync-delay': 0 };
  const primary = await startRedisServer({ config });
  const replicaof = `127.0.0.1 ${primary.port}`;
  const replicas = await Promise.all(
    [1, 2].map(() => startRedisServer({ config: { ...config, replicaof } })),
  );
  const servers = [primary, ...replicas];
  const admin = new Redis(primary.port);
  await eventually(async () => /connected_slaves:2/.test(await admin.info('replication')));
  // A write, as WAIT is content at once with a connection that wrote nothing.
  await admin.set('probe', '1');
  await eventually(async () => (await admin.wait(2, 100)) === 2);
  admin.disconnect();
  const directives = ['down-after-milliseconds main 500', 'failover-timeout main 3000'];
  const sentinels = await Promise.all([1, 2, 3].map(() => runSentinel(primary, 2, directives)));
  await Promise.all(sentinels.map(({ port }) => eventually(() => knowsAll(port))));
  return {
    primary,
    replicas,
    url: `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`)}/main/0`,
    stop: async () => void (await Promise.all([...sentinels, ...servers].map((one) => one.stop()))),
  };
}

async function knowsAll(port: number): Promise<boolean> {
  const sentinel = new Redis(port);
  const info = await sentinel.info('sentinel');
  sentinel.disconnect();
  return /slaves=2,sentinels=3/.test(info);
}

/** @param directives of the sentinel, each without the word "sentinel" in front */
async function runSentinel(
  primary: RedisServer,
  quorum: number,
  directives: readonly string[],
): Promise<Sentinel> {
  const dir = await mkdtemp(join(tmpdir(), 'qx-cache-sentinel-'));
  const file = join(dir, 'sentinel.conf');
  const port = await freePort();
  const all = [`monitor main 127.0.0.1 ${primary.port} ${quorum}`, ...directives];
  const lines = all.map((directive) => `sentinel ${directive}\n`).join('');
  // It writes to its file, so it needs one of its own.
  await writeFile(file, `bind 127.0.0.1\nport ${port}\ndir ${dir}\n${lines}`);
  const child = spawn(redisBinary(), [file, '--sentinel'], { stdio: 'ignore' });
  killWithParent(child);
  await eventually(() => isAnswering(port), { withinSeconds: 10 });
  return {
    port,
    async stop() {
      const exited = once(child, 'exit');
      child.kill();
      await exited;
      await rm(dir, { recursive: true, force: true });
    },
  };
}
