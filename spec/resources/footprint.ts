import { getEventListeners } from 'node:events';
import { queryObjects, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Redis } from 'ioredis';
import { eventually } from '../support/eventually.js';

/** What a process holds when it is at rest. */
export interface Footprint {
  readonly heapBytes: number;
  /** What keeps the process alive: sockets, timers and so on. */
  readonly resources: readonly string[];
  /** All that wait to fire, also those that do not keep the process alive. */
  readonly timers: number;
  readonly promises: number;
  readonly abortSignals: number;
  /** On its client, by event; on a signal that all calls were given. */
  readonly listeners: Readonly<Record<string, number>>;
  readonly signalListeners: number;
  /** Of the whole server. */
  readonly connections: number;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const Timeout = setTimeout(() => {}, 0).constructor;

/** How much of the heap is in use when all that can go is gone. */
export async function heapAtRest(): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  await eventually(() => {
    collectGarbage();
    const { heapUsed } = process.memoryUsage();
    const isLess = heapUsed < least - 10_000;
    least = Math.min(least, heapUsed);
    return !isLess;
  });
  return least;
}

export async function footprintOf(redis: Redis, signal: AbortSignal): Promise<Footprint> {
  const clients = String(await redis.call('CLIENT', 'LIST'));
  const heapBytes = await heapAtRest();
  const count = (type: unknown) => queryObjects(type as () => void) as number;
  return {
    heapBytes,
    resources: process.getActiveResourcesInfo().sort(),
    timers: count(Timeout),
    promises: count(Promise),
    abortSignals: count(AbortSignal),
    listeners: Object.fromEntries(
      redis.eventNames().map((name) => [String(name), redis.listenerCount(name)]),
    ),
    signalListeners: getEventListeners(signal, 'abort').length,
    connections: clients.trim().split('\n').length,
  };
}

/** How many commands clients have sent to a server: scripts and reads, not what scripts call. */
export async function commandsSent(redis: Redis): Promise<number> {
  const stats = await redis.info('commandstats');
  const counts = stats.matchAll(/^cmdstat_(?:eval|evalsha):calls=(\d+)/gm);
  return [...counts].reduce((sum, [, calls]) => sum + Number(calls), 0);
}
