import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { diag } from '@opentelemetry/api';
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

/**
 * Lets a listener have each event of a channel. Gives what ends that. What it throws, or a tracer or
 * meter in it, is told to the diagnostics of OpenTelemetry: the channel would end the process with it.
 */
export function listen<Channel extends keyof Events>(
  channel: Channel,
  listener: (event: Events[Channel]) => void,
): () => void {
  const name = `qx-cache:${channel}`;
  const onMessage = (message: unknown) => {
    try {
      listener(message as Events[Channel]);
    } catch (error) {
      diag.error('qx-cache: an event could not be recorded', error);
    }
  };
  subscribe(name, onMessage);
  return () => void unsubscribe(name, onMessage);
}
