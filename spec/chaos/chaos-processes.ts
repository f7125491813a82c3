import { type FaultProxy, historySeconds, startFaultProxy } from '../../src/testing/index.js';
import { gate } from '../support/gate.js';
import { startWorker, type Worker } from '../support/worker.js';
import type { ChaosWork, FromChaosWorker, ToChaosWorker } from './chaos-work.js';
import type { Circumstances } from './circumstances.js';
import type { Victim } from './faults/fault.js';

type Process = Worker<ToChaosWorker, FromChaosWorker>;

/** The processes under load, each behind a proxy: whoever gets killed is followed by another one. */
export class ChaosProcesses {
  /** When all have ended in an orderly way; rejects as soon as one ends otherwise. */
  readonly done: Promise<unknown>;
  /** The place of the process that acquired something last. */
  holder = 0;
  readonly #work: Omit<ChaosWork, 'name'>;
  readonly #circumstances: Circumstances;
  readonly #proxies: readonly FaultProxy[];
  readonly #all: Process[] = [];
  readonly #running = new Map<number, { readonly name: string; readonly worker: Process }>();
  readonly #started = gate<number>();
  #isStopping = false;

  /** @param work its `url` is that of the server */
  static async start(
    work: Omit<ChaosWork, 'name'>,
    count: number,
    circumstances: Circumstances,
  ): Promise<ChaosProcesses> {
    const start = () => startFaultProxy({ target: work.url });
    const proxies = await Promise.all(Array.from({ length: count }, start));
    return new ChaosProcesses(work, circumstances, proxies);
  }

  private constructor(
    work: Omit<ChaosWork, 'name'>,
    circumstances: Circumstances,
    proxies: readonly FaultProxy[],
  ) {
    this.#work = work;
    this.#circumstances = circumstances;
    this.#proxies = proxies;
    this.done = Promise.all(proxies.map((proxy, place) => this.#keepRunning(proxy, place)));
  }

  /** When all had been there for the first time, and the load began. */
  get started(): Promise<number> {
    return this.#started.opened;
  }

  /** The process that runs in this place just now. */
  at(place: number): Victim | undefined {
    const running = this.#running.get(place);
    const proxy = this.#proxies[place];
    if (!running || !proxy) return undefined;
    const { name, worker } = running;
    return {
      name,
      proxy,
      kill: () => {
        this.#circumstances.killed.set(name, historySeconds());
        this.#running.delete(place);
        worker.kill();
      },
      stop: () => worker.stop(),
      continue: () => worker.continue(),
      skewClock: (seconds) => worker.send({ do: 'skew clock', seconds }),
    };
  }

  /** Lets all of them end when they have done what they are at. */
  stop(): void {
    this.#isStopping = true;
    for (const { worker } of this.#running.values()) worker.send({ do: 'stop' });
  }

  /** Leaves none behind. */
  async end(): Promise<void> {
    for (const worker of this.#all) worker.kill();
    await Promise.all(this.#all.map(({ exited }) => exited));
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
  }

  async #keepRunning(proxy: FaultProxy, place: number): Promise<void> {
    for (let life = 1; life === 1 || !this.#isStopping; life += 1) {
      const name = `${place}.${life}`;
      const { exited, worker } = await this.#run(name, proxy, place);
      if (exited === 0) return;
      if (this.#circumstances.killed.has(name)) continue;
      // In the end this throws, and tells what it printed last.
      while (worker.messages.length >= 0) await worker.next();
    }
  }

  async #run(name: string, proxy: FaultProxy, place: number) {
    const seed = this.#work.seed + 1000 * place;
    const work: ChaosWork = { ...this.#work, url: proxy.url, name, seed };
    const file = new URL('./chaos.worker.ts', import.meta.url);
    const worker: Process = startWorker(file, [JSON.stringify(work)]);
    this.#all.push(worker);
    worker.process.on('message', (message: FromChaosWorker) => {
      if (message.is === 'holding') this.holder = place;
      if (message.is !== 'paused') return;
      const { from, to } = message;
      this.#circumstances.incidents.push({ process: name, from, to, isOutage: true });
    });
    await worker.next();
    this.#running.set(place, { name, worker });
    if (this.#running.size === this.#proxies.length) this.#started.open(historySeconds());
    worker.send({ do: 'go', startedAt: await this.started });
    if (this.#isStopping) worker.send({ do: 'stop' });
    const exited = await worker.exited;
    this.#running.delete(place);
    return { exited, worker };
  }
}
