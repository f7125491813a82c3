/** What a client may send to a queue of a lock or the like. It can be sent again as it is. */
export type QueueRequest =
  | {
      readonly do: 'acquire';
      readonly id: string;
      readonly mode: 'wait' | 'try';
      readonly ticket?: number | undefined;
    }
  | { readonly do: 'renew' | 'release' | 'force'; readonly id: string }
  | { readonly do: 'leave'; readonly id: string; readonly what: 'all' | 'grant' }
  | { readonly do: 'heartbeat'; readonly process: string; readonly oldest: string };

/** What it is answered, without what only the clock knows. */
export interface QueueAnswer {
  readonly is: string;
  readonly token?: number | undefined;
  readonly ticket?: number | undefined;
  /** Of a heartbeat: the waiters that were granted something and have not confirmed it, sorted. */
  readonly granted?: readonly string[];
  /** Whether anybody held the lock when it was answered. */
  readonly isHeld?: boolean;
  /** Tokens that are granted later are above it. */
  readonly seen?: number;
}

/** The part of an id that is its process's. */
export function processOf(id: string): string {
  return id.slice(0, id.indexOf(':'));
}
