import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { historySeconds, type IdempotencyHistoryEntry } from '../../src/testing/index.js';
import { gate } from '../support/gate.js';
import type { Random } from '../support/random.js';
import { startWorker, type Worker } from '../support/worker.js';
import type { ChaosPlan, ChaosWork } from './chaos-plan.js';

type Process = Worker<'go', 'ready'>;

/** The processes of a chaos: whoever gets killed is followed by another one. */
export class ChaosProcesses {
  /** When all have done their work. */
  readonly done: Promise<unknown>;
  readonly #plan: ChaosPlan;
  readonly #dir: string;
  readonly #history: IdempotencyHistoryEntry[];
  readonly #all: Process[] = [];
  readonly #running = new Map<string, Process>();
  readonly #allReady = gate();

  /** @param history gets what is done to them; what they do themselves is in files of `dir` */
  constructor(plan: ChaosPlan, dir: string, history: IdempotencyHistoryEntry[]) {
    this.#plan = plan;
    this.#dir = dir;
    this.#history = history;
    const places = Array.from({ length: plan.processes }, (_, place) => this.#keepRunning(place));
    this.done = Promise.all(places);
  }

  /** When all have started their work. */
  get ready(): Promise<void> {
    return this.#allReady.opened;
  }

  /** Kills one of them; false when none was there. */
  kill(random: Random): boolean {
    const [name, worker] = random.pick([...this.#running]) ?? [];
    if (!name || !worker) return false;
    this.#history.push({ type: 'killed', at: historySeconds(), process: name });
    this.#running.delete(name);
    worker.kill();
    return true;
  }

  /** Lets one of them stand still for longer than a lease. */
  async pause(random: Random): Promise<boolean> {
    const [name, worker] = random.pick([...this.#running]) ?? [];
    if (!name || !worker) return false;
    this.#history.push({ type: 'stopped', at: historySeconds(), process: name });
    worker.stop();
    await sleep(this.#plan.leaseSeconds * (1.2 + random.next()) * 1000);
    this.#history.push({ type: 'continued', at: historySeconds(), process: name });
    worker.continue();
    return true;
  }

  /** Leaves none behind. */
  end(): void {
    for (const worker of this.#all) worker.kill();
  }

  async #keepRunning(place: number): Promise<void> {
    for (let life = 1; ; life += 1) {
      const name = `${place}.${life}`;
      const work: ChaosWork = { ...this.#plan, name, file: join(this.#dir, name) };
      const file = new URL('./chaos.worker.ts', import.meta.url);
      const worker: Process = startWorker(file, [JSON.stringify(work)]);
      this.#all.push(worker);
      await worker.next();
      this.#running.set(name, worker);
      if (this.#running.size === this.#plan.processes) this.#allReady.open();
      await this.ready;
      worker.send('go');
      const end = await worker.exited;
      this.#running.delete(name);
      if (end === 0) return;
      if (end !== 'SIGKILL') throw new Error(`Process ${name} ended with ${end}`);
    }
  }
}
