import type { RedisClient } from './redis-client.js';

/**
 * A long turn must not keep Redis idle: what has gathered goes out after so many bytes. With 64 locks in
 * flight, each write carries about 16 scripts then; a single write for all of them, or one for each,
 * were both a quarter slower.
 */
const LONGEST_WRITE = 4096;

/** The part of a socket that is needed here. */
interface Corkable {
  cork(): void;
  uncork(): void;
  readonly writableCorked: number;
  readonly writableLength: number;
}

/**
 * Lets the commands that are sent in one turn of the event loop go out in one write. Each write is a
 * call of the system, on both sides, which costs more than all else that this library does. It adds no
 * wait: the last write comes at the end of the turn, before anything new is read. Where the client shows no
 * socket (a cluster, the mock, one that is not connected) nothing changes.
 */
export function writeTogether(redis: RedisClient): void {
  const socket = socketOf(redis);
  if (!socket) return;
  if (socket.writableCorked > 0) {
    if (socket.writableLength >= LONGEST_WRITE) writeNow(redis);
    return;
  }
  socket.cork();
  process.nextTick(() => socket.uncork());
}

/** Sends now what waits for the end of the turn: user code may come first that takes long. */
export function writeNow(redis: RedisClient): void {
  const socket = socketOf(redis);
  if (!socket || socket.writableCorked === 0) return;
  // Uncorking writes; corked again, the uncork at the end of the turn finds what it expects.
  socket.uncork();
  socket.cork();
}

function socketOf(redis: RedisClient): Corkable | undefined {
  const { stream } = redis as { stream?: Partial<Corkable> };
  return typeof stream?.uncork === 'function' ? (stream as Corkable) : undefined;
}
