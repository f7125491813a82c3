import { Redis } from 'ioredis';
import type { Acquire, LockContestant } from '../peers/lock/index.js';

/** Makes lock objects of a name for the callers of one contestant. */
export type LockOf = (name: string) => Acquire;

/**
 * Opens a connection for each contestant, so that none waits behind another's commands.
 *
 * @returns what `work` returns, when all connections are closed again
 */
export async function withClients<T>(
  url: string,
  contestants: readonly LockContestant[],
  work: (lockOf: (contestant: LockContestant, name: string) => Acquire) => Promise<T>,
): Promise<T> {
  const clients = contestants.map(() => new Redis(url));
  try {
    const opened = new Map<LockContestant, LockOf>();
    for (const [i, contestant] of contestants.entries()) {
      const client = clients[i];
      if (client) opened.set(contestant, await contestant.open(client));
    }
    return await work((contestant, name) => {
      const lockOf = opened.get(contestant);
      if (!lockOf) throw new Error(`${contestant.name} does not take part.`);
      return lockOf(name);
    });
  } finally {
    await Promise.all(clients.map((client) => client.quit()));
  }
}
