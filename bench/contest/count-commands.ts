import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** ioredis publishes here as it writes a command to its connection. */
const SENT = 'tracing:ioredis:command:start';

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
  subscribe(SENT, onSent);
  try {
    await work();
  } finally {
    unsubscribe(SENT, onSent);
  }
  return sentAt;
}
