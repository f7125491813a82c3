import { setTimeout as sleep } from 'node:timers/promises';
import { historySeconds } from '../../src/testing/index.js';
import type { Step } from './chaos-plan.js';
import type { ChaosProcesses } from './chaos-processes.js';
import type { ChaosServer } from './chaos-server.js';
import type { Circumstances } from './circumstances.js';
import type { ProcessFault, ServerFault } from './faults/fault.js';

/** Makes faults, counts them, and notes whom they befell from when to when. */
export class Injector {
  /** How often each fault was made. */
  readonly counts = new Map<string, number>();
  readonly #processes: ChaosProcesses;
  readonly #server: ChaosServer;
  readonly #circumstances: Circumstances;
  readonly #lasting = new Set<Promise<void>>();
  /** The last fault of the server, which may take longer to heal than planned. */
  #ofServer = Promise.resolve();
  readonly #ill = new Set<number>();

  constructor(processes: ChaosProcesses, server: ChaosServer, circumstances: Circumstances) {
    this.#processes = processes;
    this.#server = server;
    this.#circumstances = circumstances;
  }

  /** Makes one, and heals it when its time is over. Does not wait for that. */
  inject(step: Step): void {
    const { fault } = step;
    if (fault.on === 'process') {
      this.#injectProcess(fault, step);
      return;
    }
    this.#ofServer = this.#ofServer.then(() => this.#injectServer(fault, step));
    this.#keep(this.#ofServer);
  }

  /** When all that was made is healed. */
  async healed(): Promise<void> {
    await Promise.all(this.#lasting);
  }

  #injectProcess(fault: ProcessFault, step: Step): void {
    const wanted = step.prefersHolder ? this.#processes.holder : step.place;
    const place = this.#ill.has(wanted) ? step.place : wanted;
    const victim = this.#processes.at(place);
    // It has not come back yet, or has something else.
    if (!victim || this.#ill.has(place)) return;
    const { name: process } = victim;
    const { isOutage } = fault;
    if (step.seconds === 0) {
      const done = () => {
        this.#count(fault.name);
        this.#circumstances.note({ process, isOutage });
      };
      // Some wait for a command that may never come.
      void Promise.resolve(fault.inject(victim, step.choice)).then(done);
      return;
    }
    this.#ill.add(place);
    const heal = async () => {
      const end = this.#circumstances.begin({ process, isOutage });
      await fault.inject(victim, step.choice);
      this.#count(fault.name);
      await sleep(step.seconds * 1000);
      fault.heal?.(victim);
      end();
      this.#ill.delete(place);
    };
    this.#keep(heal());
  }

  async #injectServer(fault: ServerFault, { choice, seconds }: Step): Promise<void> {
    const { isOutage, losesData } = fault;
    const from = historySeconds();
    const end = this.#circumstances.begin({ isOutage });
    await fault.inject(this.#server, choice, seconds);
    this.#count(fault.name);
    await sleep(seconds * 1000);
    await fault.heal?.(this.#server);
    end();
    if (losesData) this.#circumstances.losses.push({ from, to: historySeconds() });
  }

  #keep(fault: Promise<void>): void {
    this.#lasting.add(fault);
    // `healed` tells.
    fault.catch(() => {});
  }

  #count(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }
}
