import { CLAIM_MS } from '../../src/lock/scripts/hand-on.js';
import { processOf, type QueueAnswer, type QueueRequest } from './queue-request.js';

/** How long the leases of the simulated clients last, in milliseconds. */
export const TTL_MS = 20_000;

/** What is granted and to whom, where kinds of queues differ. */
export interface QueueRules {
  /** Whether this one may own something beside those who do. */
  fits(id: string, owners: readonly string[]): boolean;
  /**
   * A pool drops ended leases and hands on in every call, and keeps a late grant for its process. A
   * lock does so only where it must, and gives a late one its turn anew.
   */
  readonly isPool: boolean;
}

export interface ModelOwner {
  readonly id: string;
  isPending: boolean;
  /** Its lease has ended, though nobody has noticed yet. */
  isOver: boolean;
  /** How long the lease may last at most, in milliseconds. */
  lastsMs: number;
}

export interface ModelWaiter {
  readonly id: string;
  /** Unknown until it has been told. */
  ticket: number | undefined;
}

/** What a fair queue does, in plain words: no Redis, no clock. The test says when time is over. */
export class QueueModel {
  owners: ModelOwner[] = [];
  queue: ModelWaiter[] = [];
  readonly alive = new Set<string>();
  readonly receipts = new Set<string>();
  /** Those that were woken, in this order. */
  readonly woken: string[] = [];
  readonly #rules: QueueRules;

  constructor(rules: QueueRules) {
    this.#rules = rules;
  }

  get holders(): ModelOwner[] {
    return this.owners.filter(({ isOver }) => !isOver);
  }

  /** Those whose process is alive. */
  get waiters(): ModelWaiter[] {
    return this.queue.filter(({ id }) => this.alive.has(processOf(id)));
  }

  ownerOf(id: string): ModelOwner | undefined {
    return this.owners.find((owner) => owner.id === id);
  }

  /** Somebody learned its ticket. */
  tell(id: string, ticket: number): void {
    const waiter = this.queue.find((waiter) => waiter.id === id);
    if (waiter) waiter.ticket = ticket;
  }

  /** Whether a release by force was carried out before. */
  hasReceipt({ do: what, id }: QueueRequest & { id?: string }): boolean {
    return what === 'force' && ['held', 'free'].some((is) => this.receipts.has(`${id} ${is}`));
  }

  isQueued(id: string): boolean {
    return this.queue.some((waiter) => waiter.id === id);
  }

  apply(request: QueueRequest): QueueAnswer {
    switch (request.do) {
      case 'acquire':
        return this.#acquire(request.id, request.mode, request.ticket);
      case 'renew':
        return this.#renew(request.id);
      case 'release':
        return this.#release(request.id);
      case 'leave':
        return this.#leave(request.id, request.what);
      case 'force':
        return this.#force(request.id);
      case 'heartbeat':
        return this.#heartbeat(request.process, request.oldest);
    }
  }

  #acquire(id: string, mode: 'wait' | 'try', ticket: number | undefined): QueueAnswer {
    const own = this.ownerOf(id);
    const isTry = mode === 'try';
    if (this.#rules.isPool) this.#dropEnded(processOf(id), !isTry);
    if (own && !own.isOver) {
      Object.assign(own, { isPending: false, lastsMs: Math.max(own.lastsMs, TTL_MS) });
      return { is: 'granted' };
    }
    if (isTry && this.queue.length > 0) this.#handOn();
    if (this.queue.length === 0 && this.#fits(id)) {
      this.#give(id, TTL_MS);
      return { is: 'granted' };
    }
    if (isTry) return { is: 'busy' };
    this.alive.add(processOf(id));
    if (!this.isQueued(id)) this.#enqueue({ id, ticket });
    this.#handOn(id);
    const place = this.queue.find((waiter) => waiter.id === id);
    if (!place) return { is: 'granted' };
    return { is: 'queued', ticket: place.ticket, isHeld: this.holders.length > 0 };
  }

