import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { CacheEvent } from '../../src/diagnostics/index.js';

/** Collects what is published about one key until `stop`. */
export function eventsOf(key: string) {
  const events: CacheEvent['event'][] = [];
  const listener = (message: unknown) => {
    const event = message as CacheEvent;
    if (event.key === key) events.push(event.event);
  };
  subscribe('qx-cache:cache', listener);
  return { events, stop: () => unsubscribe('qx-cache:cache', listener) };
}
