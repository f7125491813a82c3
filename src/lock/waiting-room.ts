import { randomBytes } from 'node:crypto';
import { CacheUnavailableError } from '../errors/index.js';
import { onClientEnd } from '../redis/client-end.js';
import { settingsOf } from '../redis/client-settings.js';
import { perClient } from '../redis/per-client.js';
import type { RedisClient } from '../redis/redis-client.js';
import { RedisRunner } from '../redis/redis-runner.js';
import { type ChannelListener, type Subscriber, subscriberOf } from '../redis/subscriber.js';
import { LocalQueue } from './local-queue.js';
import { LockCommands } from './lock-commands.js';
import { wakeChannel } from './lock-keys.js';
import { Waiter, type WaitOutcome } from './waiter.js';

const roomsOf = perClient(() => new Map<string, WaitingRoom>());

/** The one waiting room of a client and a namespace: all locks share it. */
export function waitingRoomOf(redis: RedisClient, namespace: string): WaitingRoom {
  const rooms = roomsOf(redis);
  const room = rooms.get(namespace) ?? new WaitingRoom(redis, namespace);
  rooms.set(namespace, room);
  return room;
}

/**
 * Where the acquisitions of this process wait. However many there are, they share one channel, on
 * which Redis wakes exactly the one whose turn it is.
 */
export class WaitingRoom implements ChannelListener {
  readonly #namespace: string;
  readonly #runner: RedisRunner;
  readonly #subscriber: Subscriber;
  /** Tells this process (this client of it, to be exact) from all others. */
  readonly #process = randomBytes(9).toString('base64url');
  readonly #waiters = new Map<string, Waiter>();
  readonly #queues = new Map<string, LocalQueue>();
  #lastId = 0;
  #stopListening: (() => void) | undefined;

  constructor(redis: RedisClient, namespace: string) {
    this.#namespace = namespace;
    this.#runner = new RedisRunner(redis, settingsOf(redis).commandTimeoutSeconds);
    this.#subscriber = subscriberOf(redis);
    onClientEnd(redis, () => this.#close());
  }

  commandsOf(name: string): LockCommands {
    return new LockCommands(this.#runner, this.#namespace, name);
  }

  /** An id that no acquisition, and no other request, has or had. */
  newId(): string {
    this.#lastId += 1;
    return `${this.#process}:${this.#lastId}`;
  }

  /** From now until it exits, a waiter hears of what it is granted. */
  enter(): Waiter {
    const waiter = new Waiter(this.newId());
    this.#waiters.set(waiter.id, waiter);
    return waiter;
  }

  exit(waiter: Waiter): void {
    this.#waiters.delete(waiter.id);
  }

  /**
   * Waits for the lock.
   *
   * @param leftMs how long the lease of whoever is before this waiter lasts
   * @throws the reason of `signal`, or {@link CacheUnavailableError} when the client was closed
   */
  async wait(
    commands: LockCommands,
    waiter: Waiter,
    { leftMs, waitMs, signal }: { leftMs: number; waitMs: number; signal: AbortSignal | undefined },
  ): Promise<WaitOutcome> {
    this.#listen();
    const queue = this.#queueOf(commands);
    queue.join(waiter, leftMs);
    try {
      return await waiter.wait(waitMs, signal);
    } finally {
      queue.leave(waiter);
      if (queue.isEmpty) this.#queues.delete(commands.name);
    }
  }

  onMessage(message: string): void {
    const end = message.indexOf(' ');
    this.#onGranted(message.slice(0, end), message.slice(end + 1));
  }

  onListening(): void {
    for (const queue of [...this.#queues.values()]) queue.beatNow();
  }

  #onGranted(id: string, name: string): void {
    const waiter = this.#waiters.get(id);
    if (waiter) waiter.grant();
    // It gave up, and Redis did not hear of that.
    else this.commandsOf(name).giveBack(id, 'grant');
  }

  #queueOf(commands: LockCommands): LocalQueue {
    const { name } = commands;
    const queue =
      this.#queues.get(name) ??
      new LocalQueue(commands, this.#process, (id) => this.#onGranted(id, name));
    this.#queues.set(name, queue);
    return queue;
  }

  #listen(): void {
    const channel = wakeChannel(this.#namespace, this.#process);
    this.#stopListening ??= this.#subscriber.listen(channel, this);
  }

  #close(): void {
    this.#stopListening?.();
    this.#stopListening = undefined;
    const error = new CacheUnavailableError(
      'The Redis client was closed while a lock was awaited.',
    );
    for (const queue of [...this.#queues.values()]) queue.fail(error);
  }
}
