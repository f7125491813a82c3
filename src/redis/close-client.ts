import type { Socket } from 'node:net';
import { onClientEnd } from './client-end.js';
import { withDeadline } from './deadline.js';
import { isClusterClient, type RedisClient } from './redis-client.js';

/** What closing takes: clients and subscriber connections alike. */
type Connection = Pick<RedisClient, 'disconnect'>;

/**
 * Closes a connection at once. ioredis alone says goodbye and waits for the other side to hang up,
 * which a frozen server never does: the socket would keep the process alive.
 */
export function destroyConnection(connection: Connection): void {
  const sockets = nodesOf(connection).map(socketOf);
  connection.disconnect();
  for (const socket of sockets) socket?.destroy();
}

/**
 * Lets pending commands end and closes, also the socket; after the time limit closes all the same.
 * Never rejects.
 */
export async function closeClient(redis: RedisClient, timeoutSeconds: number): Promise<void> {
  const client = redis as { readonly status?: string; emit?: (event: string) => void };
  const ended = new Promise<void>((resolve) => onClientEnd(redis, resolve));
  const isEnding = () => client.status === 'ready' || client.status === 'disconnecting';
  const closing = redis.quit().then(() => (isEnding() ? ended : undefined));
  await withDeadline(closing, timeoutSeconds, 'QUIT').catch(() => destroyConnection(redis));
  // A client that was about to reconnect stops without telling those who listen for its end.
  if (client.status === 'reconnecting') client.emit?.('end');
}

/** Whether the connection is accepted, but the other side has not said anything useful yet. */
export function isWaitingForPeer(connection: Connection & { readonly status: string }): boolean {
  return connection.status === 'connecting' && socketOf(connection)?.connecting === false;
}

function nodesOf(connection: Connection): readonly unknown[] {
  if (!isClusterClient(connection as RedisClient)) return [connection];
  return (connection as unknown as { nodes(): unknown[] }).nodes();
}

function socketOf(node: unknown): Socket | undefined {
  return (node as { stream?: Socket }).stream;
}
