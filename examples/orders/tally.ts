import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IdempotencyEvent } from 'qx-cache';

/** What the library did in one process, as it tells on its diagnostics channel. */
export interface Tally {
  executed: number;
  /** Of the executed: those whose earlier owner had died. */
  takenOver: number;
  replayed: number;
  /** Of all: those that first waited for another one to finish. */
  waited: number;
  refused: number;
  /** Commands to Redis. */
  commands: number;
}

export const emptyTally: Readonly<Tally> = {
  executed: 0,
  takenOver: 0,
  replayed: 0,
  waited: 0,
  refused: 0,
  commands: 0,
};

/** Counts until `stop` is called. */
export function countEvents(): { readonly tally: Tally; stop(): void } {
  const tally = { ...emptyTally };
  const listen = (message: unknown) => {
    const event = message as IdempotencyEvent;
    if (event.event === 'claimed') tally.executed++;
    if (event.event === 'claimed' && event.attempt > 1) tally.takenOver++;
    if (event.event === 'replayed') tally.replayed++;
    if (event.event === 'waited') tally.waited++;
    if (event.event === 'key-reused') tally.refused++;
  };
  subscribe('qx-cache:idempotency', listen);
  return { tally, stop: () => void unsubscribe('qx-cache:idempotency', listen) };
}

export function sumOf(tallies: Iterable<Tally>): Tally {
  const sum = { ...emptyTally };
  for (const tally of tallies) {
    for (const name of Object.keys(sum) as (keyof Tally)[]) sum[name] += tally[name];
  }
  return sum;
}

/** Counts the commands that a client sends from now on, and the connections made after it. */
export function countCommands(redis: object): () => number {
  let count = 0;
  const watch = (client: object): void => {
    const methods = client as Record<string, (...args: unknown[]) => unknown>;
    // Every command of ioredis goes through sendCommand; ioredis-mock has no such place.
    const senders =
      'sendCommand' in client
        ? ['sendCommand']
        : ['eval', 'evalsha', 'get', 'mget', 'exists', 'pttl', 'subscribe', 'unsubscribe'];
    for (const name of senders) {
      const send = methods[name]?.bind(client);
      methods[name] = (...args) => {
        count++;
        return send?.(...args);
      };
    }
    const duplicate = methods.duplicate?.bind(client);
    methods.duplicate = (...args) => {
      const connection = duplicate?.(...args);
      watch(connection as object);
      return connection;
    };
  };
  watch(redis);
  return () => count;
}