  #renew(id: string): QueueAnswer {
    const owner = this.ownerOf(id);
    if (!owner) return { is: 'taken' };
    if (owner.isOver) return { is: 'expired' };
    Object.assign(owner, { isPending: false, lastsMs: TTL_MS });
    return { is: 'renewed' };
  }

  #release(id: string): QueueAnswer {
    const owner = this.ownerOf(id);
    if (!owner) return { is: this.receipts.has(id) ? 'released' : 'taken' };
    const isLate = owner.isOver;
    this.#drop(id);
    this.#handOn();
    if (isLate) return { is: 'expired' };
    this.receipts.add(id);
    return { is: 'released' };
  }

  #leave(id: string, what: 'all' | 'grant'): QueueAnswer {
    const hasLeft = what === 'all' && this.isQueued(id);
    if (hasLeft) this.queue = this.queue.filter((waiter) => waiter.id !== id);
    const owner = this.ownerOf(id);
    const isGivenBack = owner && (what === 'all' || owner.isPending);
    if (isGivenBack) this.#drop(id);
    if (isGivenBack || (hasLeft && this.#rules.isPool)) this.#handOn();
    return { is: 'left' };
  }

  #force(id: string): QueueAnswer {
    for (const is of ['held', 'free']) if (this.receipts.has(`${id} ${is}`)) return { is };
    const is = this.holders.length > 0 ? 'held' : 'free';
    this.#dropEnded();
    this.owners = [];
    this.#handOn();
    this.receipts.add(`${id} ${is}`);
    return { is };
  }

  #heartbeat(process: string, oldest: string): QueueAnswer {
    this.alive.add(process);
    const late = this.owners.find(
      ({ id, isPending, isOver }) => isPending && isOver && processOf(id) === process,
    );
    if (this.#rules.isPool) this.#dropEnded(process, true);
    else if (late) Object.assign(late, { isOver: false, lastsMs: CLAIM_MS });
    this.#handOn();
    const granted = this.owners
      .filter(({ id, isPending }) => isPending && processOf(id) === process)
      .map(({ id }) => id)
      .sort();
    const isOwner = this.#rules.isPool ? this.ownerOf(oldest) : granted.includes(oldest);
    const isQueued = isOwner || this.isQueued(oldest);
    return { is: isQueued ? 'in' : 'out', granted, isHeld: this.holders.length > 0 };
  }

  #handOn(own?: string): void {
    const { isPool } = this.#rules;
    if (!isPool && this.holders.length > 0) return;
    this.#dropEnded(own && processOf(own), true);
    for (let head = this.queue[0]; head; head = this.queue[0]) {
      const { id } = head;
      const isDead = id !== own && !this.alive.has(processOf(id));
      if (!isDead && !this.#fits(id)) return;
      this.queue.shift();
      if (isDead) continue;
      if (id === own) this.#give(id, TTL_MS);
      else {
        this.#give(id, CLAIM_MS, true);
        this.woken.push(id);
      }
      if (!isPool) return;
    }
  }

  /** A grant that nobody confirmed in time shows that its process is gone, if it is not the caller. */
  #dropEnded(caller?: string, isWaiting = false): void {
    for (const owner of this.owners.filter(({ isOver }) => isOver)) {
      const isLate = owner.isPending && processOf(owner.id) === caller;
      if (isLate && isWaiting && this.#rules.isPool) {
        Object.assign(owner, { isOver: false, lastsMs: CLAIM_MS });
        continue;
      }
      this.#drop(owner.id);
      if (owner.isPending && !isLate) this.alive.delete(processOf(owner.id));
    }
  }

  #give(id: string, lastsMs: number, isPending = false): void {
    this.owners = [...this.holders, { id, isPending, isOver: false, lastsMs }];
  }

  #drop(id: string): void {
    this.owners = this.owners.filter((owner) => owner.id !== id);
  }

  #fits(id: string): boolean {
    return this.#rules.fits(
      id,
      this.holders.map((owner) => owner.id),
    );
  }

  /** Behind all whose ticket is lower; one without a ticket gets the highest. */
  #enqueue(waiter: ModelWaiter): void {
    const { ticket } = waiter;
    const behind = (other: ModelWaiter) =>
      ticket !== undefined && (other.ticket === undefined || other.ticket > ticket);
    const index = this.queue.findIndex(behind);
    this.queue.splice(index < 0 ? this.queue.length : index, 0, waiter);
  }
}
