import {
  CacheSerializationError,
  isCacheSerializationError,
  isCacheUnavailableError,
} from '../errors/index.js';
import { wasSent } from '../redis/commands-in-flight.js';
import type { Companion } from '../redis/companion.js';
import { redisKey } from '../redis/key-space.js';
import { nextOwnerId } from '../redis/owner-id.js';
import type { RedisRunner } from '../redis/redis-runner.js';
import type { Replication } from '../redis/replication.js';
import type { Script, ScriptInput, ScriptReply } from '../redis/script.js';
import { toMilliseconds } from '../settings/durations.js';
import { claimWith } from './claim-with.js';
import { type RememberedResult, type ReplayCache, removalChannel } from './replay-cache.js';
import { abandonScript } from './scripts/abandon.js';
import { type ClaimReply, claimScript } from './scripts/claim.js';
import { completeScript } from './scripts/complete.js';
import { keepStepScript } from './scripts/keep-step.js';
import { type ReadReply, readScript } from './scripts/read.js';
import { removeScript } from './scripts/remove.js';
import { renewScript } from './scripts/renew.js';
import { setScript } from './scripts/set.js';
import { stepKey } from './steps.js';
import { withTrace } from './traced-kind.js';

/** What a claim asks for, fixed before the work runs. */
export interface ClaimRequest {
  readonly key: string;
  /** The hash of the payload; empty when there is nothing to compare. */
  readonly fingerprint: string;
  /** Of the work; empty when there is nothing to compare. */
  readonly version: string;
  readonly onVersionMismatch: 'refuse' | 'execute';
  readonly keepSteps: boolean;
  readonly leaseSeconds: number;
  readonly ttlSeconds: number;
  readonly takeover: 'after-lease' | 'never';
}

/** A request that was granted. */
export interface Grant extends ClaimRequest {
  readonly owner: string;
  readonly attempt: number;
  readonly token: number;
  /** What finished steps of earlier attempts returned, as {@link ClaimSteps} packs it. */
  readonly steps: string;
}

/** What says whose claim it is. */
type OwnedKey = Pick<Grant, 'key' | 'owner'>;

/** What a completed claim leaves behind. */
export type StoredOutcome =
  | { readonly state: 'completed'; readonly kind: string; readonly result: string }
  | { readonly state: 'completed-without-result' };

/** A stored result, from Redis or from the memory of this process. */
type CompletedAnswer = { readonly status: 'completed' } & RememberedResult;

/** Any answer to a claim but a foreign value; a grant carries all that its owner needs. */
export type ClaimAnswer =
  | Exclude<ClaimReply, { status: 'claimed' | 'completed' | 'foreign' }>
  | CompletedAnswer
  | { readonly status: 'claimed'; readonly grant: Grant };

/** Any answer to a read. */
export type ReadAnswer = Exclude<ReadReply, { status: 'completed' }> | CompletedAnswer;

/** Speaks to the records: one method, one script call; none for a result that is remembered. */
export class RecordGateway {
  readonly #runner: RedisRunner;
  readonly #namespace: string;
  readonly #replays: ReplayCache | undefined;
  readonly #replication: Replication | undefined;

  constructor(
    runner: RedisRunner,
    namespace: string,
    { replays, replication }: { replays?: ReplayCache; replication?: Replication } = {},
  ) {
    this.#runner = runner;
    this.#namespace = namespace;
    this.#replays = replays;
    this.#replication = replication;
  }

