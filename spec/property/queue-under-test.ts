import type { Cluster, Redis } from 'ioredis';
import type { QueueCommands } from '../../src/lock/queue/queue-commands.js';
import type { QueueAnswer, QueueRequest } from './queue-request.js';

/** What a queue consists of in Redis. Each may get lost. */
export const parts = ['state', 'queue', 'alive', 'receipts'] as const;
export type Part = (typeof parts)[number];

export interface SeenOwner {
  readonly id: string;
  readonly token: number;
  readonly leftMs: number;
  readonly isPending: boolean;
}

/** What lies in Redis. */
export interface Snapshot {
  /** Those whose lease has not ended. */
  readonly owners: readonly SeenOwner[];
  /** Those in the queue, first in the queue first, alive or not. */
  readonly queue: readonly { readonly id: string; readonly ticket: number }[];
  /** The processes that count as alive. */
  readonly alive: readonly string[];
  /** The TTL of each key, in milliseconds, as PTTL says it. */
  readonly ttls: readonly number[];
}

/** What an inspection tells, without times. */
export interface Inspection {
  readonly owners: readonly { readonly id: string; readonly token: number }[];
  readonly waiters: number;
}

/**
 * A queue in Redis, driven by its scripts. Time stands still there: whatever has not ended lasts for an
 * hour after each look, and ends when the test says so. So no test waits, and none is too slow.
 */
export interface QueueUnderTest {
  readonly commands: Pick<
    QueueCommands,
    'acquire' | 'renew' | 'release' | 'heartbeat' | 'giveBack'
  >;
  forceRelease(id: string): Promise<boolean>;
  inspect(): Promise<Inspection>;
  /** All requests go through one connection: what is sent after a request sees what it did. */
  look(): Promise<Snapshot>;
  /** Lets the lease of an owner end. */
  expire(id: string): Promise<unknown>;
  /** Lets the last sign of life of a process be too long ago. */
  die(process: string): Promise<unknown>;
  /** Deletes parts of it, as an operator or an eviction might. */
  wipe(lost: readonly Part[]): Promise<unknown>;
  /** What the ids of those end with who want all of it. */
  readonly markOfAll: string;
  /** What is written in the messages to those who are woken. */
  readonly address: string;
  /** Where all its keys are, for KEYS. */
  readonly pattern: string;
}

export type Client = Redis | Cluster;

/** Sends a request with all that a client gives with it. */
export async function ask(
  queue: QueueUnderTest,
  request: QueueRequest,
  ttlMs: number,
): Promise<QueueAnswer> {
  const { commands } = queue;
  switch (request.do) {
    case 'acquire': {
      const reply = await commands.acquire({ ...request, ttlMs }, ignore);
      if (reply.is !== 'queued') return reply;
      const { is, ticket, seen, leftMs } = reply;
      return { is, ticket, seen, isHeld: leftMs > 0 };
    }
    case 'renew':
      return commands.renew(request.id, ttlMs, ignore);
    case 'release':
      return { is: await commands.release(request.id) };
    case 'leave':
      commands.giveBack(request.id, request.what);
      return { is: 'left' };
    case 'force':
      return { is: (await queue.forceRelease(request.id)) ? 'held' : 'free' };
    case 'heartbeat': {
      const reply = await commands.heartbeat(request.process, request.oldest);
      const { isQueued, seen, leftMs } = reply;
      const granted = [...reply.granted].sort();
      return { is: isQueued ? 'in' : 'out', granted, seen, isHeld: leftMs > 0 };
    }
  }
}

function ignore(): void {}
