import type { Consumer } from './consumer.js';
import type { ShopSettings } from './shop/composition.js';
import { sumOf, type Tally } from './tally.js';
import { WorkerProcess } from './worker-process.js';

/** Several processes; each delivery goes to the next one, so that the same order meets them all. */
export class Workers {
  readonly #settings: ShopSettings;
  readonly #working: WorkerProcess[];
  readonly #killed: WorkerProcess[] = [];
  #turn = 0;

  static async start(count: number, settings: ShopSettings): Promise<Workers> {
    const starting = Array.from({ length: count }, () => startOne(settings));
    const started = await Promise.allSettled(starting);
    const workers = new Workers(
      settings,
      started.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : [])),
    );
    const failure = started.find((start) => start.status === 'rejected');
    if (failure) {
      await workers.close();
      throw failure.reason;
    }
    return workers;
  }

  private constructor(settings: ShopSettings, workers: WorkerProcess[]) {
    this.#settings = settings;
    this.#working = workers;
  }

  readonly consume: Consumer = async (delivery) => {
    const alive = this.#working.filter(({ isAlive }) => isAlive);
    const worker = alive[this.#turn++ % alive.length];
    if (!worker) throw new Error('No worker is alive');
    return worker.consume(delivery);
  };

  tally(): Tally {
    return sumOf([...this.#working, ...this.#killed].map(({ tally }) => tally));
  }

  /**
   * Kills a worker that has something in its hands, and starts another in its place; what it had
   * fails, and comes again. `undefined`: nobody has anything.
   */
  replaceOne(): Promise<void> | undefined {
    const place = this.#working.findIndex(({ unacknowledged }) => unacknowledged > 0);
    const victim = this.#working[place];
    return victim && this.#replace(victim, place);
  }

  async close(): Promise<void> {
    await Promise.all(this.#working.map((worker) => worker.close()));
  }

  async #replace(victim: WorkerProcess, place: number): Promise<void> {
    await victim.kill();
    const successor = await startOne(this.#settings);
    this.#working[place] = successor;
    this.#killed.push(victim);
  }
}

function startOne({ url, run }: ShopSettings): Promise<WorkerProcess> {
  return WorkerProcess.start(url, run);
}
