import { eventChannel } from './event-channel.js';
import type { LockLabel } from './lock-label.js';

export type { LockLabel } from './lock-label.js';
export {
  asOperation,
  beginOperation,
  nameOfError,
  type Operation,
  type OperationEvent,
  type OperationSubject,
} from './operation.js';

/** What happens on `qx-cache:idempotency`. `attempt` over 1 in `claimed` is a take-over. */
export type IdempotencyEvent = { readonly key: string } & (
  | { readonly event: 'claimed'; readonly attempt: number; readonly token: number }
  | { readonly event: 'replayed' }
  | { readonly event: 'waited'; readonly waitedSeconds: number }
  | { readonly event: 'completed'; readonly attempt: number; readonly token: number }
  | { readonly event: 'abandoned'; readonly attempt: number; readonly token: number }
  | { readonly event: 'claim-lost'; readonly attempt: number; readonly token: number }
  | { readonly event: 'unrecorded'; readonly reason: string }
  | { readonly event: 'key-reused' }
);

/** What happens on `qx-cache:lock`. `renewed` and `lost` carry the token of the lease. */
export type LockEvent = LockLabel &
  (
    | { readonly event: 'acquired'; readonly token: number; readonly waitedSeconds: number }
    | { readonly event: 'timed-out'; readonly waitedSeconds: number }
    | { readonly event: 'renewed'; readonly token: number }
    | { readonly event: 'lost'; readonly token: number }
    | { readonly event: 'released'; readonly token: number; readonly heldSeconds: number }
    | { readonly event: 'forced' }
  );

/** What happens on `qx-cache:cache`. */
export type CacheEvent = { readonly key: string } & (
  | { readonly event: 'hit' | 'miss' | 'stale' | 'loaded' }
  /** `reason`: the name of the error; its message may hold data. */
  | { readonly event: 'load-failed'; readonly reason: string }
);

export const idempotencyEvents = eventChannel<IdempotencyEvent>('qx-cache:idempotency');
export const lockEvents = eventChannel<LockEvent>('qx-cache:lock');
export const cacheEvents = eventChannel<CacheEvent>('qx-cache:cache');
