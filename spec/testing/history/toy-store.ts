import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Claim, IdempotencyClaimLostError } from '../../../src/index.js';
import type { RunsOnce } from '../../../src/testing/index.js';

/** What a store may get wrong. */
export type Defect =
  | 'reads first and writes later'
  | 'does not fence a late owner'
  | 'takes over at once'
  | 'never takes over'
  | 'stores what failed'
  | 'has one token for all'
  | 'does not count take-overs'
  | 'changes what is stored';

interface ToyRecord {
  readonly owner: string;
  readonly attempt: number;
  readonly token: number;
  readonly until: number;
  readonly stored?: { readonly value: unknown };
}

/** A store in the memory of this process that does what a real one does, but for its defect. */
export class ToyStore implements RunsOnce {
  readonly #records = new Map<string, ToyRecord>();
  readonly #leaseSeconds: number;
  readonly #waitSeconds: number;
  readonly #defect: Defect | undefined;
  #token = 0;

  constructor(options: { leaseSeconds: number; waitSeconds: number; defect?: Defect | undefined }) {
    this.#leaseSeconds = options.leaseSeconds;
    this.#waitSeconds = options.waitSeconds;
    this.#defect = options.defect;
  }

  async run<T>(
    key: string,
    work: (claim: Claim) => Promise<T>,
  ): Promise<{ value: T; replayed: boolean }> {
    const owner = randomUUID();
    const deadline = performance.now() + this.#waitSeconds * 1000;
    for (;;) {
      const known = this.#records.get(key);
      if (this.#defect === 'reads first and writes later') await sleep(20);
      if (known?.stored) {
        const stored = known.stored.value as T;
        const isChanged = this.#defect === 'changes what is stored';
        return { value: isChanged ? (`${stored}?` as T) : stored, replayed: true };
      }
      if (!known || this.#isFree(known)) {
        return { value: await this.#execute(key, owner, known, work), replayed: false };
      }
      if (performance.now() > deadline) throw new Error('in progress');
      await sleep(5);
    }
  }

  #isFree({ until }: ToyRecord): boolean {
    if (this.#defect === 'takes over at once') return true;
    const isOver = until <= performance.now();
    return isOver && (until === 0 || this.#defect !== 'never takes over');
  }

  async #execute<T>(
    key: string,
    owner: string,
    known: ToyRecord | undefined,
    work: (claim: Claim) => Promise<T>,
  ): Promise<T> {
    const isTakeover = known !== undefined && known.until > 0;
    const counts = isTakeover && this.#defect !== 'does not count take-overs';
    if (this.#defect !== 'has one token for all') this.#token += 1;
    const record: ToyRecord = {
      owner,
      attempt: counts ? known.attempt + 1 : 1,
      token: Math.max(1, this.#token),
      until: performance.now() + this.#leaseSeconds * 1000,
    };
    this.#records.set(key, record);
    const isFenced =
      this.#defect !== 'does not fence a late owner' &&
      this.#defect !== 'reads first and writes later';
    const isOwner = () => !isFenced || this.#records.get(key)?.owner === owner;
    const { attempt, token } = record;
    const { signal } = new AbortController();
    const claim: Claim = { ...toyClaim, key, attempt, token, signal } as Claim;
    let value: T;
    try {
      value = await work(claim);
    } catch (error) {
      const isStored = this.#defect === 'stores what failed';
      const free = { ...record, until: 0, ...(isStored && { stored: { value: 'failed' } }) };
      if (isOwner()) this.#records.set(key, free);
      throw error;
    }
    if (!isOwner()) throw new IdempotencyClaimLostError(key, value);
    this.#records.set(key, { ...record, stored: { value } });
    return value;
  }
}

/** The parts of a claim that no toy needs. */
const toyClaim = {
  complete: async () => {},
  abandon: async () => {},
  renew: async () => {},
  step: async () => {
    throw new Error('A toy has no steps.');
  },
};
