import { historySeconds } from '../../src/testing/index.js';

/** From which time on a pause may cost a lease, in seconds. */
const noticedSeconds = 0.2;

/**
 * A process that got no processor for a while stood still like one that was stopped.
 *
 * @param tell gets when it was seen last, and when it went on
 * @returns ends the watch
 */
export function watchForPauses(tell: (from: number, to: number) => void): () => void {
  let last = historySeconds();
  const timer = setInterval(() => {
    const now = historySeconds();
    if (now - last > noticedSeconds) tell(last, now);
    last = now;
  }, 25);
  timer.unref();
  return () => clearInterval(timer);
}
