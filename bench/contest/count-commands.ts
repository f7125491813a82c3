import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';

/** Clients publish here as they send a command: ioredis, and redis since its version 5. */
const SENT = ['tracing:ioredis:command:start', 'tracing:node-redis:command:start'];
/** For clients that publish nowhere: {@link tellCommand}. */
const TOLD = channel('qx-cache-bench:command');

/**
 * When this process sent commands during `work`, over all connections: one entry each, in
 * milliseconds of `performance.now`. What a script does on the server is not among them; the
 * server's own `total_commands_processed` would count that.
 *
 * Slows every command down a little: times are taken in other rounds.
 */
export async function commandsDuring(work: () => Promise<unknown>): Promise<number[]> {
  const sentAt: number[] = [];
  const onSent = () => void sentAt.push(performance.now());
  const channels = [...SENT, TOLD.name];
  for (const name of channels) subscribe(name, onSent);
  try {
    await work();
  } finally {
    for (const name of channels) unsubscribe(name, onSent);
  }
  return sentAt;
}

/** An adapter says that its client sends a command. Free while nobody counts. */
export function tellCommand(): void {
  if (TOLD.hasSubscribers) TOLD.publish({});
}
