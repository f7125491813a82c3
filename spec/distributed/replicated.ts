import { Redis } from 'ioredis';
import { eventually } from '../support/eventually.js';
import type { RedisServer } from '../support/redis-server.js';

/** Waits until a replica has all that its primary has written when this is called. */
export async function replicated(primary: RedisServer, replica: RedisServer): Promise<void> {
  const [source, target] = [new Redis(primary.port), new Redis(replica.port)];
  const written = await offset(source, 'master_repl_offset');
  await eventually(async () => (await offset(target, 'slave_repl_offset')) >= written);
  source.disconnect();
  target.disconnect();
}

async function offset(node: Redis, field: string): Promise<number> {
  const info = await node.info('replication');
  return Number(new RegExp(`${field}:(\\d+)`).exec(info)?.[1]);
}
