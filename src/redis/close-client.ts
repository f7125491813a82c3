import type { Socket } from 'node:net';
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

/** Lets pending commands end and closes; after the time limit closes all the same. Never rejects. */
export async function closeClient(redis: RedisClient, timeoutSeconds: number): Promise<void> {
  await withDeadline(redis.quit(), timeoutSeconds, 'QUIT').catch(() => destroyConnection(redis));
  // A client that was about to reconnect stops without telling those who listen for its end.
  const { status, emit } = redis as { status?: string; emit?: (event: string) => void };
  if (status === 'reconnecting') emit?.call(redis, 'end');
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
