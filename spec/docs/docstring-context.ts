/** What the examples of the docstrings take for granted beyond context.ts. */
import type * as fs from 'node:fs';
import type * as chai from 'chai';
import type * as fastify from 'fastify';
import type * as ioredis from 'ioredis';
import type * as neverthrow from 'neverthrow';
import type * as http from '../../src/http/index.js';
import type * as core from '../../src/index.js';
import type * as plugin from '../../src/mediator/index.js';
import type * as telemetry from '../../src/opentelemetry/index.js';
import type * as testing from '../../src/testing/index.js';

declare global {
  // The library and what it works with.
  const REDIS_CLIENT: typeof plugin.REDIS_CLIENT;
  const HttpIdempotency: typeof http.HttpIdempotency;
  const expressIdempotency: typeof http.expressIdempotency;
  const honoIdempotency: typeof http.honoIdempotency;
  const problemResponse: typeof http.problemResponse;
  const instrument: typeof telemetry.instrument;
  const conformance: typeof testing.conformance;
  const expireClaim: typeof testing.expireClaim;
  const expireLease: typeof testing.expireLease;
  const inMemoryRedis: typeof testing.inMemoryRedis;
  const startFaultProxy: typeof testing.startFaultProxy;
  const checkIdempotencyHistory: typeof testing.checkIdempotencyHistory;
  const checkLockHistory: typeof testing.checkLockHistory;
  const recordIdempotencyHistory: typeof testing.recordIdempotencyHistory;
  const recordLockHistory: typeof testing.recordLockHistory;
  type CreateLock = testing.CreateLock;
  type FastifyRequest = fastify.FastifyRequest;
  type Redis = ioredis.Redis;
  const Ok: typeof neverthrow.Ok;
  type Ok<T, E> = neverthrow.Ok<T, E>;
  const Err: typeof neverthrow.Err;
  type NeverthrowResult = neverthrow.Result<unknown, unknown>;
  const ok: typeof neverthrow.ok;
  const appendFileSync: typeof fs.appendFileSync;

  // The reader's assertions; see snippets.ts for what runs them.
  const expect: typeof chai.expect;

  // The reader's own application.
  class CreateOrder extends RequestData<Order> {
    constructor(idempotencyKey: string);
  }
  class Money {
    constructor(amount: bigint, currency: string);
    readonly amount: bigint;
    readonly currency: string;
  }
  class OutOfStock extends Error {}
  class MeteredCache extends core.Cache {}
  class CountingStore extends core.IdempotencyStore {}
  class LoggingLock extends core.DistributedLock {
    constructor(inner: core.DistributedLock);
  }
  const createLock: testing.CreateLock;
  const claim: core.Claim;
  const proxy: testing.FaultProxy;
  const entries: never[];
  const moduleOptions: plugin.ModuleOptions;
  const sdk: { start(): void };
  const newKey: Buffer;
  const oldKey: Buffer;
  const rates: Readonly<Record<string, number>>;
  const url: string;
  const db: {
    readonly orders: { find(id: string): Promise<Order> };
    update(row: string, options: Write): Promise<void>;
  };
  const row: string;
  const quantity: number;
  const stock: { update(sku: string, quantity: number, options: Write): Promise<void> };
  function fetchText(url: string, options: { signal: AbortSignal }): Promise<string>;
  function transfer(fromToken?: number, toToken?: number): Promise<void>;
  function sweep(signal: AbortSignal): Promise<void>;
  function recount(token: number, signal: AbortSignal): Promise<number>;
  function work(): Promise<number>;
}
