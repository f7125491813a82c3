import { Redis } from 'ioredis';
import type { Contestant } from './contestant.js';

/** What takes part with a connection of its own, and is used as a `T`. */
export interface Openable<T> extends Contestant {
  /** Gets ready on this client. What it opens beside it, it ends when the client ends. */
  open(redis: Redis): Promise<T>;
}

/**
 * Opens a connection for each contestant, so that none waits behind another's commands.
 *
 * @returns what `work` returns, when all connections are closed again
 */
export async function withClients<T, R>(
  url: string,
  contestants: readonly Openable<T>[],
  work: (opened: (contestant: Openable<T>) => T) => Promise<R>,
): Promise<R> {
  const clients = contestants.map(() => new Redis(url));
  try {
    const opened = new Map<Openable<T>, T>();
    for (const [i, contestant] of contestants.entries()) {
      const client = clients[i];
      if (client) opened.set(contestant, await contestant.open(client));
    }
    return await work((contestant) => {
      const one = opened.get(contestant);
      if (one === undefined) throw new Error(`${contestant.name} does not take part.`);
      return one;
    });
  } finally {
    await Promise.all(clients.map((client) => client.quit()));
  }
}
