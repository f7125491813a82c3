import type { Lease } from '../../src/lock/index.js';

/** What a lease looks like in the first turn after a pause. */
export interface Woken {
  readonly isHeld: boolean;
  readonly wasAborted: boolean;
}

/**
 * Looks in each turn of the event loop, so it sees a pause in the first turn after it.
 *
 * @param isWanted whether to go on looking
 */
export function watchForPause(
  lease: Lease,
  isWanted: () => boolean,
  tell: (woken: Woken) => void,
): void {
  let last = performance.now();
  const look = () => {
    if (!isWanted()) return;
    if (performance.now() - last > 1500) {
      const { isHeld, signal } = lease;
      tell({ isHeld, wasAborted: signal.aborted });
      return;
    }
    last = performance.now();
    setImmediate(look);
  };
  look();
}
