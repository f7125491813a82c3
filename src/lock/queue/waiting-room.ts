import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { pid } from 'node:process';
import { CacheUnavailableError } from '../../errors/index.js';
import type { Subscriber } from '../../redis/channel-listener.js';
import { onClientEnd } from '../../redis/client-end.js';
import { settingsOf } from '../../redis/client-settings.js';
import { hasTag } from '../../redis/key-slot.js';
import { perClient } from '../../redis/per-client.js';
import type { RedisClient } from '../../redis/redis-client.js';
import { RedisRunner } from '../../redis/redis-runner.js';
import { subscriberOf } from '../../redis/subscriber.js';
import { LocalQueue } from './local-queue.js';
import { Pulse } from './pulse.js';
import type { QueueCommands } from './queue-commands.js';
import type { QueueKind, QueueWiring } from './queue-kind.js';
import { Waiter, type WaitOutcome } from './waiter.js';

const roomsOf = perClient(() => new Map<string, WaitingRoom>());

/** The one waiting room of a client and a namespace, by default the client's: all locks share it. */
export function waitingRoomOf(
  redis: RedisClient,
  namespace = settingsOf(redis).namespace,
): WaitingRoom {
  const rooms = roomsOf(redis);
  const room = rooms.get(namespace) ?? new WaitingRoom(redis, namespace);
  rooms.set(namespace, room);
  return room;
}

/**
 * Where the acquisitions of this process wait. However many there are, they share one channel, on
 * which Redis wakes exactly the one whose turn it is. In a cluster each lock has its own, see
 * {@link wakeChannel}.
 */
export class WaitingRoom {
  readonly #wiring: QueueWiring;
  readonly #subscriber: Subscriber;
  /** Tells this process (this client of it, to be exact) from all others; for people, too. */
  readonly #process =
    `${hostname().replace(/[^\w.-]/g, '_')}-${pid}-${randomBytes(6).toString('base64url')}`;
  readonly #kinds = new Set<QueueKind<unknown, QueueCommands>>();
  readonly #waiters = new Map<string, Waiter>();
  readonly #queues = new Map<string, LocalQueue>();
  readonly #pulse = new Pulse();
  #lastId = 0;
  /** What ends the listening, by the start of the channel. */
  readonly #channels = new Map<string, () => void>();

  constructor(redis: RedisClient, namespace: string) {
    const runner = new RedisRunner(redis, settingsOf(redis).commandTimeoutSeconds);
    // It may wait in another process: that one gets the push.
    const onHandedOn = (id: string, token: number) => this.#waiters.get(id)?.grant(token);
    this.#wiring = { runner, namespace, onHandedOn };
    this.#subscriber = subscriberOf(redis);
    onClientEnd(redis, () => this.#close());
  }

  /** What speaks to the queue of one lock, semaphore or side of a read-write lock. */
  commandsOf<S, C extends QueueCommands>(kind: QueueKind<S, C>, subject: S): C {
    this.#kinds.add(kind);
    return kind.commands(this.#wiring, subject);
  }

  /**
   * An id that no acquisition, and no other request, has or had. It starts with the process.
   *
   * @param mark see {@link QueueCommands.mark}
   */
  newId(mark = ''): string {
    this.#lastId += 1;
    return `${this.#process}:${this.#lastId}${mark}`;
  }

  /** From now until it exits, a waiter hears of what it is granted. */
  enter({ mark }: QueueCommands): Waiter {
    const waiter = new Waiter(this.newId(mark));
    this.#waiters.set(waiter.id, waiter);
    return waiter;
  }

  exit(waiter: Waiter): void {
    this.#waiters.delete(waiter.id);
  }

  /**
   * Waits for its turn.
   *
   * @param leaseMs how long the lease of whoever is before this waiter lasts
   * @throws the reason of `signal`, or {@link CacheUnavailableError} when the client was closed
   */
  wait(
    commands: QueueCommands,
    waiter: Waiter,
    leaseMs: number,
    waitMs: number,
    signal: AbortSignal | undefined,
  ): Promise<WaitOutcome> {
    const queue = this.#queueOf(commands);
    this.#listen(commands.wake);
    queue.join(waiter, leaseMs);
    return waiter.wait(waitMs, signal, queue);
  }

  onMessage(message: string): void {
    const [id = '', token] = message.split(' ', 2);
    const address = message.slice(`${id} ${token} `.length);
    this.#onGranted(id, address, Number(token));
  }

  /** @param wake see {@link QueueCommands.wake} */
  onListening(wake: string): void {
    for (const queue of this.#queuesOf(wake)) queue.beatNow();
  }

  #onGranted(id: string, address: string, token?: number): void {
    const waiter = this.#waiters.get(id);
    if (waiter) waiter.grant(token);
    // It gave up, and Redis did not hear of that.
    else this.#commandsAt(address)?.giveBack(id, 'grant');
  }

  #commandsAt(address: string): QueueCommands | undefined {
    for (const kind of this.#kinds) {
      const subject = kind.subjectAt(address);
      if (subject !== undefined) return kind.commands(this.#wiring, subject);
    }
    return undefined;
  }

  #queueOf(commands: QueueCommands): LocalQueue {
    const { address } = commands;
    const queue =
      this.#queues.get(address) ??
      new LocalQueue(commands, this.#process, this.#pulse, {
        granted: (id) => this.#onGranted(id, address),
        empty: () => this.#forget(commands),
      });
    this.#queues.set(address, queue);
    return queue;
  }

  #forget({ address, wake }: QueueCommands): void {
    this.#queues.delete(address);
    // The channel of all locks stays: what waits next needs no other.
    if (!hasTag(wake) || this.#queuesOf(wake).length > 0) return;
    this.#channels.get(wake)?.();
    this.#channels.delete(wake);
  }

  #queuesOf(wake: string): LocalQueue[] {
    return [...this.#queues.values()].filter((queue) => queue.wake === wake);
  }

  #listen(wake: string): void {
    if (this.#channels.has(wake)) return;
    const listener = {
      onMessage: (message: string) => this.onMessage(message),
      onListening: () => this.onListening(wake),
    };
    this.#channels.set(wake, this.#subscriber.listen(wake + this.#process, listener));
  }

  #close(): void {
    for (const stop of this.#channels.values()) stop();
    this.#channels.clear();
    const error = new CacheUnavailableError(
      'The Redis client was closed while a lock was awaited.',
    );
    for (const queue of [...this.#queues.values()]) queue.fail(error);
  }
}
