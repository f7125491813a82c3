import { Redis } from 'ioredis';
import { eventually } from './eventually.js';
import { freePort } from './ports.js';
import { type RedisServer, startRedisServer } from './redis-server.js';

/** Several servers that make up one Redis. */
export interface Topology {
  readonly url: string;
  stop(): Promise<void>;
}

/** A cluster whose primaries share the slots evenly. */
export interface ClusterTopology extends Topology {
  readonly primaries: readonly RedisServer[];
  /** One for each primary, in the same order. */
  readonly replicas: readonly RedisServer[];
}

/** Three primaries that share the slots of a cluster; with `replicas`, each has one. */
export async function startCluster({
  replicas = false,
  config = {},
} = {}): Promise<ClusterTopology> {
  const start = async () =>
    startRedisServer({
      config: {
        'cluster-enabled': 'yes',
        'cluster-node-timeout': 1000,
        // Else it is the port and 10,000, which may be too high.
        'cluster-port': await freePort(),
        'cluster-replica-validity-factor': 0,
        'repl-diskless-sync-delay': 0,
        ...config,
      },
    });
  const servers = await Promise.all(Array.from({ length: replicas ? 6 : 3 }, start));
  const nodes = servers.map(({ port }) => new Redis(port));
  const primaries = servers.slice(0, 3);
  await Promise.all(primaries.map((_, i) => takeSlots(nodes[i] as Redis, i, primaries.length)));
  const [first] = nodes as [Redis, ...Redis[]];
  const [, bus] = (await first.config('GET', 'cluster-port')) as [string, string];
  const meet = ['MEET', '127.0.0.1', String(first.options.port), bus] as const;
  await Promise.all(nodes.slice(1).map((node) => node.call('CLUSTER', ...meet)));
  const everywhere = (pattern: RegExp, section: 'cluster' | 'replication', of = nodes) =>
    eventually(
      async () => {
        const infos = await Promise.all(
          of.map((node) => (section === 'cluster' ? node.cluster('INFO') : node.info(section))),
        );
        return infos.every((info) => pattern.test(info));
      },
      { withinSeconds: 20 },
    );
  await everywhere(new RegExp(`cluster_known_nodes:${nodes.length}\\b`), 'cluster');
  for (const [i, node] of nodes.slice(3).entries()) {
    await node.cluster('REPLICATE', await (nodes[i] as Redis).cluster('MYID'));
  }
  await everywhere(/master_link_status:up/, 'replication', nodes.slice(3));
  await everywhere(/cluster_state:ok/, 'cluster');
  for (const node of nodes) node.disconnect();
  return {
    primaries,
    replicas: servers.slice(3),
    url: `redis+cluster://${primaries.map(({ port }) => `127.0.0.1:${port}`)}`,
    stop: async () => void (await Promise.all(servers.map((server) => server.stop()))),
  };
}

function takeSlots(node: Redis, index: number, count: number): Promise<unknown> {
  const first = Math.floor((index * 16_384) / count);
  const last = Math.floor(((index + 1) * 16_384) / count) - 1;
  return node.call('CLUSTER', 'ADDSLOTSRANGE', first, last);
}
