import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killWithParent } from './child-processes.js';
import { freePort, isAnswering } from './ports.js';
import { redisBinary } from './redis-binary.js';

export interface RedisServerOptions {
  /** Raw arguments, put after all others: `['--requirepass', 'secret']`. */
  args?: readonly string[];
  /** Directives of redis.conf: `{ 'min-replicas-to-write': 1 }`. */
  config?: Readonly<Record<string, string | number>>;
}

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Ends it in an orderly way and removes its folder. */
  stop(): Promise<void>;
  /** SIGKILL: connections break, nothing is saved. `restart` brings up an empty server. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay open, nothing answers. */
  pause(): void;
  /** SIGCONT */
  resume(): void;
  /** Ends it when it runs, and starts it again on the same port, empty. */
  restart(): Promise<void>;
}

/** Starts a real redis-server on a free port of the loopback interface, with nothing persisted. */
export async function startRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  const port = await freePort();
  const dir = await mkdtemp(join(tmpdir(), 'qx-cache-redis-'));
  const removeDir = () => rm(dir, { recursive: true, force: true });
  const start = () => launch(commandLine(port, dir, options), port);
  let child = await start().catch(async (error) => {
    await removeDir();
    throw error;
  });

  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    // A paused process takes SIGTERM only once it goes on.
    child.kill('SIGCONT');
    await exited;
  };

  return {
    port,
    url: `redis://127.0.0.1:${port}/0`,
    get pid() {
      return child.pid as number;
    },
    async stop() {
      await end('SIGTERM');
      await removeDir();
    },
    kill: () => end('SIGKILL'),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async restart() {
      await end('SIGKILL');
      child = await start();
    },
  };
}

function commandLine(port: number, dir: string, options: RedisServerOptions): string[] {
  const config = {
    port,
    dir,
    bind: '127.0.0.1',
    save: '',
    appendonly: 'no',
    daemonize: 'no',
    ...options.config,
  };
  const directives = Object.entries(config).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  return [...directives, ...(options.args ?? [])];
}

async function launch(args: readonly string[], port: number): Promise<ChildProcess> {
  const child = spawn(redisBinary(), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  killWithParent(child);
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-4000);
    });
  }
  let ended: string | undefined;
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, signal) => {
    ended ??= `ended with ${signal ?? code}`;
  });

  const deadline = performance.now() + 10_000;
  while (!(await isAnswering(port))) {
    if (ended === undefined && performance.now() < deadline) continue;
    child.kill('SIGKILL');
    throw new Error(`redis-server ${ended ?? 'does not answer'} (${args.join(' ')})\n${log}`);
  }
  return child;
}
