import type { FaultProxy } from '../../../src/testing/index.js';
import type { ChaosServer } from '../chaos-server.js';

/** One of the processes under load, behind a network of its own. */
export interface Victim {
  /** Another one for each process, also for one that follows a killed one. */
  readonly name: string;
  readonly proxy: FaultProxy;
  kill(): void;
  stop(): void;
  continue(): void;
  /** From now on its wall clock is wrong by so much; a negative number is late. */
  skewClock(seconds: number): void;
}

interface FaultBase {
  readonly name: string;
  /** The shortest and the longest time until it is healed, in seconds; zeros for what is over at once. */
  readonly lasts: readonly [number, number];
  /** Whether it keeps whom it befalls from renewing what it holds. */
  readonly isOutage: boolean;
}

/** What can happen to a process. `choice`, from 0 up to 1, is the plan's. */
export interface ProcessFault extends FaultBase {
  readonly on: 'process';
  inject(victim: Victim, choice: number): void | Promise<void>;
  heal?(victim: Victim): void;
}

/** What can happen to the server, and so to all processes. */
export interface ServerFault extends FaultBase {
  readonly on: 'server';
  inject(server: ChaosServer, choice: number, seconds: number): Promise<void>;
  heal?(server: ChaosServer): Promise<void>;
  /** Whether the server has forgotten everything when it is healed. */
  readonly losesData?: boolean;
}

export type Fault = ProcessFault | ServerFault;
