import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** What is published on a diagnostics channel during each test of the surrounding `describe`. */
export function recordEvents<Event>(channel: string): Event[] {
  const events: Event[] = [];
  const listener = (message: unknown) => void events.push(message as Event);
  beforeEach(() => {
    events.length = 0;
    subscribe(channel, listener);
  });
  afterEach(() => void unsubscribe(channel, listener));
  return events;
}
