import { onAbort } from '../../redis/on-abort.js';

/** A signal that follows others. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  /** Takes the listeners off those it follows: they may live for as long as the process. */
  unlink(): void;
}

/** A signal that aborts with the first of several, for the same reason. */
export function firstAbort(...signals: readonly AbortSignal[]): LinkedSignal {
  const controller = new AbortController();
  const listeners = signals.map((signal) => {
    const abort = () => controller.abort(signal.reason);
    if (signal.aborted) abort();
    return onAbort(signal, abort);
  });
  return {
    signal: controller.signal,
    unlink() {
      for (const remove of listeners) remove();
    },
  };
}
