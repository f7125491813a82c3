import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';

/** A typed diagnostics channel. Free when nobody subscribes: not even the message is made. */
export interface EventChannel<Event> {
  /** Whether anybody listens. */
  readonly isObserved: boolean;
  /** Publishes what `describe` returns, if anybody listens. */
  emit(describe: () => Event): void;
  /** Lets a listener have each event. Gives what ends that. */
  listen(listener: (event: Event) => void): () => void;
}

/** The `node:diagnostics_channel` of that name, typed. */
export function eventChannel<Event>(name: string): EventChannel<Event> {
  const underlying = channel(name);
  return {
    get isObserved() {
      return underlying.hasSubscribers;
    },
    emit(describe) {
      if (underlying.hasSubscribers) underlying.publish(describe());
    },
    listen(listener) {
      const onMessage = (message: unknown) => listener(message as Event);
      subscribe(name, onMessage);
      return () => void unsubscribe(name, onMessage);
    },
  };
}
