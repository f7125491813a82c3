import { PassThrough } from 'node:stream';
import { runCli } from '../../src/cli/run-cli.js';
import type { OutputStream, Streams } from '../../src/cli/streams.js';
import type { Engine } from '../support/engines.js';
import { eventually } from '../support/eventually.js';

/** What one command came to. */
export interface CliOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs in this process, on a terminal or on pipes. */
export interface CliRun {
  readonly ended: Promise<CliOutcome>;
  /** What is on stdout and stderr so far. */
  output(): string;
  /** Types, once a text is to be seen. */
  type(keys: string, after: string | RegExp): Promise<void>;
  /** What the terminal was set to last. */
  isRaw(): boolean;
  resize(columns: number, rows: number): void;
}

/** Runs a command as the process would, without the time that a process takes to start. */
export function startInProcess(
  args: readonly string[],
  { terminal = false, hasColors = false } = {},
): CliRun {
  const written = { stdout: '', stderr: '' };
  let isRaw = false;
  const output = (name: 'stdout' | 'stderr'): OutputStream => {
    const stream = new PassThrough().setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
    });
    const shape = { isTTY: terminal, columns: 100, rows: 30, hasColors: () => hasColors };
    return Object.assign(stream, terminal ? shape : {});
  };
  const stdin = Object.assign(new PassThrough(), {
    isTTY: terminal,
    setRawMode(raw: boolean) {
      isRaw = raw;
      return stdin as never;
    },
  });
  const streams: Streams = { stdin, stdout: output('stdout'), stderr: output('stderr') };
  const ended = runCli(args, streams).then((code) => ({ code, ...written }));
  const all = () => written.stdout + written.stderr;
  return {
    ended,
    output: all,
    async type(keys, after) {
      await eventually(() => new RegExp(after).test(all()));
      stdin.write(keys);
    },
    isRaw: () => isRaw,
    resize(columns, rows) {
      Object.assign(streams.stdout, { columns, rows });
      streams.stdout.emit('resize');
    },
  };
}

/** Runs a command on the Redis and the namespace of a test. */
export function cliOf(engine: Engine) {
  const target = () => ['--url', engine.url(), '--namespace', engine.namespace()];
  return {
    target,
    run: (...args: string[]): Promise<CliOutcome> => startInProcess([...args, ...target()]).ended,
    /** What it prints with `--json`. */
    async json<T>(...args: string[]): Promise<T> {
      const { stdout, stderr } = await startInProcess([...args, '--json', ...target()]).ended;
      if (stdout === '') throw new Error(stderr);
      return JSON.parse(stdout);
    },
    onTerminal: (args: string[], options: { hasColors?: boolean } = {}): CliRun =>
      startInProcess([...args, ...target()], { terminal: true, ...options }),
  };
}
