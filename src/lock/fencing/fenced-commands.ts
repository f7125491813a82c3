import { CacheSerializationError, LockNotHeldError } from '../../errors/index.js';
import { redisKey } from '../../redis/key-space.js';
import { nextOwnerId } from '../../redis/owner-id.js';
import type { RedisRunner } from '../../redis/redis-runner.js';
import { fencedDeleteScript } from './scripts/fenced-delete.js';
import { fencedGetScript } from './scripts/fenced-get.js';
import { fencedSetScript } from './scripts/fenced-set.js';
import type { FencedReply } from './scripts/fenced-state.js';

/** The scripts of one guarded value, which lies beside the lock of its name. */
export class FencedCommands {
  /** What it is about, for messages. */
  readonly subject: string;
  readonly #runner: RedisRunner;
  readonly #name: string;
  readonly #guarded: string;
  readonly #receipts: string;

  constructor(runner: RedisRunner, namespace: string, name: string) {
    this.subject = `fenced value "${name}"`;
    this.#runner = runner;
    this.#name = name;
    this.#guarded = redisKey(namespace, 'lock', name, 'value');
    this.#receipts = redisKey(namespace, 'lock', name, 'value:receipts');
  }

  /** The stored text; `undefined` when there is none. */
  async get(): Promise<string | undefined> {
    const input = { guarded: this.#guarded };
    const reply = await this.#runner.script(fencedGetScript, input, this.subject);
    if (reply.is === 'foreign') throw this.#foreign();
    return reply.is === 'present' ? reply.text : undefined;
  }

  async set(token: number, text: string, ttlMs: number): Promise<void> {
    const input = { ...this.#write(token, ttlMs), text };
    this.#check(token, await this.#runner.script(fencedSetScript, input, this.subject));
  }

  async delete(token: number, ttlMs: number): Promise<void> {
    const input = this.#write(token, ttlMs);
    this.#check(token, await this.#runner.script(fencedDeleteScript, input, this.subject));
  }

  #write(token: number, ttl: number) {
    return { guarded: this.#guarded, receipts: this.#receipts, id: nextOwnerId(), token, ttl };
  }

  #check(token: number, reply: FencedReply): void {
    if (reply.is === 'foreign') throw this.#foreign();
    if (reply.is !== 'fenced') return;
    throw new LockNotHeldError(
      this.#name,
      'fenced',
      `${this.subject} has seen token ${reply.newest}, and the token given is ${token}, so a newer owner has written since. Nothing was written; stop, and acquire the lock anew before you write again.`,
    );
  }

  #foreign(): CacheSerializationError {
    return new CacheSerializationError(
      `Redis holds something for ${this.subject} (key ${this.#guarded}) that neither this library nor this codec wrote. Nothing was changed; delete it, or use the codec that wrote it.`,
    );
  }
}
