import { expect } from 'chai';
import type { LockOptions } from '../../src/lock/index.js';
import { startWorker, type Worker } from '../support/worker.js';
import type { FromLockWorker, ToLockWorker } from './lock.worker.js';

export type LockWorker = Worker<ToLockWorker, FromLockWorker>;

/** Processes that acquire the lock `a` as they are told. They are killed when the test is over. */
export interface LockWorkers {
  readonly all: readonly LockWorker[];
  /** Starts so many more, and resolves when all of them are connected. */
  start(
    count: number,
    at: { url: string; namespace: string },
    options?: LockOptions,
  ): Promise<LockWorker[]>;
}

/** For the tests of the surrounding `describe`. */
export function lockWorkers(): LockWorkers {
  const all: LockWorker[] = [];

  afterEach(async () => {
    for (const worker of all) worker.kill();
    await Promise.all(all.splice(0).map(({ exited }) => exited));
  });

  return {
    all,
    async start(count, { url, namespace }, options = {}) {
      const file = new URL('lock.worker.ts', import.meta.url);
      const args = [url, namespace, JSON.stringify(options)];
      const started = Array.from({ length: count }, () =>
        startWorker<ToLockWorker, FromLockWorker>(file, args),
      );
      all.push(...started);
      await Promise.all(started.map((worker) => worker.next()));
      return started;
    },
  };
}

/** The token of the lock that this worker says next that it has. */
export async function tokenOf(worker: LockWorker): Promise<number> {
  const message = await worker.next();
  expect(message.is).to.equal('acquired');
  return message.is === 'acquired' ? message.token : 0;
}

export async function letRelease(worker: LockWorker): Promise<void> {
  worker.send({ do: 'release' });
  expect(await worker.next()).to.deep.equal({ is: 'released' });
}
