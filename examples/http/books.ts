import type { Cluster, Redis } from 'ioredis';
import type { Order } from './shop.js';

const TTL_SECONDS = 600;

/** The orders of each customer, in Redis: a table of a database would do as well. */
export class Books {
  readonly #redis: Redis | Cluster;

  constructor(redis: Redis | Cluster) {
    this.#redis = redis;
  }

  async record(customer: string, order: Order): Promise<void> {
    await this.#redis.rpush(keyOf(customer), JSON.stringify(order));
    await this.#redis.expire(keyOf(customer), TTL_SECONDS);
  }

  async ordersOf(customer: string): Promise<Order[]> {
    const lines = await this.#redis.lrange(keyOf(customer), 0, -1);
    return lines.map((line) => JSON.parse(line) as Order);
  }
}

function keyOf(customer: string): string {
  return `http-example:orders:${customer}`;
}
