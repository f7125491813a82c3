import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, Redis } from 'ioredis';
import type { Card } from './domain.js';

/** How long the payment service takes to answer. */
const LATENCY_SECONDS = 0.005;
const TTL_SECONDS = 600;

/**
 * Stands in for somebody else's payment service. Like the real ones it takes a key with each charge
 * and charges one key once. It keeps its records in Redis only because the processes share it.
 */
export class Payments {
  readonly #redis: Redis | Cluster;
  readonly #charges: string;
  readonly #attempts: string;

  constructor(redis: Redis | Cluster, run: string) {
    this.#redis = redis;
    this.#charges = `orders-example:{${run}}:charges`;
    this.#attempts = `orders-example:{${run}}:attempts`;
  }

  /** False: the card was declined, and nothing was charged. */
  async charge(key: string, cents: number, card: Card): Promise<boolean> {
    await sleep(LATENCY_SECONDS * 1000);
    if (card === 'declined-once') {
      const attempt = await this.#redis.hincrby(this.#attempts, key, 1);
      await this.#redis.expire(this.#attempts, TTL_SECONDS);
      if (attempt === 1) return false;
    }
    await this.#redis.hset(this.#charges, key, cents);
    await this.#redis.expire(this.#charges, TTL_SECONDS);
    return true;
  }

  async refund(key: string): Promise<void> {
    await this.#redis.hdel(this.#charges, key);
  }

  /** What is charged at the end, in cents by key. */
  async charges(): Promise<Map<string, number>> {
    const charges = await this.#redis.hgetall(this.#charges);
    return new Map(Object.entries(charges).map(([key, cents]) => [key, Number(cents)]));
  }
}
