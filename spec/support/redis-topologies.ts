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

/** Several servers that make up one Redis. */
export interface Topology {
  readonly url: string;
  stop(): Promise<void>;
}

/** Three primaries that share the slots of a cluster. */
export async function startCluster(): Promise<Topology> {
  const config = { 'cluster-enabled': 'yes', 'cluster-node-timeout': 2000 };
  const servers = await Promise.all([0, 1, 2].map(() => startRedisServer({ config })));
  const nodes = servers.map(({ port }) => new Redis(port));
  const slots = 16_384;
  await Promise.all(
    nodes.map((node, i) => {
      const first = Math.floor((i * slots) / nodes.length);
      const last = Math.floor(((i + 1) * slots) / nodes.length) - 1;
      return node.call('CLUSTER', 'ADDSLOTSRANGE', first, last);
    }),
  );
  const [first, ...others] = servers as [RedisServer, ...RedisServer[]];
  for (const { port } of others) await nodes[0]?.call('CLUSTER', 'MEET', '127.0.0.1', port);
  const knowsAll = async (node: Redis) => {
    const info = String(await node.call('CLUSTER', 'INFO'));
    return /cluster_state:ok/.test(info) && /cluster_known_nodes:3/.test(info);
  };
  const allKnowAll = async () => (await Promise.all(nodes.map(knowsAll))).every(Boolean);
  await eventually(allKnowAll, { withinSeconds: 20 });
  for (const node of nodes) node.disconnect();
  return {
    url: `redis+cluster://127.0.0.1:${first.port},127.0.0.1:${others[0]?.port}`,
    stop: async () => void (await Promise.all(servers.map((server) => server.stop()))),
  };
}

/** One sentinel that watches the primary under the name "main". */
export async function startSentinel(primary: RedisServer): Promise<Topology> {
  const dir = await mkdtemp(join(tmpdir(), 'qx-cache-sentinel-'));
  const file = join(dir, 'sentinel.conf');
  const port = await freePort();
  // It writes to its file, so it needs one of its own.
  await writeFile(
    file,
    `bind 127.0.0.1\nport ${port}\nsentinel monitor main 127.0.0.1 ${primary.port} 1\n`,
  );
  const child = spawn(redisBinary(), [file, '--sentinel'], { stdio: 'ignore' });
  killWithParent(child);
  await eventually(() => isAnswering(port), { withinSeconds: 10 });
  return {
    url: `redis+sentinel://127.0.0.1:${port}/main/0`,
    async stop() {
      const exited = once(child, 'exit');
      child.kill();
      await exited;
      await rm(dir, { recursive: true, force: true });
    },
  };
}
