import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { killWithParent } from './child-processes.js';

/** Another process of a spec. `In` is what it is sent, `Out` what it sends. */
export interface Worker<In, Out> {
  readonly process: ChildProcess;
  /** Everything it has sent so far. */
  readonly messages: readonly Out[];
  /** The next message that no `next` has given yet; fails when it ends without one. */
  next(): Promise<Out>;
  send(message: In): void;
  kill(signal?: NodeJS.Signals): void;
  /** SIGSTOP: it stands still, as in a long pause of its garbage collector or its machine. */
  stop(): void;
  /** SIGCONT */
  continue(): void;
  /** Its exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>;
}

/**
 * Runs a TypeScript file (named *.worker.ts) as a process with a message channel: there,
 * `process.send(message)` and `process.on('message', …)`. Messages are cloned, so that `Date`,
 * `Map`, `bigint` and `Error` arrive as such. A worker ends when nothing is left to do; one that
 * listens for messages has to `process.disconnect()` first. `env` is added to the environment.
 */
export function startWorker<In = never, Out = unknown>(
  file: URL,
  args: readonly string[] = [],
  { env }: { env?: NodeJS.ProcessEnv } = {},
): Worker<In, Out> {
  const path = fileURLToPath(file);
  const child = fork(path, args, {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, ...env },
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  killWithParent(child);

  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-4000);
    });
  }

  const messages: Out[] = [];
  let given = 0;
  child.on('message', (message) => messages.push(message as Out));

  let ended = false;
  // 'close' comes after the last message and the last line of output, 'exit' may come before.
  const exited = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.on('error', reject);
    child.once('close', (code, signal) => {
      ended = true;
      resolve(signal ?? code ?? 0);
    });
  });

  return {
    process: child,
    messages,
    exited,
    async next() {
      const index = given++;
      while (messages.length <= index) {
        if (ended) {
          throw new Error(`${path} ended (${await exited}) without another message\n${output}`);
        }
        await Promise.race([once(child, 'message'), exited]);
      }
      return messages[index] as Out;
    },
    // With a callback, so that sending to one that has ended is no error: `next` will tell.
    send: (message) => void child.send(message as object, () => {}),
    kill: (signal = 'SIGKILL') => void child.kill(signal),
    stop: () => void child.kill('SIGSTOP'),
    continue: () => void child.kill('SIGCONT'),
  };
}
