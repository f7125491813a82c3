import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Consumer } from './consumer.js';
import type { Answer, Delivery } from './deliveries.js';
import { RunFailed } from './errors.js';
import { emptyTally, type Tally } from './tally.js';

const SECONDS_TO_CLOSE = 15;

export interface ToWorker {
  readonly id: number;
  readonly delivery: Delivery;
}

export type FromWorker =
  | { type: 'ready' }
  | { type: 'answered'; id: number; answer: Answer; tally: Tally }
  | { type: 'failed'; id: number; reason: string };

interface Pending {
  resolve(answer: Answer): void;
  reject(reason: Error): void;
}

/** Another process that consumes deliveries: worker.ts. */
export class WorkerProcess {
  /** As of its last acknowledgement. */
  tally: Tally = emptyTally;
  readonly #child: ChildProcess;
  readonly #unacknowledged = new Map<number, Pending>();
  #lastId = 0;

  /** Resolves when the process is ready to consume. */
  static async start(url: string, run: string): Promise<WorkerProcess> {
    const child = fork(new URL('./worker.ts', import.meta.url), {
      // Not as arguments: everybody on the machine can read those, and a URL can hold a password.
      env: { ...process.env, ORDERS_URL: url, ORDERS_RUN: run },
      // So that a Date arrives as a Date.
      serialization: 'advanced',
    });
    const worker = new WorkerProcess(child);
    await Promise.race([once(child, 'message'), once(child, 'exit')]);
    if (!isAlive(child)) throw new RunFailed('A worker process did not start.');
    return worker;
  }

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (message: FromWorker) => this.#take(message));
    child.once('exit', (code, signal) => this.#failAll(`ended with ${signal ?? code}`));
  }

  get isAlive(): boolean {
    return isAlive(this.#child);
  }

  get unacknowledged(): number {
    return this.#unacknowledged.size;
  }

  readonly consume: Consumer = (delivery) => {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#unacknowledged.set(id, { resolve, reject });
      const message: ToWorker = { id, delivery };
      // Whether it arrived, its answer or its end will tell.
      if (this.#child.connected) this.#child.send(message, () => {});
      else this.#failAll('is gone');
    });
  };

  /** SIGKILL: no chance to tidy up. What it has not acknowledged fails. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited();
  }

  /** Lets it close its connections and end by itself; one that does not is killed. */
  async close(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), SECONDS_TO_CLOSE * 1000);
    await this.#exited();
    clearTimeout(timer);
  }

  async #exited(): Promise<void> {
    if (isAlive(this.#child)) await once(this.#child, 'exit');
  }

  #take(message: FromWorker): void {
    if (message.type === 'ready') return;
    const pending = this.#unacknowledged.get(message.id);
    this.#unacknowledged.delete(message.id);
    if (message.type === 'failed') {
      pending?.reject(new Error(message.reason));
    } else {
      this.tally = message.tally;
      pending?.resolve(message.answer);
    }
  }

  #failAll(reason: string): void {
    const error = new Error(`Worker ${this.#child.pid} ${reason}`);
    for (const { reject } of this.#unacknowledged.values()) reject(error);
    this.#unacknowledged.clear();
  }
}

function isAlive({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}
