import { type RedisServer, startRedisServer } from './redis-server.js';

let starting: Promise<RedisServer> | undefined;

/** One server for all specs that do it no harm; each test has a namespace of its own there. */
export function sharedServer(): Promise<RedisServer> {
  starting ??= startRedisServer();
  return starting;
}

export async function stopSharedServer(): Promise<void> {
  const server = await starting?.catch(() => undefined);
  starting = undefined;
  await server?.stop();
}
