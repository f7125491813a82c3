import { fork } from 'node:child_process';
import { once } from 'node:events';

/** A process that runs part of a measure: a file `*.worker.ts`. */
export interface WorkerProcess<Order, Answer> {
  /** Sends an order, and waits for its answer. One at a time. @throws when the process ends */
  ask(order: Order): Promise<Answer>;
  /** Ends it, whatever it is doing. */
  end(): Promise<void>;
}

/**
 * Starts a worker.
 *
 * @param file whose `answerOrders` has the same types
 */
export function startWorker<Order extends object, Answer>(file: URL): WorkerProcess<Order, Answer> {
  const child = fork(file, { execArgv: [...process.execArgv, '--expose-gc'] });
  const exited = once(child, 'exit');
  const diesUnasked = exited.then(([code, signal]) => {
    throw new Error(`${file.pathname} ended with ${signal ?? code}`);
  });
  // Only whoever asks wants to know.
  diesUnasked.catch(() => {});
  return {
    async ask(order) {
      const answered = once(child, 'message');
      child.send(order);
      const [answer] = await Promise.race([answered, diesUnasked]);
      return answer;
    },
    async end() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** In the worker: answers orders, until the process that started it ends. */
export function answerOrders<Order, Answer>(answer: (order: Order) => Promise<Answer>): void {
  process.on('message', async (order: Order) => {
    process.send?.(await answer(order));
  });
  process.once('disconnect', () => process.exit());
}
