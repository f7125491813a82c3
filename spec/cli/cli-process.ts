import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { killWithParent } from '../support/child-processes.js';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** A command in a process of its own. */
export interface CliProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
  stdout(): string;
}

/** Whether there is util-linux' `script`, which gives a process a terminal. */
export const hasTerminals = /util-linux/.test(
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '',
);

/** Runs the command line as a shell would. */
export function startCli(args: readonly string[], env: NodeJS.ProcessEnv = {}): CliProcess {
  return start(process.execPath, ['--import', 'tsx', main, ...args], env);
}

/**
 * Runs a line of a shell on a terminal of its own; `$CLI` stands for the command line. What the terminal
 * shows is its stdout, what is written to its stdin is typed.
 */
export function startOnTerminal(line: string, env: NodeJS.ProcessEnv = {}): CliProcess {
  const CLI = `${process.execPath} --import tsx ${main}`;
  return start('script', ['-qfec', line, '/dev/null'], { TERM: 'xterm-256color', CLI, ...env });
}

function start(file: string, args: readonly string[], env: NodeJS.ProcessEnv): CliProcess {
  const child = spawn(file, args, { env: { ...process.env, ...env } });
  killWithParent(child);
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
    });
  }
  const ended = once(child, 'close').then(([code]) => ({ code, ...text }));
  return { child, ended, stdout: () => text.stdout };
}