  /** Where waiters of a key listen. */
  channelOf(key: string): string {
    return redisKey(this.#namespace, 'idempotency', key, 'changed');
  }

  /** What a step of that name of this key is known by to others. */
  stepKeyOf(key: string, name: string): string {
    return stepKey(redisKey(this.#namespace, 'idempotency', key), name);
  }

  /**
   * Asks for a claim. One whose answer gets lost or comes late is given back.
   *
   * @param companion runs in the same round trip if the claim is granted
   */
  async claim(request: ClaimRequest, companion?: Companion): Promise<ClaimAnswer> {
    const { key, fingerprint, version, takeover } = request;
    const remembered = this.#replays?.find(key, request);
    if (remembered) return { status: 'completed', ...remembered };
    const owner = nextOwnerId();
    const sentAt = performance.now();
    const input = {
      owner,
      fingerprint,
      version,
      mismatch: request.onVersionMismatch,
      takeover,
      lease: toMilliseconds(request.leaseSeconds),
      ttl: toMilliseconds(request.ttlSeconds),
      removed: removalChannel(this.#namespace),
    };
    const giveBack = () => void this.giveBack({ key, owner });
    const claiming = companion
      ? claimWith(this.#runner, companion, this.#target(key), input, giveBack)
      : this.script(claimScript, key, input, giveBack);
    const asking = claiming.then(async (reply) => {
      if (reply.status === 'claimed')
        await this.replicated(`the claim of idempotency key "${key}"`);
      return reply;
    });
    const reply = await asking.catch((error: unknown) => {
      // Whether the claim was made, and will last, is not known; sent after it, this undoes it.
      if (isCacheUnavailableError(error) && wasSent(error)) giveBack();
      throw error;
    });
    if (reply.status === 'foreign') throw foreignValue(key);
    this.#remember(key, reply, sentAt);
    if (reply.status !== 'claimed') return reply;
    const { attempt, token, steps } = reply;
    return { status: 'claimed', grant: { ...request, owner, attempt, token, steps } };
  }

  /** Reads what is stored. */
  async read(key: string): Promise<ReadAnswer> {
    const remembered = this.#replays?.find(key);
    if (remembered) return { status: 'completed', ...remembered };
    const sentAt = performance.now();
    const reply = await this.script(readScript, key, {});
    this.#remember(key, reply, sentAt);
    return reply;
  }

  /** Stores a result without a claim. */
  async set(
    key: string,
    written: { readonly kind: string; readonly result: string },
    ttlSeconds: number,
  ): Promise<ScriptReply<typeof setScript>> {
    const sentAt = performance.now();
    const reply = await this.script(setScript, key, {
      request: nextOwnerId(),
      ...written,
      ttl: toMilliseconds(ttlSeconds),
      channel: this.channelOf(key),
    });
    // It has none: that of an owner that was replaced goes.
    const result = { ...written, fingerprint: '' };
    if (reply === 'stored') this.#replays?.remember(key, result, ttlSeconds, sentAt);
    return reply;
  }

  /** Removes the record; false when there was none. */
  async remove(key: string): Promise<boolean> {
    this.#replays?.forget(key);
    const reply = this.script(removeScript, key, {
      channel: this.channelOf(key),
      removed: removalChannel(this.#namespace),
    });
    // Again: what was asked for meanwhile may have been answered before the removal.
    return reply.finally(() => this.#replays?.forget(key));
  }

  /**
   * Stores the outcome; false when the claim was lost.
   *
   * @param trace of the execution, for those who get its result replayed
   */
  async complete(grant: Grant, outcome: StoredOutcome, trace?: string): Promise<boolean> {
    const { key, owner, token, attempt, fingerprint, version } = grant;
    const sentAt = performance.now();
    const kind = outcome.state === 'completed' ? withTrace(outcome.kind, trace) : '';
    const reply = await this.script(completeScript, key, {
      owner,
      token,
      attempt,
      fingerprint,
      version,
      // No spread: this is done for every command.
      state: outcome.state,
      kind,
      result: outcome.state === 'completed' ? outcome.result : '',
      ttl: toMilliseconds(grant.ttlSeconds),
      channel: this.channelOf(key),
    }).catch(lostToForeignValue);
    if (reply === 'completed' && outcome.state === 'completed') {
      // The record may have a fingerprint of an earlier owner when this one gave none.
      const result = { ...outcome, kind, fingerprint: fingerprint || undefined, version };
      this.#replays?.remember(key, result, grant.ttlSeconds, sentAt);
    }
    return reply === 'completed' || reply === 'completed-before';
  }

  /** Extends the lease; false when the claim was lost. */
  renew(grant: Grant): Promise<boolean> {
    const { key, owner, token, attempt, fingerprint, version, takeover } = grant;
    return this.script(renewScript, key, {
      owner,
      token,
      attempt,
      fingerprint,
      version,
      takeover,
      lease: toMilliseconds(grant.leaseSeconds),
      ttl: toMilliseconds(grant.ttlSeconds),
    }).catch(lostToForeignValue);
  }

  /** Gives a claim up; false when it was lost before. */
  abandon({ key, owner }: OwnedKey, { keepSteps }: { keepSteps: boolean }): Promise<boolean> {
    const keep = keepSteps ? 'steps' : '';
    return this.script(abandonScript, key, { owner, keep, channel: this.channelOf(key) });
  }

  /** Gives a claim up under which nothing ran: all is as before it. */
  async giveBack({ key, owner }: OwnedKey): Promise<void> {
    const input = { owner, keep: 'all', channel: this.channelOf(key) };
    await this.script(abandonScript, key, input).catch(() => {});
  }

  /** Remembers what a step returned; false when the claim was lost. */
  async keepStep(grant: Grant, name: string, result: string): Promise<boolean> {
    const { key, owner } = grant;
    const keep = () => this.script(keepStepScript, key, { owner, name, result });
    try {
      let reply = await keep();
      if (reply === 'absent' && (await this.renew(grant))) reply = await keep();
      return reply === 'kept' || reply === 'over';
    } catch (error) {
      return lostToForeignValue(error);
    }
  }

  /**
   * To be called when a script has just written: waits until enough replicas have it.
   *
   * @param what was written, for the message
   * @throws {@link CacheUnavailableError} when too few have it in time; it stays written
   */
  async replicated(what: string): Promise<void> {
    await this.#replication?.confirm(what);
  }

  #remember(key: string, reply: ClaimReply | ReadReply, sentAt: number): void {
    this.#replays?.listen();
    if (reply.status === 'claimed') this.#replays?.drop(key);
    if (reply.status !== 'completed') return;
    this.#replays?.remember(key, reply, reply.ttlSeconds, sentAt);
  }

  /** Runs a script on the record of a key. */
  script<A extends readonly string[], Reply>(
    script: Script<readonly ['record'], A, Reply>,
    key: string,
    args: Omit<ScriptInput<Script<readonly ['record'], A, Reply>>, 'record'>,
    onLateReply?: (reply: Reply) => void,
  ): Promise<Reply> {
    return this.#runner.scriptOn(
      this.#target(key),
      script,
      args as ScriptInput<typeof script>,
      onLateReply as (reply: ScriptReply<typeof script>) => void,
    ) as Promise<Reply>;
  }

  #target(key: string) {
    const record = redisKey(this.#namespace, 'idempotency', key);
    return { values: { record }, subject: `idempotency key "${key}"` };
  }
}

/** Something else was written over the record of a claim: its owner has lost it. */
function lostToForeignValue(error: unknown): false {
  if (isCacheSerializationError(error)) return false;
  throw error;
}

/** What is under the key is not ours: neither run nor overwritten. */
export function foreignValue(key: string): CacheSerializationError {
  return new CacheSerializationError(
    `Redis holds something that is no idempotency record under key "${key}". The work did not run and nothing was changed; delete the key to start anew.`,
  );
}
