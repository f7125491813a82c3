import { expect } from 'chai';
import { DAY_MS } from '../../src/lock/scripts/lock-state.js';
import type { QueueRules } from './queue-model.js';
import type { QueueRequest } from './queue-request.js';
import type { SeenOwner, Snapshot } from './queue-under-test.js';

/**
 * Knows what the clients may believe: each of them has what it was granted until it gives it back, its
 * time is over, or somebody took it by force. That must be true in Redis at every moment.
 */
export class Witness {
  readonly #rules: QueueRules;
  /** What is believed: the tokens by acquisition. */
  readonly #believed = new Map<string, SeenOwner>();
  /** All tokens that were ever granted. */
  readonly #granted = new Map<string, number>();
  #highest = 0;

  constructor(rules: QueueRules) {
    this.#rules = rules;
  }

  /** Its time is over. */
  ended(id: string): void {
    this.#believed.delete(id);
  }

  /** Somebody took it all away. */
  allEnded(): void {
    this.#believed.clear();
  }

  /** @param request is about to be carried out */
  requested(request: QueueRequest): void {
    const { do: what } = request;
    if (what === 'force') this.allEnded();
    else if (what === 'release') this.ended(request.id);
    else if (what === 'leave') {
      const belief = this.#believed.get(request.id);
      if (request.what === 'all' || belief?.isPending) this.ended(request.id);
    }
  }

  /** @param seen somebody was told that all tokens granted later are above it */
  told(seen: number): void {
    expect(seen, 'told: all tokens so far').to.be.at.least(this.#highest);
    this.#highest = seen;
  }

  saw({ owners, ttls }: Snapshot): void {
    for (const ttl of ttls)
      expect(ttl === -2 || (ttl > 0 && ttl <= DAY_MS), `TTL ${ttl}`).to.equal(true);
    const seen = new Map(owners.map((owner) => [owner.id, owner]));
    for (const [id, { token }] of this.#believed) {
      expect(seen.get(id)?.token, `what ${id} was granted, and nobody took`).to.equal(token);
    }
    const inOrder = [...owners].sort((a, b) => a.token - b.token);
    for (const [index, { id }] of inOrder.entries()) {
      const others = inOrder.slice(0, index).map((other) => other.id);
      expect(this.#rules.fits(id, others), `${id} beside ${others}`).to.equal(true);
    }
    for (const owner of inOrder) this.#sawOwner(owner);
  }

  #sawOwner(owner: SeenOwner): void {
    const { id, token } = owner;
    const isNew = !this.#believed.has(id);
    this.#believed.set(id, owner);
    const isKept = this.#rules.isPool && this.#granted.get(id) === token;
    if (!isNew || isKept) return;
    expect(token, `the token of ${id}`).to.be.greaterThan(this.#highest);
    expect(Number.isSafeInteger(token), `the token ${token}`).to.equal(true);
    this.#granted.set(id, token);
    this.#highest = token;
  }
}
