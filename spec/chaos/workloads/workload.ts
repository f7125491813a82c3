import type { Cluster, Redis } from 'ioredis';
import type { Random } from '../../support/random.js';
import type { Verdict } from '../checks/verdict.js';
import type { Circumstances } from '../circumstances.js';

/** What every entry of a history has. */
export interface Entry {
  /** In seconds, on one clock for all processes. */
  readonly at: number;
}

/** What those who put load on need to know. */
export interface LoadContext {
  readonly redis: Redis | Cluster;
  readonly namespace: string;
  /** The name of the process. */
  readonly process: string;
  /** When the load of all processes began. */
  readonly startedAt: number;
  write(entry: Entry): void;
  /** Tells the controller that this process is in possession of something just now. */
  holds(): void;
}

/** One kind of load, and the judge of what came of it. */
export interface Workload {
  readonly name: string;
  /** How many callers each process has. */
  readonly callers: number;
  /** Prepares what the callers of a process share, and gives what each does again and again. */
  start(context: LoadContext): (random: Random) => Promise<unknown>;
  /** With no faults any more: what must work then. Its process is called "afterwards". */
  goOn(context: LoadContext, history: readonly Entry[]): Promise<unknown>;
  check(history: readonly Entry[], circumstances: Circumstances): Verdict;
}

/** The process in which load is put on when all faults are healed. */
export const AFTERWARDS = 'afterwards';
/** Leases of claims and locks, in seconds: short, so that many of them end. */
export const LEASE_SECONDS = 1;

/** The code of an error, else its name. */
export function codeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  // That of a DOMException is a number.
  return String(typeof code === 'string' ? code : (name ?? error));
}
