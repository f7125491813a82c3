import type { Circumstances } from '../circumstances.js';
import type { CacheCall } from './cache-history.js';

/** Something that may have decided what a key holds. */
export interface Write {
  /** What it holds then; `null`: nothing. */
  readonly value: string | null;
  readonly from: number;
  /** When it was done; never, when that is not known. */
  readonly to: number;
  /** Whether it was done for certain, so that what was there before is gone. */
  readonly isSure: boolean;
  /** A load: whatever is written or deleted after its beginning wins over it. */
  readonly isLoad: boolean;
}

/** All that may have decided what a key holds, the beginning and the losses of the server too. */
export function writesOf(calls: readonly CacheCall[], { losses }: Circumstances): Write[] {
  const beginning = Number.NEGATIVE_INFINITY;
  const nothing = { value: null, isSure: true, isLoad: false };
  return [
    { ...nothing, from: beginning, to: beginning },
    ...losses.map(({ from, to }) => ({ ...nothing, from, to })),
    ...calls.flatMap((call) => writeOf(call) ?? []),
  ];
}

function writeOf(call: CacheCall): Write | undefined {
  const { operation, askedAt: from, answeredAt: to, answer } = call;
  const isSure = Number.isFinite(to);
  switch (operation) {
    case 'set':
      return { value: call.call, from, to, isSure, isLoad: false };
    case 'delete':
      return { value: null, from, to, isSure, isLoad: false };
    case 'set when absent':
      return answer === false ? undefined : { value: call.call, from, to, isSure, isLoad: false };
    case 'load':
    case 'load or stale': {
      const { loadingAt, isLoadFailed } = call;
      if (loadingAt === undefined || isLoadFailed) return undefined;
      // Whether it was stored is not known: it may have been refused, or Redis away.
      return { value: call.call, from: loadingAt, to, isSure: false, isLoad: true };
    }
    default:
      return undefined;
  }
}

/** Whether a write was over, and another one done since, when somebody asked. */
export function isReplaced(write: Write, writes: readonly Write[], askedAt: number): boolean {
  const after = write.isLoad ? write.from : write.to;
  return writes.some((other) => other.isSure && other.from > after && other.to < askedAt);
}
