import type { Cluster, Redis } from 'ioredis';
import { readScript, recordScript } from './books-scripts.js';
import type { Item } from './catalog.js';
import { type Order, Superseded } from './domain.js';

const TTL_SECONDS = 600;

/**
 * The shop's own data: the stock, the orders by key, and a ledger to which each order is appended.
 * In Redis because several processes share it, under one hash tag so that it works on a cluster. A
 * table of a database would do as well.
 */
export class Books {
  readonly #redis: Redis | Cluster;
  readonly #stock: string;
  readonly #orders: string;
  readonly #ledger: string;
  readonly #fences: string;

  constructor(redis: Redis | Cluster, run: string) {
    this.#redis = redis;
    this.#stock = `orders-example:{${run}}:stock`;
    this.#orders = `orders-example:{${run}}:orders`;
    this.#ledger = `orders-example:{${run}}:ledger`;
    this.#fences = `orders-example:{${run}}:fences`;
  }

  async open(catalog: readonly Item[]): Promise<void> {
    const stock = Object.fromEntries(catalog.map(({ sku, stock }) => [sku, stock]));
    await this.#redis.hset(this.#stock, stock);
    await this.#redis.expire(this.#stock, TTL_SECONDS);
  }

  /** How many are left. Whoever held the lock before can't write any more. */
  async stockOf(sku: string, stockToken: number): Promise<number> {
    return Number(await this.#read(`stock:${sku}`, stockToken, this.#stock, sku));
  }

  /** The order, if the process that died had finished it. If it is only asleep, it comes too late. */
  async takeOver(key: string, claimToken: number): Promise<Order | undefined> {
    const text = await this.#read(`order:${key}`, claimToken, this.#orders, key);
    return text === '' ? undefined : toOrder(text);
  }

  /** Writes all of it or nothing. @throws {@link Superseded} */
  async record(
    order: Order,
    left: number,
    { stockToken, claimToken }: { stockToken: number; claimToken: number },
  ): Promise<void> {
    const keys = [this.#fences, this.#stock, this.#orders, this.#ledger];
    const args = [
      ...[order.sku, stockToken, order.key, claimToken],
      ...[left, JSON.stringify(order), TTL_SECONDS],
    ];
    const reply = await this.#redis.eval(recordScript, keys.length, ...keys, ...args);
    if (reply !== 'recorded') throw new Superseded(`order ${order.key} of "${order.sku}"`);
  }

  /** Every order that was ever written, in that order. */
  async ledger(): Promise<Order[]> {
    const lines = await this.#redis.lrange(this.#ledger, 0, -1);
    return lines.map(toOrder);
  }

  async stock(): Promise<Map<string, number>> {
    const stock = await this.#redis.hgetall(this.#stock);
    return new Map(Object.entries(stock).map(([sku, left]) => [sku, Number(left)]));
  }

  async #read(fence: string, token: number, hash: string, field: string): Promise<string> {
    const keys = [this.#fences, hash];
    const reply = await this.#redis.eval(readScript, keys.length, ...keys, fence, token, field);
    const [status, value] = reply as [string, string];
    if (status !== 'read') throw new Superseded(fence);
    return value;
  }
}

function toOrder(text: string): Order {
  const order = JSON.parse(text) as Order;
  return { ...order, placedAt: new Date(order.placedAt) };
}
