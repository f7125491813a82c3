/**
 * What the snippets of the docs take for granted: the names that a reader fills in from the text
 * around them. A snippet that imports or declares a name of its own uses that one.
 */
import type * as fastify from 'fastify';
import type * as inversify from 'inversify';
import type * as mediatr from 'mediatr-ts';
import type * as zod from 'zod';
import type * as bullmqRecipe from '../../examples/bullmq/once.js';
import type * as nestRecipe from '../../examples/nestjs/idempotency-module.js';
import type * as http from '../../src/http/index.js';
import type * as core from '../../src/index.js';
import type * as plugin from '../../src/mediator/index.js';

declare global {
  // The library and what it works with.
  const createClient: typeof core.createClient;
  const createCodec: typeof core.createCodec;
  const encrypted: typeof core.encrypted;
  const compressed: typeof core.compressed;
  const Cache: typeof core.Cache;
  const IdempotencyStore: typeof core.IdempotencyStore;
  const DistributedLock: typeof core.DistributedLock;
  const acquireAll: typeof core.acquireAll;
  const fingerprintOf: typeof core.fingerprintOf;
  const Semaphore: typeof core.Semaphore;
  const ReadWriteLock: typeof core.ReadWriteLock;
  const FencedValue: typeof core.FencedValue;
  const lead: typeof core.lead;
  const Result: typeof core.Result;
  type Result<T, E = Error> = core.Result<T, E>;
  type ResultAdapter = core.ResultAdapter;
  const qxCacheModule: typeof plugin.qxCacheModule;
  const createMediator: typeof plugin.createMediator;
  const registerBehaviors: typeof plugin.registerBehaviors;
  const currentExecution: typeof plugin.currentExecution;
  const IdempotencyBehavior: typeof plugin.IdempotencyBehavior;
  const LockBehavior: typeof plugin.LockBehavior;
  const LockFactory: typeof plugin.LockFactory;
  const QxCache: typeof plugin.QxCache;
  const idempotent: typeof plugin.idempotent;
  const locked: typeof plugin.locked;
  type Idempotent = plugin.Idempotent;
  type Lockable = plugin.Lockable;
  type IdempotentOptions<Command> = plugin.IdempotentOptions<Command>;
  type LockedOptions<Command> = plugin.LockedOptions<Command>;
  const parseIdempotencyKey: typeof http.parseIdempotencyKey;
  const fastifyProblems: typeof http.fastifyProblems;
  const fastifyIdempotency: typeof http.fastifyIdempotency;
  const storedKey: typeof http.storedKey;
  const claimOf: typeof http.claimOf;
  const explainPolicy: typeof plugin.explainPolicy;
  const Container: typeof inversify.Container;
  const RequestData: typeof mediatr.RequestData;
  const z: typeof zod.z;

  // What a recipe shows before.
  const once: typeof bullmqRecipe.once;
  const IdempotencyModule: typeof nestRecipe.IdempotencyModule;

  // The reader's own application.
  const app: fastify.FastifyInstance;
  const mediator: plugin.PipelineMediator;
  class PlaceOrder extends mediatr.RequestData<Order> {
    constructor(order: { idempotencyKey: string; sku: string });
  }
  function userOf(request: object): { readonly id: string };
  function placeOrder(order: unknown): Promise<Order>;
  interface Order {
    readonly id: string;
    readonly sku: string;
  }
  interface User {
    readonly name: string;
    readonly since: Date;
  }
  interface Write {
    readonly fencingToken?: number | undefined;
    readonly signal?: AbortSignal | undefined;
  }
  const settings: core.CacheSettings;
  const redis: Awaited<ReturnType<typeof core.createClient>>;
  const store: core.IdempotencyStore;
  const lock: core.DistributedLock;
  const neverthrowResults: core.ResultAdapter;
  const container: inversify.Container;
  const command: { readonly idempotencyKey: string; readonly sku: string };
  const cache: core.Cache;
  const key: string;
  const id: string;
  const sku: string;
  const balance: number;
  const payments: {
    charge(
      cents: number,
      options: { idempotencyKey: string; signal?: AbortSignal },
    ): Promise<{ id: string }>;
  };
  const request: Request;
  const relay: {
    runOnce(): Promise<void>;
    run(signal: AbortSignal, token: number): Promise<void>;
  };
  const stopping: AbortController;
  const log: { warn(problem: unknown): void };
  const update: string;
  function alert(message: string): void;
  function createOrder(payload: typeof command, token?: number): Promise<Order>;
  function doWork(payload: typeof command): Promise<core.Result<Order>>;
  function loadProduct(id: string, options: { signal: AbortSignal }): Promise<{ price: number }>;
  function readStock(sku: string): Promise<number>;
  function writeStock(sku: string, left: number, options: Write): Promise<void>;
  function readPrice(sku: string): Promise<number>;
  function writePrice(sku: string, price: number, options: Write): Promise<void>;
  function fetchReport(id: string, options: { signal: AbortSignal }): Promise<string>;
  function updateStock(sku: string, options: Write): Promise<void>;
  function findOutWhatHappened(): Promise<void>;
  // What the reader comes from.
  function withOldLock<T>(name: string, work: () => Promise<T>): Promise<T>;
  function runOnceTheOldWay<T>(key: string, work: () => Promise<T>): Promise<T>;
  function sql(statement: string, parameters: Readonly<Record<string, unknown>>): Promise<number>;
}
