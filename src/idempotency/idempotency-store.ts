import type { z } from 'zod';
import { standardCodec } from '../codec/codec.js';
import { fingerprintOf } from '../codec/fingerprint.js';
import type { StandardSchemaV1 } from '../codec/standard-schema.js';
import { asOperation, idempotencyEvents } from '../diagnostics/index.js';
import {
  IdempotencyKeyError,
  IdempotencyResultUnavailableError,
  isCacheUnavailableError,
  isIdempotencyInProgressError,
} from '../errors/index.js';
import { settingsOf } from '../redis/client-settings.js';
import type { Companion } from '../redis/companion.js';
import type { RedisClient } from '../redis/redis-client.js';
import { RedisRunner } from '../redis/redis-runner.js';
import { Replication, ReplicationShortfall } from '../redis/replication.js';
import { ResultKinds } from '../result/result-adapter.js';
import { checkFunction } from '../settings/check-function.js';
import { limits } from '../settings/limits.js';
import { problemOfUserKey } from '../settings/user-key.js';
import { validate } from '../settings/validate.js';
import { type Claim, OwnedClaim } from './claim.js';
import { execute, perform } from './execute.js';
import {
  type ClaimOptions,
  claimOptions,
  type IdempotencyStoreOptions,
  type RunOptions,
  runOptions,
  setOptions,
  storeOptions,
} from './idempotency-options.js';
import { type IdempotencyRecord, toRecord } from './idempotency-record.js';
import { type ClaimRequest, foreignValue, RecordGateway } from './record-gateway.js';
import { ReplayCache } from './replay-cache.js';
import { ResultWriter, subjectOf } from './result-writer.js';
import { inspectScript } from './scripts/inspect.js';
import { checkStepName } from './steps.js';
import { kindIn, traceIn } from './traced-kind.js';
import { UnprotectedClaim } from './unprotected-claim.js';
import { askForClaim, claimOrWait, type Turn, toTurn } from './waiting.js';

/** What `claim` answers. */
export type ClaimResult<T> =
  | { status: 'claimed'; claim: Claim }
  | { status: 'completed'; value: T }
  | { status: 'in-progress'; expiresInSeconds: number };

/**
 * Makes work run once for each key, over any number of processes, and remembers its result.
 *
 * A claim is one script call: the first caller gets the key, later ones the stored result or word of
 * who is in progress. A live owner renews its claim; a dead owner's claim passes on; a late owner
 * can't overwrite its successor. What an effect outside Redis can and can't be promised stands in
 * docs/safety.md.
 *
 * @example
 * const store = new IdempotencyStore(redis, { ttlSeconds: 3600 });
 * const { value, replayed } = await store.run(`create-order:${key}`, () => createOrder(command));
 */
export class IdempotencyStore {
  readonly #redis: RedisClient;
  readonly #options: z.output<typeof storeOptions>;
  readonly #records: RecordGateway;
  readonly #results: ResultWriter;

