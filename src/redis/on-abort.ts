/** Who waits for the abort of one signal, and the one listener that tells them. */
interface Watch {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

const watches = new WeakMap<AbortSignal, Watch>();

/**
 * Calls back when a signal aborts that has not aborted yet, and returns what stops that. However many
 * watch, the signal has one listener, and none when nobody watches: to add or take off one, Node goes
 * through all that the signal has, and it warns of many.
 *
 * @param callback not one that watches this signal already
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const { callbacks, listener } = watchOf(signal);
  callbacks.add(callback);
  return () => {
    if (!callbacks.delete(callback) || callbacks.size > 0) return;
    signal.removeEventListener('abort', listener);
    watches.delete(signal);
  };
}

function watchOf(signal: AbortSignal): Watch {
  const existing = watches.get(signal);
  if (existing) return existing;
  const callbacks = new Set<() => void>();
  const listener = () => {
    // One that an earlier one stopped is left out.
    for (const callback of callbacks) callback();
  };
  signal.addEventListener('abort', listener, { once: true });
  const watch = { callbacks, listener };
  watches.set(signal, watch);
  return watch;
}
