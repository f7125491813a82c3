import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type {
  CacheEvent,
  IdempotencyEvent,
  LockEvent,
  OperationEvent,
} from '../diagnostics/index.js';

/** What is told on each channel. */
interface Events {
  readonly idempotency: IdempotencyEvent;
  readonly lock: LockEvent;
  readonly cache: CacheEvent;
  readonly operation: OperationEvent;
}

/** Lets a listener have each event of a channel. Gives what ends that. */
export function listen<Channel extends keyof Events>(
  channel: Channel,
  listener: (event: Events[Channel]) => void,
): () => void {
  const name = `qx-cache:${channel}`;
  const onMessage = (message: unknown) => listener(message as Events[Channel]);
  subscribe(name, onMessage);
  return () => void unsubscribe(name, onMessage);
}
