import { expect } from 'chai';
import type { Cluster, Redis } from 'ioredis';
import { unpack } from '../../src/idempotency/packed-texts.js';
import {
  type ClaimRequest,
  type Grant,
  RecordGateway,
} from '../../src/idempotency/record-gateway.js';
import { claimScript } from '../../src/idempotency/scripts/claim.js';
import { inspectScript } from '../../src/idempotency/scripts/inspect.js';
import { setScript } from '../../src/idempotency/scripts/set.js';
import { redisKey } from '../../src/redis/key-space.js';
import { RedisRunner } from '../../src/redis/redis-runner.js';
import type { Engine } from '../support/engines.js';
import { moveOf, type OwnersEvent } from './owners-move.js';
import type { RecordEvent } from './record-events.js';
import { RecordModel, type Wish } from './record-model.js';
import { RecordWatch } from './record-watch.js';
import { keepingLastCall } from './sent-commands.js';

/** Somebody who asked for the key. */
interface Asker {
  grant?: Grant;
  /** Sends its last command once more, as ioredis does when a reply got lost. */
  sendAgain: () => Promise<void>;
}

/** Lets events happen to a key in Redis and to a model of it, and expects the same of both. */
export class RecordStory {
  readonly #key: string;
  readonly #gateway: RecordGateway;
  readonly #lastCall: () => () => Promise<unknown>;
  readonly #watch: RecordWatch;
  readonly #model = new RecordModel();
  readonly #askers: Asker[] = [];

  /**
   * @param redis to look at the record
   * @param tested what the scripts run on
   */
  constructor(engine: Engine, redis: Redis | Cluster, tested: Redis | Cluster, key: string) {
    const { client, lastCall } = keepingLastCall(tested);
    const namespace = engine.namespace();
    const record = redisKey(namespace, 'idempotency', key);
    this.#key = key;
    this.#gateway = new RecordGateway(new RedisRunner(client, 30), namespace);
    this.#lastCall = lastCall;
    this.#watch = new RecordWatch(redis, record, this.#model, engine.isReal);
  }

  /** @throws an assertion error where Redis and the model differ */
  async play(events: readonly RecordEvent[]): Promise<void> {
    for (const event of events) {
      await this.#happen(event);
      await this.#watch.compare();
    }
  }

  async #happen(event: RecordEvent): Promise<void> {
    switch (event.do) {
      case 'claim':
        return this.#claim(event.wish);
      case 'set':
        return this.#set(event.result);
      case 'delete':
        expect(await this.#gateway.remove(this.#key)).to.equal(this.#model.delete());
        return;
      case 'look':
        return this.#watch.unchangedBy(() => this.#look());
      case 'end lease':
        return this.#watch.endLease();
      case 'lose record':
        return this.#watch.loseRecord();
      case 'send again':
        return this.#asker(event.who)?.sendAgain();
      default: {
        const asker = this.#asker(event.who);
        if (asker?.grant) await this.#own(event, asker, asker.grant);
      }
    }
  }

  /** 0 is who asked last. */
  #asker(who: number): Asker | undefined {
    return this.#askers.at(-1 - who);
  }

  async #claim(wish: Wish): Promise<void> {
    const request: ClaimRequest = { key: this.#key, leaseSeconds: 30, ttlSeconds: 60, ...wish };
    const verdict = this.#model.judge('not known yet', wish);
    if (verdict.status !== 'claimed') {
      const ask = () => this.#gateway.claim(request);
      expect((await this.#watch.unchangedBy(ask)).status).to.equal(verdict.status);
      return;
    }
    const answer = await this.#gateway.claim(request);
    if (answer.status !== 'claimed') expect.fail(`${answer.status}, not claimed`);
    const asker: Asker = { grant: answer.grant, sendAgain: async () => {} };
    this.#granted(asker, answer.grant, wish);
    this.#askers.push(asker);
    this.#mayResend(asker, async (reply) => {
      const { owner } = answer.grant;
      const again = this.#model.judge(owner, wish);
      const parsed = claimScript.parse(reply);
      expect(parsed.status).to.equal(again.status);
      if (parsed.status !== 'claimed') return;
      this.#granted(asker, { ...request, owner, ...parsed }, wish);
    });
  }

  /** Compares a grant with what the model expects, and makes it so. */
  #granted(asker: Asker, grant: Grant, wish: Wish): void {
    const { owner: id, attempt, token } = grant;
    const verdict = this.#model.judge(id, wish);
    const record = this.#model.record;
    if (verdict.status === 'claimed' && 'attempt' in verdict) {
      expect(attempt, 'attempt').to.equal(verdict.attempt);
      if (verdict.isSame) expect(token, 'token of a claim sent twice').to.equal(record?.token);
      else this.#watch.expectNewToken(token);
    }
    this.#model.grant({ id, wish, attempt, token });
    expect(inPairs(grant.steps), 'steps').to.deep.equal(this.#model.record?.steps);
    asker.grant = grant;
  }

  async #set(result: string): Promise<void> {
    let request = 'not known yet';
    const stored = (isStored: boolean) =>
      this.#watch.stored(request, (id, token) => {
        expect(isStored).to.equal(this.#model.set(id, result, token));
        request = id;
      });
    await stored((await this.#gateway.set(this.#key, { kind: 'plain', result }, 60)) === 'stored');
    const asker: Asker = { sendAgain: async () => {} };
    this.#askers.push(asker);
    this.#mayResend(asker, async (reply) => stored(setScript.parse(reply) === 'stored'));
  }

  async #own(event: OwnersEvent, asker: Asker, grant: Grant): Promise<void> {
    const move = moveOf(event, grant, this.#gateway, this.#model);
    const isDone = await move.make();
    expect(isDone).to.equal(move.rule());
    this.#mayResend(asker, (reply) => expect(move.parse(reply)).to.equal(move.ruleAgain()));
  }

  #mayResend(asker: Asker, expectReply: (reply: unknown) => unknown): void {
    const send = this.#lastCall();
    asker.sendAgain = async () => void (await expectReply(await send()));
  }

  async #look(): Promise<void> {
    const { record } = this.#model;
    const isThere = record !== undefined && record.state !== 'free';
    const read = await this.#gateway.read(this.#key);
    const isDone = isThere && record.state !== 'in-progress';
    expect(read.status).to.equal(isDone ? record.state : 'absent');
    if (read.status === 'completed') expect(read.result).to.equal(record?.result);
    const facts = await this.#gateway.script(inspectScript, this.#key, {});
    if (typeof facts === 'string') {
      expect(facts).to.equal(isThere ? 'described' : 'absent');
      return;
    }
    const isAbandoned = record?.state === 'in-progress' && record.isLeaseOver;
    expect(facts.state).to.equal(isAbandoned ? 'abandoned' : record?.state);
    expect(facts).to.include({ token: `${record?.token}`, attempt: `${record?.attempt}` });
  }
}

/** Packed names and results by turns. */
function inPairs(packed: string): Map<string, string> {
  const texts = unpack(packed);
  const pairs = texts.flatMap((text, i): [string, string][] =>
    i % 2 === 0 ? [[text, texts[i + 1] ?? 'missing']] : [],
  );
  return new Map(pairs);
}
