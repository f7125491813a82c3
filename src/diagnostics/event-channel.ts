import { channel } from 'node:diagnostics_channel';

/** A typed diagnostics channel. Free when nobody subscribes: not even the message is made. */
export interface EventChannel<Event> {
  /** Publishes what `describe` returns, if anybody listens. */
  emit(describe: () => Event): void;
}

/** The `node:diagnostics_channel` of that name, typed. */
export function eventChannel<Event>(name: string): EventChannel<Event> {
  const underlying = channel(name);
  return {
    emit(describe) {
      if (underlying.hasSubscribers) underlying.publish(describe());
    },
  };
}
