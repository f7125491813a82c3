import { expect } from 'chai';
import type { Cluster, Redis } from 'ioredis';
import type { ModelRecord, RecordModel } from './record-model.js';

/** What a record may have beside what the model knows of. */
const unknownToModel = ['before', 'before_version', 'since', 'until', 'takeover', 'kind', 'steps'];
const leaseAndTtl = 90_000;
const ttl = 60_000;

/** Looks at the record in Redis itself, past all scripts. */
export class RecordWatch {
  readonly #redis: Redis | Cluster;
  readonly #record: string;
  readonly #model: RecordModel;
  readonly #isReal: boolean;
  #largestToken = 0;

  constructor(redis: Redis | Cluster, record: string, model: RecordModel, isReal: boolean) {
    this.#redis = redis;
    this.#record = record;
    this.#model = model;
    this.#isReal = isReal;
  }

  /** Expects the record to be that of the model, and to expire. */
  async compare(): Promise<void> {
    const { record } = this.#model;
    const { fields, pttl } = await this.#read();
    const known = Object.entries(fields).filter(([name]) => !unknownToModel.includes(name));
    expect(Object.fromEntries(known)).to.deep.equal(record ? toFields(record) : {});
    if (!record) return;
    // One that was put back has no owner, and the time of the claim that it was put back by.
    const isDone = record.state.startsWith('completed') && record.owner !== undefined;
    expect(pttl, 'TTL').to.be.within(1, isDone ? ttl : leaseAndTtl);
    if (record.state === 'in-progress') expect(pttl, 'TTL').to.be.greaterThan(ttl);
  }

  /** Expects an action to leave all as it is, fields of any name and the TTL. */
  async unchangedBy<T>(action: () => Promise<T>): Promise<T> {
    const before = await this.#read();
    const outcome = await action();
    const after = await this.#read();
    expect(after.fields).to.deep.equal(before.fields);
    expect(after.pttl).to.be.at.most(before.pttl);
    return outcome;
  }

  /** Tokens grow with every claim of a key, whatever became of the others. */
  expectNewToken(token: number): void {
    expect(Number.isSafeInteger(token), `token ${token}`).to.equal(true);
    expect(token, 'token').to.be.greaterThan(this.#largestToken);
    this.#largestToken = token;
  }

  /** Lets a lease be over, as if its owner had been dead for as long as it lasts. */
  async endLease(): Promise<void> {
    if (this.#model.record?.state !== 'in-progress') return;
    this.#model.record.isLeaseOver = true;
    await this.#redis.hset(this.#record, 'until', '1');
  }

  /** As after FLUSHALL, or a failover to a replica that had not got it. */
  async loseRecord(): Promise<void> {
    this.#model.record = undefined;
    // The clock of ioredis-mock has but milliseconds, in which several claims have room.
    if (!this.#isReal) this.#largestToken = 0;
    await this.#redis.del(this.#record);
  }

  /** Tells as what and with which token something is stored now. */
  async stored(request: string, tell: (id: string, token: number) => void): Promise<void> {
    const { record } = this.#model;
    const { fields } = await this.#read();
    const isMine = fields.owner !== record?.owner;
    tell(isMine ? String(fields.owner) : request, Number(fields.token));
    if (isMine) this.expectNewToken(Number(fields.token));
  }

  async #read(): Promise<{ fields: Record<string, string>; pttl: number }> {
    const [fields, pttl] = await Promise.all([
      this.#redis.hgetall(this.#record),
      this.#redis.pttl(this.#record),
    ]);
    return { fields, pttl };
  }
}

function toFields(record: ModelRecord): Record<string, string> {
  const { state, owner, token, attempt, fingerprint, version, before, steps } = record;
  const result = record.result ?? before?.result;
  const fields = { state, owner, token: `${token}`, attempt, fingerprint, version, result };
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(given.map(([name, value]) => [name, String(value)])),
    ...Object.fromEntries([...steps].map(([name, text]) => [`step:${name}`, text])),
  };
}
