import type { Redis } from 'ioredis';

/** From now on counts what the socket of a client writes; the returned function tells how often. */
export function countWrites({ stream }: Redis): () => number {
  let writes = 0;
  for (const method of ['_write', '_writev'] as const) {
    const original = stream[method]?.bind(stream) as (...args: unknown[]) => void;
    stream[method] = (...args: unknown[]) => {
      writes += 1;
      original(...args);
    };
  }
  return () => writes;
}

/** The same for commands, whatever they were written with. */
export function countCommands(redis: Redis): () => number {
  let commands = 0;
  const original = redis.sendCommand.bind(redis);
  redis.sendCommand = (...args: Parameters<Redis['sendCommand']>) => {
    commands += 1;
    return original(...args);
  };
  return () => commands;
}
