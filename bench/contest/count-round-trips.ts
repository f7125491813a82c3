import { type ChannelListener, subscribe, unsubscribe } from 'node:diagnostics_channel';

const COMMAND = 'tracing:ioredis:command';

/** What went over the wire. */
export interface Traffic {
  readonly commands: number;
  /** How often this process waited for Redis: commands that were in flight together count once. */
  readonly roundTrips: number;
}

/** What this process sent by ioredis during `work`, which is to do one thing after the other. */
export async function trafficDuring(work: () => Promise<unknown>): Promise<Traffic> {
  let commands = 0;
  let roundTrips = 0;
  let inFlight = 0;
  const onSent: ChannelListener = () => {
    if (inFlight === 0) roundTrips += 1;
    commands += 1;
    inFlight += 1;
  };
  const onAnswered: ChannelListener = () => {
    inFlight -= 1;
  };
  const listeners = [
    [`${COMMAND}:start`, onSent],
    [`${COMMAND}:asyncEnd`, onAnswered],
  ] as const;
  for (const [name, listener] of listeners) subscribe(name, listener);
  try {
    await work();
  } finally {
    for (const [name, listener] of listeners) unsubscribe(name, listener);
  }
  return { commands, roundTrips };
}
