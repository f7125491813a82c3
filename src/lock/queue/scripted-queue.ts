import type { LockLabel } from '../../diagnostics/index.js';
import type { RedisRunner, ScriptTarget, Values } from '../../redis/redis-runner.js';
import type { Script } from '../../redis/script.js';
import type { AcquireReply } from '../scripts/acquire.js';
import type { HeartbeatReply } from '../scripts/heartbeat.js';
import type { ReleaseOutcome, ReleaseReply } from '../scripts/release.js';
import type { RenewReply } from '../scripts/renew.js';
import type { AcquireRequest, QueueCommands } from './queue-commands.js';

/** A script that is called with the values that all scripts of its queue get, and with some of its own. */
type QueueScript<Shared, Own extends string, Reply> = Script<
  readonly (keyof Shared & string)[],
  readonly ((keyof Shared & string) | Own)[],
  Reply
>;

/** The scripts of a kind of queue. */
export interface QueueScripts<Shared, Inspected> {
  readonly acquire: QueueScript<Shared, 'id' | 'ttl' | 'mode' | 'ticket', AcquireReply>;
  readonly renew: QueueScript<Shared, 'id' | 'ttl', RenewReply>;
  readonly release: QueueScript<Shared, 'id', ReleaseReply>;
  readonly forceRelease: QueueScript<Shared, 'id', boolean>;
  readonly heartbeat: QueueScript<Shared, 'process' | 'oldest', HeartbeatReply>;
  readonly inspect: QueueScript<Shared, never, Inspected>;
  readonly leave: QueueScript<Shared, 'id' | 'what', void>;
}

/** What tells one queue from all others. */
export interface QueueIdentity<Shared extends Values>
  extends Pick<QueueCommands, 'label' | 'address' | 'wake' | 'mark'> {
  readonly target: ScriptTarget<Shared>;
  /** Hears from the reply of a release whose turn it is; the push may be slower. */
  readonly onHandedOn?: ((id: string, token: number) => void) | undefined;
}

/** The commands of a queue, by its scripts. */
export class ScriptedQueue<Shared extends Values, Inspected> implements QueueCommands {
  readonly label: LockLabel;
  readonly address: string;
  readonly wake: string;
  readonly mark: string;
  readonly #runner: RedisRunner;
  readonly #target: ScriptTarget<Shared>;
  readonly #onHandedOn: (id: string, token: number) => void;
  readonly #scripts: QueueScripts<Shared, Inspected>;

  constructor(
    runner: RedisRunner,
    { label, address, wake, mark, target, onHandedOn = () => undefined }: QueueIdentity<Shared>,
    scripts: QueueScripts<Shared, Inspected>,
  ) {
    this.label = label;
    this.address = address;
    this.wake = wake;
    this.mark = mark;
    this.#runner = runner;
    this.#target = target;
    this.#onHandedOn = onHandedOn;
    this.#scripts = scripts;
  }

  acquire(
    { id, ttlMs, mode, ticket }: AcquireRequest,
    onLateReply: (reply: AcquireReply) => void,
  ): Promise<AcquireReply> {
    const values = { id, ttl: ttlMs, mode, ticket: ticket ?? '' };
    return this.#call(this.#scripts.acquire, values, onLateReply);
  }

  /** An attempt to acquire, for those who send it together with something else. */
  attempt(id: string, ttlMs: number) {
    const values = { ...this.#target.values, id, ttl: ttlMs, mode: 'try', ticket: '' };
    return { script: this.#scripts.acquire, values };
  }

  renew(id: string, ttlMs: number, onLateReply: (reply: RenewReply) => void): Promise<RenewReply> {
    const renewing = this.#call(this.#scripts.renew, { id, ttl: ttlMs }, onLateReply);
    // At once: what runs next may be work of the user, which can take long.
    this.#runner.flush();
    return renewing;
  }

  async release(id: string): Promise<ReleaseOutcome> {
    const { outcome, next } = await this.#call(this.#scripts.release, { id });
    if (next) this.#onHandedOn(next.id, next.token);
    return outcome;
  }

  forceRelease(id: string): Promise<boolean> {
    return this.#call(this.#scripts.forceRelease, { id });
  }

  heartbeat(process: string, oldest: string): Promise<HeartbeatReply> {
    return this.#call(this.#scripts.heartbeat, { process, oldest });
  }

  inspect(): Promise<Inspected> {
    return this.#call(this.#scripts.inspect, {});
  }

  giveBack(id: string, what: 'all' | 'grant' = 'all'): void {
    this.#call(this.#scripts.leave, { id, what }).catch(() => undefined);
  }

  #call<Own extends string, Reply>(
    script: QueueScript<Shared, Own, Reply>,
    values: Readonly<Record<Own, string | number>>,
    onLateReply?: (reply: Reply) => void,
  ): Promise<Reply> {
    // The types above say that nothing is missing; the runner can't see it through their parameters.
    return this.#runner.scriptOn(this.#target, script, values as never, onLateReply as never);
  }
}
