import { expect } from 'chai';
import { FROZEN_MS } from './look-lua.js';
import type { QueueAction, Who } from './queue-actions.js';
import { QueueModel, type QueueRules, TTL_MS } from './queue-model.js';
import { processOf, type QueueAnswer, type QueueRequest } from './queue-request.js';
import { ask, type Inspection, type QueueUnderTest, type Snapshot } from './queue-under-test.js';
import { Witness } from './witness.js';

/**
 * Does to a queue in Redis what a list of actions says, to a model of it the same, and compares after
 * each step: the answer, what lies in Redis, and what the clients may believe.
 */
export class Simulation {
  readonly #queue: QueueUnderTest;
  readonly #model: QueueModel;
  readonly #witness: Witness;
  /** All acquisitions, with the place that each was told last. */
  readonly #tickets = new Map<string, number | undefined>();
  /** Those whose caller has its answer, and asks no more. */
  readonly #finished = new Set<string>();
  readonly #sent: QueueRequest[] = [];
  #lastTicket = 0;

  constructor(queue: QueueUnderTest, rules: QueueRules) {
    this.#queue = queue;
    this.#model = new QueueModel(rules);
    this.#witness = new Witness(rules);
  }

  /** Those that were woken, in this order, as the model has it. */
  get woken(): readonly string[] {
    return this.#model.woken;
  }

