import { isCacheSerializationError } from '../../errors/index.js';
import { type IdempotencyRecord, IdempotencyStore } from '../../idempotency/index.js';
import { inParts } from '../../redis/in-parts.js';
import { redisKey } from '../../redis/key-space.js';
import { type LockKind, type LockView, lookAtLock, serverTime } from '../locks/lock-view.js';
import { kindOf, longestSeconds } from '../locks/locks.js';
import { nameOf } from '../scan.js';
import type { Session } from '../session.js';
import { CommandRates, type Rates } from './command-rates.js';
import { KeyRounds } from './key-rounds.js';

/** So many claims and locks are looked at each second; more are only counted as more. */
const MOST = 1000;

/** What goes on at one moment. */
export interface Snapshot {
  /** By the server's clock, as an ISO text. */
  readonly at: string;
  /** In progress or abandoned, the oldest first. */
  readonly claims: readonly IdempotencyRecord[];
  /** Held or waited for, the longest first. */
  readonly locks: readonly LockView[];
  /** There are more claims or locks than are looked at. */
  readonly hasMore: boolean;
  readonly rates?: Rates;
  /** How long it takes until each key was seen; absent until that happened once. */
  readonly roundSeconds?: number;
}

/**
 * Looks again and again: at what is known to go on each time, and for what is new a part of the keys at a
 * time.
 */
export class Watcher {
  readonly #session: Session;
  readonly #store: IdempotencyStore;
  readonly #rounds: KeyRounds;
  readonly #rates: CommandRates;
  readonly #claims = new Set<string>();
  readonly #locks = new Map<string, { readonly kind: LockKind; readonly name: string }>();
  readonly #own = { scripts: 0, ttls: 0 };

  constructor(session: Session, keysPerLook: number) {
    this.#session = session;
    this.#store = new IdempotencyStore(session.redis);
    this.#rounds = new KeyRounds(session, keysPerLook);
    this.#rates = new CommandRates(session);
  }

  async look(): Promise<Snapshot> {
    let hasMore = false;
    await this.#rounds.advance(async (keys) => {
      await Promise.all([this.#findClaims(keys), this.#findLocks(keys)]);
      hasMore = this.#claims.size >= MOST || this.#locks.size >= MOST;
    });
    const now = await serverTime(this.#session);
    const claims = await this.#lookAtClaims();
    const locks = await this.#lookAtLocks(now);
    const rates = await this.#rates.measure(this.#own);
    const { roundSeconds } = this.#rounds;
    return {
      at: new Date(now * 1000).toISOString(),
      claims: claims.sort((a, b) => b.ageSeconds - a.ageSeconds),
      locks: locks.sort((a, b) => longestSeconds(b) - longestSeconds(a)),
      hasMore,
      ...(rates && { rates }),
      ...(roundSeconds !== undefined && { roundSeconds }),
    };
  }

  async #findClaims(keys: readonly string[]): Promise<void> {
    const { redis, runner, settings } = this.#session;
    const names = keys
      .map((key) => nameOf(settings.namespace, 'idempotency', key))
      .filter((found) => found !== undefined && found.part === undefined)
      .map((found) => found?.name ?? '');
    const states = await inParts(names, (name) => {
      const key = redisKey(settings.namespace, 'idempotency', name);
      return runner
        .command(() => redis.hmget(key, 'state'), `state of idempotency key "${name}"`)
        .catch(nothingIfForeign);
    });
    for (const [i, name] of names.entries()) {
      if (states[i]?.[0] === 'in-progress' && this.#claims.size < MOST) this.#claims.add(name);
    }
  }

  async #findLocks(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const found = nameOf(this.#session.settings.namespace, 'lock', key);
      const kind = found && kindOf(found);
      if (found === undefined || kind === undefined || this.#locks.size >= MOST) continue;
      this.#locks.set(`${kind}:${found.name}`, { kind, name: found.name });
    }
  }

  async #lookAtClaims(): Promise<IdempotencyRecord[]> {
    const open = await inParts([...this.#claims], async (key) => {
      const record = await this.#store.inspect(key).catch(nothingIfForeign);
      this.#own.scripts += 1;
      if (record) this.#own.ttls += 1;
      const isOpen = record?.state === 'in-progress' || record?.state === 'abandoned';
      if (!isOpen) this.#claims.delete(key);
      return isOpen ? [record] : [];
    });
    return open.flat();
  }

  async #lookAtLocks(now: number): Promise<LockView[]> {
    const busy = await inParts([...this.#locks], async ([id, { kind, name }]) => {
      const view = await lookAtLock(this.#session, kind, name, now).catch(nothingIfForeign);
      this.#own.scripts += 1;
      const isBusy = view !== undefined && view.holders.length + view.queue.length > 0;
      if (!isBusy) this.#locks.delete(id);
      return isBusy ? [view] : [];
    });
    return busy.flat();
  }
}

/** A key that holds something else is none of ours. */
function nothingIfForeign(error: unknown): undefined {
  if (!isCacheSerializationError(error)) throw error;
}