  /** @throws {@link QxCacheSettingsError} when an option is out of range */
  constructor(redis: RedisClient, options: IdempotencyStoreOptions = {}) {
    this.#redis = redis;
    this.#options = validate('IdempotencyStore', storeOptions, options);
    const { codec = standardCodec, results, maxResultBytes } = this.#options;
    const { replayCache, durability } = this.#options;
    const settings = settingsOf(redis);
    const runner = new RedisRunner(redis, settings.commandTimeoutSeconds);
    const namespace = this.#options.namespace ?? settings.namespace;
    this.#records = new RecordGateway(runner, namespace, {
      ...(replayCache && { replays: new ReplayCache(redis, namespace, replayCache) }),
      ...(durability && { replication: new Replication(redis, runner, durability) }),
    });
    this.#results = new ResultWriter(codec, new ResultKinds(results), maxResultBytes);
  }

  /**
   * The stored result of a completed key; `undefined` while there is none. Between this and a later
   * `set` another caller can execute too: prefer {@link run}.
   *
   * @throws {@link IdempotencyResultUnavailableError} when the key completed without a result
   * @throws {@link CacheSerializationError} when the key holds something unreadable
   */
  async get<T>(key: string): Promise<T | undefined> {
    checkKey(key);
    const reply = await this.#records.read(key);
    switch (reply.status) {
      case 'completed':
        return this.#results.readValue(subjectOf(key), reply.result) as T;
      case 'completed-without-result':
        throw new IdempotencyResultUnavailableError(key);
      case 'foreign':
        throw foreignValue(key);
      default:
        return undefined;
    }
  }

  /**
   * Stores a result without a claim. False: a completed result was there and was kept. A claim in
   * progress is replaced, and its owner loses.
   *
   * @param options `ttlSeconds` overrides the store's
   * @throws {@link CacheSerializationError} when the value is too large or not serializable
   */
  async set<T>(
    key: string,
    value: T,
    options: { ttlSeconds?: number | undefined } = {},
  ): Promise<boolean> {
    checkKey(key);
    const { ttlSeconds = this.#options.ttlSeconds } = validate(
      'IdempotencyStore.set',
      setOptions,
      options,
    );
    const written = this.#results.writeUnclaimed(subjectOf(key), value);
    const reply = await this.#records.set(key, written, ttlSeconds);
    if (reply === 'foreign') throw foreignValue(key);
    return reply === 'stored';
  }

  /**
   * Claims a key in one round trip. A granted claim renews itself: complete it or give it up.
   *
   * @throws {@link IdempotencyKeyReusedError} when the key was used with another fingerprint
   * @throws {@link IdempotencyResultUnavailableError} when the key completed without a result, or
   *   with one of another `version`
   * @throws {@link IdempotencyInProgressError} with `abandoned: true`, when the owner died and had
   *   claimed the key with `takeover: 'never'`
   * @throws {@link CacheUnavailableError} when Redis did not answer; nothing is left claimed
   */
  async claim<T>(key: string, options: ClaimOptions = {}): Promise<ClaimResult<T>> {
    checkKey(key);
    const checked = validate('IdempotencyStore.claim', claimOptions, options);
    const request = this.#request(key, checked);
    const asked = await askForClaim(this.#records, request);
    if (asked.answer.status === 'in-progress') return asked.answer;
    const turn = toTurn(asked, request);
    return turn.status === 'claimed'
      ? { status: 'claimed', claim: this.#own(turn) }
      : { status: 'completed', value: await this.#replay<T>(key, turn, checked.schema) };
  }

  /**
   * Runs the work once for this key: executes it, or returns the result of the one who did.
   *
   * Only success is stored: when the work throws, or returns a failed `Result`, or `storeWhen` says
   * no, the next caller executes. A value that can't be stored is returned all the same.
   *
   * @param work gets the claim, whose token and signal it can hand on
   * @throws {@link IdempotencyInProgressError} when another caller did not finish in `waitSeconds`
   * @throws {@link IdempotencyKeyReusedError} when the key was used with another fingerprint
   * @throws {@link IdempotencyResultUnavailableError} when the key completed without a result, or
   *   with one of another `version`
   * @throws {@link IdempotencyClaimLostError} when the claim was lost while the work ran
   * @throws {@link CacheUnavailableError} when Redis did not answer; the work did not run (unless
   *   `onUnavailable` is `execute`)
   * @throws whatever the work throws
   */
  async run<T>(
    key: string,
    work: (claim: Claim) => Promise<T>,
    options: RunOptions<T> = {},
  ): Promise<{ value: T; replayed: boolean }> {
    return this.runWith(undefined, key, work, options);
  }

  /**
   * Like {@link run}, together with what is to be done when the claim is granted at once. Throws what is
   * wrong with its arguments.
   *
   * @internal
   */
  runWith<T>(
    companion: Companion | undefined,
    key: string,
    work: (claim: Claim) => Promise<T>,
    options: RunOptions<T> = {},
  ): Promise<{ value: T; replayed: boolean }> {
    checkKey(key);
    checkFunction('IdempotencyStore.run', 'work', work);
    const checked = validate('IdempotencyStore.run', runOptions, options);
    const request = this.#request(key, checked);
    // Not all of what was checked: it is large, and many thousands may wait.
    const { onInProgress, waitSeconds, onUnavailable, schema } = checked;
    const policy = { onInProgress, waitSeconds, signal: options.signal };
    return asOperation(
      () => ({ area: 'idempotency', operation: 'run', key }),
      async (operation) => {
        let turn: Turn;
        try {
          turn = await claimOrWait(this.#redis, this.#records, request, policy, companion);
        } catch (error) {
          const mayExecute = onUnavailable === 'execute' && !options.signal?.aborted;
          if (!mayExecute || !isUnanswered(error)) throw error;
          const value = await perform(this.#unprotected(key, options.signal), work);
          return { value, replayed: false };
        }
        if (turn.status !== 'claimed') {
          if (operation && turn.status === 'completed') operation.replayOf = traceIn(turn.kind);
          return { value: await this.#replay<T>(key, turn, schema), replayed: true };
        }
        if (options.signal?.aborted) {
          await this.#records.giveBack(turn.grant);
          throw options.signal.reason;
        }
        const claim = this.#own(turn);
        claim.follow(options.signal);
        const value = await execute(claim, this.#results, work, options.storeWhen);
        return { value, replayed: false };
      },
      (operation, { replayed }) => operation.end(replayed ? 'replayed' : 'executed'),
    );
  }

  /** What is known about a key, without its payload; `undefined` when there is no record. */
  async inspect(key: string): Promise<IdempotencyRecord | undefined> {
    checkKey(key);
    const reply = await this.#records.script(inspectScript, key, {});
    if (reply === 'foreign') throw foreignValue(key);
    return reply === 'absent' ? undefined : toRecord(key, reply);
  }

  /**
   * Deletes what is stored for a key, or frees it when it is in progress: its owner then loses.
   * False: there was nothing.
   */
  async delete(key: string): Promise<boolean> {
    checkKey(key);
    return this.#records.remove(key);
  }

  /**
   * The key that a step of that name has, see {@link Step.key}.
   *
   * @param key the idempotency key
   * @throws {@link IdempotencyKeyError} when it can't be one
   * @throws {@link QxCacheSettingsError} when the name can't be that of a step
   */
  stepKey(key: string, name: string): string {
    checkKey(key);
    checkStepName(name);
    return this.#records.stepKeyOf(key, name);
  }

  #request(
    key: string,
    options: z.output<typeof claimOptions> & { takeover?: 'after-lease' | 'never' },
  ): ClaimRequest {
    const { fingerprint, version = '', takeover = 'after-lease' } = options;
    return {
      key,
      // Taken before the work runs: what the work does to its payload changes nothing.
      fingerprint: fingerprint === undefined ? '' : fingerprintOf(fingerprint),
      leaseSeconds: options.leaseSeconds ?? this.#options.leaseSeconds,
      ttlSeconds: options.ttlSeconds ?? this.#options.ttlSeconds,
      takeover,
      version,
      onVersionMismatch: options.onVersionMismatch,
      keepSteps: options.keepSteps,
    };
  }

  #unprotected(key: string, signal: AbortSignal | undefined): Claim {
    return new UnprotectedClaim(key, signal, (name) => this.stepKey(key, name));
  }

  #own({ grant, sentAt }: Turn & { status: 'claimed' }): OwnedClaim {
    return new OwnedClaim(grant, sentAt, this.#records, this.#results);
  }

  async #replay<T>(
    key: string,
    turn: Exclude<Turn, { status: 'claimed' }>,
    schema: StandardSchemaV1 | undefined,
  ): Promise<T> {
    if (turn.status === 'completed-without-result')
      throw new IdempotencyResultUnavailableError(key);
    const { kind, result } = turn;
    const value = (await this.#results.replay(subjectOf(key), kindIn(kind), result, schema)) as T;
    idempotencyEvents.emit(() => ({ event: 'replayed', key }));
    return value;
  }
}

/**
 * Whether Redis did not answer, or refused; not so when it said that another caller executes, or made a
 * claim that too few replicas have.
 */
function isUnanswered(error: unknown): boolean {
  if (!isCacheUnavailableError(error) || error instanceof ReplicationShortfall) return false;
  return !isIdempotencyInProgressError(error.cause);
}

function checkKey(key: unknown): void {
  const problem = problemOfUserKey(key, limits.idempotencyKeyBytes);
  if (problem) throw new IdempotencyKeyError(`The idempotency key ${problem}.`);
}
