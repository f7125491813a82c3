import { z } from 'zod';
import type { Codec } from '../codec/codec.js';
import { codecOption } from '../codec/codec-option.js';
import { schemaOption } from '../codec/schema-option.js';
import type { StandardSchemaV1 } from '../codec/standard-schema.js';
import { isResultAdapter, type ResultAdapter } from '../result/result-adapter.js';
import { maxBytes } from '../settings/byte-count.js';
import { namespace } from '../settings/cache-settings.js';
import { functionOption, signalOption } from '../settings/common-options.js';
import { seconds, waitSeconds } from '../settings/durations.js';
import { limits } from '../settings/limits.js';

/** How an {@link IdempotencyStore} works. Durations are in seconds; fractions are allowed. */
export interface IdempotencyStoreOptions {
  /** The start of every key. Default: the namespace of the client, else `qx`. */
  namespace?: string | undefined;
  /** How long a completed result is kept. Default: 3600. A retry that comes later runs again. */
  ttlSeconds?: number | undefined;
  /**
   * How long a claim outlives an owner that died. Default: 30. A live owner renews it by itself,
   * so it need not be as long as the work takes; much shorter than a pause of the process (a
   * garbage collection, a blocked event loop) it lets others take over from the living.
   */
  leaseSeconds?: number | undefined;
  /**
   * The largest stored result in bytes. Default: 1 MiB. A larger one is returned to its caller and
   * not stored; later callers get `IdempotencyResultUnavailableError`.
   */
  maxResultBytes?: number | undefined;
  /** How values become text. Default: the standard codec. Make your own with `createCodec`. */
  codec?: Codec | undefined;
  /** Result kinds of other libraries that `run` should understand. */
  results?: readonly ResultAdapter[] | undefined;
  /**
   * Keeps completed results in this process, so that a replay costs no command. Default: off. A
   * `delete` anywhere is told by push; should that message get lost, a deleted result is still
   * replayed here for at most `maxAgeSeconds`.
   */
  replayCache?: ReplayCacheOptions | undefined;
  /**
   * Waits after each claim and each completion until that many replicas have it. Default: off, as a
   * failover may lose the last writes. See docs/safety.md for what it can't promise.
   */
  durability?: Durability | undefined;
}

/** How many replicas must have a write before it counts. Not for a cluster or `memory://`. */
export interface Durability {
  /** How many replicas have to acknowledge, at least 1. */
  replicas: number;
  /**
   * How long to wait for them, in seconds; less than `commandTimeoutSeconds`. Meanwhile nothing else
   * goes through the client. When too few acknowledge in time, `CacheUnavailableError` says so: a claim is
   * given back and the work does not run; a result is stored, but may be lost in a failover.
   */
  timeoutSeconds: number;
}

/** How an {@link IdempotencyStore} remembers results in its process. */
export interface ReplayCacheOptions {
  /** How many results at most; the least recently used goes first. Each has up to `maxResultBytes`. */
  maxEntries: number;
  /** How long a result is remembered at most, in seconds. Default: 5. */
  maxAgeSeconds?: number | undefined;
}

/** Options of one claim. */
export interface ClaimOptions {
  /**
   * The payload, or what identifies it. Another payload under the same key is refused with
   * `IdempotencyKeyReusedError`. Any value; only a hash of it is stored. Without it nothing is
   * compared.
   */
  fingerprint?: unknown;
  /** Overrides the store's `leaseSeconds`. */
  leaseSeconds?: number | undefined;
  /** Overrides the store's `ttlSeconds`. */
  ttlSeconds?: number | undefined;
  /**
   * The version of the work. A result that another version stored is not replayed; one that was stored
   * without a version counts as another. Without it nothing is compared. At most 256 bytes.
   */
  version?: string | undefined;
  /**
   * What becomes of a result that another version stored: `refuse` (default) it with
   * `IdempotencyResultUnavailableError`, or `execute` the work anew, and replace it.
   */
  onVersionMismatch?: 'refuse' | 'execute' | undefined;
  /**
   * A Standard Schema (zod, valibot, arktype) that a replayed value must pass; of a `Result`, the value
   * inside. It is given as the schema's output; one that does not pass is a `CacheSerializationError`.
   */
  schema?: StandardSchemaV1 | undefined;
  /**
   * Whether finished steps stay when the claim is given up, for the next run with the same fingerprint
   * and version. Default: `false`: only a crash leaves them. They stay as long as the record would have.
   */
  keepSteps?: boolean | undefined;
}

