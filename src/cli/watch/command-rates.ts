import { RedisRunner } from '../../redis/redis-runner.js';
import { primariesOf } from '../scan.js';
import type { Session } from '../session.js';

/** What goes on at the servers, by their own counters. */
export interface Rates {
  readonly scriptsPerSecond: number;
  /**
   * No more replays than these. Redis counts commands, not outcomes. A replay is the one claim that asks
   * how long the record still lives (PTTL); so do `get` and `delete`, and other users of the server may.
   */
  readonly replaysPerSecondAtMost: number;
}

/** Calls of commands, by everybody or by this process alone. */
export interface Calls {
  readonly scripts: number;
  readonly ttls: number;
}

/** Compares what the servers have counted from one look to the next, less what the looks did. */
export class CommandRates {
  readonly #session: Session;
  #last: { readonly at: number; readonly calls: Calls } | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  /**
   * @param own what this process has called so far
   * @returns `undefined` at first, after the counters were reset, and without the right to INFO
   */
  async measure(own: Calls): Promise<Rates | undefined> {
    const all = await this.#count().catch(() => undefined);
    const last = this.#last;
    if (all === undefined) return undefined;
    const calls = { scripts: all.scripts - own.scripts, ttls: all.ttls - own.ttls };
    const at = performance.now();
    this.#last = { at, calls };
    if (last === undefined || calls.scripts < last.calls.scripts) return undefined;
    const seconds = (at - last.at) / 1000;
    const rate = (name: keyof Calls) =>
      Math.max(0, Math.round((calls[name] - last.calls[name]) / seconds));
    return { scriptsPerSecond: rate('scripts'), replaysPerSecondAtMost: rate('ttls') };
  }

  async #count(): Promise<Calls> {
    const sum = { scripts: 0, ttls: 0 };
    for (const node of primariesOf(this.#session)) {
      const runner = new RedisRunner(node, this.#session.settings.commandTimeoutSeconds);
      const stats = await runner.command(() => node.info('commandstats'), 'INFO commandstats');
      const calls = (name: string) =>
        Number(new RegExp(`^cmdstat_${name}:calls=(\\d+)`, 'm').exec(stats)?.[1] ?? 0);
      sum.scripts += calls('eval') + calls('evalsha');
      sum.ttls += calls('pttl');
    }
    return sum;
  }
}
