import { exitCodes } from '../cli-error.js';

const signals = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const;

/** The wish to end: by a key or by a signal. */
export interface Stop {
  readonly signal: AbortSignal;
  /** What the process ends with. */
  readonly exitCode: number;
  /** Ends it in an orderly way. */
  now(): void;
  /** Lets signals do again what they do by themselves. */
  release(): void;
}

export function untilStopped(): Stop {
  const stopping = new AbortController();
  let exitCode: number = exitCodes.ok;
  const handlers = Object.entries(signals).map(([name, number]) => {
    const handler = () => {
      // As a shell tells it.
      exitCode = 128 + number;
      stopping.abort();
    };
    process.on(name, handler);
    return () => process.off(name, handler);
  });
  return {
    signal: stopping.signal,
    get exitCode() {
      return exitCode;
    },
    now: () => stopping.abort(),
    release: () => {
      for (const off of handlers) off();
    },
  };
}