  async perform(action: QueueAction): Promise<void> {
    switch (action.do) {
      case 'resend': {
        const request = this.#sent.at(-1 - action.back);
        if (request && this.#canAsk(request)) await this.#send(request);
        return;
      }
      case 'expire': {
        const owner = at(this.#model.holders, action.nth);
        if (!owner) return;
        owner.isOver = true;
        this.#witness.ended(owner.id);
        await this.#queue.expire(owner.id);
        break;
      }
      case 'die':
        this.#model.alive.delete(action.process);
        await this.#queue.die(action.process);
        break;
      case 'wipe':
        if (action.lost.includes('state')) {
          this.#model.owners = [];
          this.#witness.allEnded();
        }
        if (action.lost.includes('queue')) this.#model.queue = [];
        if (action.lost.includes('alive')) this.#model.alive.clear();
        if (action.lost.includes('receipts')) this.#model.receipts.clear();
        await this.#queue.wipe(action.lost);
        break;
      default: {
        const request = this.#requestOf(action);
        if (request && this.#canAsk(request)) await this.#send(request, action.twice);
        return;
      }
    }
    this.#compare(await this.#queue.look());
  }

  /**
   * In the end all goes well: everybody who still waits says so, and is served in the order of the
   * tickets; then the queue is empty, and the next one is served at once.
   */
  async finish(): Promise<void> {
    const waiting = [...this.#tickets].filter(
      ([id, ticket]) => ticket !== undefined && !this.#finished.has(id),
    );
    const served: number[] = [];
    const inQueue = this.#model.queue.map(({ id }) => id);
    // Those whose caller is gone stand there too, until it is their turn.
    for (const id of [...inQueue, ...waiting.map(([id]) => id)]) {
      await this.#send({ do: 'heartbeat', process: processOf(id), oldest: id });
    }
    for (const [id, ticket] of waiting.sort(([, a = 0], [, b = 0]) => a - b)) {
      await this.#send({ do: 'acquire', id, mode: 'wait', ticket });
    }
    const inLine = new Map(this.#model.queue.map(({ id, ticket = 0 }) => [id, ticket]));
    while (this.#model.holders.length > 0) {
      for (const { id } of this.#model.holders) {
        const ticket = inLine.get(id);
        if (ticket !== undefined) served.push(ticket);
        await this.#send({ do: 'release', id });
      }
    }
    expect(served, 'the order in the end').to.deep.equal([...inLine.values()]);
    const last = { do: 'acquire', id: 'z:1', mode: 'try' } as const;
    expect((await this.#send(last)).is, 'an acquire in the end').to.equal('granted');
  }

  #requestOf(action: Exclude<QueueAction, { do: 'resend' | 'expire' | 'die' | 'wipe' }>) {
    if (action.do === 'acquire') {
      const mark = action.share === 'all' ? this.#queue.markOfAll : '';
      const id = `${action.process}:${this.#tickets.size + 1}${mark}`;
      this.#tickets.set(id, undefined);
      return { do: 'acquire', id, mode: action.mode } satisfies QueueRequest;
    }
    if (action.do === 'force') {
      return { do: 'force', id: `x:${this.#sent.length}` } satisfies QueueRequest;
    }
    const id = this.#find(action.who);
    if (id === undefined) return undefined;
    switch (action.do) {
      case 'askAgain':
        return { do: 'acquire', id, mode: 'wait', ticket: this.#tickets.get(id) } as const;
      case 'leave':
        return { do: 'leave', id, what: action.what } as const;
      case 'heartbeat':
        return { do: 'heartbeat', process: action.process, oldest: id } as const;
      default:
        return { do: action.do, id } as const;
    }
  }

  #find({ of, nth }: Who): string | undefined {
    const owner = of === 'owners' && at(this.#model.owners, nth)?.id;
    return owner || at([...this.#tickets.keys()].reverse(), nth);
  }

  /** A client whose acquisition is over does not ask for it again, nor does its connection. */
  #canAsk(request: QueueRequest): boolean {
    return request.do !== 'acquire' || !this.#finished.has(request.id);
  }

  async #send(request: QueueRequest, isTwice = false): Promise<QueueAnswer> {
    this.#sent.push(request);
    // All of it goes out at once, on one connection.
    const sending = Array.from({ length: isTwice ? 2 : 1 }, () =>
      Promise.all([ask(this.#queue, request, TTL_MS), this.#queue.look(), this.#queue.inspect()]),
    );
    const [first, second] = await Promise.all(sending);
    if (!first) throw new Error('nothing was sent');
    const answer = this.#check(request, first);
    if (second) {
      this.#check(request, second);
      expect(second[2], 'what is sent twice changes no owner').to.deep.equal(first[2]);
      expect(second[1].queue, 'what is sent twice changes no place').to.deep.equal(first[1].queue);
      // That a lease had ended can be told only once: nobody keeps a list of these.
      if (answer.is !== 'expired') {
        expect({ ...second[0], seen: 0 }, 'what is sent twice').to.deep.equal({
          ...answer,
          seen: 0,
        });
      }
    }
    return answer;
  }

  #check(
    request: QueueRequest,
    [answer, snapshot, inspection]: readonly [QueueAnswer, Snapshot, Inspection],
  ): QueueAnswer {
    if (!this.#model.hasReceipt(request)) this.#witness.requested(request);
    const { ticket: place, ...expected } = this.#model.apply(request);
    const { token, ticket, seen, ...plain } = answer;
    expect(plain, `the answer to ${JSON.stringify(request)}`).to.deep.equal(expected);
    if (request.do === 'acquire') this.#placed(request.id, answer, place);
    if (answer.is === 'released' || answer.is === 'expired' || answer.is === 'left') {
      if ('id' in request) this.#finished.add(request.id);
    }
    this.#compare(snapshot);
    if (seen !== undefined) this.#witness.told(seen);
    if (token !== undefined && 'id' in request) {
      const owner = snapshot.owners.find(({ id }) => id === request.id);
      expect(token, `the token in the answer to ${JSON.stringify(request)}`).to.equal(owner?.token);
    }
    const holders = snapshot.owners.map(({ id, token }) => ({ id, token }));
    expect(inspection, 'what inspect tells').to.deep.equal({
      owners: holders,
      waiters: this.#model.waiters.length,
    });
    return answer;
  }

  /**
   * A waiter keeps its place; a new one is behind all others that ever were.
   *
   * @param place the one that it has or had
   */
  #placed(id: string, { is, ticket }: QueueAnswer, place: number | undefined): void {
    if (is === 'busy') this.#finished.add(id);
    if (ticket === undefined) return;
    if (place !== undefined) expect(ticket, `the ticket of ${id}`).to.equal(place);
    else expect(ticket, `the ticket of ${id}`).to.be.greaterThan(this.#lastTicket);
    this.#lastTicket = Math.max(ticket, this.#lastTicket);
    this.#tickets.set(id, ticket);
    this.#model.tell(id, ticket);
  }

  #compare(snapshot: Snapshot): void {
    this.#witness.saw(snapshot);
    const { holders, queue, waiters } = this.#model;
    const found = snapshot.owners.map(({ id, isPending }) => ({ id, isPending }));
    const expected = holders.map(({ id, isPending }) => ({ id, isPending }));
    expect(found.sort(byId), 'who holds it').to.deep.equal(expected.sort(byId));
    expect(snapshot.queue, 'the queue').to.deep.equal(queue);
    // Whether a process lives matters as long as somebody waits there.
    const living = snapshot.queue.filter(({ id }) => snapshot.alive.includes(processOf(id)));
    expect(living, 'who waits and is alive').to.deep.equal(waiters);
    for (const { id, leftMs } of snapshot.owners) {
      const owner = this.#model.ownerOf(id);
      if (!owner) continue;
      expect(leftMs, `how long the lease of ${id} lasts`).to.be.within(1, owner.lastsMs);
      owner.lastsMs = FROZEN_MS;
    }
  }
}

function at<T>(list: readonly T[], nth: number): T | undefined {
  return list[nth % list.length];
}

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1;
}