/** Options of one run. */
export interface RunOptions<T = unknown> extends ClaimOptions {
  /** How long to wait for another caller's result, in seconds. Default: 10. 0 and Infinity allowed. */
  waitSeconds?: number | undefined;
  /** What to do when another caller executes the key: `wait` (default) or `reject` at once. */
  onInProgress?: 'wait' | 'reject' | undefined;
  /**
   * `after-lease` (default): the claim of a dead owner passes on. `never`: for work that must not
   * run twice after a crash; callers get `IdempotencyInProgressError` with `abandoned: true` until
   * the key is deleted or its TTL ends.
   */
  takeover?: 'after-lease' | 'never' | undefined;
  /**
   * When Redis can't be asked: `fail` (default) with `CacheUnavailableError`, or `execute` the work
   * unprotected, with a claim whose token is 0. Only for what may as well run twice.
   */
  onUnavailable?: 'fail' | 'execute' | undefined;
  /** Whether a value is worth storing. When it says no (or throws), the claim is given up. */
  storeWhen?: ((value: T) => boolean) | undefined;
  /** Aborts the waiting; `claim.signal` follows it while the work runs. */
  signal?: AbortSignal | undefined;
}

/** @internal */
export const storeOptions = z.strictObject({
  namespace: namespace.optional(),
  ttlSeconds: seconds.default(3600),
  leaseSeconds: seconds.default(30),
  maxResultBytes: maxBytes.default(1_048_576),
  codec: codecOption.optional(),
  results: z
    .array(z.custom<ResultAdapter>(isResultAdapter, { error: 'must be a ResultAdapter' }), {
      error: 'must be a list of ResultAdapters',
    })
    .optional(),
  replayCache: z
    .strictObject(
      {
        maxEntries: z
          .number({ error: 'must be a number of results' })
          .int({ error: 'must be a whole number of results' })
          .min(1, { error: 'must be at least 1' })
          .max(1_000_000, { error: 'must be at most 1000000' }),
        maxAgeSeconds: seconds.default(5),
      },
      { error: 'must have maxEntries, and may have maxAgeSeconds' },
    )
    .optional(),
  durability: z
    .strictObject(
      {
        replicas: z
          .int({ error: 'must be a whole number of replicas' })
          .min(1, { error: 'must be at least 1' }),
        timeoutSeconds: seconds,
      },
      { error: 'must have replicas and timeoutSeconds' },
    )
    .optional(),
});

const version = z
  .string({ error: 'must be a string' })
  .min(1, { error: 'must not be empty' })
  .refine((text) => Buffer.byteLength(text) <= limits.versionBytes, {
    error: `must have at most ${limits.versionBytes} bytes`,
  })
  .refine((text) => text.isWellFormed(), { error: 'must be well-formed Unicode' });

/** @internal */
export const claimOptions = z.strictObject({
  fingerprint: z.unknown().optional(),
  leaseSeconds: seconds.optional(),
  ttlSeconds: seconds.optional(),
  version: version.optional(),
  onVersionMismatch: z
    .enum(['refuse', 'execute'], { error: "must be 'refuse' or 'execute'" })
    .default('refuse'),
  schema: schemaOption.optional(),
  keepSteps: z.boolean({ error: 'must be true or false' }).default(false),
});

/** @internal */
export const setOptions = z.strictObject({ ttlSeconds: seconds.optional() });

/** @internal */
export const runOptions = z.strictObject({
  ...claimOptions.shape,
  waitSeconds: waitSeconds.default(10),
  onInProgress: z.enum(['wait', 'reject'], { error: "must be 'wait' or 'reject'" }).default('wait'),
  takeover: z
    .enum(['after-lease', 'never'], { error: "must be 'after-lease' or 'never'" })
    .default('after-lease'),
  onUnavailable: z
    .enum(['fail', 'execute'], { error: "must be 'fail' or 'execute'" })
    .default('fail'),
  storeWhen: functionOption.optional(),
  signal: signalOption.optional(),
});
