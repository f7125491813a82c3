import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer } from './consumer.js';
import type { Answer, Delivery } from './deliveries.js';
import { RunFailed } from './errors.js';

/** How long a delivery is sent again and again; a queue would go on for days. */
const GIVE_UP_SECONDS = 60;
/** After that, a delivery that was not acknowledged counts as lost: the consumer may hang. */
const VISIBILITY_SECONDS = 90;
const PAUSE_SECONDS = 0.1;

export interface QueueSettings {
  /** How many deliveries are on their way at once. */
  inFlight: number;
  /** Nothing new is sent once it aborts; what is on its way gets its answer. */
  signal: AbortSignal;
  onProgress?(answered: number, deliveries: number): void;
}

export interface Delivered {
  /** In the order of what was delivered. */
  readonly answers: readonly (Answer | undefined)[];
  /** How many were sent again because nobody had acknowledged them. */
  readonly redelivered: number;
  readonly seconds: number;
}

/**
 * Delivers like any queue: at least once, and again until it is acknowledged.
 *
 * @throws {@link RunFailed} when that takes too long
 */
export async function deliverAll(
  deliveries: readonly Delivery[],
  consume: Consumer,
  { inFlight, signal, onProgress }: QueueSettings,
): Promise<Delivered> {
  const startedAt = performance.now();
  const answers: Answer[] = [];
  let sent = 0;
  let answered = 0;
  let redelivered = 0;
  let failure: RunFailed | undefined;

  const deliver = async (index: number): Promise<void> => {
    const giveUpAt = performance.now() + GIVE_UP_SECONDS * 1000;
    while (!failure) {
      try {
        answers[index] = await inTime(consume(deliveries[index] as Delivery));
        onProgress?.(++answered, deliveries.length);
        return;
      } catch (cause) {
        if (signal.aborted) return;
        if (performance.now() >= giveUpAt) {
          const what = `Delivery ${index + 1} was not acknowledged for ${GIVE_UP_SECONDS} s`;
          failure ??= new RunFailed(`${what}. The last error: ${cause}`, { cause });
        }
      }
      redelivered++;
      await sleep(PAUSE_SECONDS * 1000);
    }
  };
  const lane = async (): Promise<void> => {
    while (sent < deliveries.length && !signal.aborted && !failure) await deliver(sent++);
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  if (failure) throw failure;
  return { answers, redelivered, seconds: (performance.now() - startedAt) / 1000 };
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_, reject) => {
    const late = () => reject(new Error(`no answer for ${VISIBILITY_SECONDS} s`));
    timer = setTimeout(late, VISIBILITY_SECONDS * 1000);
  });
  try {
    return await Promise.race([work, end]);
  } finally {
    clearTimeout(timer);
  }
}
